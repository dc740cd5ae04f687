#include "scratch.h"

#include "base/bounds.h"
#include "store/prune.h"

#define OLD "2026-01-01T00:00:00.000Z"
#define CUT "2026-06-01T00:00:00.000Z"
#define NEW "2026-11-23T07:00:00.000Z"

/* Fills the ledger of job type 1 with so many items of that state and time. */
static void
items(struct scratch *s, int from, int to, const char *state, const char *at)
{
	char sql[600];

	snprintf(sql, sizeof(sql),
	    "WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
	    " INSERT INTO APP_ITEM (JobType, ClientId, GroupId, ItemId, IdQuoted, State, RunId, At)"
	    " SELECT 1, i %% 3, '0', iif(i %% 5, i, 'x' || char(0) || i), i %% 2, '%s', 1, '%s' FROM n",
	    from, to, state, at);
	scratch_sql(s->db.handle, sql);
}

static void
run(struct scratch *s, int id, const char *status, const char *at)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO APP_JOB_RUN (RunId, JobType, StartedAt, FinishedAt, Status) VALUES (%d, 1, '%s', %s%s%s, '%s')",
	    id, at, strcmp(status, "running") == 0 ? "NULL" : "'", strcmp(status, "running") == 0 ? "" : at,
	    strcmp(status, "running") == 0 ? "" : "'", status);
	scratch_sql(s->db.handle, sql);
}

/* So many rows of a run. */
static void
rows(struct scratch *s, int run_id, int n)
{
	char sql[700];

	snprintf(sql, sizeof(sql),
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
	    " INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, StartedAt, Status) SELECT %d, 1, i, '" OLD
	    "', 'ok' FROM n;"
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
	    " INSERT INTO APP_EXCEPTION_LOG (At, RunId, JobType, ClientId, Stage, Code, Message)"
	    " SELECT '" OLD "', %d, 1, i, 'rules', 'c', 'm' FROM n",
	    n, run_id, n + 1, run_id);
	scratch_sql(s->db.handle, sql);
}

static int
count_commit(void *arg)
{
	++*(int *)arg;
	return 0;
}

static void
prune_items__takes_old_acknowledged_ones_alone(void **state)
{
	struct scratch *s = *state;
	struct prune p = { .db = &s->db };
	struct prune_tally t = { 0 };

	items(s, 1, 10, "acked", OLD);
	items(s, 11, 20, "acked", NEW);
	items(s, 21, 30, "acked", CUT);
	items(s, 31, 40, "applied", OLD);
	items(s, 41, 50, "failed", OLD);
	items(s, 51, 60, "parked", OLD);
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_ITEM (JobType, ClientId, ItemId, State, RunId, At)"
	    " VALUES (2, '', '', 'acked', 1, '" OLD "'), (0, '', '', 'acked', 1, '" OLD "')");
	OK(s, prune_items(&p, 1, CUT, &t, &s->e));
	assert_int_equal(t.items, 10);
	assert_int_equal(t.kept_items, 50);
	assert_string_equal(scratch_text(s->db.handle,
	                        "SELECT group_concat(State || ' ' || n) FROM (SELECT State, count(*) AS n"
	                        " FROM APP_ITEM WHERE JobType = 1 GROUP BY State ORDER BY State)"),
	    "acked 20,applied 10,failed 10,parked 10");
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_ITEM WHERE JobType <> 1"), 2);
	/* The very first key there can be. */
	OK(s, prune_items(&p, 2, CUT, &t, &s->e));
	assert_int_equal(t.items, 11);
}

