#include "scratch.h"

#include "base/clock.h"
#include "store/runlog.h"

#define T1 "2026-11-23T07:00:00.000Z"
#define T2 "2026-11-23T08:00:00.000Z"
#define T3 "2026-11-23T09:00:00.000Z"

static int64_t
begin(struct scratch *s, int64_t job_type)
{
	struct runlog_run run = {
		.job_type = job_type, .started_at = T1, .host = "here", .pid = 42, .key_id = 3, .user_id = 1000
	};

	OK(s, runlog_begin(&s->db, &run, &s->e));
	return run.id;
}

static void
tally__adds_and_balances(void **state)
{
	struct tally sum = { 0 }, part = { 10, 4, 3, 2, 1, 5, 6 };

	(void)state;
	assert_true(tally_balances(&part));
	tally_add(&sum, &part);
	tally_add(&sum, &part);
	assert_memory_equal(&sum, (&(struct tally){ 20, 8, 6, 4, 2, 10, 12 }), sizeof(sum));
	assert_true(tally_balances(&sum));
	sum.received++;
	assert_false(tally_balances(&sum));
}

static void
runlog__stores_a_run_from_begin_to_end(void **state)
{
	struct scratch *s = *state;
	struct runlog_run run = { .finished_at = T2,
		.status = "degraded",
		.exit_code = 1,
		.clients = 2,
		.skipped = 3,
		.duration_ms = 4,
		.tally = { 10, 4, 3, 2, 1, 5, 6 } };

	run.id = begin(s, 1);
	assert_int_equal(run.id, 1);
	assert_string_equal(
	    scratch_text(s->db.handle,
	        "SELECT concat FROM (SELECT JobType || StartedAt || Status || Host || Pid || KeyId ||"
	        " UserId || ifnull(FinishedAt, '-') || ifnull(ExitCode, '-') AS concat FROM APP_JOB_RUN)"),
	    "1" T1 "runninghere4231000--");
	OK(s, runlog_end(&s->db, &run, &s->e));
	assert_string_equal(
	    scratch_text(s->db.handle,
	        "SELECT FinishedAt || ' ' || Status || ' ' || ExitCode || ' ' || Clients || ' ' || Skipped ||"
	        " ' ' || DurationMs || ' ' || Received || ' ' || Processed || ' ' || Duplicates || ' ' ||"
	        " Errors || ' ' || Parked || ' ' || Acked || ' ' || Owed FROM APP_JOB_RUN"),
	    T2 " degraded 1 2 3 4 10 4 3 2 1 5 6");
}

static void
runlog__stores_no_key_as_null(void **state)
{
	struct scratch *s = *state;
	struct runlog_run run = { .job_type = 1, .started_at = T1 };

	OK(s, runlog_begin(&s->db, &run, &s->e));
	assert_string_equal(scratch_text(s->db.handle, "SELECT KeyId FROM APP_JOB_RUN"), "(null)");
}

static void
runlog_heal__marks_running_rows_of_its_own_job_type_only(void **state)
{
	struct scratch *s = *state;
	struct runlog_run done = { .finished_at = T2, .status = "ok" };
	int64_t n;

	begin(s, 1);
	begin(s, 1);
	begin(s, 2);
	done.id = begin(s, 1);
	OK(s, runlog_end(&s->db, &done, &s->e));
	OK(s, runlog_heal(&s->db, 1, T3, &n, &s->e));
	assert_int_equal(n, 2);
	assert_string_equal(scratch_text(s->db.handle,
	                        "SELECT group_concat(Status || ' ' || ifnull(FinishedAt, '-')) FROM APP_JOB_RUN"),
	    "crashed " T3 ",crashed " T3 ",running -,ok " T2);
	OK(s, runlog_heal(&s->db, 1, T3, &n, &s->e));
	assert_int_equal(n, 0);
}

static void
runlog_is_open__is_true_of_a_running_row_of_that_job_type(void **state)
{
	struct scratch *s = *state;
	int64_t run = begin(s, 1), n;
	bool open;

	OK(s, runlog_is_open(&s->db, 1, run, &open, &s->e));
	assert_true(open);
	OK(s, runlog_is_open(&s->db, 2, run, &open, &s->e));
	assert_false(open);
	OK(s, runlog_is_open(&s->db, 1, run + 1, &open, &s->e));
	assert_false(open);
	OK(s, runlog_heal(&s->db, 1, T3, &n, &s->e));
	OK(s, runlog_is_open(&s->db, 1, run, &open, &s->e));
	assert_false(open);
}

