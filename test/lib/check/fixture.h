/*
 * A database with something of everything configured, and the findings of a check as lines.
 */
#ifndef TEST_CHECK_FIXTURE_H
#define TEST_CHECK_FIXTURE_H

#include <signal.h>

#include "../store/scratch.h"
#include "base/buf.h"
#include "check/check.h"

#define NOW_MS INT64_C(1795676400000) /* 2026-11-26T07:00:00.000Z */

struct fixture {
	struct scratch s; /* first: scratch_end() frees the whole */
	struct check_plan plan;
	struct check_summary summary;
	volatile sig_atomic_t signal;
	struct buf heard; /* "error|job X|Path|code" and a newline, for each that is not ok */
	int64_t well;     /* how many are */
	char last[1200];  /* the last message */
};

static inline void
hear(void *arg, const struct check_finding *f)
{
	struct fixture *fix = arg;

	snprintf(fix->last, sizeof(fix->last), "%s", f->message);
	if (f->level == CHECK_OK)
		fix->well++;
	else
		(void)buf_addf(&fix->heard, "%s|%s|%s|%s\n", f->level == CHECK_ERROR ? "error" : "warning", f->where,
		    f->path, f->code);
}

static inline int
fixture_new(void **state)
{
	struct fixture *f;

	if (scratch_open(state) == -1 || (f = realloc(*state, sizeof(*f))) == NULL)
		return -1;
	*state = f;
	memset((char *)f + sizeof(f->s), 0, sizeof(*f) - sizeof(f->s));
	buf_init(&f->heard, 65536);
	f->plan = (struct check_plan){
		.db = &f->s.db, .now_ms = NOW_MS, .agent = "test", .signal = &f->signal, .finding = hear, .arg = f
	};
	scratch_sql(f->s.db.handle,
	    "CREATE TABLE note (id);"
	    "INSERT INTO APP_EXTERNAL_SYSTEM VALUES ('ris', '{\"BaseUrl\": \"https://ris.example\"}'),"
	    " ('spare', '{\"BaseUrl\": \"https://spare.example\", \"CaFile\": \"/absent.pem\"}');"
	    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, InstalledAt) VALUES"
	    " (1, 'One', '{\"JobType\": 1, \"Name\": \"One\", \"System\": \"ris\", \"Rules\": \"r.sql\"}',"
	    " 'INSERT INTO note VALUES (:id);', ''),"
	    " (2, 'Two', '{\"JobType\": 2, \"Name\": \"Two\", \"Rules\": \"r.sql\"}', 'INSERT INTO nota VALUES (:id);', '');"
	    "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration) VALUES"
	    " (1, '/one', '[{\"ClientId\": 1}, {\"ClientId\": 2, \"Auth\": {\"Bearer\": \"file:/absent\"}}]'),"
	    " (2, '/two', '[{\"ClientId\": 1, \"System\": \"ris\"}, 7]'), (3, '/x', '[{\"ClientId\": 1}]');"
	    "INSERT INTO APP_HOLD VALUES (1, '1', '0', 'moves', '2026-11-23T07:00:00.000Z', NULL);"
	    "INSERT INTO APP_JOB_KEY (Hash, Jobs, CreatedAt, ExpiresAt) VALUES"
	    " (randomblob(32), '*', '', '2026-11-30T07:00:00.000Z'),"
	    " (randomblob(32), 'On', '', NULL);");
	return 0;
}

static inline int
fixture_end(void **state)
{
	buf_release(&((struct fixture *)*state)->heard);
	return scratch_end(state);
}

#endif
