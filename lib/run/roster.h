/*
 * Who is to be visited: the job's configured clients, less those that are
 * switched off, paused, held by the rollout, filtered out or not due.
 */
#ifndef RUN_ROSTER_H
#define RUN_ROSTER_H

#include <stdint.h>

#include "config/client.h"
#include "run/run.h"
#include "store/holds.h"

/* Something to be told of one client. */
struct roster_note {
	char *id, *group, *message;
	bool twice; /* of a bad entry: another one of the same client is good */
};

/* Zero-initialise. */
struct roster {
	struct client *clients;
	size_t n, cap;
	struct roster_note *bad; /* entries that cannot be used: each an exception of its own, and the others run */
	size_t n_bad, cap_bad;
	struct hold_list holds;     /* all of the job's */
	struct roster_note *paused; /* who is wanted and switched on, but for that */
	size_t n_paused, cap_paused;
	struct roster_note *refused; /* whom --client names, and the rollout holds */
	size_t n_refused, cap_refused;
	int64_t rows;                      /* of APP_JOB_CONFIG */
	int64_t configured;                /* entries that could be read and are wanted, the disabled ones counted */
	int64_t off;                       /* the disabled ones */
	int64_t skipped;                   /* enabled, and not to be visited: not due, or: */
	int64_t skipped_paused, held_back; /* by the rollout */
	int64_t pilots;                    /* of the whole job, the enabled ones */
};

/* Everyone who is configured for a job type, once: *roster's clients, bad and rows. 0 or -1. */
int roster_all(struct roster *roster, struct db *db, int64_t job_type, struct err *e);

/*
 * 0; or -1: ERR_USAGE, --client or --group names nobody (with a hint), or the
 * database failed. A client that is configured twice is taken once; the second is bad.
 */
int roster_read(struct roster *roster, const struct run_request *request, int64_t now_ms, struct err *e);
void roster_release(struct roster *roster);

#endif
