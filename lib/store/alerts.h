/*
 * What was warned about: APP_ALERT. An alert is open until its cause is gone; at most
 * one of a kind is open for a client (or, with client and group "", for a job itself).
 */
#ifndef STORE_ALERTS_H
#define STORE_ALERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

/* Kinds, as they stand in Kind. Those of a run, each a client's: */
#define ALERT_FAILURES "consecutive_failures"
#define ALERT_RATIO "processed_ratio"
/* those of `watch`: a client's, */
#define ALERT_OVERDUE "overdue"
#define ALERT_OWED "owed"
/* and a job's own. */
#define ALERT_SLOW "slow_run"
#define ALERT_DEAD "dead_run"
#define ALERT_ABSENT "no_run"
#define ALERT_HELD "held"

/* What just came of one, for change. */
#define ALERT_OPENED "opened"
#define ALERT_REMINDED "reminded"
#define ALERT_RESOLVED "resolved"

/* Strings are owned where a struct alert_list holds it, else borrowed. */
struct alert {
	int64_t id, job_type, run; /* run 0: watch opened it */
	char *job;                 /* its name; NULL: not installed */
	char *client, *group, *kind, *message, *opened_at;
	char *reminded_at;  /* when it was told of last, before this change */
	char *resolved_at;  /* NULL: open */
	const char *change; /* "opened", "reminded", "resolved" just now; NULL: none. A literal */
	bool reworded;      /* message is not, or not yet, what its row says */
};

/* Zero-initialise. */
struct alert_list {
	struct alert *at;
	size_t n, cap;
};
void alert_list_release(struct alert_list *list);
/* Adds a copy with strings of its own; valid until the next is added. NULL with e: no memory. */
struct alert *alert_list_add(struct alert_list *list, const struct alert *from, struct err *e);

/* The open alerts of a job type, by client, group and kind in the order of strcmp(). Added to the list: 0 or -1. */
int alerts_read_open(struct db *db, int64_t job_type, struct alert_list *list, struct err *e);

/* Which ones to list. Borrowed; what is zero or NULL does not narrow. */
struct alert_choice {
	int64_t job_type;
	const char *const *clients; /* ids */
	size_t n_clients;
	const char *group, *since; /* since: opened at or after that, UTC text */
	bool resolved;             /* those that are resolved, too */
	int64_t most;
};
/* Open ones first, and then by when they were opened, the newest first. Added to the list: 0 or -1. */
int alerts_read(struct db *db, const struct alert_choice *choice, struct alert_list *list, struct err *e);

/*
 * Writes what the alert's change and message say, as of now (UTC text), in the caller's transaction: opened is a
 * new row (and its id), reminded and resolved change it, reworded alone its Message. The alert's own texts stay as
 * they are. 0; 1: another program was quicker, and tells it; -1.
 */
int alerts_write(struct db *db, struct alert *alert, const char *now, struct err *e);

#endif
