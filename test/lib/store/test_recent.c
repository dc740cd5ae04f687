#include "scratch.h"

#include "base/bounds.h"
#include "store/recent.h"

#define HOUR INT64_C(3600000)
/* 2026-11-23T07:00:00.000Z */
#define SEVEN INT64_C(1795417200000)

static void
recent_runs__are_the_newest_first(void **state)
{
	struct scratch *s = *state;
	struct recent_run runs[3];
	size_t n = 99;

	OK(s, recent_runs(&s->db, 1, runs, N(runs), &n, &s->e));
	assert_int_equal(n, 0);
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_RUN (RunId, JobType, StartedAt, Status, DurationMs) VALUES"
	    " (1, 1, '2026-11-23T06:00:00.000Z', 'ok', 10), (2, 1, '2026-11-23T07:00:00.000Z', 'degraded', 20),"
	    " (3, 2, '2026-11-23T07:30:00.000Z', 'ok', 30), (4, 1, 'mangled', 'ok', 40),"
	    " (5, 1, '2026-11-23T08:00:00.000Z', 'running', NULL)");
	OK(s, recent_runs(&s->db, 1, runs, N(runs), &n, &s->e));
	assert_int_equal(n, 2);
	assert_int_equal(runs[0].id, 5);
	assert_int_equal(runs[0].started_ms, SEVEN + HOUR);
	assert_int_equal(runs[0].duration_ms, -1);
	assert_string_equal(runs[0].status, "running");
	assert_int_equal(runs[1].id, 2);
	assert_int_equal(runs[1].duration_ms, 20);
	assert_string_equal(runs[1].status, "degraded");
}

static void
recent_first_visit__is_the_oldest_on_record(void **state)
{
	struct scratch *s = *state;
	int64_t at;

	assert_int_equal(recent_first_visit(&s->db, 1, "7", "0", &at, &s->e), 1);
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_RUN (RunId, JobType, StartedAt, Status) VALUES (1, 1, '', 'ok');"
	    "INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, StartedAt, Status) VALUES"
	    " (1, 1, '7', '2026-11-23T08:00:00.000Z', 'failed'), (1, 1, '7', '2026-11-23T07:00:00.000Z', 'failed'),"
	    " (1, 1, '8', '2026-11-23T06:00:00.000Z', 'failed'), (1, 2, '7', '2026-11-23T06:00:00.000Z', 'failed')");
	OK(s, recent_first_visit(&s->db, 1, "7", "0", &at, &s->e));
	assert_int_equal(at, SEVEN);
	assert_int_equal(recent_first_visit(&s->db, 1, "7", "1", &at, &s->e), 1);
}

static void
recent_oldest_owed__looks_at_what_is_owed_alone(void **state)
{
	struct scratch *s = *state;
	char sql[400];
	int64_t at;

	assert_int_equal(recent_oldest_owed(&s->db, 1, "7", "0", &at, &s->e), 1);
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_ITEM (JobType, ClientId, GroupId, ItemId, State, RunId, At) VALUES"
	    " (1, '7', '0', 'a', 'acked', 1, '2026-11-23T05:00:00.000Z'),"
	    " (1, '7', '0', 'b', 'failed', 1, '2026-11-23T05:00:00.000Z'),"
	    " (1, '7', '0', 'c', 'applied', 1, '2026-11-23T08:00:00.000Z'),"
	    " (1, '7', '0', 'd', 'applied', 1, '2026-11-23T07:00:00.000Z'),"
	    " (1, '7', '1', 'e', 'applied', 1, '2026-11-23T06:00:00.000Z'),"
	    " (1, '8', '0', 'f', 'applied', 1, '2026-11-23T06:00:00.000Z')");
	OK(s, recent_oldest_owed(&s->db, 1, "7", "0", &at, &s->e));
	assert_int_equal(at, SEVEN);
	/* Of very many, the first ones in the order of their ids. */
	snprintf(sql, sizeof(sql),
	    "WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO APP_ITEM (JobType, ClientId,"
	    " ItemId, State, RunId, At) SELECT 1, '9', i + 100000, 'applied', 1, CASE i WHEN %d THEN"
	    " '2026-11-23T06:00:00.000Z' ELSE '2026-11-23T07:00:00.000Z' END FROM n",
	    BOUND_OWED_AGED + 1, BOUND_OWED_AGED + 1);
	scratch_sql(s->db.handle, sql);
	OK(s, recent_oldest_owed(&s->db, 1, "9", "0", &at, &s->e));
	assert_int_equal(at, SEVEN);
}

static void
recent__fails_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	struct recent_run run;
	int64_t at;
	size_t n;

	scratch_sql(s->db.handle,
	    "PRAGMA foreign_keys = OFF; DROP TABLE APP_REQUEST_LOG; DROP TABLE APP_JOB_RUN;"
	    "DROP TABLE APP_ITEM");
	REFUSED(s, recent_runs(&s->db, 1, &run, 1, &n, &s->e), ERR_DATABASE, "reading the last runs");
	REFUSED(s, recent_first_visit(&s->db, 1, "7", "0", &at, &s->e), ERR_DATABASE, "reading a client's first visit");
	REFUSED(s, recent_oldest_owed(&s->db, 1, "7", "0", &at, &s->e), ERR_DATABASE, "something is owed");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(recent_runs__are_the_newest_first),
		CASE(recent_first_visit__is_the_oldest_on_record),
		CASE(recent_oldest_owed__looks_at_what_is_owed_alone),
		CASE(recent__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
