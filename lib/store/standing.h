/*
 * What the last visits and runs left: APP_CLIENT, the newest rows of
 * APP_JOB_RUN, and counts of the ledger's two small indexes.
 */
#ifndef STORE_STANDING_H
#define STORE_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"
#include "store/runlog.h"

/* A client's last visit. Strings are borrowed in the callback below; whoever keeps them copies them. */
struct standing {
	char *client, *group;
	int64_t run;                                /* 0: never visited; the rest is then empty */
	char *started_at, *status, *message;        /* message NULL: all was well */
	char *last_success_at;                      /* NULL: never */
	int64_t http_status, duration_ms, failures; /* failures: visits in a row that failed */
	struct tally tally;
};

/* A copy with strings of its own: 0, or -1 no memory (then *to is empty). */
int standing_copy(struct standing *to, const struct standing *from, struct err *e);
void standing_release(struct standing *s);

/* A run as APP_JOB_RUN has it; NULL and -1 where the column is null. */
struct standing_run {
	int64_t id;
	char *started_at, *finished_at, *status;
	int64_t exit_code, pid, clients, skipped, duration_ms;
	struct tally tally;
};

/* A job type: installed, or only configured. Borrowed. */
struct standing_job {
	int64_t type, version;
	const char *name, *stage, *definition; /* each NULL: not installed */
};
typedef int standing_job_fn(void *arg, const struct standing_job *job, struct err *e);
/* This one, or with 0 all, by number. fn returns 0 to go on, -1 to stop, here and below. */
int standing_jobs(struct db *db, int64_t job_type, standing_job_fn *fn, void *arg, struct err *e);

typedef int standing_fn(void *arg, const struct standing *s, struct err *e);
/* Every client of the job type that was ever visited, by id and group. */
int standing_clients(struct db *db, int64_t job_type, standing_fn *fn, void *arg, struct err *e);

/* Items that wait, client by client: owed acks, parked and failed ones. Clients without any are left out. */
struct standing_items {
	const char *client, *group;
	int64_t owed, parked, failed;
};
typedef int standing_items_fn(void *arg, const struct standing_items *items, struct err *e);
/*
 * owed: whether to count what is owed. A job without acks owes none, though all that it ever applied stands in the
 * ledger as an owed item would.
 */
int standing_items(struct db *db, int64_t job_type, bool owed, standing_items_fn *fn, void *arg, struct err *e);

/* The newest run of a job type, strings owned by the caller: 0; 1 it never ran; -1. */
int standing_run(struct db *db, int64_t job_type, struct standing_run *out, struct err *e);
/* The same of the newest one that is not under way. */
int standing_finished(struct db *db, int64_t job_type, struct standing_run *out, struct err *e);
void standing_run_release(struct standing_run *run);

/* Does this run's row say that it is under way? 1, 0 or -1. */
int standing_running(struct db *db, int64_t run, struct err *e);

/* StartedAt of the newest run that ended ok or degraded, owned by the caller: 0; 1 there is none; -1. */
int standing_last_success(struct db *db, int64_t job_type, char **at, struct err *e);

/* How many alerts are open, the job's own and its clients'. */
int standing_alerts(struct db *db, int64_t job_type, int64_t *n, struct err *e);

#endif