static void
prune_items__goes_page_by_page(void **state)
{
	static const struct {
		int n, pages;
		const char *reason;
	} cases[] = {
		{ 0, 0, "an empty ledger" },
		{ 1, 1, "less than a page" },
		{ BOUND_PRUNE_ITEMS, 1, "one page" },
		{ BOUND_PRUNE_ITEMS + 1, 2, "one more" },
		{ 3 * BOUND_PRUNE_ITEMS, 3, "three" },
	};
	struct scratch *s = *state;
	struct prune p = { .db = &s->db };
	struct prune_tally t;
	int commits;
	size_t i;

	for (i = 0; i < N(cases); i++) {
		t = (struct prune_tally){ 0 };
		if (cases[i].n > 0)
			items(s, 1, cases[i].n, "acked", OLD);
		items(s, 1000000, 1000000, "acked", NEW);
		commits = 0;
		sqlite3_commit_hook(s->db.handle, count_commit, &commits);
		OK(s, prune_items(&p, 1, CUT, &t, &s->e));
		sqlite3_commit_hook(s->db.handle, NULL, NULL);
		if (t.items != cases[i].n || t.kept_items != 1)
			fail_msg("%s: %lld, %lld", cases[i].reason, (long long)t.items, (long long)t.kept_items);
		/* The one that stays may stand anywhere between them. */
		if (commits != cases[i].pages && commits != cases[i].pages + 1)
			fail_msg("%s: %d commits", cases[i].reason, commits);
		scratch_sql(s->db.handle, "DELETE FROM APP_ITEM");
	}
	/* Where nothing is old nobody waits. */
	items(s, 1, 2 * BOUND_PRUNE_ITEMS, "acked", NEW);
	commits = 0;
	sqlite3_commit_hook(s->db.handle, count_commit, &commits);
	OK(s, prune_items(&p, 1, CUT, &t, &s->e));
	sqlite3_commit_hook(s->db.handle, NULL, NULL);
	assert_int_equal(commits, 0);
}

static void
prune_logs__keeps_what_is_needed(void **state)
{
	struct scratch *s = *state;
	struct prune p = { .db = &s->db };
	struct prune_tally t = { 0 };

	run(s, 1, "ok", OLD);      /* an item failed last in it */
	run(s, 2, "failed", OLD);  /* goes */
	run(s, 3, "running", OLD); /* of which nobody knows yet that it died */
	run(s, 4, "ok", NEW);      /* a clock that went back */
	run(s, 5, "degraded", OLD);
	run(s, 6, "ok", OLD); /* the newest good one */
	run(s, 7, "crashed", OLD);
	run(s, 8, "failed", OLD); /* the newest */
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_RUN (RunId, JobType, StartedAt, FinishedAt, Status)"
	    " VALUES (9, 2, '" OLD "', '" OLD "', 'failed')");
	rows(s, 1, 1);
	rows(s, 2, 3);
	rows(s, 5, 0);
	items(s, 1, 1, "parked", OLD);
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_ALERT (JobType, Kind, Message, OpenedAt, RemindedAt, ResolvedAt) VALUES (1, 'a', '', '', '', '" OLD
	    "'), (1, 'b', '', '', '', '" NEW "'), (1, 'c', '', '" OLD "', '', NULL), (2, 'd', '', '', '', '" OLD "')");

	p.count_only = true;
	OK(s, prune_logs(&p, 1, CUT, &t, &s->e));
	assert_int_equal(t.kept_runs, 5);
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_JOB_RUN"), 9);
	p.count_only = false;
	OK(s, prune_logs(&p, 1, CUT, &t, &s->e));
	assert_int_equal(t.runs, 2 * 3);
	assert_int_equal(t.requests, 2 * 4);
	assert_int_equal(t.exceptions, 2 * 5);
	assert_int_equal(t.alerts, 2);
	assert_int_equal(t.kept_runs, 2 * 5);
	assert_string_equal(scratch_text(s->db.handle, "SELECT group_concat(RunId) FROM APP_JOB_RUN"), "1,3,4,6,8,9");
	assert_string_equal(scratch_text(s->db.handle, "SELECT group_concat(RunId) FROM APP_REQUEST_LOG"), "1");
	assert_string_equal(scratch_text(s->db.handle, "SELECT group_concat(Kind) FROM APP_ALERT"), "b,c,d");
}

static void
prune_logs__cuts_a_large_run_in_pieces(void **state)
{
	struct scratch *s = *state;
	struct prune p = { .db = &s->db };
	struct prune_tally t = { 0 };
	int i;

	for (i = 1; i <= BOUND_PRUNE_RUNS + 2; i++)
		run(s, i, "failed", OLD);
	rows(s, 1, 3 * BOUND_PRUNE_ROWS);
	OK(s, prune_logs(&p, 1, CUT, &t, &s->e));
	assert_int_equal(t.runs, BOUND_PRUNE_RUNS + 1);
	assert_int_equal(t.requests, 3 * BOUND_PRUNE_ROWS);
	assert_int_equal(t.exceptions, 3 * BOUND_PRUNE_ROWS + 1);
	assert_int_equal(t.kept_runs, 1);
	assert_true(sqlite3_get_autocommit(s->db.handle));
}