static void
runlog_deaths__counts_those_since_the_item_was_last_settled(void **state)
{
	static const char *const rows[] = { "rule_crash", "rule_crash", "rule_failed", "rule_crash" };
	struct scratch *s = *state;
	struct runlog_exception row = { .job_type = 1,
		.at = T1,
		.client = "1",
		.group = "10",
		.item = "7",
		.item_len = 1,
		.stage = "rules",
		.message = "it died" };
	int64_t n;
	size_t i;

	OK(s, runlog_deaths(&s->db, &row, &n, &s->e));
	assert_int_equal(n, 0);
	for (i = 0; i < N(rows); i++) {
		row.run = begin(s, 1);
		row.code = rows[i];
		OK(s, runlog_exception(&s->db, &row, &s->e));
	}
	OK(s, runlog_deaths(&s->db, &row, &n, &s->e));
	assert_int_equal(n, 3);
	/* Another version of it, which the second run applied, speaks for it too; another group's does not. */
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_ITEM (JobType, ClientId, GroupId, ItemId, ItemVersion, State, RunId, At)"
	    " VALUES (1, '1', '11', '7', '', 'acked', 4, ''), (1, '1', '10', '7', 'v', 'acked', 2, '')");
	OK(s, runlog_deaths(&s->db, &row, &n, &s->e));
	assert_int_equal(n, 1);
	row.group = "11";
	OK(s, runlog_deaths(&s->db, &row, &n, &s->e));
	assert_int_equal(n, 0);
}

static void
request(struct scratch *s, int64_t run, const char *client, const char *at, const char *status)
{
	struct runlog_request row = {
		.run = run, .job_type = 1, .client = client, .group = "0", .started_at = at, .status = status
	};

	OK(s, runlog_request(&s->db, &row, &s->e));
}

static void
runlog_request__stores_its_columns(void **state)
{
	struct scratch *s = *state;
	struct runlog_request row = { .job_type = 1,
		.client = "7",
		.group = "g",
		.started_at = T1,
		.status = "failed",
		.duration_ms = 5,
		.http_status = 503,
		.requests = 6,
		.bytes = 7,
		.tally = { 10, 4, 3, 2, 1, 5, 6 },
		.message = "no" };

	row.run = begin(s, 1);
	OK(s, runlog_request(&s->db, &row, &s->e));
	assert_string_equal(
	    scratch_text(s->db.handle,
	        "SELECT RunId || ' ' || JobType || ' ' || ClientId || ' ' || GroupId || ' ' || StartedAt || ' ' ||"
	        " DurationMs || ' ' || Status || ' ' || HttpStatus || ' ' || Requests || ' ' || Bytes || ' ' || Received ||"
	        " ' ' || Processed || ' ' || Duplicates || ' ' || Errors || ' ' || Parked || ' ' || Acked || ' ' || Owed ||"
	        " ' ' || Message FROM APP_REQUEST_LOG"),
	    "1 1 7 g " T1 " 5 failed 503 6 7 10 4 3 2 1 5 6 no");
	row.http_status = 0;
	row.message = NULL;
	OK(s, runlog_request(&s->db, &row, &s->e));
	assert_int_equal(scratch_number(s->db.handle,
	                     "SELECT count(*) FROM APP_REQUEST_LOG WHERE HttpStatus IS NULL AND Message IS NULL"),
	    1);
}

/* A visit has the client's row, also where another of its entries is bad. */
static void
runlog_unusable__adds_a_row_unless_there_is_one(void **state)
{
	struct scratch *s = *state;
	struct runlog_request row = { .job_type = 1,
		.client = "7",
		.group = "0",
		.started_at = T1,
		.status = "failed",
		.message = "entry 3: no" };

	row.run = begin(s, 1);
	OK(s, runlog_unusable(&s->db, &row, &s->e));
	OK(s, runlog_unusable(&s->db, &row, &s->e));
	assert_string_equal(scratch_text(s->db.handle,
	                        "SELECT group_concat(RunId || Status || Requests || Received ||"
	                        " DurationMs || Message || StartedAt) FROM APP_REQUEST_LOG"),
	    "1failed000entry 3: no" T1);
	assert_int_equal(scratch_number(s->db.handle, "SELECT Failures FROM APP_CLIENT"), 1);
	row.run = begin(s, 1);
	OK(s, runlog_request(&s->db, &row, &s->e));
	OK(s, runlog_unusable(&s->db, &row, &s->e));
	assert_int_equal(scratch_number(s->db.handle, "SELECT Failures FROM APP_CLIENT"), 2);
}

