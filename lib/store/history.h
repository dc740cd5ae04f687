/*
 * Past runs, and what each did for each client: APP_JOB_RUN and APP_REQUEST_LOG.
 */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"
#include "store/runlog.h"

/*
 * A run, or with a client his visit in it. Strings are owned; NULL and -1
 * where there is no such column, or it is null.
 */
struct history_row {
	int64_t run, job_type;
	char *job; /* its name; NULL: not installed */
	char *client, *group;
	char *started_at, *finished_at, *status, *host, *message;
	int64_t exit_code, pid, key, user, clients, skipped, http_status, requests, bytes, duration_ms;
	struct tally tally;
};

/* Zero-initialise. */
struct history {
	struct history_row *at;
	size_t n, cap;
};
void history_release(struct history *h);

/* Which. Borrowed; what is zero or NULL does not narrow, but limit always counts. */
struct history_choice {
	int64_t run, job_type;
	const char *const *clients; /* ids; of visits alone */
	size_t n_clients;
	const char *group;
	const char *since; /* UTC text */
	int64_t limit;
};

/* Appends runs, the newest first. 0 or -1; what was appended is released by the caller in either case. */
int history_runs(struct db *db, const struct history_choice *choice, struct history *h, struct err *e);

/* The same for visits, the newest first; those of one run: those that went worst first, then as they ended. */
int history_visits(struct db *db, const struct history_choice *choice, struct history *h, struct err *e);

#endif
