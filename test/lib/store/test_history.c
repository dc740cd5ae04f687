#include "scratch.h"

#include "../failing.h"
#include "store/history.h"

#define T1 "2026-11-23T07:00:00.000Z"
#define T2 "2026-11-23T08:00:00.000Z"

static void
fill(struct scratch *s)
{
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, InstalledAt) VALUES (1, 'One', '', '', '');"
	    "INSERT INTO APP_JOB_RUN (JobType, StartedAt, FinishedAt, Status, ExitCode, Host, Pid, KeyId, UserId, Clients,"
	    " Skipped, Received, Processed, Duplicates, Errors, Parked, Acked, Owed, DurationMs) VALUES"
	    " (1, '" T1 "', '" T2 "', 'degraded', 1, 'here', 42, 3, 1000, 2, 4, 10, 4, 3, 2, 1, 5, 6, 7),"
	    " (2, '" T1 "', '" T2 "', 'ok', 0, 'here', 42, NULL, 1000, 1, 0, 0, 0, 0, 0, 0, 0, 0, 7);"
	    "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status, Pid) VALUES (1, '" T2 "', 'running', 43);"
	    "INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, GroupId, StartedAt, DurationMs, Status, HttpStatus,"
	    " Requests, Bytes, Received, Processed, Duplicates, Errors, Parked, Acked, Owed, Message) VALUES"
	    " (1, 1, 'a', 'g', '" T1 "', 7, 'ok', NULL, 1, 2, 10, 4, 3, 2, 1, 5, 6, NULL),"
	    " (1, 1, 'b', 'g', '" T1 "', 7, 'stopped', 200, 1, 2, 0, 0, 0, 0, 0, 0, 0, 'signal'),"
	    " (1, 1, 'c', 'h', '" T1 "', 7, 'degraded', 200, 1, 2, 0, 0, 0, 0, 0, 0, 0, 'ratio'),"
	    " (1, 1, 'd', 'g', '" T1 "', 7, 'failed', 503, 1, 2, 0, 0, 0, 0, 0, 0, 0, 'no'),"
	    " (2, 2, 'a', 'g', '" T1 "', 7, 'ok', 200, 1, 2, 0, 0, 0, 0, 0, 0, 0, NULL),"
	    " (3, 1, 'a', 'g', '" T2 "', 7, 'ok', 200, 1, 2, 0, 0, 0, 0, 0, 0, 0, NULL)");
}

typedef int reader(struct db *db, const struct history_choice *choice, struct history *h, struct err *e);

/* "3 1": the runs, or with their clients "3a 1b". */
static const char *
read_all(struct scratch *s, reader *read, struct history_choice choice)
{
	static char text[200];
	struct history h = { 0 };
	size_t i, at = 0;

	if (choice.limit == 0)
		choice.limit = 100;
	OK(s, read(&s->db, &choice, &h, &s->e));
	text[0] = '\0';
	for (i = 0; i < h.n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%lld%s", i > 0 ? " " : "",
		    (long long)h.at[i].run, h.at[i].client != NULL ? h.at[i].client : "");
	history_release(&h);
	return text;
}

#define RUNS(...) read_all(s, history_runs, (struct history_choice){ __VA_ARGS__ })
#define VISITS(...) read_all(s, history_visits, (struct history_choice){ __VA_ARGS__ })

static void
runs__are_the_newest_that_were_chosen(void **state)
{
	struct scratch *s = *state;

	assert_string_equal(RUNS(.limit = 0), "");
	fill(s);
	assert_string_equal(RUNS(.limit = 0), "3 2 1");
	assert_string_equal(RUNS(.limit = 2), "3 2");
	assert_string_equal(RUNS(.job_type = 1), "3 1");
	assert_string_equal(RUNS(.since = T2), "3");
	assert_string_equal(RUNS(.run = 2), "2");
	assert_string_equal(RUNS(.run = 2, .job_type = 1), "");
	assert_string_equal(RUNS(.run = 4), "");
}

