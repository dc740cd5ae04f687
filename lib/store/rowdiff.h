/*
 * The rows that one item changes in the platform's tables, before and after,
 * as lines for a person. Taken in SQLite's pre-update hook, which, unlike a
 * session, sees tables without a primary key, too; several changes of one row are told as one.
 */
#ifndef STORE_ROWDIFF_H
#define STORE_ROWDIFF_H

#include "store/db.h"

struct rowdiff;

/* Reads which columns the tables have. NULL with e. */
struct rowdiff *rowdiff_new(struct db *db, struct err *e);
void rowdiff_free(struct rowdiff *d);

/* Within the hook: operation is SQLITE_INSERT, SQLITE_UPDATE or SQLITE_DELETE. Short of memory it takes nothing. */
void rowdiff_take(struct rowdiff *d, sqlite3 *handle, int operation, const char *table, int64_t rowid);

/* Within the hook, of an update: does it write what is there already? False short of memory. */
bool rowdiff_is_same(sqlite3 *handle);

/* Forgets what was taken. */
void rowdiff_clear(struct rowdiff *d);

/* A changed row: "update", "insert" or "delete", and "record id 7: status 'OPEN' -> 'DONE'". */
struct rowdiff_line {
	const char *operation; /* a literal */
	char *text;            /* owned */
};

/* Zero-initialise. */
struct rowdiff_lines {
	struct rowdiff_line *at;
	size_t n;
	size_t hidden; /* changes beyond BOUND_DIFF_ROWS */
};

/* Moves what was taken into lines, and forgets it. 0 or -1 (no memory). */
int rowdiff_finish(struct rowdiff *d, struct rowdiff_lines *lines);
void rowdiff_lines_release(struct rowdiff_lines *lines);

#endif
