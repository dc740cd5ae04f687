/*
 * The second look at a compiled rule: which tables its program opens.
 *
 * SQLite 3.40.1 does not ask the authorizer of every read: `INSERT INTO t
 * SELECT * FROM APP_JOB_KEY` into a table of the same form, and the columns that a NATURAL JOIN or
 * USING compares, pass it by (measured). The program itself hides nothing.
 */
#ifndef RULES_AUDIT_H
#define RULES_AUDIT_H

#include <sqlite3.h>
#include <stddef.h>

#include "base/err.h"

/* Where one of jobrun's own tables, or an index of it, begins in the file. */
struct audit_root {
	sqlite3_int64 page;
	int secret; /* rules may not even read it */
	char table[64];
};

struct audit {
	struct audit_root *root; /* owned */
	size_t n;
};

/* Reads the schema. 0 or -1. A zeroed struct is fine for release. */
int audit_init(struct audit *a, sqlite3 *handle, struct err *e);
void audit_release(struct audit *a);

/*
 * Looks through the program of the one statement at sql. 0: it opens nothing that it may not;
 * -1: ERR_CONFIG with what and why, or ERR_DATABASE, ERR_INTERNAL.
 */
int audit_statement(const struct audit *a, sqlite3 *handle, const char *sql, size_t len, struct err *e);

#endif
