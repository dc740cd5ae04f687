#include "fixture.h"

#include "../failing.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "run/alerts.h"

#define MINUTE INT64_C(60000)

static void
alert_change__is_told_when_there_is_news(void **state)
{
	static const struct {
		int64_t told; /* minutes ago */
		enum alert_cause cause;
		int64_t remind_after;
		const char *want, *reason;
	} cases[] = {
		{ 10, CAUSE_THERE, 60, NULL, "it was told just now" },
		{ 60, CAUSE_THERE, 60, ALERT_REMINDED, "an hour ago" },
		{ 61, CAUSE_THERE, 0, NULL, "never again" },
		{ 1000, CAUSE_UNKNOWN, 60, ALERT_REMINDED, "still open, for all that is known" },
		{ 1000, CAUSE_SUSPENDED, 60, NULL, "who paused it knows" },
		{ 10, CAUSE_GONE, 60, ALERT_RESOLVED, "over" },
		{ 10, CAUSE_GONE, 0, ALERT_RESOLVED, "over, where nobody is reminded" },
		{ -10, CAUSE_THERE, 60, ALERT_REMINDED, "told in the future: the clock was set back" },
	};
	const int64_t now = 1000000 * MINUTE;
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		got = alert_change(now - cases[i].told * MINUTE, cases[i].cause, cases[i].remind_after, now);
		if ((got == NULL) != (cases[i].want == NULL) || (got != NULL && strcmp(got, cases[i].want) != 0))
			fail_msg("%s: %s", cases[i].reason, got != NULL ? got : "(null)");
	}
}

static char *mutable(const char *borrowed)
{
	return (char *)(uintptr_t)borrowed;
}

static void
alert_failures__goes_by_the_streak(void **state)
{
	static const struct {
		int64_t failures, threshold;
		enum alert_cause want;
	} cases[] = {
		{ 0, 3, CAUSE_GONE },
		{ 2, 3, CAUSE_UNKNOWN },
		{ 3, 3, CAUSE_THERE },
		{ 4, 3, CAUSE_THERE },
		{ 1, 1, CAUSE_THERE },
	};
	struct standing s = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		s.failures = cases[i].failures;
		assert_int_equal(alert_failures(&s, cases[i].threshold), cases[i].want);
	}
}

static void
alert_ratio__goes_by_what_was_tried(void **state)
{
	static const struct {
		const char *status;
		struct tally tally;
		enum alert_cause want;
		const char *reason;
	} cases[] = {
		{ "degraded", { .received = 20, .processed = 10, .errors = 10 }, CAUSE_THERE, "half" },
		{ "degraded", { .received = 20, .processed = 9, .errors = 1, .parked = 5, .duplicates = 5 },
		    CAUSE_THERE, "nine of ten that were tried" },
		{ "ok", { .received = 20, .processed = 19, .errors = 1 }, CAUSE_GONE, "just enough" },
		{ "degraded", { .received = 20, .processed = 20 }, CAUSE_GONE, "only its acks are refused" },
		{ "ok", { 0 }, CAUSE_GONE, "nothing to do, and well" },
		{ "ok", { .received = 4, .parked = 4 }, CAUSE_GONE, "what was bad is parked" },
		{ "degraded", { .received = 4, .parked = 4 }, CAUSE_UNKNOWN, "nothing tried, and not well" },
		{ "failed", { .received = 20, .processed = 20 }, CAUSE_UNKNOWN, "broken off" },
		{ "failed", { .received = 20, .errors = 20 }, CAUSE_UNKNOWN, "broken off in the middle of bad ones" },
		{ "stopped", { .received = 20, .errors = 20 }, CAUSE_UNKNOWN, "stopped" },
	};
	struct standing s = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		s.status = mutable(cases[i].status);
		s.tally = cases[i].tally;
		if (alert_ratio(&s, 0.95) != cases[i].want)
			fail_msg("%s", cases[i].reason);
	}
}

