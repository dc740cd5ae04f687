/*
 * How far a long run is: a live line on a terminal, never under cron, and the process's title for ps(1).
 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>

#include "log.h"

struct progress {
	struct log *log;
	int64_t shown_ms, titled_ms; /* when the line was last drawn, the title last set, in the run's time */
};

/* For struct event_sink's progress; draws at most five times a second, and sets the title once. */
void progress_show(struct progress *p, const struct event_progress *now);
/* Wipes the line. */
void progress_end(struct progress *p);

#endif
