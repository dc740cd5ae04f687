/*
 * What was warned about: APP_ALERT. An alert is open until its cause is gone; at most
 * one of a kind is open for a client (or, with client and group "", for a job itself).
 */
#ifndef STORE_ALERTS_H
#define STORE_ALERTS_H

#include <stdint.h>

#include "store/db.h"

/* Kinds, as they stand in Kind. Those of a run: */
#define ALERT_FAILURES "consecutive_failures"
#define ALERT_RATIO "processed_ratio"
/* and those of `watch`: a client's, and a job's own. */
#define ALERT_OVERDUE "overdue"
#define ALERT_OWED "owed"
#define ALERT_SLOW "slow_run"
#define ALERT_ABSENT "no_run"

/* Strings are owned where a struct alert_list holds it, else borrowed. */
struct alert {
	int64_t id, job_type, run; /* run 0: watch opened it */
	char *job;                 /* its name; NULL: not installed */
	char *client, *group, *kind, *message, *opened_at, *reminded_at;
	char *resolved_at;  /* NULL: open */
	const char *change; /* "opened", "reminded", "resolved" just now; NULL: none. A literal */
};

/* Zero-initialise. */
struct alert_list {
	struct alert *at;
	size_t n, cap;
};
void alert_list_release(struct alert_list *list);

#endif