static void
alert_find__finds_each(void **state)
{
	static const char *const kinds[] = { "a", "b" };
	struct alert at[6];
	struct alert_book book = { .list = { .at = at, .n = N(at) } };
	const char *groups[] = { "", "1", "10" };
	size_t i;

	(void)state;
	for (i = 0; i < N(at); i++)
		at[i] = (struct alert){
			.client = mutable("7"), .group = mutable(groups[i / 2]), .kind = mutable(kinds[i % 2])
		};
	for (; book.n_open <= N(at); book.n_open++)
		for (i = 0; i < N(at); i++)
			assert_int_equal(
			    alert_find(&book, "7", groups[i / 2], kinds[i % 2]), i < book.n_open ? i : book.n_open);
	book.n_open = N(at);
	assert_int_equal(alert_find(&book, "7", "2", "a"), 6);
	assert_int_equal(alert_find(&book, "6", "", "a"), 6);
}

/* The visits of runs, as their rows have them: each call is one more run, and its alerts are kept at its end. */
static void
keep(struct fixture *f, const char *rows)
{
	char sql[1000];

	end_run(f);
	run_summary_release(&f->summary);
	begin_run(f);
	snprintf(sql, sizeof(sql),
	    "INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, GroupId, StartedAt, Status, Received, Processed,"
	    " Errors, Message) SELECT %lld, 1, column1, '0', '2026-11-23T07:00:00.000Z', column2, column3, column4,"
	    " column3 - column4, column5 FROM (%s)",
	    (long long)f->run.id, rows);
	scratch_sql(f->rival, sql);
	OK(&f->s, alerts_keep(&f->run, &f->s.e));
}

static void
configure(struct fixture *f, const char *clients)
{
	char sql[500];

	snprintf(sql, sizeof(sql),
	    "DELETE FROM APP_JOB_CONFIG; INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '%s')",
	    clients);
	scratch_sql(f->rival, sql);
}

/* What the summary holds: "1 consecutive_failures opened; " */
static const char *
kept(const struct fixture *f)
{
	static char all[1000];
	const struct alert *a;
	size_t i, at = 0;

	all[0] = '\0';
	for (i = 0; i < f->summary.alerts.n; i++) {
		a = &f->summary.alerts.at[i];
		at += (size_t)snprintf(
		    all + at, sizeof(all) - at, "%s %s %s; ", a->client, a->kind, a->change != NULL ? a->change : "-");
	}
	return all;
}

static void
set_told(struct fixture *f, int64_t minutes_ago)
{
	char at[CLOCK_TEXT], sql[200];

	clock_text(clock_utc_ms() - minutes_ago * MINUTE, at);
	snprintf(sql, sizeof(sql), "UPDATE APP_ALERT SET RemindedAt = '%s' WHERE ResolvedAt IS NULL", at);
	scratch_sql(f->rival, sql);
}

static void
alerts_keep__opens_once_reminds_and_resolves(void **state)
{
	static const char two[] = "VALUES ('1', 'failed', 0, 0, 'http 500'), ('2', 'ok', 1, 1, NULL)";
	struct fixture *f = *state;

	configure(f, "[{\"ClientId\": 1}, {\"ClientId\": 2}]");
	keep(f, two);
	keep(f, two);
	assert_string_equal(kept(f), "");
	keep(f, two);
	assert_string_equal(kept(f), "1 consecutive_failures opened; ");
	assert_non_null(strstr(f->summary.alerts.at[0].message, "3 failed visits in a row"));
	assert_non_null(strstr(f->summary.alerts.at[0].message, "http 500"));
	keep(f, two);
	assert_string_equal(kept(f), "1 consecutive_failures -; ");
	assert_non_null(strstr(scratch_text(f->rival, "SELECT Message FROM APP_ALERT"), "4 failed visits in a row"));
	set_told(f, 1439);
	keep(f, two);
	assert_string_equal(kept(f), "1 consecutive_failures -; ");
	set_told(f, 1440);
	keep(f, two);
	assert_string_equal(kept(f), "1 consecutive_failures reminded; ");
	keep(f, two);
	assert_string_equal(kept(f), "1 consecutive_failures -; ");
	keep(f, "VALUES ('1', 'stopped', 0, 0, NULL)");
	assert_string_equal(kept(f), "1 consecutive_failures -; ");
	keep(f, "VALUES ('1', 'ok', 0, 0, NULL)");
	assert_string_equal(kept(f), "1 consecutive_failures resolved; ");
	assert_non_null(strstr(f->summary.alerts.at[0].message, "well again; it was: 7 failed"));
	assert_non_null(f->summary.alerts.at[0].resolved_at);
	keep(f, two);
	assert_string_equal(kept(f), "");
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ALERT"), 1);
}