static void
visits__are_those_of_a_run_or_of_clients(void **state)
{
	struct scratch *s = *state;
	const char *const ab[] = { "a", "b" };

	assert_string_equal(VISITS(.run = 1), "");
	fill(s);
	assert_string_equal(VISITS(.run = 1), "1d 1c 1b 1a");
	assert_string_equal(VISITS(.run = 1, .limit = 2), "1d 1c");
	assert_string_equal(VISITS(.run = 1, .group = "h"), "1c");
	assert_string_equal(VISITS(.run = 1, .clients = ab, .n_clients = 2), "1b 1a");
	assert_string_equal(VISITS(.clients = ab, .n_clients = 1), "3a 2a 1a");
	assert_string_equal(VISITS(.clients = ab, .n_clients = 2, .limit = 3), "3a 2a 1b");
	assert_string_equal(VISITS(.clients = ab, .n_clients = 1, .job_type = 1), "3a 1a");
	assert_string_equal(VISITS(.clients = ab, .n_clients = 1, .since = T2), "3a");
	assert_string_equal(VISITS(.clients = ab, .n_clients = 1, .group = "h"), "");
	assert_string_equal(VISITS(.group = "g", .job_type = 1), "3a 1d 1b 1a");
	assert_string_equal(VISITS(.group = "g", .since = T2), "3a");
	assert_string_equal(VISITS(.group = "i"), "");
}

static void
history__has_every_column(void **state)
{
	struct scratch *s = *state;
	struct history_choice choice = { .limit = 100, .run = 1 };
	struct history h = { 0 };
	const struct history_row *row;

	fill(s);
	OK(s, history_runs(&s->db, &choice, &h, &s->e));
	choice.group = "h";
	OK(s, history_visits(&s->db, &choice, &h, &s->e));
	assert_int_equal(h.n, 2);
	row = &h.at[0];
	assert_string_equal(row->job, "One");
	assert_null(row->client);
	assert_null(row->message);
	assert_string_equal(row->started_at, T1);
	assert_string_equal(row->finished_at, T2);
	assert_string_equal(row->status, "degraded");
	assert_string_equal(row->host, "here");
	assert_int_equal(row->exit_code, 1);
	assert_int_equal(row->pid, 42);
	assert_int_equal(row->key, 3);
	assert_int_equal(row->user, 1000);
	assert_int_equal(row->clients, 2);
	assert_int_equal(row->skipped, 4);
	assert_int_equal(row->duration_ms, 7);
	assert_int_equal(row->http_status, -1);
	assert_memory_equal(&row->tally, (&(struct tally){ 10, 4, 3, 2, 1, 5, 6 }), sizeof(row->tally));
	row = &h.at[1];
	assert_string_equal(row->client, "c");
	assert_string_equal(row->group, "h");
	assert_string_equal(row->message, "ratio");
	assert_int_equal(row->http_status, 200);
	assert_int_equal(row->requests, 1);
	assert_int_equal(row->bytes, 2);
	assert_int_equal(row->exit_code, -1);
	history_release(&h);
	choice = (struct history_choice){ .limit = 100, .run = 3 };
	OK(s, history_runs(&s->db, &choice, &h, &s->e));
	assert_null(h.at[0].finished_at);
	assert_int_equal(h.at[0].duration_ms, -1);
	assert_int_equal(h.at[0].exit_code, -1);
	history_release(&h);
}

static void
history__goes_by_an_index_for_clients(void **state)
{
	struct scratch *s = *state;
	char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql_text(SQL_HISTORY_VISITS_CLIENTS));
	sqlite3_stmt *st;
	bool found = false;

	assert_int_equal(sqlite3_prepare_v2(s->db.handle, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		found |= strstr((const char *)sqlite3_column_text(st, 3),
		             "USING INDEX APP_REQUEST_LOG_Client (JobType=? AND ClientId=?") != NULL;
	sqlite3_finalize(st);
	sqlite3_free(sql);
	assert_true(found);
}

static void
history__fails_as_a_whole(void **state)
{
	struct scratch *s = *state;
	const char *const a[] = { "a" };
	struct history_choice choice = { .limit = 100, .clients = a, .n_clients = 1 };
	struct history h = { 0 };
	struct failing f = { 0 };
	int ret;

	fill(s);
	while (failing_next(&f)) {
		failing_begin(&f);
		ret = history_visits(&s->db, &choice, &h, &s->e);
		failing_end(&f);
		assert_int_equal(ret, f.failed ? -1 : 0);
		history_release(&h);
	}
	db_close(&s->db);
	OK(s, db_open(&s->db, s->path, &s->e));
	scratch_sql(s->db.handle, "PRAGMA foreign_keys = OFF; DROP TABLE APP_REQUEST_LOG; DROP TABLE APP_JOB_RUN");
	REFUSED(s, history_runs(&s->db, &choice, &h, &s->e), ERR_DATABASE, "reading the runs");
	REFUSED(s, history_visits(&s->db, &choice, &h, &s->e), ERR_DATABASE, "a client's visits");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(runs__are_the_newest_that_were_chosen),
		CASE(visits__are_those_of_a_run_or_of_clients),
		CASE(history__has_every_column),
		CASE(history__goes_by_an_index_for_clients),
		CASE(history__fails_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
