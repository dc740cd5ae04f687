/*
 * A process of its own that starts the commands of Notify for one that may not execute anything: it is forked before
 * the sandbox is closed, starts what is configured then and nothing else, and ends when its owner does.
 */
#ifndef CMD_LAUNCHER_H
#define CMD_LAUNCHER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "config/notify.h"

struct launcher {
	int fd;                             /* to it; -1: there is none */
	pid_t pid;                          /* its own */
	const struct notify_config *config; /* borrowed: whose commands it starts */
};

/* Is there any command to start? */
bool launcher_is_needed(const struct notify_config *config);

/* Forks it. It keeps none of this process' files open. 0 or -1. */
int launcher_begin(struct launcher *l, const struct notify_config *config, struct err *e);

/*
 * notify_start_fn; arg is the struct launcher. The command becomes a child of this process' own. EPERM: it is none of
 * those that were configured when the launcher began.
 */
int launcher_start(void *arg, pid_t *pid, char *const *argv, char *const *environment, int in, int complaint);

/* Ends it, and waits for that. Nothing if there is none. */
void launcher_end(struct launcher *l);

#endif
