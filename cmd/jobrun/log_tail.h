/*
 * The last lines of the log as they are at the default verbosity: a glance for whoever hears of the run, by Ping.
 */
#ifndef CMD_LOG_TAIL_H
#define CMD_LOG_TAIL_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* At most BOUND_PING_LINES lines, and BOUND_PING_BYTES. */
struct log_tail {
	struct buf text; /* each line with its newline */
	size_t lines;
};

void log_tail_init(struct log_tail *tail);
void log_tail_release(struct log_tail *tail);

/* Takes a line in, without its newline, and drops what then is too much. Escaped already. */
void log_tail_add(struct log_tail *tail, const char *line, size_t len);

/* What ended the program, as log_error() shows it. */
void log_tail_error(struct log_tail *tail, const struct err *e);

#endif
