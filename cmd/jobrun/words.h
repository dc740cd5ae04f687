/*
 * What a verb's words and the options that many verbs share mean.
 */
#ifndef CMD_WORDS_H
#define CMD_WORDS_H

#include "app.h"

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

#endif
