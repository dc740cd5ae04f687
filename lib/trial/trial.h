/*
 * A job's own tests: each case runs the real run, over canned answers, in a copy of the platform's tables in
 * memory, and compares what came out with what is expected.
 *
 *   DIR/test/CASE/answer.json   what the external system answers (answer.ndjson, if that is the job's Format);
 *                               answer-2.json, … further pages, in the order in which they are asked for
 *   DIR/test/CASE/client.json   the client's entry; default {"ClientId": 1}
 *   DIR/test/CASE/before.sql    what the platform holds before
 *   DIR/test/CASE/ack.json      what the system answers to an ack, if that matters (Rejected)
 *   DIR/test/CASE/after.sql     queries, each named by the comment above it
 *   DIR/test/CASE/after.txt     what is expected: what was asked for, what became of each item, each query's rows
 */
#ifndef TRIAL_TRIAL_H
#define TRIAL_TRIAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "config/folder.h"
#include "store/db.h"

/* When every case takes place, for $now and for SQL's own 'now': 2026-01-01T00:00:00.000Z. */
#define TRIAL_NOW_MS 1767225600000

/* All is borrowed. */
struct trial_plan {
	const char *dir;                     /* the job's folder */
	const struct folder *folder;         /* what was read from it */
	const char *only;                    /* one case, or NULL for all */
	struct db *platform;                 /* whose tables to copy, or NULL */
	const char *schema_path;             /* SQL that makes the platform's tables, or NULL */
	bool update;                         /* write what came out into after.txt */
	const volatile sig_atomic_t *signal; /* becomes a signal's number when no further case is to begin */
};

struct trial_result {
	const char *name; /* the case */
	enum { TRIAL_PASSED, TRIAL_UPDATED, TRIAL_FAILED, TRIAL_BROKEN } verdict;
	/* TRIAL_FAILED: a unified diff, expected against actual, escaped; TRIAL_BROKEN: what is wrong; else NULL */
	const char *text;
};

/* Borrowed, valid during the call. */
struct trial_sink {
	void (*result)(void *arg, const struct trial_result *result);
	/* Something of the platform's that the scratch copy lacks, as a sentence. */
	void (*note)(void *arg, const char *text);
	void *arg;
};

struct trial_count {
	size_t passed, failed; /* an updated case has passed, a broken one failed */
};

/*
 * Runs the cases in the order of their names; call engine_global() once before. 0, also when some fail or there are
 * none; 1: a signal ended it early; -1: it could not be tried (the rules do not compile, there is no such case, …).
 */
int trial_run(const struct trial_plan *plan, const struct trial_sink *sink, struct trial_count *count, struct err *e);

#endif
