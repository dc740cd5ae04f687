#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bsd/unistd.h>

#include "base/bounds.h"

/* What is asked: this command with this environment ("NAME=value", each with its NUL), and two files beside it. */
struct order {
	size_t target;
	size_t len;
	char environment[BOUND_LAUNCH_ENVIRONMENT];
};

/* What comes of it. */
struct outcome {
	pid_t pid; /* 0: none was made */
	int error;
};

/* Room for the descriptors of a message. */
union two_files {
	struct cmsghdr head;
	char room[CMSG_SPACE(2 * sizeof(int))];
};

/* In the new process: nothing but system calls, until it is another program. Never returns. */
static void
become(char *const *argv, char *const *environment, const int files[2], int report)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t none;
	int i, null;

	for (i = 1; i < NSIG; i++)
		sigaction(i, &plain, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (setsid() != -1 && (null = open("/dev/null", O_WRONLY | O_CLOEXEC)) != -1 &&
	    dup2(files[0], STDIN_FILENO) != -1 && dup2(null, STDOUT_FILENO) != -1 &&
	    dup2(files[1], STDERR_FILENO) != -1 && close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		execve(argv[0], argv, environment);
	i = errno;
	(void)!write(report, &i, sizeof(i));
	_exit(127);
}

/* CLONE_PARENT makes the command our owner's child, so that it alone waits for it and ends it. */
static struct outcome
start(char *const *argv, char *const *environment, const int files[2])
{
	struct outcome made = { 0 };
	int report[2];

	if (pipe2(report, O_CLOEXEC) == -1) {
		made.error = errno;
		return made;
	}
	made.pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
	if (made.pid == 0)
		become(argv, environment, files, report[1]);
	if (made.pid == -1) {
		made.error = errno;
		made.pid = 0;
	}
	close(report[1]);
	/* Closed by a successful execve(). */
	if (made.pid != 0 && read(report[0], &made.error, sizeof(made.error)) != sizeof(made.error))
		made.error = 0;
	close(report[0]);
	return made;
}

/* The next order: 1 and its two files; 0 there will be none. */
static int
receive(int fd, struct order *order, int files[2])
{
	union two_files control;
	struct iovec text = { order, sizeof(*order) };
	struct msghdr m = {
		.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	ssize_t n;

	do
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n != sizeof(*order) || CMSG_FIRSTHDR(&m) == NULL ||
	    CMSG_FIRSTHDR(&m)->cmsg_len != CMSG_LEN(2 * sizeof(int)) || order->len > sizeof(order->environment))
		return 0;
	memcpy(files, CMSG_DATA(CMSG_FIRSTHDR(&m)), 2 * sizeof(int));
	return 1;
}

/* The launcher's whole life. Whatever it is asked, it starts nothing but what it knew when it began. */
static void
serve(int fd, const struct notify_config *config)
{
	char *environment[BOUND_LAUNCH_VARIABLES + 1];
	struct order order = { 0 };
	struct outcome made;
	size_t at, n;
	int files[2];

	while (receive(fd, &order, files) == 1) {
		for (at = n = 0; at < order.len && n < BOUND_LAUNCH_VARIABLES; n++) {
			environment[n] = order.environment + at;
			at += strnlen(environment[n], order.len - at) + 1;
		}
		environment[n] = NULL;
		if (order.len > 0)
			order.environment[order.len - 1] = '\0';
		made = (struct outcome){ .error = EPERM };
		if (order.target < config->n && config->targets[order.target].command != NULL)
			made = start(config->targets[order.target].command, environment, files);
		close(files[0]);
		close(files[1]);
		if (send(fd, &made, sizeof(made), MSG_NOSIGNAL) == -1)
			break;
	}
}

bool
launcher_is_needed(const struct notify_config *config)
{
	size_t i;

	for (i = 0; i < config->n; i++)
		if (config->targets[i].command != NULL)
			return true;
	return false;
}

/* In the forked process: lets go of all that is its owner's, serves, and ends. */
static void
live(int fd, const struct notify_config *config)
{
	static const int spared[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), i;

	/* A terminal's signal goes to it too; it ends when its owner has. */
	for (i = 0; i < (int)(sizeof(spared) / sizeof(spared[0])); i++)
		signal(spared[i], SIG_IGN);
	if (null == -1)
		_exit(1);
	for (i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		dup2(null, i);
	if (dup2(fd, STDERR_FILENO + 1) == -1)
		_exit(1);
	close_range(STDERR_FILENO + 2, ~0U, 0);
	setproctitle("starts commands for %ld", (long)getppid());
	serve(STDERR_FILENO + 1, config);
	_exit(0);
}

int
launcher_begin(struct launcher *l, const struct notify_config *config, struct err *e)
{
	int fd[2];

	*l = (struct launcher){ .fd = -1, .config = config };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == -1)
		return err_sys(e, ERR_INTERNAL, "sandbox", "make a socket to start commands by");
	if ((l->pid = fork()) == 0)
		live(fd[1], config);
	close(fd[1]);
	if (l->pid == -1) {
		close(fd[0]);
		return err_sys(e, ERR_INTERNAL, "sandbox", "make the process that starts commands");
	}
	l->fd = fd[0];
	return 0;
}

/* Which of the targets has that command, word for word; config->n: none. */
static size_t
find(const struct notify_config *config, char *const *argv)
{
	char *const *command;
	size_t target, i;

	for (target = 0; target < config->n; target++) {
		if ((command = config->targets[target].command) == NULL)
			continue;
		for (i = 0; command[i] != NULL && argv[i] != NULL && strcmp(command[i], argv[i]) == 0; i++)
			continue;
		if (command[i] == NULL && argv[i] == NULL)
			break;
	}
	return target;
}

/* Sends the order with its two files. 0 or an error number. */
static int
place(int fd, struct order *order, char *const *environment, int in, int complaint)
{
	const int files[2] = { in, complaint };
	union two_files control = { .room = "" };
	struct iovec text = { order, sizeof(*order) };
	struct msghdr m = {
		.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	size_t len;

	for (; *environment != NULL; environment++, order->len += len) {
		len = strlen(*environment) + 1;
		if (len > sizeof(order->environment) - order->len)
			return E2BIG;
		memcpy(order->environment + order->len, *environment, len);
	}
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(files));
	memcpy(CMSG_DATA(&control.head), files, sizeof(files));
	return sendmsg(fd, &m, MSG_NOSIGNAL) == sizeof(*order) ? 0 : errno;
}

int
launcher_start(void *arg, pid_t *pid, char *const *argv, char *const *environment, int in, int complaint)
{
	struct launcher *l = arg;
	struct order order = { .target = find(l->config, argv) };
	struct outcome made;
	ssize_t n;
	int rc;

	if (order.target == l->config->n)
		return EPERM;
	if ((rc = place(l->fd, &order, environment, in, complaint)) != 0)
		return rc;
	do
		n = recv(l->fd, &made, sizeof(made), 0);
	while (n == -1 && errno == EINTR);
	if (n != sizeof(made))
		return n == -1 ? errno : EPIPE;
	if (made.error != 0 && made.pid != 0)
		waitpid(made.pid, NULL, 0);
	*pid = made.pid;
	return made.error;
}

void
launcher_end(struct launcher *l)
{
	if (l->fd == -1)
		return;
	close(l->fd);
	l->fd = -1;
	while (waitpid(l->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
}
