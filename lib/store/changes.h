/*
 * What statements change in the platform's tables, by SQLite's pre-update
 * hook: rows counted table by table, and the first items' rows themselves. It is what a dry run tells.
 */
#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

#include "store/db.h"
#include "store/rowdiff.h"

struct changes;

/* Hooks into the connection; jobrun's own tables are not counted, nor is an UPDATE that
 * wrote what was there. items: so many items' rows are kept. NULL with e. */
struct changes *changes_new(struct db *db, size_t items, struct err *e);
void changes_free(struct changes *c);

/* What the statements since the last call did: counted with the transaction, or dropped with its savepoint. */
void changes_keep(struct changes *c);
void changes_drop(struct changes *c);

/* The transaction's count: added to the total, or dropped. */
void changes_settle(struct changes *c);
void changes_forget(struct changes *c);

/* The rows of the first item kept since that were not handed out yet: 1 and *lines, owned by the caller; or 0. */
int changes_item(struct changes *c, struct rowdiff_lines *lines);

struct changes_table {
	const char *name; /* borrowed */
	int64_t inserted, updated, deleted;
};
/* Table i of the total, in the order in which they were first touched: 1, or 0 when there are no more. */
int changes_table(const struct changes *c, size_t i, struct changes_table *out);

#endif
