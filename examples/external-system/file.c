#include "file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bounds.h"

char *
file_read(const char *path, struct err *e)
{
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t n;

	if (in == NULL) {
		err_sys(e, "open %s", path);
		return NULL;
	}
	if ((text = calloc(1, BOUND_FILE + 1)) == NULL) {
		err_memory(e);
		goto out;
	}
	n = fread(text, 1, BOUND_FILE + 1, in);
	if (!ferror(in) && n <= BOUND_FILE)
		goto out;
	err_set(e, "%s cannot be read, or is over %u bytes", path, BOUND_FILE);
	free(text);
	text = NULL;
out:
	fclose(in);
	return text;
}

int
file_replace(const char *path, const char *bytes, size_t n, struct err *e)
{
	char part[4096];
	int fd, rc = -1;

	if ((size_t)snprintf(part, sizeof(part), "%s.XXXXXX", path) >= sizeof(part))
		return err_set(e, "too long a path: %s", path);
	if ((fd = mkstemp(part)) == -1)
		return err_sys(e, "create %s", part);
	if (write(fd, bytes, n) != (ssize_t)n) {
		err_sys(e, "write %s", part);
	} else if (rename(part, path) == -1) {
		err_sys(e, "rename %s", part);
	} else {
		rc = 0;
	}
	close(fd);
	if (rc == -1)
		unlink(part);
	return rc;
}
