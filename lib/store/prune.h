/*
 * Deletes what is old: finished runs with their rows, resolved alerts, acknowledged items. In short transactions with
 * a rest between them, so that neither a run nor the platform waits for it; what is under way goes on beside it.
 */
#ifndef STORE_PRUNE_H
#define STORE_PRUNE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

/* What was deleted of a job type, or would be; and what is left of its runs and its ledger. */
struct prune_tally {
	int64_t runs, requests, exceptions, alerts, items;
	int64_t kept_runs, kept_items;
};
void prune_tally_add(struct prune_tally *sum, const struct prune_tally *part);

/* Zero-initialise what is not named. */
struct prune {
	struct db *db;
	bool count_only;
	const volatile sig_atomic_t
	    *signal; /* between two transactions it ends when that becomes non-zero; may be NULL */
	int64_t held_since_ms, free_until_ms; /* of the write lock */
};

/* The next job type, by number, that left runs, alerts or items: 0, and *name is owned (NULL: not installed); 1; -1. */
int prune_next_job(struct db *db, int64_t after, int64_t *job_type, char **name, struct err *e);

/*
 * Both add to *t: 0; 1 the signal came,
 * and *t says how far it got; -1, and what was committed stays deleted. before: UTC
 * text.
 *
 * prune_logs: runs that finished before it, with their request and exception rows, and alerts that were resolved
 * before it. Of each job type the newest run stays, the newest that went well, and each in which an item failed last
 * that still is failed or parked.
 * prune_items: the acknowledged items of the ledger that were last seen before it; never one that is owed, failed or
 * parked.
 */
int prune_logs(struct prune *p, int64_t job_type, const char *before, struct prune_tally *t, struct err *e);
int prune_items(struct prune *p, int64_t job_type, const char *before, struct prune_tally *t, struct err *e);

/* Moves what stands in the write-ahead log into the database as far as nobody is in the way; no failure is told. */
void prune_checkpoint(struct db *db);

#endif