static void
alerts_keep__tells_of_the_ratio_beside_it(void **state)
{
	struct fixture *f = *state;

	configure(f, "[{\"ClientId\": 1}, {\"ClientId\": 2}]");
	keep(f, "VALUES ('1', 'degraded', 20, 10, 'm'), ('2', 'degraded', 20, 18, 'm')");
	assert_string_equal(kept(f), "1 processed_ratio opened; 2 processed_ratio opened; ");
	assert_string_equal(f->summary.alerts.at[0].message, "processed 10 of 20, below MinProcessedRatio 0.95");
	keep(f, "VALUES ('1', 'failed', 0, 0, 'm'), ('2', 'ok', 20, 20, NULL)");
	assert_string_equal(kept(f), "1 processed_ratio -; 2 processed_ratio resolved; ");
	keep(f, "VALUES ('1', 'failed', 0, 0, 'm')");
	keep(f, "VALUES ('1', 'failed', 0, 0, 'm')");
	assert_string_equal(kept(f), "1 processed_ratio -; 1 consecutive_failures opened; ");
	keep(f, "VALUES ('1', 'degraded', 20, 18, 'm')");
	assert_string_equal(kept(f), "1 consecutive_failures resolved; 1 processed_ratio -; ");
	keep(f, "VALUES ('1', 'ok', 0, 0, NULL)");
	assert_string_equal(kept(f), "1 processed_ratio resolved; ");
}

static void
alerts_keep__lets_go_of_clients_that_nobody_visits(void **state)
{
	static const char bad[] = "VALUES ('1', 'degraded', 2, 1, 'm'), ('2', 'degraded', 2, 1, 'm'),"
	                          " ('3', 'degraded', 2, 1, 'm'), ('4', 'degraded', 2, 1, 'm')";
	static const char none[] =
	    "SELECT 1 AS column1, 2 AS column2, 3 AS column3, 4 AS column4, 5 AS column5 WHERE 0";
	struct fixture *f = *state;
	struct hold paused = { .client = "4", .group = "0" };

	configure(f, "[{\"ClientId\": 1}, {\"ClientId\": 2}, {\"ClientId\": 3}, {\"ClientId\": 4}]");
	keep(f, bad);
	assert_int_equal(f->summary.alerts.n, 4);
	/* Nobody is visited, all are configured: nothing changes, and of a paused one nobody is reminded. */
	f->run.roster.holds = (struct hold_list){ &paused, 1, 1 };
	set_told(f, 1440);
	keep(f, none);
	assert_string_equal(kept(f),
	    "1 processed_ratio reminded; 2 processed_ratio reminded; "
	    "3 processed_ratio reminded; 4 processed_ratio -; ");
	/* An entry that does not say whose it is may be anyone's. */
	configure(f, "[{\"ClientId\": 1}, {\"ClientId\": 2, \"Enabled\": false}, {\"GroupId\": 1}, {\"ClientId\": 4}]");
	keep(f, none);
	assert_string_equal(kept(f),
	    "1 processed_ratio -; 2 processed_ratio resolved; 3 processed_ratio -; "
	    "4 processed_ratio -; ");
	assert_non_null(
	    strstr(f->summary.alerts.at[1].message, "the client is switched off; it was: processed 1 of 2"));
	configure(f, "[{\"ClientId\": 1, \"Days\": \"many\"}, {\"ClientId\": 4}]");
	keep(f, none);
	assert_string_equal(kept(f), "1 processed_ratio -; 3 processed_ratio resolved; 4 processed_ratio -; ");
	assert_non_null(strstr(f->summary.alerts.at[1].message, "the client is no longer configured"));
	f->run.roster = (struct roster){ 0 };
}

static void
alerts_keep__leaves_those_of_watch_alone(void **state)
{
	struct fixture *f = *state;

	configure(f, "[]");
	scratch_sql(f->rival,
	    "INSERT INTO APP_ALERT (JobType, ClientId, Kind, Message, OpenedAt, RemindedAt) VALUES"
	    " (1, '1', 'overdue', 'm', '2026-11-23T07:00:00.000Z', '2026-11-23T07:00:00.000Z')");
	keep(f, "VALUES ('1', 'ok', 0, 0, NULL)");
	assert_string_equal(kept(f), "1 overdue -; ");
	assert_string_equal(scratch_text(f->rival, "SELECT Message FROM APP_ALERT WHERE ResolvedAt IS NULL"), "m");
}