static void
runlog_exception__stores_an_items_bytes_or_null(void **state)
{
	struct scratch *s = *state;
	struct runlog_exception row = { .job_type = 1,
		.at = T1,
		.client = "7",
		.group = "g",
		.item = "a\0b",
		.item_len = 3,
		.stage = "rules",
		.code = "rule_rejected",
		.message = "no such record",
		.attempt = 2 };

	row.run = begin(s, 1);
	OK(s, runlog_exception(&s->db, &row, &s->e));
	assert_string_equal(
	    scratch_text(s->db.handle,
	        "SELECT RunId || ' ' || JobType || ' ' || At || ' ' || ClientId || ' ' || GroupId || ' ' || hex(ItemId) ||"
	        " ' ' || Stage || ' ' || Code || ' ' || Message || ' ' || Attempt FROM APP_EXCEPTION_LOG"),
	    "1 1 " T1 " 7 g 610062 rules rule_rejected no such record 2");
	row.item = NULL;
	row.item_len = 0;
	OK(s, runlog_exception(&s->db, &row, &s->e));
	assert_string_equal(scratch_text(s->db.handle, "SELECT ItemId FROM APP_EXCEPTION_LOG WHERE Id = 2"), "(null)");
}

static void
runlog_last_success__is_the_latest_that_did_not_fail(void **state)
{
	struct scratch *s = *state;
	int64_t run = begin(s, 1), at, want;

	assert_int_equal(runlog_last_success(&s->db, 1, "7", "0", &at, &s->e), 1);
	request(s, run, "7", T1, "failed");
	request(s, run, "7", T1, "stopped");
	request(s, run, "8", T3, "ok");
	assert_int_equal(runlog_last_success(&s->db, 1, "7", "0", &at, &s->e), 1);

	request(s, run, "7", T1, "ok");
	request(s, run, "7", T2, "degraded");
	request(s, run, "7", T3, "failed");
	OK(s, runlog_last_success(&s->db, 1, "7", "0", &at, &s->e));
	assert_int_equal(clock_parse(T2, &want), 0);
	assert_int_equal(at, want);
	assert_int_equal(runlog_last_success(&s->db, 1, "7", "1", &at, &s->e), 1);
	assert_int_equal(runlog_last_success(&s->db, 2, "7", "0", &at, &s->e), 1);
}

static void
runlog_last_success__takes_a_mangled_stamp_for_never(void **state)
{
	struct scratch *s = *state;
	int64_t run = begin(s, 1), at;

	request(s, run, "7", "yesterday", "ok");
	assert_int_equal(runlog_last_success(&s->db, 1, "7", "0", &at, &s->e), 1);
}

static int
see_cycle(void *arg, const struct runlog_request *row, struct err *e)
{
	char *text = arg;
	size_t at = strlen(text);

	snprintf(text + at, 500 - at, "%lld %.5s %s %lld/%lld/%lld;", (long long)row->run, row->started_at + 11,
	    row->status, (long long)row->tally.received, (long long)row->tally.processed, (long long)row->tally.errors);
	return strstr(text, "stopped") != NULL ? err_set(e, ERR_INTERNAL, "stop", "enough") : 0;
}

