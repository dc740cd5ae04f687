/*
 * Looks at all that is configured, and says what would go wrong: without
 * network, and, asked to, with one request for each way of speaking to an external system. Writes nothing.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

enum check_level { CHECK_OK, CHECK_WARNING, CHECK_ERROR };

/*
 * One finding; all is borrowed. where is "database", "system ris", "job SyncExams", "job SyncExams, client 7, group 10",
 * "job SyncExams, configuration row 17", "key 3" or "notify".
 */
struct check_finding {
	enum check_level level;
	bool probe; /* a request was made, or should have been */
	const char *where;
	const char *job, *client, *group; /* NULL where it is about none */
	const char *path;                 /* the key's JSON path in where, such as Auth.Bearer; "" if there is none */
	const char *code;                 /* a stable word */
	const char *message;              /* what, and how to mend it */
};

struct check_plan {
	struct db *db;
	int64_t job_type; /* only this job type, its clients, and the systems and keys that it uses; 0: all */
	bool probe;
	int64_t now_ms;
	const char *agent;
	const volatile sig_atomic_t *signal; /* ends the probes when it becomes other than 0 */
	/* Called for every finding, CHECK_OK ones too (one for each thing that was looked at and is well). */
	void (*finding)(void *arg, const struct check_finding *f);
	void *arg;
};

/* How many of each were looked at. */
struct check_summary {
	int64_t systems, jobs, clients, keys, probes;
	bool integrity_skipped; /* the database is too large to be looked through in passing */
};

/* 0, whatever was found; 1: a signal ended it; -1: the database failed. */
int check_all(const struct check_plan *plan, struct check_summary *summary, struct err *e);

#endif
