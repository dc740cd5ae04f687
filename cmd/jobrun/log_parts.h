/*
 * Between the files of log: not for other modules.
 */
#ifndef CMD_LOG_PARTS_H
#define CMD_LOG_PARTS_H

#include <stddef.h>

#include "base/buf.h"
#include "log.h"

/* Writes the line, with a newline. It is in room of the caller's own (buf_lend), so that it needs no memory. */
void log_put(const struct log *log, struct buf *line);

/* Adds text from outside: escaped, and cut at BOUND_MESSAGE. */
void log_add_text(struct buf *b, const char *text, size_t len);

/* The same events and errors as JSON, one object a line. level: "warning"; name: the event's. */
void log_json_event(const struct log *log, const char *level, const char *name, const struct event *ev);
void log_json_error(const struct log *log, const struct err *e);

#endif
