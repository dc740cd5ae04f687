/*
 * Cells that the tables of several verbs have. Each adds one.
 */
#ifndef CMD_CELLS_H
#define CMD_CELLS_H

#include <stdint.h>

#include "app.h"
#include "report/table.h"

/* A number, or null for one below 0. */
void cell_number(struct table *t, int64_t n);

/* To the thousandth: "0.95". */
void cell_fraction(struct table *t, double value);

/* The mean time of an item, in milliseconds; null when there was none, or the time is not known (-1). */
void cell_mean(struct table *t, int64_t duration_ms, int64_t received);

/* A job's name; of one that is not installed (NULL) there is but a number, which in JSON has a column of its own. */
void cell_job(const struct app *app, struct table *t, const char *name, int64_t type);

/* When a client is due, as an overview has it. What is due by now is that instant in JSON, and "next run" in text. */
void cell_due(const struct app *app, struct table *t, int64_t due_ms, int64_t now_ms);

#endif
