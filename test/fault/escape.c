/*
 * Code of an attacker's inside a run, linked in at the place where items come in: it tries to get out in each of these
 * ways and writes into the file JOBRUN_ESCAPE, a line each, what came of it: "NAME ABI out" or "NAME ABI refused: why".
 * ABI is that of Landlock from which on the kernel can refuse it. The real binary has none of this.
 *
 * JOBRUN_OUTSIDE is a folder that is none of jobrun's: it holds a file, a database "db", and a program "run". Beside JOBRUN_ESCAPE stands a symbolic link,
 * ".link", to /etc/passwd; JOBRUN_SECRET is a file that the configuration names, and JOBRUN_ABSTRACT listens.
 */
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <curl/curl.h>
#include <sqlite3.h>

#include "run/run.h"

int __real_run_job(
    const struct run_request *request, const struct run_finish *finish, struct run_summary *summary, struct err *e);
int __wrap_run_job(
    const struct run_request *request, const struct run_finish *finish, struct run_summary *summary, struct err *e);

static int
done(int rc)
{
	return rc == 0 ? 0 : errno;
}

/* A connection of its own, as a rule's ATTACH would make one. */
static int
sqlite(const char *path)
{
	sqlite3 *handle = NULL;
	char *sql =
	    sqlite3_mprintf("ATTACH %Q AS other; CREATE TABLE IF NOT EXISTS other.t (x); SELECT * FROM other.t;", path);
	int rc = sqlite3_open(":memory:", &handle);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(handle, sql, NULL, NULL, NULL);
	sqlite3_free(sql);
	sqlite3_close(handle);
	return rc == SQLITE_OK ? 0 : 1000 + rc;
}

static int
attach_database(void)
{
	return sqlite(escape_outside("db"));
}

static int
attach_new(void)
{
	return sqlite(escape_outside("new.db"));
}

static size_t
swallow(char *bytes, size_t size, size_t n, void *arg)
{
	(void)bytes;
	(void)arg;
	return size * n;
}

static int
curl_file(void)
{
	CURL *easy = curl_easy_init();
	CURLcode rc;

	curl_easy_setopt(easy, CURLOPT_URL, "file:///etc/passwd");
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
	rc = curl_easy_perform(easy);
	curl_easy_cleanup(easy);
	return rc == CURLE_OK ? 0 : 2000 + (int)rc;
}

static int
run(const char *path)
{
	char *argv[] = { (char *)path, NULL }, *environment[] = { NULL };
	pid_t pid;
	int rc = posix_spawn(&pid, path, NULL, NULL, argv, environment), status;

	if (rc != 0)
		return rc;
	waitpid(pid, &status, 0);
	return 0;
}

static int
run_true(void)
{
	return run("/bin/true");
}

static int
run_shell(void)
{
	return run("/bin/sh");
}

static int
run_own(void)
{
	int from = open(escape_outside("run"), O_RDONLY | O_CLOEXEC), to, rc;
	char piece[4096];
	ssize_t n;

	/* Inside the sandbox it has to bring the program along: a script's text will do. */
	(void)unlink(escape_inside("program"));
	if ((to = open(escape_inside("program"), O_WRONLY | O_CREAT | O_CLOEXEC, 0700)) == -1) {
		rc = errno;
		if (from != -1)
			close(from);
		return rc;
	}
	n = from != -1 ? read(from, piece, sizeof(piece)) : snprintf(piece, sizeof(piece), "#!/bin/sh\n");
	rc = n > 0 && write(to, piece, (size_t)n) == n ? 0 : EIO;
	close(to);
	if (from != -1)
		close(from);
	return rc == 0 ? run(escape_inside("program")) : rc;
}

static int
run_itself(void)
{
	char *argv[] = { (char[]){ "jobrun" }, (char[]){ "--version" }, NULL }, *environment[] = { NULL };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		(void)close(STDOUT_FILENO);
		execve("/proc/self/exe", argv, environment);
		_exit(errno == EACCES ? 99 : 98);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 99 ? EACCES : 0;
}

