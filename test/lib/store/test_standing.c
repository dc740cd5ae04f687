#include "scratch.h"

#include "store/ledger.h"
#include "store/standing.h"

#define T1 "2026-11-23T07:00:00.000Z"
#define T2 "2026-11-23T08:00:00.000Z"
#define T3 "2026-11-23T09:00:00.000Z"

/* What callbacks saw, and after how many of them they say stop. */
struct seen {
	char text[2000];
	int stop_after;
};

static void see(struct seen *seen, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
see(struct seen *seen, const char *fmt, ...)
{
	size_t at = strlen(seen->text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(seen->text + at, sizeof(seen->text) - at, fmt, args);
	va_end(args);
}

static int
done(struct seen *seen, struct err *e)
{
	return --seen->stop_after == 0 ? err_set(e, ERR_INTERNAL, "stop", "enough") : 0;
}

static int
see_job(void *arg, const struct standing_job *job, struct err *e)
{
	see(arg, "%lld %lld %s %s %s\n", (long long)job->type, (long long)job->version,
	    job->name != NULL ? job->name : "-", job->stage != NULL ? job->stage : "-",
	    job->definition != NULL ? job->definition : "-");
	return done(arg, e);
}

static int
see_client(void *arg, const struct standing *s, struct err *e)
{
	const struct tally *t = &s->tally;

	see(arg, "%s %s %lld %s %s %s %s %lld %lld %lld", s->client, s->group, (long long)s->run, s->started_at,
	    s->status, s->message != NULL ? s->message : "-", s->last_success_at != NULL ? s->last_success_at : "-",
	    (long long)s->http_status, (long long)s->duration_ms, (long long)s->failures);
	see(arg, " %lld %lld %lld %lld %lld %lld %lld\n", (long long)t->received, (long long)t->processed,
	    (long long)t->duplicates, (long long)t->errors, (long long)t->parked, (long long)t->acked,
	    (long long)t->owed);
	return done(arg, e);
}

static int
see_items(void *arg, const struct standing_items *items, struct err *e)
{
	see(arg, "%s %s %lld %lld %lld\n", items->client, items->group, (long long)items->owed,
	    (long long)items->parked, (long long)items->failed);
	return done(arg, e);
}

static int64_t
begin(struct scratch *s, int64_t job_type)
{
	struct runlog_run run = { .job_type = job_type, .started_at = T1, .host = "here", .pid = 42 };

	OK(s, runlog_begin(&s->db, &run, &s->e));
	return run.id;
}

static void
end(struct scratch *s, int64_t id, const char *status)
{
	struct runlog_run run = { .id = id,
		.finished_at = T2,
		.status = status,
		.exit_code = 1,
		.clients = 2,
		.skipped = 3,
		.duration_ms = 4,
		.tally = { 10, 4, 3, 2, 1, 5, 6 } };

	OK(s, runlog_end(&s->db, &run, &s->e));
}

static void
visit(struct scratch *s, int64_t run, const char *client, const char *at, const char *status)
{
	struct runlog_request row = { .run = run,
		.job_type = 1,
		.client = client,
		.group = "g",
		.started_at = at,
		.status = status,
		.duration_ms = 5,
		.http_status = strcmp(status, "failed") == 0 ? 503 : 0,
		.tally = { 10, 4, 3, 2, 1, 5, 6 },
		.message = strcmp(status, "failed") == 0 ? "no" : NULL };

	OK(s, runlog_request(&s->db, &row, &s->e));
}

static void
put(struct scratch *s, int64_t job_type, const char *client, const char *item, enum ledger_state state)
{
	struct ledger_client who = { job_type, client, "g" };
	struct ledger_key key = { .id = item, .id_len = strlen(item), .version = "" };

	OK(s, ledger_put(&s->db, &who, &key, state, 1, 1, T1, &s->e));
}

static void
standing_jobs__are_those_installed_and_those_configured(void **state)
{
	struct scratch *s = *state;
	struct seen seen = { .stop_after = 100 };

	OK(s, standing_jobs(&s->db, 0, see_job, &seen, &s->e));
	assert_string_equal(seen.text, "");
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, Version, Stage, InstalledAt) VALUES"
	    " (2, 'Two', '{}', '', 3, 'pilot', ''), (1, 'One', '[]', '', 1, 'full', '');"
	    "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (9, '[]'), (2, '[]'), (9, '[]')");
	OK(s, standing_jobs(&s->db, 0, see_job, &seen, &s->e));
	assert_string_equal(seen.text, "1 1 One full []\n2 3 Two pilot {}\n9 0 - - -\n");
	seen = (struct seen){ .stop_after = 100 };
	OK(s, standing_jobs(&s->db, 2, see_job, &seen, &s->e));
	OK(s, standing_jobs(&s->db, 9, see_job, &seen, &s->e));
	OK(s, standing_jobs(&s->db, 3, see_job, &seen, &s->e));
	assert_string_equal(seen.text, "2 3 Two pilot {}\n9 0 - - -\n");
	seen = (struct seen){ .stop_after = 1 };
	REFUSED(s, standing_jobs(&s->db, 0, see_job, &seen, &s->e), ERR_INTERNAL, "enough");
}

