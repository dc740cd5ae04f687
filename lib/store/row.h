/*
 * Between the files of this room: what a statement's row holds.
 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "store/db.h"
#include "store/runlog.h"

/* Borrowed until the next step; not const, since the structs that keep a copy own it. NULL for null. */
char *row_text(sqlite3_stmt *st, int column);

/* Replaces a borrowed text by a copy; NULL stays. 0 or -1 (no memory; it is then NULL). */
int row_own(char **text);

int64_t row_number_or(sqlite3_stmt *st, int column, int64_t otherwise);

/* Seven columns, from the first one on, in the order of the struct. */
struct tally row_tally(sqlite3_stmt *st, int from);

#endif
