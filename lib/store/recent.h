/*
 * What is usual for a job, and what has waited long: its last runs, a client's first visit, its oldest owed item.
 */
#ifndef STORE_RECENT_H
#define STORE_RECENT_H

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

/* Times are UTC ms. */
struct recent_run {
	int64_t id, started_ms, duration_ms; /* duration -1: it did not end, or nobody saw it end */
	char status[16];
};

/* The last runs of a job type, the newest first, at most so many; without those whose time was mangled. 0 or -1. */
int recent_runs(struct db *db, int64_t job_type, struct recent_run *runs, size_t most, size_t *n, struct err *e);

/* When the first of the client's visits that is still on record began: 0; 1 there is none; -1. */
int recent_first_visit(
    struct db *db, int64_t job_type, const char *client, const char *group, int64_t *utc_ms, struct err *e);

/*
 * When the oldest of what the client's acks still owe was applied: 0; 1 nothing is owed; -1. Of more than
 * BOUND_OWED_AGED items, those with the first ids are looked at.
 */
int recent_oldest_owed(
    struct db *db, int64_t job_type, const char *client, const char *group, int64_t *utc_ms, struct err *e);

#endif
