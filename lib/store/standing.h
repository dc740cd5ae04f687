/*
 * What the last visits and runs left: APP_CLIENT, the newest rows of
 * APP_JOB_RUN, and counts of the ledger's two small indexes.
 */
#ifndef STORE_STANDING_H
#define STORE_STANDING_H

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

/* A run as APP_JOB_RUN has it; NULL and -1 where the column is null. */
struct standing_run {
	int64_t id;
	char *started_at, *finished_at, *status;
	int64_t exit_code, pid, clients, skipped, duration_ms;
	struct tally tally;
};

typedef int standing_fn(void *arg, const struct standing *s, struct err *e);
/* Every client of the job type that was ever visited, by id and group. fn returns 0 to go on, -1 to stop. */
int standing_clients(struct db *db, int64_t job_type, standing_fn *fn, void *arg, struct err *e);

/* Items that wait, client by client: owed acks, parked and failed ones. Clients without any are left out. */
struct standing_items {
	const char *client, *group;
	int64_t owed, parked, failed;
};
typedef int standing_items_fn(void *arg, const struct standing_items *items, struct err *e);
int standing_items(struct db *db, int64_t job_type, standing_items_fn *fn, void *arg, struct err *e);

/* The newest run of a job type, strings owned by the caller: 0; 1 it never ran; -1. */
int standing_run(struct db *db, int64_t job_type, struct standing_run *out, struct err *e);
void standing_run_release(struct standing_run *run);

#endif
