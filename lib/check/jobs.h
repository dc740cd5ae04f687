/*
 * The job types: definition, rules, and what a job needs around it.
 */
#ifndef CHECK_JOBS_H
#define CHECK_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/job.h"
#include "store/catalog.h"

struct check;

/* One of them; owned. */
struct jobs_row {
	int64_t type;
	char *name;
	struct catalog_job row; /* of those that are checked */
	struct job job;         /* what could be read; to the check's end, since probes point into it */
	bool parsed;            /* the whole of it */
};

struct jobs {
	struct jobs_row *at;
	size_t n, cap;
};

/* All of them by number and name. 0 or -1. */
int jobs_load(struct check *c, struct err *e);
void jobs_release(struct jobs *j);

/* Is there one with this name or number? The nearest name, or NULL: 0 or -1 (no memory). */
bool jobs_has(const struct jobs *j, const char *word);
int jobs_near(const struct jobs *j, const char *word, const char **near, struct err *e);

/* Checks each with its clients, then the clients of job types that are not installed. 0 or -1. */
int jobs_check(struct check *c, struct err *e);

#endif
