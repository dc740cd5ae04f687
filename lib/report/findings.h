/*
 * What a check found, for people: errors first, each with where it is and how to mend it, and one line for the whole.
 */
#ifndef REPORT_FINDINGS_H
#define REPORT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "check/check.h"

/* One of them, copied; all strings are owned, NULL as in struct check_finding. */
struct findings_row {
	enum check_level level;
	bool probe;
	char *where, *job, *client, *group, *path, *code, *message;
	size_t order;
	bool hidden;        /* another row stands for it */
	size_t alike, more; /* how many hidden clients have the very same; and how many the like of it, see below */
};

/* Zero-initialise. */
struct findings {
	struct findings_row *at;
	size_t n, cap;
	size_t errors, warnings, probe_errors; /* errors: those of the configuration */
};

/* 0 or -1 (no memory). */
int findings_add(struct findings *f, const struct check_finding *finding);
void findings_release(struct findings *f);

/*
 * A line for each but for CHECK_OK ones, of which only those of probes are shown. The very same problem of many clients
 * of one job is one line; of those that differ in their message alone BOUND_SHOWN_ERRORS are shown, and the rest is
 * counted. width of the terminal, or 0. Sorts the rows. 0, or -1 when b is full.
 */
int findings_text(struct findings *f, size_t width, bool color, struct buf *b);

/* "checked 3 systems, 4 jobs, 120 clients, 5 keys: 2 errors, 1 warning", and a newline. 0, or -1 when b is full. */
int findings_sum(const struct findings *f, const struct check_summary *s, struct buf *b);

#endif