static void
standing_clients__are_their_last_visits(void **state)
{
	struct scratch *s = *state;
	struct seen seen = { .stop_after = 100 };
	int64_t first = begin(s, 1), second = begin(s, 1);

	visit(s, first, "b", T1, "ok");
	visit(s, first, "a", T1, "failed");
	visit(s, second, "b", T2, "failed");
	visit(s, second, "b", T3, "failed");
	OK(s, standing_clients(&s->db, 1, see_client, &seen, &s->e));
	assert_string_equal(seen.text,
	    "a g 1 " T1 " failed no - 503 5 1 10 4 3 2 1 5 6\n"
	    "b g 2 " T3 " failed no " T1 " 503 5 2 10 4 3 2 1 5 6\n");
	OK(s, standing_clients(&s->db, 2, see_client, &seen, &s->e));
	visit(s, second, "b", T3, "stopped");
	visit(s, second, "a", T3, "degraded");
	seen = (struct seen){ .stop_after = 100 };
	OK(s, standing_clients(&s->db, 1, see_client, &seen, &s->e));
	assert_string_equal(seen.text,
	    "a g 2 " T3 " degraded - " T3 " 0 5 0 10 4 3 2 1 5 6\n"
	    "b g 2 " T3 " stopped - " T1 " 0 5 2 10 4 3 2 1 5 6\n");
	seen = (struct seen){ .stop_after = 1 };
	REFUSED(s, standing_clients(&s->db, 1, see_client, &seen, &s->e), ERR_INTERNAL, "enough");
}

static void
standing_items__count_what_waits(void **state)
{
	struct scratch *s = *state;
	struct seen seen = { .stop_after = 100 };

	put(s, 1, "a", "1", LEDGER_APPLIED);
	put(s, 1, "a", "2", LEDGER_APPLIED);
	put(s, 1, "a", "3", LEDGER_PARKED);
	put(s, 1, "a", "4", LEDGER_ACKED);
	put(s, 1, "b", "1", LEDGER_FAILED);
	put(s, 1, "c", "1", LEDGER_ACKED);
	put(s, 1, "d", "1", LEDGER_APPLIED);
	put(s, 2, "a", "1", LEDGER_APPLIED);
	OK(s, standing_items(&s->db, 1, true, see_items, &seen, &s->e));
	assert_string_equal(seen.text, "a g 2 1 0\nb g 0 0 1\nd g 1 0 0\n");
	seen = (struct seen){ .stop_after = 100 };
	OK(s, standing_items(&s->db, 1, false, see_items, &seen, &s->e));
	assert_string_equal(seen.text, "a g 0 1 0\nb g 0 0 1\n");
	seen = (struct seen){ .stop_after = 1 };
	REFUSED(s, standing_items(&s->db, 1, true, see_items, &seen, &s->e), ERR_INTERNAL, "enough");
}

