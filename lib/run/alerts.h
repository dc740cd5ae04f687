/*
 * What to warn of. The decisions are pure functions; alerts_keep() makes those of a run, run/watch.h those of `watch`.
 */
#ifndef RUN_ALERTS_H
#define RUN_ALERTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
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
 * What becomes of an open one, last told of at told_ms: ALERT_REMINDED, ALERT_RESOLVED; NULL: nothing.
 * remind_after: minutes, 0 never. cron's jitter is forgiven as in verdict_due().
 */
const char *alert_change(int64_t told_ms, enum alert_cause cause, int64_t remind_after, int64_t now_ms);

/* By the client's last visit and its streak. */
enum alert_cause alert_failures(const struct standing *s, int64_t consecutive_failures);
/* A visit that failed or was stopped says nothing of the ratio; one that tried nothing is well if it was ok. */
enum alert_cause alert_ratio(const struct standing *s, double min_processed_ratio);

/* The alerts of one job, while it is worked out what becomes of them. The caller's are the first lines. */
struct alert_book {
	const char *job; /* its name, borrowed */
	int64_t job_type, remind_after;
	int64_t run; /* that new ones are of; 0: watch's */
	int64_t now_ms;
	char now[CLOCK_TEXT];   /* from here on alert_book_read()'s */
	struct alert_list list; /* to be released */
	size_t n_open;          /* the first of the list, sorted: those that were open; behind them new ones */
};
/* 0 or -1. */
int alert_book_read(struct alert_book *book, struct db *db, struct err *e);

/* The place of one that was open, or n_open. */
size_t alert_find(const struct alert_book *book, const char *client, const char *group, const char *kind);

/* A new one at the list's end, without a message yet; valid until the next. NULL with e: no memory. */
struct alert *alert_open(
    struct alert_book *book, const char *client, const char *group, const char *kind, struct err *e);

/* What becomes of the one that was open there, by its cause: reminded, resolved (why) or nothing. 0 or -1. */
int alert_settle(struct alert_book *book, size_t at, enum alert_cause cause, const char *why, struct err *e);

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
