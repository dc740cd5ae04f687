/*
 * How everything stands, in one reading: each job, each of its clients as it
 * is configured, and what its last visits left. `status`, `watch`, `metrics` and the alerts go by it.
 */
#ifndef RUN_OVERVIEW_H
#define RUN_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/standing.h"

/* All strings are owned. */
struct overview_client {
	char *id, *group;
	char *route;     /* NULL: none, or not configured, or unusable */
	bool configured; /* false: only the ledger and the logs know it */
	bool enabled, pilot;
	int64_t send_frequency; /* minutes; 0: at every run */
	char *paused;           /* the reason, or NULL */
	char *paused_at;
	char *problem;                /* what is wrong with its entry, or NULL; an id that could not be read is "" */
	bool waits_for_rollout;       /* the job is at stage pilot, and this is no pilot */
	struct standing last;         /* last.run 0: it was never visited. Its client and group are NULL: see above */
	int64_t owed, parked, failed; /* items, now */
	/*
	 * UTC when it is next due; 0: at the next run; -1: never, since it is disabled, paused, unusable, waits for
	 * the rollout, or is not configured, or its job is on hold.
	 */
	int64_t due_ms;
};

struct overview_job {
	int64_t type, version;
	char *name;                   /* NULL: clients are configured for a job type that is not installed */
	char *stage;                  /* pilot, full; NULL as above */
	char *held, *held_at;         /* why no run may begin, or NULL */
	struct standing_run last;     /* id 0: it never ran. A run whose process is gone has the status crashed */
	char *last_success_at;        /* StartedAt of the last run that ended ok or degraded, or NULL */
	int64_t consecutive_failures; /* Alerts.ConsecutiveFailures of its definition */
	double min_processed_ratio;
	int64_t remind_after; /* Alerts.RemindAfter, minutes; 0: never */
	bool acks;            /* its items are acknowledged: without acks nothing is ever owed */
	int64_t open_alerts;
	char *problem; /* what is wrong with its definition, or NULL */
	struct overview_client *clients;
	size_t n, cap;
};

/* Zero-initialise. */
struct overview {
	struct overview_job *jobs; /* by JobType */
	size_t n, cap;
};

/*
 * job: a job type by its number, or 0 for all. Clients stand in the order of
 * their configuration, then the entries that cannot be used, then those that only the books know. Of a client that is
 * configured twice the first entry is the one that counts; the others are unusable, and nothing else is known of them.
 * One read transaction, so that all is of one moment; inside one of the caller's it is the caller's. 0 or -1; release
 * it in either case.
 */
int overview_read(struct overview *o, struct db *db, int64_t job, int64_t now_ms, struct err *e);
void overview_release(struct overview *o);

/*
 * Of a run that stands as running: is its process gone? 1: it is, and the job's
 * next run will mark it crashed; 0: no, or it has ended meanwhile; -1. Not
 * inside a transaction, which would not see that.
 */
int overview_is_dead(struct db *db, int64_t job, int64_t run, struct err *e);

#endif
