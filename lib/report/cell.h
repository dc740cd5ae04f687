/*
 * One cell of a table as a terminal shows it: its text, how wide that is, and cutting it.
 */
#ifndef REPORT_CELL_H
#define REPORT_CELL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Appends the text of a cell of this kind (table.h; lower case), escaped for a terminal; NULL and "" are -. 0, or -1 b is full. */
int cell_text(struct buf *b, char kind, const char *cell, int64_t now_ms);

/* Columns that so many bytes of escaped text take up on a terminal. */
size_t cell_width(const char *text, size_t len);

/* Bytes of escaped text that so many columns hold: whole characters, at least one unless len is 0. */
size_t cell_fit(const char *text, size_t len, size_t columns);

/* Cuts what b holds from the byte from on to so many columns (at least 1), the last of them "…". 0, or -1 b is full. */
int cell_cut(struct buf *b, size_t from, size_t columns);

/* How a word of status is coloured: the text that turns it on, or NULL. CELL_PLAIN turns any off. */
const char *cell_color(const char *word);
#define CELL_DIM "\033[2m"
#define CELL_PLAIN "\033[0m"

#endif
