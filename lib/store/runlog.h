/*
 * The logs: runs, one request row a client a run, one exception row an error.
 */
#ifndef STORE_RUNLOG_H
#define STORE_RUNLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

/* The books: received = processed + duplicates + errors + parked. */
struct tally {
	int64_t received, processed, duplicates, errors, parked, acked, owed;
};
void tally_add(struct tally *sum, const struct tally *part);
int tally_balances(const struct tally *t);

struct runlog_run {
	int64_t id, job_type, key_id, user_id;
	const char *started_at, *finished_at, *status, *host;
	int64_t pid;
	int exit_code;
	int64_t clients, skipped, duration_ms;
	struct tally tally;
};

/* Runs of this job type that are still 'running' become 'crashed'; the caller holds the job's lock. *n counts them. */
int runlog_heal(struct db *db, int64_t job_type, const char *now, int64_t *n, struct err *e);

/* Is that run of this job type still 'running'? *open says so: 0 or -1. */
int runlog_is_open(struct db *db, int64_t job_type, int64_t run, bool *open, struct err *e);

/* Inserts the row, Status running; run->id is set. */
int runlog_begin(struct db *db, struct runlog_run *run, struct err *e);
int runlog_end(struct db *db, const struct runlog_run *run, struct err *e);

struct runlog_request {
	int64_t run, job_type;
	const char *client, *group, *started_at, *status;
	int64_t duration_ms;
	long http_status; /* of the last answer; 0: there was none (stored as NULL) */
	int64_t requests, bytes;
	struct tally tally;
	const char *message; /* NULL if all was well */
};
int runlog_request(struct db *db, const struct runlog_request *row, struct err *e);
/* The row of a client whose entry cannot be used: failed, without a request. None if the run has one of it already. */
int runlog_unusable(struct db *db, const struct runlog_request *row, struct err *e);

struct runlog_exception {
	int64_t run, job_type;
	const char *at, *client, *group;
	const char *item; /* NULL: the client's own */
	size_t item_len;
	const char *stage, *code, *message;
	int64_t attempt;
};
int runlog_exception(struct db *db, const struct runlog_exception *row, struct err *e);
/* Rows "rule_crash" of that client's item since a run last came through it: how many runs died in its rules. 0 or -1. */
int runlog_deaths(struct db *db, const struct runlog_exception *item, int64_t *n, struct err *e);

/* Some columns of a visit: run, started_at, status, and of the tally received, processed and errors. Borrowed. */
typedef int runlog_cycle_fn(void *arg, const struct runlog_request *row, struct err *e);
/*
 * The client's visits, the newest first and at most so many, of runs that
 * began after since (UTC text). fn returns 0 to go on, -1 to stop with e. 0 or -1.
 */
int runlog_cycles(struct db *db, const struct runlog_request *client, const char *since, int most, runlog_cycle_fn *fn,
    void *arg, struct err *e);

/* When the client's last run that did not fail began (Status ok or degraded), UTC ms: 0; 1 never; -1. */
int runlog_last_success(
    struct db *db, int64_t job_type, const char *client, const char *group, int64_t *utc_ms, struct err *e);

#endif
