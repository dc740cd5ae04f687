/*
 * Events to lines on standard error: what a cron mail should hold, no more.
 * Everything from outside is escaped here.
 */
#ifndef CMD_LOG_H
#define CMD_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "log_tail.h"
#include "options.h"
#include "run/event.h"

struct log {
	int verbosity; /* -1 to 2 */
	bool json, color, dry_run;
	const char *job;       /* NULL: none yet */
	int64_t run;           /* 0: none yet */
	bool progress_on;      /* a live line may stand on the terminal: it is wiped before a log line */
	struct log_tail *tail; /* keeps the last lines; NULL: nobody wants them */
};

/* From -q, -v, --log-format, --color, --progress, NO_COLOR and what standard error is. 0 or -1 (ERR_USAGE). */
int log_set_up(struct log *log, const struct options *opt, struct err *e);

/* Is what goes to this file coloured? By --color, NO_COLOR, TERM and whether it is a terminal. */
bool log_is_colored(const struct options *opt, int fd);

/* For struct event_sink; arg is the struct log. */
void log_event(void *arg, const struct event *ev);

/* What ended the program: always shown. */
void log_error(const struct log *log, const struct err *e);

#endif
