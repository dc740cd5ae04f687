/* Feeds a target the files of the folders that it is given: its corpus, without libFuzzer. One must be there. */
#include <dirent.h>

#include "base/buf.h"
#include "base/disk.h"
#include "fuzz.h"

static int
is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
replay(const char *path)
{
	struct err e = ERR_INIT;
	struct buf b;

	buf_init(&b, 16U * 1024 * 1024);
	if (disk_read(path, &b, &e) == -1) {
		fprintf(stderr, "%s\n", e.text);
		exit(1);
	}
	LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&b), b.len);
	buf_release(&b);
}

int
main(int argc, char **argv)
{
	struct dirent **entries;
	char path[4096];
	int i, k, n, total = 0;

	for (i = 1; i < argc; i++) {
		if ((n = scandir(argv[i], &entries, is_file, alphasort)) == -1) {
			perror(argv[i]);
			return 1;
		}
		for (k = 0; k < n; k++) {
			snprintf(path, sizeof(path), "%s/%s", argv[i], entries[k]->d_name);
			replay(path);
			free(entries[k]);
		}
		free(entries);
		total += n;
	}
	printf("%d inputs\n", total);
	return total > 0 ? 0 : 1;
}