struct told {
	int alerts;
	char warning[100];
};

static void
on_alert(void *arg, const struct event *ev)
{
	struct told *told = arg;

	told->alerts += ev->kind == EVENT_ALERT;
	if (ev->kind == EVENT_WARNING)
		snprintf(told->warning, sizeof(told->warning), "%s", ev->message);
}

static void
alerts_keep__writes_many_in_short_transactions(void **state)
{
	struct fixture *f = *state;
	struct told told = { 0 };
	char *big = mutable("WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i AS column1,"
	                    " 'degraded' AS column2, 2 AS column3, 1 AS column4, 'm' AS column5 FROM n");

	f->request.events = (struct event_sink){ .event = on_alert, .arg = &told };
	keep(f, big);
	/* And tells of some. */
	assert_int_equal(told.alerts, BOUND_SHOWN_ALERTS);
	assert_string_equal(told.warning, "2400 more alerts are not shown; jobrun alerts");
	assert_int_equal(f->summary.alerts.n, 2500);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ALERT WHERE ResolvedAt IS NULL"), 2500);
	keep(f, big);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ALERT"), 2500);
}

static void
alerts_keep__says_when_the_database_fails(void **state)
{
	struct fixture *f = *state;

	configure(f, "[{\"ClientId\": 1}]");
	keep(f, "VALUES ('1', 'degraded', 2, 1, 'm')");
	run_summary_release(&f->summary);
	/* Another program holds the write lock. */
	scratch_sql(f->rival, "UPDATE APP_CLIENT SET Status = 'ok', Errors = 0, Processed = 2; BEGIN IMMEDIATE");
	REFUSED(&f->s, alerts_keep(&f->run, &f->s.e), ERR_TRY_LATER, "");
	assert_int_equal(f->summary.alerts.n, 0);
	scratch_sql(f->rival, "ROLLBACK; DROP TABLE APP_ALERT");
	REFUSED(&f->s, alerts_keep(&f->run, &f->s.e), ERR_DATABASE, "reading the open alerts");
}

static void
alerts_keep__fails_when_memory_is_out(void **state)
{
	struct fixture *f = *state;
	struct failing failing = { 0 };
	int ret;

	configure(f, "[{\"ClientId\": 1}]");
	keep(f, "VALUES ('1', 'degraded', 2, 1, 'm'), ('2', 'degraded', 2, 1, 'm')");
	while (failing_next(&failing)) {
		run_summary_release(&f->summary);
		/* One is opened, one is switched off. */
		scratch_sql(f->rival,
		    "DELETE FROM APP_ALERT WHERE ClientId = '1'; UPDATE APP_ALERT SET ResolvedAt = NULL;"
		    "UPDATE APP_CLIENT SET RunId = 99 WHERE ClientId = '2'");
		failing_begin(&failing);
		ret = alerts_keep(&f->run, &f->s.e);
		failing_end(&failing);
		assert_true(failing.failed ? ret == -1 && f->s.e.kind == ERR_INTERNAL : ret == 0);
		assert_int_equal(sqlite3_get_autocommit(f->s.db.handle), 1);
		assert_int_equal(f->summary.alerts.n, ret == 0 ? 2 : 0);
	}
}

static int
end(void **state)
{
	run_summary_release(&((struct fixture *)*state)->summary);
	return fixture_end(state);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fixture_setup, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(alert_change__is_told_when_there_is_news),
		cmocka_unit_test(alert_failures__goes_by_the_streak),
		cmocka_unit_test(alert_ratio__goes_by_what_was_tried),
		cmocka_unit_test(alert_find__finds_each),
		CASE(alerts_keep__opens_once_reminds_and_resolves),
		CASE(alerts_keep__tells_of_the_ratio_beside_it),
		CASE(alerts_keep__lets_go_of_clients_that_nobody_visits),
		CASE(alerts_keep__leaves_those_of_watch_alone),
		CASE(alerts_keep__writes_many_in_short_transactions),
		CASE(alerts_keep__says_when_the_database_fails),
		CASE(alerts_keep__fails_when_memory_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