static void
runlog_cycles__are_the_newest_of_runs_that_began_later(void **state)
{
	static const struct {
		const char *since;
		int most;
		const char *seen, *reason;
	} rows[] = {
		{ "", 10, "3 09:00 ok 3/2/1;2 08:30 failed 3/2/1;1 08:00 degraded 3/2/1;", "all, the newest first" },
		{ "", 2, "3 09:00 ok 3/2/1;2 08:30 failed 3/2/1;", "so many at the most" },
		{ T1, 10, "3 09:00 ok 3/2/1;2 08:30 failed 3/2/1;", "the first run began at that very moment" },
		{ "2026-11-23T08:10:00.000Z", 10, "3 09:00 ok 3/2/1;",
		    "the second run had begun by then, if not the visit" },
		{ T3, 10, "", "none since" },
	};
	struct scratch *s = *state;
	struct runlog_request client = { .job_type = 1, .client = "7", .group = "0" }, row = client;
	char text[500];
	size_t i;

	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status) VALUES (1, '" T1 "', 'ok'), (1, '" T2 "', 'ok'),"
	    " (1, '2026-11-23T08:59:59.999Z', 'ok')");
	row.tally = (struct tally){ .received = 3, .processed = 2, .errors = 1 };
	for (row.run = 1; row.run <= 3; row.run++) {
		row.started_at = row.run == 1 ? T2 : row.run == 2 ? "2026-11-23T08:30:00.000Z" : T3;
		row.status = row.run == 1 ? "degraded" : row.run == 2 ? "failed" : "ok";
		row.client = "7";
		row.group = "0";
		OK(s, runlog_request(&s->db, &row, &s->e));
		row.group = "1";
		OK(s, runlog_request(&s->db, &row, &s->e));
		row.client = "8";
		OK(s, runlog_request(&s->db, &row, &s->e));
	}
	for (i = 0; i < N(rows); i++) {
		text[0] = '\0';
		OK(s, runlog_cycles(&s->db, &client, rows[i].since, rows[i].most, see_cycle, text, &s->e));
		if (strcmp(text, rows[i].seen) != 0)
			fail_msg("%s: %s", rows[i].reason, text);
	}
	scratch_sql(s->db.handle, "UPDATE APP_REQUEST_LOG SET Status = 'stopped'");
	text[0] = '\0';
	REFUSED(s, runlog_cycles(&s->db, &client, "", 10, see_cycle, text, &s->e), ERR_INTERNAL, "enough");
}

static void
runlog__fails_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	struct runlog_run run = { .started_at = T1, .finished_at = T1, .status = "ok" };
	struct runlog_request visit = { .client = "7", .group = "0", .started_at = T1, .status = "ok" };
	struct runlog_exception error = {
		.at = T1, .client = "7", .group = "0", .stage = "ack", .code = "", .message = ""
	};
	int64_t n;

	/* First refused while they run, by a foreign key or a check; then not even compiled. */
	REFUSED(s, runlog_request(&s->db, &visit, &s->e), ERR_DATABASE, "FOREIGN KEY");
	REFUSED(s, runlog_exception(&s->db, &error, &s->e), ERR_DATABASE, "FOREIGN KEY");
	run.started_at = NULL;
	REFUSED(s, runlog_begin(&s->db, &run, &s->e), ERR_DATABASE, "NOT NULL");
	db_close(&s->db);
	OK(s, db_open(&s->db, s->path, &s->e));
	scratch_sql(s->db.handle,
	    "DROP TABLE APP_REQUEST_LOG; DROP TABLE APP_EXCEPTION_LOG; DROP TABLE APP_JOB_RUN;"
	    "DROP TABLE APP_CLIENT");
	REFUSED(s, runlog_begin(&s->db, &run, &s->e), ERR_DATABASE, "logging the run's start");
	REFUSED(s, runlog_end(&s->db, &run, &s->e), ERR_DATABASE, "logging the run's end");
	REFUSED(s, runlog_heal(&s->db, 1, T1, &n, &s->e), ERR_DATABASE, "closing runs that died");
	REFUSED(s, runlog_request(&s->db, &visit, &s->e), ERR_DATABASE, "logging a client's visit");
	REFUSED(s, runlog_exception(&s->db, &error, &s->e), ERR_DATABASE, "logging an error");
	REFUSED(s, runlog_cycles(&s->db, &visit, T1, 10, see_cycle, NULL, &s->e), ERR_DATABASE, "last visits");
	REFUSED(s, runlog_last_success(&s->db, 1, "7", "0", &n, &s->e), ERR_DATABASE, "last went well");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tally__adds_and_balances),
		CASE(runlog__stores_a_run_from_begin_to_end),
		CASE(runlog__stores_no_key_as_null),
		CASE(runlog_heal__marks_running_rows_of_its_own_job_type_only),
		CASE(runlog_is_open__is_true_of_a_running_row_of_that_job_type),
		CASE(runlog_deaths__counts_those_since_the_item_was_last_settled),
		CASE(runlog_request__stores_its_columns),
		CASE(runlog_unusable__adds_a_row_unless_there_is_one),
		CASE(runlog_exception__stores_an_items_bytes_or_null),
		CASE(runlog_last_success__is_the_latest_that_did_not_fail),
		CASE(runlog_last_success__takes_a_mangled_stamp_for_never),
		CASE(runlog_cycles__are_the_newest_of_runs_that_began_later),
		CASE(runlog__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
