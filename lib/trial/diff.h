/*
 * What differs between two texts, line by line.
 */
#ifndef TRIAL_DIFF_H
#define TRIAL_DIFF_H

#include "base/buf.h"

/* A text and what it is called. Borrowed. */
struct diff_text {
	const char *name, *at;
	size_t len;
};

/*
 * Appends a unified diff with three lines of context, escaped for a terminal, from (-) to (+); nothing when they are
 * the same. A last line without a newline is a line like any other. 0, or -1: no memory (out says so), or out is full.
 */
int diff_lines(const struct diff_text *from, const struct diff_text *to, struct buf *out);

#endif
