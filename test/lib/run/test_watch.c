#include "watched.h"

#include "run/lock.h"

static void
watch_median__is_the_middle(void **state)
{
	int64_t one[] = { 5 }, even[] = { 9, 1, 3, 7 }, odd[] = { 100, 2, 1 };

	(void)state;
	assert_int_equal(watch_median(one, 0), 0);
	assert_int_equal(watch_median(one, 1), 5);
	assert_int_equal(watch_median(even, 4), 3);
	assert_int_equal(watch_median(odd, 3), 2);
}

static void
watch_overdue_from__gives_a_grace(void **state)
{
	static const struct {
		int64_t since, frequency, grace, want;
		const char *reason;
	} cases[] = {
		{ NOW, 60, -1, NOW + 75 * MINUTE, "a quarter" },
		{ NOW, 10, -1, NOW + 15 * MINUTE, "five minutes at least" },
		{ NOW, 60, 0, NOW + 60 * MINUTE, "none" },
		{ NOW, 60, 2 * HOUR, NOW + 180 * MINUTE, "as told" },
		{ NOW, 0, 0, WATCH_NEVER, "goes by every run" },
		{ -1, 60, -1, WATCH_NEVER, "never visited" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++)
		if (watch_overdue_from(cases[i].since, cases[i].frequency, cases[i].grace) != cases[i].want)
			fail_msg("%s", cases[i].reason);
}

static void
watch_slow_from__goes_by_the_usual(void **state)
{
	int64_t short_ones[] = { MINUTE, 1, 2 * MINUTE }, long_ones[] = { 30 * MINUTE, 10 * MINUTE, 20 * MINUTE };

	(void)state;
	assert_int_equal(watch_slow_from(short_ones, 3), 10 * MINUTE);
	assert_int_equal(watch_slow_from(long_ones, 3), 60 * MINUTE);
	assert_int_equal(watch_slow_from(long_ones, 2), WATCH_NEVER);
	assert_int_equal(watch_slow_from(long_ones, 0), WATCH_NEVER);
}

static void
watch_silence__goes_by_frequency_or_habit(void **state)
{
	/* Hourly, but for one night. */
	static const int64_t hourly[] = { 20 * HOUR, 19 * HOUR, 18 * HOUR, 6 * HOUR, 5 * HOUR };
	static const int64_t minutely[] = { 3 * MINUTE, 2 * MINUTE, MINUTE };
	static const struct {
		int64_t frequency;
		const int64_t *starts;
		size_t n;
		int64_t want;
		const char *reason;
	} cases[] = {
		{ 60, NULL, 0, 2 * HOUR, "twice the frequency" },
		{ 60, minutely, 3, 2 * HOUR, "which goes before the habit" },
		{ 1, NULL, 0, 5 * MINUTE, "at least five minutes" },
		{ 0, hourly, 5, 2 * HOUR, "twice the usual distance" },
		{ 0, minutely, 3, 5 * MINUTE, "at least five minutes here, too" },
		{ 0, hourly, 2, 24 * HOUR, "two are no habit" },
		{ 0, NULL, 0, 24 * HOUR, "a day when nothing is known" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++)
		if (watch_silence(cases[i].frequency, cases[i].starts, cases[i].n) != cases[i].want)
			fail_msg("%s", cases[i].reason);
}

static void
watch_silence__looks_at_the_last_twenty(void **state)
{
	int64_t starts[60];
	size_t i;

	(void)state;
	for (i = 0; i < N(starts); i++)
		starts[i] = i <= WATCH_USUAL ? -(int64_t)i * HOUR : -(int64_t)i * 100 * HOUR;
	assert_int_equal(watch_silence(0, starts, N(starts)), 2 * HOUR);
}

/* What is found: "overdue 1: what" a line. */
static const char *
found_with(struct scratch *s, int64_t grace)
{
	static char text[4000];
	struct watch w = { .n = 0 };
	size_t i, at = 0;

	text[0] = '\0';
	OK(s, watch_look(&w, &s->db, 0, grace, NOW, &s->e));
	for (i = 0; i < w.n; i++)
		at +=
		    (size_t)snprintf(text + at, sizeof(text) - at, "%s%s %s: %s", i > 0 ? "\n" : "", w.findings[i].kind,
		        w.findings[i].client != NULL ? w.findings[i].client->id : "-", w.findings[i].what);
	watch_release(&w);
	return text;
}

static const char *
found(struct scratch *s)
{
	return found_with(s, -1);
}

static void
watch_look__finds_nothing_in_an_empty_database(void **state)
{
	assert_string_equal(found(*state), "");
}

static void
watch_look__finds_overdue_clients(void **state)
{
	struct scratch *s = *state;

	install(s,
	    "[{\"ClientId\": 1, \"SendFrequency\": 60}, {\"ClientId\": 2, \"SendFrequency\": 60},"
	    " {\"ClientId\": 3, \"SendFrequency\": 60, \"Enabled\": false}, {\"ClientId\": 4, \"SendFrequency\": 60},"
	    " {\"ClientId\": 5}, {\"ClientId\": 6, \"SendFrequency\": 60}, {\"ClientId\": 7, \"SendFrequency\": 60}]");
	sql(s, "INSERT INTO APP_HOLD (JobType, ClientId, GroupId, Reason, HeldAt) VALUES (1, '4', '0', 'moves', '%s')",
	    ago(10));
	ran(s, 200, 1, "degraded");
	visited(s, "1", 200, "ok");
	visited(s, "3", 200, "ok");
	visited(s, "4", 200, "ok");
	visited(s, "5", 200, "ok");
	visited(s, "7", 200, "failed");
	ran(s, 10, 1, "degraded");
	visited(s, "1", 74, "ok");
	visited(s, "2", 76, "ok");
	visited(s, "2", 10, "failed");
	visited(s, "7", 10, "failed");
	/* 1 is in its grace, 3 off, 4 paused, 5 has no frequency, 6 was never visited. */
	assert_string_equal(found(s),
	    "overdue 2: overdue since 2026-11-23T06:44:00.000Z: last success 2026-11-23T05:44:00.000Z, SendFrequency 60 "
	    "min; its last visit failed: http 503\n"
	    "overdue 7: overdue since 2026-11-23T04:40:00.000Z: no success since its first visit at "
	    "2026-11-23T03:40:00.000Z, SendFrequency 60 min; its last visit failed: http 503");
	assert_int_equal(strncmp(found_with(s, 30 * MINUTE), "overdue 7:", 10), 0);
	assert_non_null(strstr(found_with(s, 10 * MINUTE),
	    "overdue 1: overdue since 2026-11-23T06:46:00.000Z: last "
	    "success 2026-11-23T05:46:00.000Z, SendFrequency 60 min\n"));
	/* Nobody is late while the job is on hold, and a young hold is no finding. */
	sql(s, "INSERT INTO APP_HOLD (JobType, Reason, HeldAt) VALUES (1, 'migration', '%s')", ago(24 * 60 - 1));
	assert_string_equal(found(s), "");
	sql(s, "UPDATE APP_HOLD SET HeldAt = '%s' WHERE ClientId = ''", ago(24 * 60));
	assert_string_equal(found(s), "held -: on hold since 2026-11-22T07:00:00.000Z: migration");
}

static void
watch_look__finds_slow_runs(void **state)
{
	struct scratch *s = *state;
	volatile sig_atomic_t signal = 0;
	struct lock lock;
	int i;

	install(s, "[]");
	for (i = 0; i < 3; i++)
		ran(s, 600 - i, 10, "ok");
	ran(s, 500, 100, "crashed");
	sql(s, "UPDATE APP_JOB_RUN SET DurationMs = NULL WHERE Status = 'crashed'");
	ran(s, 400, 29, "ok");
	assert_string_equal(found(s), "");
	ran(s, 300, 30, "failed");
	assert_string_equal(found(s),
	    "slow_run -: run 6 of 2026-11-23T02:00:00.000Z took 30 min, far longer than usual (more "
	    "than 30 min)");
	/* The next one that ends in time is the end of it. */
	ran(s, 200, 10, "ok");
	assert_string_equal(found(s), "");
	OK(s, lock_take(&lock, &s->db, 1, 0, &signal, &s->e));
	sql(s, "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status, Pid) VALUES (1, '%s', 'running', 4711)", ago(29));
	assert_string_equal(found(s), "");
	sql(s, "UPDATE APP_JOB_RUN SET StartedAt = '%s' WHERE Status = 'running'", ago(30));
	assert_string_equal(found(s),
	    "slow_run -: run 8 is running since 2026-11-23T06:30:00.000Z, far longer than usual "
	    "(more than 30 min)");
	lock_release(&lock);
	assert_string_equal(found(s),
	    "dead_run -: run 8 of 2026-11-23T06:30:00.000Z died: its process 4711 is gone, and no "
	    "run came since");
	/* What the next run has healed is over. */
	sql(s, "UPDATE APP_JOB_RUN SET Status = 'crashed', FinishedAt = '%s' WHERE RunId = 8", ago(1));
	assert_string_equal(found(s), "");
}

static void
watch_look__forgets_a_slow_run_in_a_day(void **state)
{
	struct scratch *s = *state;
	int i;

	install(s, "[]");
	for (i = 0; i < 3; i++)
		ran(s, 3000, 1, "ok");
	ran(s, 24 * 60 + 59, 60, "ok");
	assert_int_equal(strncmp(found(s), "slow_run", 8), 0);
	sql(s, "UPDATE APP_JOB_RUN SET StartedAt = '%s' WHERE RunId = 4", ago(24 * 60 + 61));
	assert_string_equal(found(s), "");
}

static void
watch_look__takes_runs_that_went_well_for_usual(void **state)
{
	struct scratch *s = *state;
	int i;

	install(s, "[]");
	for (i = 0; i < 3; i++)
		ran(s, 3000, 1, "degraded");
	for (i = 0; i < 5; i++)
		ran(s, 2000, 300, i % 2 == 0 ? "failed" : "stopped");
	ran(s, 100, 30, "ok");
	assert_int_equal(strncmp(found(s), "slow_run -: run 9 ", 18), 0);
}

static void
watch_look__finds_a_job_that_does_not_run(void **state)
{
	struct scratch *s = *state;
	volatile sig_atomic_t signal = 0;
	struct lock lock;
	int i;

	/* Whose clients wait for a job type that is not there is nobody's fault. */
	sql(s, "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (2, '[{\"ClientId\": 1}]')");
	install(s, "[{\"ClientId\": 1}]");
	assert_string_equal(found(s), "no_run -: has never run since it was installed at 2026-09-14T20:20:00.000Z");
	sql(s, "UPDATE APP_JOB_TYPE SET InstalledAt = '%s'", ago(23 * 60));
	assert_string_equal(found(s), "");
	for (i = 0; i < 5; i++)
		ran(s, 121 + 60 * (4 - i), 1, "ok");
	assert_string_equal(found(s), "");
	sql(s, "UPDATE APP_JOB_RUN SET StartedAt = '%s' WHERE RunId = 5", ago(122));
	assert_string_equal(found(s), "no_run -: has not run since 2026-11-23T04:58:00.000Z");
	OK(s, lock_take(&lock, &s->db, 1, 0, &signal, &s->e));
	sql(s, "UPDATE APP_JOB_RUN SET Status = 'running' WHERE RunId = 5");
	assert_int_equal(strncmp(found(s), "slow_run -: run 5 is running", 28), 0);
	assert_null(strstr(found(s), "no_run"));
	sql(s, "UPDATE APP_JOB_RUN SET Status = 'ok'");
	lock_release(&lock);
	/* A run that took long kept others from beginning. */
	sql(s, "UPDATE APP_JOB_RUN SET DurationMs = %lld WHERE RunId = 5", (long long)(9 * MINUTE));
	assert_string_equal(found(s), "");
	sql(s, "UPDATE APP_JOB_RUN SET DurationMs = 0");
	sql(s, "UPDATE APP_JOB_CONFIG SET Configuration = '[{\"ClientId\": 1, \"SendFrequency\": 1440}]'");
	assert_string_equal(found(s), "");
	sql(s, "UPDATE APP_JOB_CONFIG SET Configuration = '[{\"ClientId\": 1, \"SendFrequency\": 60}]'");
	assert_string_equal(found(s), "no_run -: has not run since 2026-11-23T04:58:00.000Z");
	sql(s, "UPDATE APP_JOB_CONFIG SET Configuration = '[{\"ClientId\": 1, \"Enabled\": false}]'");
	assert_string_equal(found(s), "");
}

static void
watch_look__finds_what_is_owed_for_long(void **state)
{
	struct scratch *s = *state;

	install(s, "[{\"ClientId\": 1}, {\"ClientId\": 2, \"Enabled\": false}]");
	sql(s,
	    "INSERT INTO APP_ITEM (JobType, ClientId, ItemId, State, RunId, At) VALUES (1, '1', 'a', 'applied', 1, '%s'),"
	    " (1, '1', 'b', 'applied', 1, '%s'), (1, '2', 'a', 'applied', 1, '%s')",
	    ago(59), ago(10), ago(600));
	ran(s, 65, 62, "ok");
	assert_string_equal(found(s), "");
	sql(s, "UPDATE APP_ITEM SET At = '%s' WHERE ItemId = 'a' AND ClientId = '1'", ago(60));
	assert_string_equal(
	    found(s), "owed 1: 2 applied items not acknowledged, the oldest since 2026-11-23T06:00:00.000Z");
	/* Until a run has ended since then, it may be under way. */
	sql(s, "UPDATE APP_JOB_RUN SET StartedAt = '%s', DurationMs = 1000", ago(62));
	assert_string_equal(found(s), "");
	sql(s, "UPDATE APP_JOB_RUN SET DurationMs = %lld", (long long)(2 * MINUTE));
	assert_int_equal(strncmp(found(s), "owed 1: 2", 9), 0);
	sql(s, "UPDATE APP_ITEM SET State = 'acked'");
	assert_string_equal(found(s), "");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(watch_median__is_the_middle),
		cmocka_unit_test(watch_overdue_from__gives_a_grace),
		cmocka_unit_test(watch_slow_from__goes_by_the_usual),
		cmocka_unit_test(watch_silence__goes_by_frequency_or_habit),
		cmocka_unit_test(watch_silence__looks_at_the_last_twenty),
		CASE(watch_look__finds_nothing_in_an_empty_database),
		CASE(watch_look__finds_overdue_clients),
		CASE(watch_look__finds_slow_runs),
		CASE(watch_look__forgets_a_slow_run_in_a_day),
		CASE(watch_look__takes_runs_that_went_well_for_usual),
		CASE(watch_look__finds_a_job_that_does_not_run),
		CASE(watch_look__finds_what_is_owed_for_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
