/*
 * The live line of a long run, on a terminal: never under cron.
 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>

#include "log.h"

struct progress {
	struct log *log;
	int64_t shown_ms; /* when the line was last drawn, in the run's time */
};

/* For struct event_sink's progress; draws at most five times a second. */
void progress_show(struct progress *p, const struct event_progress *now);
/* Wipes the line. */
void progress_end(struct progress *p);

#endif
