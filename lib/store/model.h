/*
 * The platform's tables without the platform: a database in memory with copies of them, in which a job is tried. Its
 * clock stands still, and it can reach no other database.
 */
#ifndef STORE_MODEL_H
#define STORE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/db.h"

struct model_clock;

/* One at a time in a process: SQLite knows its clock by name. */
struct model {
	struct db base; /* what every case begins with */
	struct db db;   /* the case under way: a copy of base that may be changed at will */
	struct model_clock *clock;
};

/* An empty database of ours as base. SQL's 'now' is now_ms. 0 or -1; then nothing is left to release. */
int model_init(struct model *m, int64_t now_ms, struct err *e);
void model_release(struct model *m);

/* Told of each table, index, view or trigger that cannot be made here, as "table docs", and why. */
typedef void model_skipped_fn(void *arg, const char *what, const char *why);

/*
 * Copies the definitions of all that is the platform's own into base, without rows. What needs something that the
 * program lacks (a module, a function, a collation) is left out and told. 0 or -1.
 */
int model_copy(struct model *m, struct db *platform, model_skipped_fn *skipped, void *arg, struct err *e);

/* Begins a case with a fresh copy of base, and ends the one before. 0 or -1. */
int model_begin(struct model *m, struct err *e);

/*
 * Runs the first statement of sql, which takes no parameters. rows: NULL, or where the rows go, a line each,
 * "id 7, status 'DONE'"; then only what reads is allowed. 0 and *used, how long the statement was; or -1 (ERR_CONFIG)
 * and *used, where in it the mistake is. It is stopped after BOUND_TRIAL_SQL_MS.
 */
int model_statement(struct db *db, const char *sql, size_t len, struct buf *rows, size_t *used, struct err *e);

/* Is a transaction open that a statement began and none ended? */
bool model_is_open(const struct db *db);

#endif