static void
prune__ends_between_two_transactions_when_told(void **state)
{
	struct scratch *s = *state;
	volatile sig_atomic_t signal = SIGTERM;
	struct prune p = { .db = &s->db, .signal = &signal };
	struct prune_tally t = { 0 };

	run(s, 1, "failed", OLD);
	run(s, 2, "failed", OLD);
	items(s, 1, 10, "acked", OLD);
	assert_int_equal(prune_logs(&p, 1, CUT, &t, &s->e), 1);
	assert_int_equal(prune_items(&p, 1, CUT, &t, &s->e), 1);
	p.count_only = true;
	assert_int_equal(prune_logs(&p, 1, CUT, &t, &s->e), 1);
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_JOB_RUN"), 2);
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_ITEM"), 10);
	assert_true(sqlite3_get_autocommit(s->db.handle));
}

static void
prune_next_job__finds_all_that_left_something(void **state)
{
	struct scratch *s = *state;
	char *name, all[200] = "";
	int64_t job = INT64_MIN;
	int got;

	assert_int_equal(prune_next_job(&s->db, INT64_MIN, &job, &name, &s->e), 1);
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, InstalledAt) VALUES (7, 'Notes', '{}', '', '');"
	    "INSERT INTO APP_ITEM (JobType, ClientId, ItemId, State, RunId, At) VALUES (7, 1, 1, 'acked', 1, ''),"
	    " (7, 2, 1, 'acked', 1, ''), (-3, 1, 1, 'acked', 1, '');"
	    "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status) VALUES (7, '', 'ok'), (8, '', 'ok');"
	    "INSERT INTO APP_ALERT (JobType, Kind, Message, OpenedAt, RemindedAt) VALUES (9, '', '', '', '')");
	job = INT64_MIN;
	while ((got = prune_next_job(&s->db, job, &job, &name, &s->e)) == 0) {
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%lld %s,", (long long)job,
		    name != NULL ? name : "-");
		free(name);
	}
	assert_int_equal(got, 1);
	assert_string_equal(all, "-3 -,7 Notes,8 -,9 -,");
}

static void
prune__fails_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	struct prune p = { .db = &s->db };
	struct prune_tally t = { 0 };
	int64_t job;
	char *name;

	run(s, 1, "failed", OLD);
	run(s, 2, "failed", OLD);
	rows(s, 1, 1);
	items(s, 1, 1, "acked", OLD);
	scratch_sql(s->db.handle,
	    "CREATE TRIGGER no_run BEFORE DELETE ON APP_JOB_RUN BEGIN SELECT RAISE(FAIL, 'no'); END;"
	    "CREATE TRIGGER no_item BEFORE DELETE ON APP_ITEM BEGIN SELECT RAISE(FAIL, 'no'); END");
	REFUSED(s, prune_logs(&p, 1, CUT, &t, &s->e), ERR_DATABASE, "deleting an old run");
	REFUSED(s, prune_items(&p, 1, CUT, &t, &s->e), ERR_DATABASE, "deleting old items");
	assert_true(sqlite3_get_autocommit(s->db.handle));
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_REQUEST_LOG"), 1);
	scratch_sql(s->db.handle, "DROP TABLE APP_ALERT; ALTER TABLE APP_ITEM RENAME TO GONE");
	REFUSED(s, prune_next_job(&s->db, 0, &job, &name, &s->e), ERR_DATABASE, "which job types left something");
	REFUSED(s, prune_items(&p, 1, CUT, &t, &s->e), ERR_DATABASE, "page by page");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(prune_items__takes_old_acknowledged_ones_alone),
		CASE(prune_items__goes_page_by_page),
		CASE(prune_logs__keeps_what_is_needed),
		CASE(prune_logs__cuts_a_large_run_in_pieces),
		CASE(prune__ends_between_two_transactions_when_told),
		CASE(prune_next_job__finds_all_that_left_something),
		CASE(prune__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