static void
standing_run__is_the_newest(void **state)
{
	struct scratch *s = *state;
	struct standing_run run;
	char *at;

	assert_int_equal(standing_run(&s->db, 1, &run, &s->e), 1);
	assert_int_equal(run.id, 0);
	assert_int_equal(standing_last_success(&s->db, 1, &at, &s->e), 1);
	end(s, begin(s, 1), "degraded");
	end(s, begin(s, 1), "failed");
	begin(s, 2);
	OK(s, standing_run(&s->db, 1, &run, &s->e));
	assert_int_equal(run.id, 2);
	assert_string_equal(run.started_at, T1);
	assert_string_equal(run.finished_at, T2);
	assert_string_equal(run.status, "failed");
	assert_int_equal(run.exit_code, 1);
	assert_int_equal(run.pid, 42);
	assert_int_equal(run.clients, 2);
	assert_int_equal(run.skipped, 3);
	assert_int_equal(run.duration_ms, 4);
	assert_memory_equal(&run.tally, (&(struct tally){ 10, 4, 3, 2, 1, 5, 6 }), sizeof(run.tally));
	standing_run_release(&run);
	assert_int_equal(standing_running(&s->db, 2, &s->e), 0);
	assert_int_equal(standing_running(&s->db, 3, &s->e), 1);
	assert_int_equal(standing_running(&s->db, 4, &s->e), 0);
	OK(s, standing_last_success(&s->db, 1, &at, &s->e));
	assert_string_equal(at, T1);
	free(at);
	assert_int_equal(standing_last_success(&s->db, 2, &at, &s->e), 1);

	OK(s, standing_run(&s->db, 2, &run, &s->e));
	assert_null(run.finished_at);
	assert_int_equal(run.exit_code, -1);
	assert_int_equal(run.duration_ms, -1);
	standing_run_release(&run);
}

static void
standing_alerts__are_the_open_ones(void **state)
{
	struct scratch *s = *state;
	int64_t n = -1;

	OK(s, standing_alerts(&s->db, 1, &n, &s->e));
	assert_int_equal(n, 0);
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_ALERT (JobType, ClientId, Kind, Message, OpenedAt, RemindedAt, ResolvedAt) VALUES"
	    " (1, '', 'owed', '', '', '', NULL), (1, '7', 'owed', '', '', '', NULL), (1, '8', 'owed', '', '', '', 'x'),"
	    " (2, '7', 'owed', '', '', '', NULL)");
	OK(s, standing_alerts(&s->db, 1, &n, &s->e));
	assert_int_equal(n, 2);
}

static void
standing__fails_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	struct standing_run run;
	struct seen seen = { .stop_after = 100 };
	char *at;
	int64_t n;

	scratch_sql(s->db.handle,
	    "PRAGMA foreign_keys = OFF; DROP TABLE APP_CLIENT; DROP TABLE APP_ITEM; DROP TABLE APP_JOB_RUN;"
	    " DROP TABLE APP_ALERT; DROP TABLE APP_JOB_CONFIG");
	REFUSED(s, standing_jobs(&s->db, 0, see_job, &seen, &s->e), ERR_DATABASE, "job types");
	REFUSED(s, standing_clients(&s->db, 1, see_client, &seen, &s->e), ERR_DATABASE, "how the clients stand");
	REFUSED(s, standing_items(&s->db, 1, true, see_items, &seen, &s->e), ERR_DATABASE, "items that wait");
	REFUSED(s, standing_run(&s->db, 1, &run, &s->e), ERR_DATABASE, "last run");
	REFUSED(s, standing_running(&s->db, 1, &s->e), ERR_DATABASE, "under way");
	REFUSED(s, standing_last_success(&s->db, 1, &at, &s->e), ERR_DATABASE, "went well");
	REFUSED(s, standing_alerts(&s->db, 1, &n, &s->e), ERR_DATABASE, "open alerts");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(standing_jobs__are_those_installed_and_those_configured),
		CASE(standing_clients__are_their_last_visits),
		CASE(standing_items__count_what_waits),
		CASE(standing_run__is_the_newest),
		CASE(standing_alerts__are_the_open_ones),
		CASE(standing__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
