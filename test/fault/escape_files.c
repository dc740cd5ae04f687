#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A path outside, or inside beside the database. One at a time. */
const char *
escape_outside(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", getenv("JOBRUN_OUTSIDE"), name);
	return path;
}

const char *
escape_inside(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s.%s", getenv("JOBRUN_ESCAPE"), name);
	return path;
}

static int
opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd == -1)
		return errno;
	close(fd);
	return 0;
}

static int
done(int rc)
{
	return rc == 0 ? 0 : errno;
}

int
escape_read_passwd(void)
{
	return opens("/etc/passwd", O_RDONLY);
}

int
escape_read_file(void)
{
	return opens(escape_outside("file"), O_RDONLY);
}

int
escape_read_by_dots(void)
{
	return opens("../../../../../../../../etc/passwd", O_RDONLY);
}

int
escape_read_by_link(void)
{
	return opens(escape_inside("link"), O_RDONLY);
}

int
escape_list_root(void)
{
	return opens("/", O_RDONLY | O_DIRECTORY);
}

int
escape_list_etc(void)
{
	return opens("/etc", O_RDONLY | O_DIRECTORY);
}

int
escape_read_other_process(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/environ", (long)getppid());
	return opens(path, O_RDONLY);
}

int
escape_write_file(void)
{
	return opens(escape_outside("file"), O_WRONLY);
}

int
escape_make_file(void)
{
	return opens(escape_outside("new"), O_WRONLY | O_CREAT);
}

int
escape_write_secret(void)
{
	return opens(getenv("JOBRUN_SECRET"), O_WRONLY | O_APPEND);
}

int
escape_write_tmp(void)
{
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "/dev/shm/jobrun-escape.%ld", (long)getpid());
	rc = opens(path, O_WRONLY | O_CREAT | O_EXCL);
	(void)unlink(path);
	return rc;
}

int
escape_truncate_file(void)
{
	return done(truncate(escape_outside("file"), 0));
}

int
escape_remove_file(void)
{
	return done(unlink(escape_outside("new")));
}

int
escape_rename_in(void)
{
	return done(rename(escape_outside("file"), escape_inside("stolen"))) == 0
	    ? done(rename(escape_inside("stolen"), escape_outside("file")))
	    : errno;
}

int
escape_link_in(void)
{
	int rc = done(link(escape_outside("file"), escape_inside("linked")));

	(void)unlink(escape_inside("linked"));
	return rc;
}

int
escape_make_link(void)
{
	return done(symlink("/etc/passwd", escape_inside("new-link")));
}

int
escape_make_folder(void)
{
	return done(mkdir(escape_inside("folder"), 0700));
}

int
escape_make_fifo(void)
{
	return done(mkfifo(escape_inside("fifo"), 0600));
}

int
escape_make_socket(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;

	snprintf(at.sun_path, sizeof(at.sun_path), "/dev/shm/jobrun-escape.%ld.s", (long)getpid());
	rc = done(bind(fd, (struct sockaddr *)&at, sizeof(at)));
	close(fd);
	(void)unlink(at.sun_path);
	return rc;
}

/* And what must go on: the test would be blind if nothing went. */
int
escape_keep_write(void)
{
	int rc = opens(escape_inside("own"), O_RDWR | O_CREAT | O_TRUNC);

	return rc != 0 ? rc : done(unlink(escape_inside("own")));
}

int
escape_keep_certificates(void)
{
	return opens("/etc/ssl/certs/ca-certificates.crt", O_RDONLY);
}

int
escape_keep_resolver(void)
{
	return opens("/etc/hosts", O_RDONLY);
}

int
escape_keep_null(void)
{
	return opens("/dev/null", O_RDWR);
}

int
escape_keep_random(void)
{
	return opens("/dev/urandom", O_RDONLY);
}
