/*
 * measure FILE SECONDS COMMAND…: runs the command, SECONDS long at most, and writes one line to FILE: wall seconds,
 * seconds of CPU in user mode, in the kernel, peak memory in KiB (its own, and that of those it waited for), its exit
 * status. /usr/bin/time counts hundredths of a second, which is more than some commands take.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t child;

static void
end_child(int signum)
{
	(void)signum;
	if (child > 0)
		kill(-(pid_t)child, SIGKILL);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double
seconds(struct timeval tv)
{
	return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

static pid_t
start(char *const *command)
{
	pid_t pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid > 0)
		return pid;
	/* A group of its own, so that what it starts ends with it. */
	setpgid(0, 0);
	execvp(command[0], command);
	warn("%s", command[0]);
	_exit(127);
}

int
main(int argc, char **argv)
{
	struct sigaction end = { .sa_handler = end_child };
	struct rusage used;
	double begun, wall;
	int status;
	FILE *out;

	if (argc < 4)
		errx(64, "usage: measure FILE SECONDS COMMAND...");
	if ((out = fopen(argv[1], "we")) == NULL)
		err(1, "%s", argv[1]);
	sigaction(SIGALRM, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	begun = now();
	child = start(argv + 3);
	alarm((unsigned)strtoul(argv[2], NULL, 10));
	while (wait4((pid_t)child, &status, 0, &used) == -1)
		if (errno != EINTR)
			err(1, "wait4");
	wall = now() - begun;
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	fprintf(out, "%.6f %.6f %.6f %ld %d\n", wall, seconds(used.ru_utime), seconds(used.ru_stime), used.ru_maxrss,
	    status);
	if (fclose(out) != 0)
		err(1, "%s", argv[1]);
	return status;
}
