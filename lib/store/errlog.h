/*
 * Reading APP_EXCEPTION_LOG, and who was visited while it was written.
 */
#ifndef STORE_ERRLOG_H
#define STORE_ERRLOG_H

#include "store/db.h"

/* Which rows. Borrowed; what is zero or NULL does not narrow. */
struct errlog_choice {
	int64_t run, job_type;
	const char *const *clients; /* ids */
	size_t n_clients;
	const char *group;
	const char *since; /* UTC text */
};

/* Borrowed, valid during the call. */
struct errlog_row {
	const char *at;
	int64_t run, job_type;
	const char *job; /* its name; NULL: not installed */
	const char *client, *group;
	const char *item; /* NULL: the client's own */
	size_t item_len;
	const char *stage, *code, *message;
	int64_t attempt;
};
/* 0 to go on, -1 to stop. */
typedef int errlog_fn(void *arg, const struct errlog_row *row, struct err *e);

/* Every row of the choice, in any order. 0 or -1. */
int errlog_all(struct db *db, const struct errlog_choice *choice, errlog_fn *fn, void *arg, struct err *e);
/* The newest rows of the choice, newest first, limit at the most. 0 or -1. */
int errlog_newest(
    struct db *db, const struct errlog_choice *choice, int64_t limit, errlog_fn *fn, void *arg, struct err *e);
/* One item's rows, newest first, limit at the most: those of every version, since the log does not tell them apart. */
int errlog_item(struct db *db, int64_t job_type, const char *client, const char *group, const char *item, int64_t limit,
    errlog_fn *fn, void *arg, struct err *e);

/* A client that was visited; run: his newest one, or the one that was chosen. Borrowed, valid during the call. */
struct errlog_visit {
	int64_t job_type, run;
	const char *client, *group;
};
typedef int errlog_visit_fn(void *arg, const struct errlog_visit *visit, struct err *e);
/* Every client that the run visited, or, without one, whose last visit began since then. 0 or -1. */
int errlog_visits(struct db *db, const struct errlog_choice *choice, errlog_visit_fn *fn, void *arg, struct err *e);

/* The run's job type: 0; 1 there is no such run; -1. */
int errlog_run(struct db *db, int64_t run, int64_t *job_type, struct err *e);

#endif
