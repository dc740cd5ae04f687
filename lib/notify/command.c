#include "notify/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/clock.h"

/* How long a killed process is waited for: it dies at once, unless the kernel itself hangs. */
#define BURY_TURNS 100
#define BURY_TURN_NS 10000000L

/* The input as a file: whoever reads it reads at leisure, and nobody waits for it to be read. -1 with e. */
static int
input_file(const struct buf *input, struct err *e)
{
	int fd = memfd_create("alerts", MFD_CLOEXEC);
	size_t at = 0;
	ssize_t n = 0;

	if (fd == -1)
		return err_sys(e, ERR_INTERNAL, "command", "make its standard input");
	for (; at < input->len && n != -1; at += (size_t)n)
		n = write(fd, input->at + at, input->len - at);
	if (n != -1 && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	err_sys(e, ERR_INTERNAL, "command", "write its standard input");
	close(fd);
	return -1;
}

/* "NAME=value" in *out, owned; NULL if there is no value. 0 or -1: no memory. */
static int
variable(char **out, const char *name, const char *value)
{
	*out = NULL;
	return value == NULL || asprintf(out, "%s=%s", name, value) != -1 ? 0 : -1;
}

/* It gets these three files, no other, and the signals as they are from the beginning. 0 or an error number. */
static int
spawn(pid_t *pid, char *const *argv, char *const *environment, int in, int complaint)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t all, none;
	int rc;

	sigfillset(&all);
	sigemptyset(&none);
	if ((rc = posix_spawn_file_actions_init(&files)) != 0)
		return rc;
	if ((rc = posix_spawnattr_init(&how)) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return rc;
	}
	if ((rc = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO)) == 0 &&
	    (rc = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)) == 0 &&
	    (rc = posix_spawn_file_actions_adddup2(&files, complaint, STDERR_FILENO)) == 0 &&
	    (rc = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1)) == 0 &&
	    (rc = posix_spawnattr_setsigdefault(&how, &all)) == 0 &&
	    (rc = posix_spawnattr_setsigmask(&how, &none)) == 0 &&
	    (rc = posix_spawnattr_setflags(
	         &how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)) == 0)
		rc = posix_spawn(pid, argv[0], &files, &how, argv, environment);
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static int
start(struct command *c, char *const *argv, char *const *environment, const struct notify_from *from,
    const struct buf *input, struct err *e)
{
	int in = -1, complaint[2] = { -1, -1 }, ret = -1, rc;

	if ((in = input_file(input, e)) == -1)
		return -1;
	if (pipe2(complaint, O_CLOEXEC) == -1 || fcntl(complaint[0], F_SETFL, O_NONBLOCK) == -1) {
		err_sys(e, ERR_INTERNAL, "command", "make its standard error");
	} else if ((rc = from->start != NULL
	                   ? from->start(from->start_arg, &c->pid, argv, environment, in, complaint[1])
	                   : spawn(&c->pid, argv, environment, in, complaint[1])) != 0) {
		errno = rc;
		c->pid = 0;
		err_sys(e, ERR_CONFIG, "command", "cannot start it");
	} else {
		c->complaint_fd = complaint[0];
		ret = 0;
	}
	if (ret == -1 && complaint[0] != -1)
		close(complaint[0]);
	if (complaint[1] != -1)
		close(complaint[1]);
	close(in);
	return ret;
}

int
command_start(struct command *c, char *const *argv, const struct notify_from *from, const struct buf *input,
    int64_t timeout_ms, struct err *e)
{
	char *home = NULL, *lang = NULL, *environment[4] = { NULL }, path[] = "PATH=/usr/bin:/bin";
	size_t n = 0;
	int ret = -1;

	*c = (struct command){ .complaint_fd = -1, .timeout_ms = timeout_ms };
	buf_init(&c->complaint, BOUND_NOTIFY_COMPLAINT);
	if (variable(&home, "HOME", from->home) == -1 || variable(&lang, "LANG", from->lang) == -1) {
		err_memory(e);
		goto out;
	}
	environment[n++] = path;
	if (home != NULL)
		environment[n++] = home;
	if (lang != NULL)
		environment[n++] = lang;
	ret = start(c, argv, environment, from, input, e);
	c->deadline_ms = clock_mono_ms() + timeout_ms;
out:
	free(home);
	free(lang);
	return ret;
}

/* Takes what it has written by now; what is beyond the first bytes is dropped, so that it never has to wait. */
static void
take_complaint(struct command *c)
{
	char piece[4096];
	size_t room;
	ssize_t n;

	while (c->complaint_fd != -1 && (n = read(c->complaint_fd, piece, sizeof(piece))) != -1) {
		if (n == 0) {
			close(c->complaint_fd);
			c->complaint_fd = -1;
			return;
		}
		room = BOUND_NOTIFY_COMPLAINT - c->complaint.len;
		(void)buf_add(&c->complaint, piece, (size_t)n < room ? (size_t)n : room);
	}
}

static void
release(struct command *c)
{
	if (c->complaint_fd != -1)
		close(c->complaint_fd);
	c->complaint_fd = -1;
	c->pid = 0;
	buf_release(&c->complaint);
}

/* "what", and ": " with the first line that it wrote to standard error, if it wrote any. Returns -1. */
static int
complain(const struct command *c, const char *what, struct err *e)
{
	const char *text = buf_text(&c->complaint);
	int len;

	text += strspn(text, " \t\r\n");
	len = (int)strcspn(text, "\r\n");
	return err_set(e, ERR_UNAVAILABLE, "command", "%s%s%.*s", what, len > 0 ? ": " : "", len, text);
}

int
command_look(struct command *c, struct err *e)
{
	char what[80];
	int status, ret;
	pid_t ended;

	take_complaint(c);
	ended = waitpid(c->pid, &status, WNOHANG);
	if (ended == 0 && clock_mono_ms() < c->deadline_ms)
		return 1;
	if (ended == 0) {
		snprintf(what, sizeof(what), "ended after %g s, since it did not end by itself (Timeout)",
		    (double)c->timeout_ms / 1000);
		ret = complain(c, what, e);
		command_end(c);
		return ret;
	}
	/* What it wrote last. */
	take_complaint(c);
	if (ended == -1)
		snprintf(what, sizeof(what), "its exit status is unknown (%s)", strerror(errno));
	else if (WIFSIGNALED(status))
		snprintf(what, sizeof(what), "ended by signal %d", WTERMSIG(status));
	else
		snprintf(what, sizeof(what), "ended with exit status %d", WEXITSTATUS(status));
	ret = ended != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : complain(c, what, e);
	release(c);
	return ret;
}

void
command_end(struct command *c)
{
	struct timespec turn = { .tv_nsec = BURY_TURN_NS };
	int i;

	if (c->pid == 0)
		return;
	kill(-c->pid, SIGKILL);
	for (i = 0; i < BURY_TURNS && waitpid(c->pid, NULL, WNOHANG) == 0; i++)
		nanosleep(&turn, NULL);
	release(c);
}
