/*
 * Looks at all that is configured, and says what would go wrong: without
 * network, and, asked to, with one request a system.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

enum check_level { CHECK_OK, CHECK_WARNING, CHECK_ERROR };

/* One finding. where is "system ris", "job SyncExams", "job SyncExams, client 7, group 10", "key 3", "database". Borrowed. */
struct check_finding {
	enum check_level level;
	const char *where;
	const char *path;    /* the JSON path of the key, such as Auth.Bearer; "" if there is none */
	const char *code;    /* a stable word */
	const char *message; /* what, and how to mend it */
};

struct check_plan {
	struct db *db;
	int64_t job_type; /* 0: all */
	bool probe;       /* ask each system */
	int64_t now_ms;
	const char *agent;
	/* Called for every finding, CHECK_OK ones too (one for each thing that was looked at and is well). */
	void (*finding)(void *arg, const struct check_finding *f);
	void *arg;
};

/* 0, whatever was found; -1: the database failed. */
int check_all(const struct check_plan *plan, struct err *e);

#endif
