/*
 * A command that is told on standard input. No shell reads it, it inherits nothing but that, and it has no terminal.
 */
#ifndef NOTIFY_COMMAND_H
#define NOTIFY_COMMAND_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "notify/notify.h"

/* One that was started; zero before. */
struct command {
	pid_t pid;            /* also its session and process group; 0: not running */
	int complaint_fd;     /* what it writes to standard error; -1: it closed that */
	struct buf complaint; /* the first BOUND_NOTIFY_COMPLAINT bytes of it */
	int64_t deadline_ms, timeout_ms;
};

/*
 * Starts argv (an absolute path first) with input on standard input, /dev/null as standard output, and the environment
 * PATH=/usr/bin:/bin, HOME and LANG. 0 or -1 (code "command").
 */
int command_start(struct command *c, char *const *argv, const struct notify_from *from, const struct buf *input,
    int64_t timeout_ms, struct err *e);

/*
 * How it goes, without waiting: 1 it runs; 0 it ended well; -1 with e (ERR_UNAVAILABLE, "command"): it exited with
 * another status than 0, a signal ended it, or it was over its time and is ended. After 0 and -1 nothing is left of it.
 */
int command_look(struct command *c, struct err *e);

/* Ends it now, and all in its process group. Nothing if it does not run. */
void command_end(struct command *c);

#endif
