/*
 * Between metrics.c, which writes the text, and metrics_family.c, which knows what there is to write.
 */
#ifndef REPORT_METRICS_PARTS_H
#define REPORT_METRICS_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "run/overview.h"

/* Whatever a line is of: a job, or a client of it. */
struct metrics_subject {
	size_t labels, labels_len; /* where they stand, without braces: job_name="…" */
	const struct overview_job *job;
	const struct overview_client *client; /* NULL: the job itself */
	/* Its last run that ended; started_at NULL: there was none. */
	const char *started_at, *status, *last_success_at;
	const struct tally *tally;
	int64_t duration_ms, exit_code; /* -1: unknown */
};

enum metrics_level { METRICS_JOB = 1, METRICS_CLIENT = 2, METRICS_BOTH = 3 };

/* Lines of one name; one of the four ways to a value. */
struct metrics_family {
	const char *name, *help; /* the name behind jobrun_job_ or jobrun_client_ */
	enum metrics_level level;
	int64_t per; /* it is divided by that: 1000 for milliseconds */
	bool (*value)(const struct metrics_subject *s, int64_t *value); /* false: it has none */
	int64_t (*count)(const struct overview_client *c);              /* of a job: its clients' together */
	size_t book;                                           /* 1 + where it stands in the last run's tally */
	const char *(*state)(const struct metrics_subject *s); /* what it is in: this label, and the value 1 */
	const char *state_label;
};

/* The table; ends with a NULL name. */
extern const struct metrics_family metrics_families[];

#endif
