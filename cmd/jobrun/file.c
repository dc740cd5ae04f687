#include "file.h"

#include <string.h>
#include <unistd.h>

#include "base/disk.h"

int
file_read(const char *path, struct buf *out, struct err *e)
{
	if (strcmp(path, "-") == 0)
		return disk_read_open(STDIN_FILENO, "standard input", out, e);
	return disk_read(path, out, e);
}
