/*
 * Printing what a verb lists, for the terminal or the pipe that standard output is.
 */
#ifndef CMD_PRINT_H
#define CMD_PRINT_H

#include "app.h"
#include "report/table.h"

/* How many columns standard output's terminal has; 0: it is none. */
size_t stdout_width(void);

/* Sets a table's width, colour and time by what standard output is and by --color. */
void table_for_stdout(const struct app *app, struct table *t);

/* Prints a table so, or as JSON with --json, and releases it. 0 or -1. */
int print_table(struct app *app, struct table *t, struct err *e);

/* Fills a table from a list query of lib/store; arg of catalog_list is the table. */
int table_take(void *arg, int n, const char *const *cells, struct err *e);

/* Escapes text from outside for standard output, in place of printing it raw. */
void print_text(const char *text);

#endif
