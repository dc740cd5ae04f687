/*
 * Rows for people (aligned columns) and for programs (a JSON array of objects, keys as the columns).
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <stddef.h>

#include "base/buf.h"

struct table_column {
	const char *name;
	/* How a cell stands in JSON: 's' a string, 'j' as it is (a number, true, an object). NULL cells are null. */
	char kind;
};

/* Zero-initialise, then set columns (an array that ends with a NULL name; borrowed). */
struct table {
	const struct table_column *columns;
	char **cells; /* owned, row by row; NULL: none */
	size_t n, cap;
};

/* Copies one row: as many cells as there are columns. 0 or -1 (no memory). */
int table_row(struct table *t, const char *const *cells);
void table_release(struct table *t);

/* Each appends to b: 0, or -1 when it is full. Text cells are escaped for a terminal. */
int table_text(const struct table *t, struct buf *b);
int table_json(const struct table *t, struct buf *b);

#endif