static int
bind_tcp(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
	    rc = done(bind(fd, (struct sockaddr *)&at, sizeof(at)));

	close(fd);
	return rc;
}

static int
abstract_socket(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *name = getenv("JOBRUN_ABSTRACT");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;

	memcpy(at.sun_path + 1, name, strlen(name));
	rc = done(connect(
	    fd, (struct sockaddr *)&at, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))));
	close(fd);
	return rc;
}

static int
signal_parent(void)
{
	return done(kill(getppid(), 0));
}

static int
read_parent(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)4096, 1 };

	/* Nothing is mapped there: that it says so is enough. */
	return process_vm_readv(getppid(), &here, 1, &there, 1, 0) == -1 && errno != EFAULT ? errno : 0;
}

static int
in_child(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(escape_read_passwd());
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void *
thread(void *arg)
{
	*(int *)arg = escape_read_passwd();
	return NULL;
}

static int
in_thread(void)
{
	pthread_t id;
	int rc = 0;

	pthread_create(&id, NULL, thread, &rc);
	pthread_join(id, NULL);
	return rc;
}

static int
new_privileges(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? EPERM : 0;
}

static const struct {
	const char *name;
	int abi;
	int (*try)(void);
} ways[] = {
	{ "read:/etc/passwd", 1, escape_read_passwd },
	{ "read:file", 1, escape_read_file },
	{ "read:dots", 1, escape_read_by_dots },
	{ "read:symlink", 1, escape_read_by_link },
	{ "read:parent's-environ", 1, escape_read_other_process },
	{ "list:/", 1, escape_list_root },
	{ "list:/etc", 1, escape_list_etc },
	{ "write:file", 1, escape_write_file },
	{ "write:secret", 1, escape_write_secret },
	{ "make:file", 1, escape_make_file },
	{ "make:/dev/shm", 1, escape_write_tmp },
	{ "make:socket", 1, escape_make_socket },
	{ "make:symlink", 1, escape_make_link },
	{ "make:folder", 1, escape_make_folder },
	{ "make:fifo", 1, escape_make_fifo },
	{ "truncate", 3, escape_truncate_file },
	{ "unlink", 1, escape_remove_file },
	{ "rename", 1, escape_rename_in },
	{ "link", 1, escape_link_in },
	{ "sqlite:attach", 1, attach_database },
	{ "sqlite:make", 1, attach_new },
	{ "curl:file-url", 1, curl_file },
	{ "exec:true", 1, run_true },
	{ "exec:shell", 1, run_shell },
	{ "exec:own", 1, run_own },
	{ "exec:itself", 1, run_itself },
	{ "tcp:bind", 4, bind_tcp },
	{ "abstract-socket", 6, abstract_socket },
	{ "signal:parent", 6, signal_parent },
	{ "ptrace:parent", 1, read_parent },
	{ "child:read", 1, in_child },
	{ "thread:read", 1, in_thread },
	{ "privileges", 1, new_privileges },
	{ "keep:write", 0, escape_keep_write },
	{ "keep:certificates", 0, escape_keep_certificates },
	{ "keep:hosts", 0, escape_keep_resolver },
	{ "keep:null", 0, escape_keep_null },
	{ "keep:urandom", 0, escape_keep_random },
};

int
__wrap_run_job(
    const struct run_request *request, const struct run_finish *finish, struct run_summary *summary, struct err *e)
{
	const char *path = getenv("JOBRUN_ESCAPE");
	FILE *report = path != NULL ? fopen(path, "we") : NULL;
	size_t i;
	int rc;

	for (i = 0; report != NULL && i < sizeof(ways) / sizeof(ways[0]); i++) {
		rc = ways[i].try();
		if (rc == 0)
			fprintf(report, "%s %d out\n", ways[i].name, ways[i].abi);
		else
			fprintf(report, "%s %d refused: %d %s\n", ways[i].name, ways[i].abi, rc,
			    rc < 1000 ? strerror(rc) : "");
		fflush(report);
	}
	if (report != NULL)
		fclose(report);
	return __real_run_job(request, finish, summary, e);
}
