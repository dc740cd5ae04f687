/*
 * Reading what an option or a word names, and printing what a verb lists.
 */
#ifndef CMD_FILE_H
#define CMD_FILE_H

#include "app.h"
#include "base/buf.h"
#include "report/table.h"

/* The whole file ("-": standard input), up to out's ceiling. 0 or -1 (ERR_INPUT). */
int file_read(const char *path, struct buf *out, struct err *e);

/* How many columns standard output's terminal has; 0: it is none. */
size_t stdout_width(void);

/* Sets a table's width, colour and time by what standard output is and by --color. */
void table_for_stdout(const struct app *app, struct table *t);

/* Prints a table so, or as JSON with --json, and releases it. 0 or -1. */
int print_table(struct app *app, struct table *t, struct err *e);

/* Fills a table from a list query of lib/store; arg of catalog_list is the table. */
int table_take(void *arg, int n, const char *const *cells, struct err *e);

/* A job type by name or number; unlike for a run, it is said plainly that there is none, with a hint. 0 or -1. */
struct catalog_job;
int find_job(struct app *app, const char *name, struct catalog_job *job, struct err *e);

/*
 * --since as UTC ms: 0 and *ms (fallback_s seconds ago when it is not given; 0: since ever), or -1 (ERR_USAGE). Reads
 * an age (2h), a day (2026-11-23) and a whole UTC time (2026-11-23T07:00:00Z).
 */
int since_option(const struct app *app, int64_t fallback_s, int64_t *ms, struct err *e);

/* *word, or if that is NULL --job: 0; -1 (ERR_USAGE) both are given. */
int job_word(const struct app *app, const char **word, struct err *e);
/* The job of that name: 0 and *job (type 0: none was named), or -1 as find_job. */
int job_option(struct app *app, const char *word, struct catalog_job *job, struct err *e);

/* --reason, which must be given and say something: 0 and *reason (borrowed), or -1 (ERR_USAGE) with an example. */
int reason_option(const struct app *app, const char **reason, struct err *e);

/* Escapes text from outside for standard output, in place of printing it raw. */
void print_text(const char *text);

#endif
