/*
 * Rows for people (aligned columns) and for programs (a JSON array of objects, keys as the columns).
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * How a column's cells stand in JSON, and in text. An upper-case letter is the same, in a column that a narrow
 * terminal does without: the last of them goes first. Then names are cut, and after them the last numbers and times go.
 *   s  a string
 *   j  JSON as it is: a number (right-aligned in text), true, an object
 *   c  a string, one of the words of status: coloured by what it means
 *   t  a string, long: is cut, with an ellipsis, before the table is wider than the terminal; as the last column
 *      of text it is wrapped instead, and stands below its row when there is no room beside it
 *   w  UTC text: a time; text without its milliseconds
 *   a  the same; in text how long ago or ahead that is: "3 h ago", "in 20 min"
 * NULL cells are null, and - in text; so are empty ones there.
 */
struct table_column {
	const char *name;
	char kind;
};

/* A column of text that shows one of the table's by another kind, or title. */
struct table_view {
	const char *title;
	char kind;
	const char *name; /* the table's column; NULL: as the title */
};

/* Zero-initialise, then set columns (an array that ends with a NULL name; borrowed). */
struct table {
	const struct table_column *columns;
	const struct table_view
	    *view;         /* what text shows of them, in its order, up to a NULL title; NULL: all as it is */
	const char *empty; /* the sentence that stands for a table without rows, in text; NULL: its columns' names */
	size_t width;      /* of the terminal; 0: as wide as it takes */
	bool color;
	int64_t now_ms; /* for ages */
	char **cells;   /* owned, row by row; NULL: none */
	size_t n, cap;
	bool failed; /* no memory for a cell that was added */
};

/* Copies one row: as many cells as there are columns. 0 or -1 (no memory). */
int table_row(struct table *t, const char *const *cells);

/* The same cell by cell, from left to right: as many as there are columns make a row. No memory is told at the end. */
void table_add(struct table *t, const char *cell);
void table_add_number(struct table *t, int64_t n);
void table_add_bool(struct table *t, bool yes);
/* UTC text. */
void table_add_time(struct table *t, int64_t utc_ms);
void table_release(struct table *t);

/*
 * Each appends to b: 0, or -1 when it is full, or a cell is missing for want of memory. Text cells are escaped for a
 * terminal, and no line is wider than it: what does not fit is wrapped, left out or cut, and a last line says what was
 * left out.
 */
int table_text(const struct table *t, struct buf *b);
int table_json(const struct table *t, struct buf *b);

#endif
