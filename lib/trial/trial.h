/*
 * A job's own tests: each case runs the real run, over canned answers, in a
 * scratch database with the platform's tables, and compares what stands there after.
 *
 *   DIR/test/CASE/answer.json   what the external system answers (or answer.ndjson; answer-2.json, … further pages)
 *   DIR/test/CASE/client.json   the client's entry; default {"ClientId": 1}
 *   DIR/test/CASE/before.sql    what the platform holds before
 *   DIR/test/CASE/ack.json      what the system answers to an ack, if it matters (Rejected)
 *   DIR/test/CASE/after.sql     queries, each named by the comment above it
 *   DIR/test/CASE/after.txt     what is expected: what became of each item, what was acknowledged, each query's rows
 */
#ifndef TRIAL_TRIAL_H
#define TRIAL_TRIAL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct trial_plan {
	const char *dir;         /* the job's folder */
	const char *only;        /* one case, or NULL for all */
	const char *db_path;     /* whose tables to copy; NULL: from schema */
	const char *schema_path; /* SQL text of the platform's tables, or NULL */
	bool update;             /* write what came out into after.txt */
};

struct trial_result {
	const char *name; /* the case */
	enum { TRIAL_PASSED, TRIAL_FAILED, TRIAL_UPDATED, TRIAL_BROKEN } verdict;
	const char *
	    text; /* TRIAL_FAILED: a unified diff, expected against actual; TRIAL_BROKEN: what is wrong with the case */
};

struct trial_sink {
	void (*result)(void *arg, const struct trial_result *result);
	void *arg;
};

struct trial_count {
	size_t passed, failed; /* a broken case has failed */
};

/* Runs the cases in the order of their names. 0, also when some fail or there are none; -1: it could not be tried. */
int trial_run(const struct trial_plan *plan, const struct trial_sink *sink, struct trial_count *count, struct err *e);

#endif
