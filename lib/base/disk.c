#include "base/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bsd/stdlib.h>

int
disk_read_open(int fd, const char *path, struct buf *out, struct err *e)
{
	char piece[65536];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) > 0)
		if (buf_add(out, piece, (size_t)n) == -1)
			return out->short_of_memory
			    ? err_memory(e)
			    : err_set(e, ERR_INPUT, "input", "%s is larger than %zu bytes", path, out->max);
	return n == 0 ? 0 : err_sys(e, ERR_INPUT, "input", "read %s", path);
}

int
disk_read(const char *path, struct buf *out, struct err *e)
{
	struct stat st;
	int fd, ret;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) == -1)
		return err_sys(e, ERR_INPUT, "input", "cannot read %s", path);
	if (fstat(fd, &st) == -1 || S_ISDIR(st.st_mode))
		ret = err_set(e, ERR_INPUT, "input", "%s is a folder; a file is wanted", path);
	else
		ret = disk_read_open(fd, path, out, e);
	close(fd);
	return ret;
}

/* Makes the file, which must not be there. 0 or -1; then it is not there. */
static int
make(const char *path, const char *bytes, size_t len, mode_t mode, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, mode != 0 ? mode : 0666);
	size_t done = 0;
	ssize_t n;

	if (fd == -1)
		return err_sys(e, ERR_INPUT, "output", "cannot write %s", path);
	if (mode != 0 && fchmod(fd, mode) == -1)
		goto fail;
	for (; done < len; done += (size_t)n)
		if ((n = write(fd, bytes + done, len - done)) == -1)
			goto fail;
	if (fsync(fd) == -1)
		goto fail;
	close(fd);
	return 0;
fail:
	err_sys(e, ERR_INPUT, "output", "cannot write %s", path);
	close(fd);
	unlink(path);
	return -1;
}

int
disk_write(const char *path, const char *bytes, size_t len, bool replace, mode_t mode, struct err *e)
{
	char *beside = NULL;
	struct stat st;
	int ret = -1;

	if (!replace)
		return make(path, bytes, len, mode, e);
	/* Of a folder the sandbox would say that it must not be written, and not why. */
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return err_sys(e, ERR_INPUT, "output", "cannot write %s", path);
	}
	/* By chance, since processes of two containers have the same numbers. */
	if (asprintf(&beside, "%s.new.%08x%08x", path, arc4random(), arc4random()) == -1)
		return err_memory(e);
	if (make(beside, bytes, len, mode, e) == -1)
		goto out;
	if (rename(beside, path) == -1) {
		err_sys(e, ERR_INPUT, "output", "cannot write %s", path);
		unlink(beside);
		goto out;
	}
	ret = 0;
out:
	free(beside);
	return ret;
}

int
disk_sync_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	int fd, ret;

	if (slash != NULL && snprintf(folder, sizeof(folder), "%.*s/", (int)(slash - path), path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return -1;
	ret = fsync(fd);
	close(fd);
	return ret;
}
