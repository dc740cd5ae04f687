/*
 * What to warn of. The decisions are pure functions; alerts_keep() makes those of a run, run/watch.h those of `watch`.
 */
#ifndef RUN_ALERTS_H
#define RUN_ALERTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/alerts.h"
#include "store/standing.h"

struct run;

/* What is known now of what an alert warns of. */
enum alert_cause {
	CAUSE_GONE,
	CAUSE_THERE,
	CAUSE_UNKNOWN,   /* nothing says that it is there, or that it is gone: no new alert, and an open one stays */
	CAUSE_SUSPENDED, /* the same, and nobody is reminded: a person paused the client, or put the job on hold */
};

/*
 * ALERT_OPENED, ALERT_REMINDED, ALERT_RESOLVED; NULL: nothing changes. open: there is one, last told of at told_ms;
 * remind_after: minutes, 0 never. cron's jitter is forgiven as in verdict_due().
 */
const char *alert_change(bool open, int64_t told_ms, enum alert_cause cause, int64_t remind_after, int64_t now_ms);

/* By the client's last visit and its streak. */
enum alert_cause alert_failures(const struct standing *s, int64_t consecutive_failures);
/* A visit that failed or was stopped says nothing of the ratio; one that tried nothing is well if it was ok. */
enum alert_cause alert_ratio(const struct standing *s, double min_processed_ratio);

/* The one of these, sorted as alerts_read_open() reads them, or n. */
size_t alert_find(const struct alert_list *list, size_t n, const char *client, const char *group, const char *kind);

/* Replaces an alert's message, and notes if it is another. The text is escaped, and cut at BOUND_MESSAGE. 0 or -1. */
int alert_reword(struct alert *alert, const char *text, struct err *e);

/* Resolves an open one as of now: the message says why, and keeps what it was. 0 or -1. */
int alert_resolve(struct alert *alert, const char *why, const char *now, struct err *e);

/*
 * Writes all changes of the list, in transactions of at most BOUND_ALERT_ROWS. What another program told first
 * loses its change. 0 or -1.
 */
int alerts_commit(struct db *db, struct alert_list *list, const char *now, struct err *e);

/*
 * At a run's end: opens, reminds, resolves, tells, and leaves in the summary what is open or was just resolved. Alerts
 * of clients that are switched off or no longer configured are resolved, too. A dry run touches none. 0 or -1: then
 * the run is as it was, and its summary has none.
 */
int alerts_keep(struct run *run, struct err *e);

#endif
