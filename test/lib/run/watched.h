/*
 * A job with clients, runs and visits in the past, as the tables hold them, for what is watched.
 */
#ifndef TEST_RUN_WATCHED_H
#define TEST_RUN_WATCHED_H

#include "../store/scratch.h"

#include "base/clock.h"
#include "run/watch.h"

#define MINUTE WATCH_MINUTE
#define HOUR (60 * MINUTE)
/* 2026-11-23T07:00:00.000Z */
#define NOW INT64_C(1795417200000)

#define DEFINITION                                                                                              \
	"{\"JobType\": 1, \"Name\": \"Notes\", \"Rules\": \"rules.sql\", \"BaseUrl\": \"http://127.0.0.1:9\", " \
	"\"Fetch\": {\"Path\": \"/\"}}"

/* A time, so many minutes before NOW; each in a place of its own, for one call. */
static inline const char *
ago(int64_t minutes)
{
	static char at[16][CLOCK_TEXT];
	static size_t next;

	clock_text(NOW - minutes * MINUTE, at[next = (next + 1) % N(at)]);
	return at[next];
}

__attribute__((format(printf, 2, 3))) static inline void
sql(struct scratch *s, const char *fmt, ...)
{
	char text[2000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	scratch_sql(s->db.handle, text);
}

static inline void
install(struct scratch *s, const char *clients)
{
	sql(s,
	    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, InstalledAt) VALUES (1, 'Notes', '%s', '', '%s')",
	    DEFINITION, ago(100000));
	sql(s, "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '%s')", clients);
}

/* A run that ended; its clients' visits are theirs. */
static inline void
ran(struct scratch *s, int64_t minutes_ago, int64_t took_minutes, const char *status)
{
	sql(s,
	    "INSERT INTO APP_JOB_RUN (JobType, StartedAt, FinishedAt, Status, DurationMs) VALUES (1, '%s', '%s', '%s', %lld)",
	    ago(minutes_ago), ago(minutes_ago - took_minutes), status, (long long)(took_minutes * MINUTE));
}

static inline void
visited(struct scratch *s, const char *client, int64_t minutes_ago, const char *status)
{
	sql(s,
	    "INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, StartedAt, Status, Message) SELECT max(RunId), 1, '%s',"
	    " '%s', '%s', iif('%s' = 'ok', NULL, 'http 503') FROM APP_JOB_RUN",
	    client, ago(minutes_ago), status, status);
}

#endif
