#include "../store/scratch.h"

#include "run/rollout.h"
#include "store/holds.h"
#include "store/runlog.h"

#define T1 "2026-11-23T07:00:00.000Z"
#define T2 "2026-11-23T08:00:00.000Z"
#define T3 "2026-11-23T09:00:00.000Z"

static struct rollout_pilot
pilot_of(const char *const statuses[4], char *paused)
{
	struct rollout_pilot pilot = { .paused = paused };

	while (pilot.n < 4 && statuses[pilot.n] != NULL) {
		strlcpy(pilot.cycles[pilot.n].status, statuses[pilot.n], sizeof(pilot.cycles[0].status));
		pilot.n++;
	}
	return pilot;
}

static void
rollout__is_ready_after_two_clean_cycles_in_a_row(void **state)
{
	static const struct {
		const char *newest_first[4];
		bool paused;
		int clean;
		enum rollout_state state;
		const char *reason;
	} cases[] = {
		{ { NULL }, false, 0, ROLLOUT_UNTRIED, "never visited" },
		{ { "ok" }, false, 1, ROLLOUT_SHORT, "once is not twice" },
		{ { "ok", "ok" }, false, 2, ROLLOUT_READY, "twice" },
		{ { "ok", "ok", "ok" }, false, 2, ROLLOUT_READY, "more do not count" },
		{ { "ok", "ok", "failed" }, false, 2, ROLLOUT_READY, "what was before does not matter" },
		{ { "failed" }, false, 0, ROLLOUT_UNCLEAN, "failed" },
		{ { "failed", "ok", "ok" }, false, 0, ROLLOUT_UNCLEAN, "the newest one failed" },
		{ { "degraded", "ok", "ok" }, false, 0, ROLLOUT_UNCLEAN, "degraded is not clean" },
		{ { "stopped", "ok", "ok" }, false, 0, ROLLOUT_UNCLEAN, "nor is stopped" },
		{ { "ok", "failed", "ok" }, false, 1, ROLLOUT_SHORT, "not in a row" },
		{ { "ok", "degraded", "ok", "ok" }, false, 1, ROLLOUT_SHORT, "two in a row, but not the newest" },
		{ { "ok", "ok" }, true, 2, ROLLOUT_PAUSED, "a paused pilot shows nothing" },
	};
	struct rollout_pilot pilot;
	char paused[] = "moves";
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		pilot = pilot_of(cases[i].newest_first, cases[i].paused ? paused : NULL);
		if (rollout_clean(&pilot) != cases[i].clean || rollout_state(&pilot) != cases[i].state)
			fail_msg("%s", cases[i].reason);
	}
}

static void
rollout__advances_when_there_are_pilots_and_all_are_ready(void **state)
{
	static const char *const ready[4] = { "ok", "ok" }, *const shy[4] = { "ok" };
	struct rollout_pilot pilots[3] = { pilot_of(ready, NULL), pilot_of(ready, NULL), pilot_of(shy, NULL) };
	struct rollout rollout = { .pilots = pilots };

	(void)state;
	assert_false(rollout_may_advance(&rollout));
	rollout.n = 1;
	assert_true(rollout_may_advance(&rollout));
	rollout.n = 2;
	assert_true(rollout_may_advance(&rollout));
	rollout.n = 3;
	assert_false(rollout_may_advance(&rollout));
}

static void
visit(struct scratch *s, const char *client, const char *at, const char *status)
{
	struct runlog_run run = { .job_type = 1, .started_at = at };
	struct runlog_request row = {
		.job_type = 1, .client = client, .group = "0", .started_at = at, .status = status
	};

	OK(s, runlog_begin(&s->db, &run, &s->e));
	row.run = run.id;
	row.tally = (struct tally){ .received = 3, .processed = 2, .errors = 1 };
	OK(s, runlog_request(&s->db, &row, &s->e));
}

static void
rollout_read__has_the_pilots_and_their_cycles_since(void **state)
{
	static char t1[] = T1, t2[] = T2;
	struct scratch *s = *state;
	struct catalog_job job = { .type = 1, .stage_at = t1, .installed_at = t2 };
	struct hold hold = { 1, "4", "0", "moves", T1, 0 };
	struct rollout rollout = { 0 };
	int existed;

	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[{\"ClientId\": 1},"
	    " {\"ClientId\": 2, \"Pilot\": true}, {\"ClientId\": 3, \"Pilot\": true, \"Enabled\": false},"
	    " {\"ClientId\": 4, \"Pilot\": true}, {\"ClientId\": 5, \"Enabled\": false}, {\"ClientId\": 2}]')");
	OK(s, holds_put(&s->db, &hold, &existed, &s->e));
	visit(s, "2", T1, "ok");
	visit(s, "2", T2, "ok");
	visit(s, "2", T3, "failed");
	visit(s, "1", T3, "ok");
	OK(s, rollout_read(&rollout, &s->db, &job, &s->e));
	assert_string_equal(rollout.since, T2);
	assert_int_equal(rollout.n, 2);
	assert_int_equal(rollout.others, 1);
	assert_string_equal(rollout.pilots[0].id, "2");
	assert_null(rollout.pilots[0].paused);
	assert_int_equal(rollout.pilots[0].n, 1);
	assert_int_equal(rollout.pilots[0].cycles[0].run, 3);
	assert_string_equal(rollout.pilots[0].cycles[0].started_at, T3);
	assert_string_equal(rollout.pilots[0].cycles[0].status, "failed");
	assert_int_equal(rollout.pilots[0].cycles[0].received, 3);
	assert_int_equal(rollout.pilots[0].cycles[0].processed, 2);
	assert_int_equal(rollout.pilots[0].cycles[0].errors, 1);
	assert_string_equal(rollout.pilots[1].id, "4");
	assert_string_equal(rollout.pilots[1].paused, "moves");
	assert_int_equal(rollout.pilots[1].n, 0);
	rollout_release(&rollout);

	/* A stage that was entered later counts instead. */
	job.stage_at = t2;
	job.installed_at = t1;
	OK(s, rollout_read(&rollout, &s->db, &job, &s->e));
	assert_string_equal(rollout.since, T2);
	assert_int_equal(rollout.pilots[0].n, 1);
	rollout_release(&rollout);
}

static void
rollout_read__shows_the_newest_cycles_of_many(void **state)
{
	static char since[] = "2026-11-23T00:00:00.000Z";
	struct scratch *s = *state;
	struct catalog_job job = { .type = 1, .stage_at = since, .installed_at = since };
	struct rollout rollout = { 0 };
	char at[CLOCK_TEXT + 16];
	int i;

	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[{\"ClientId\": 2, \"Pilot\": true}]')");
	for (i = 1; i <= ROLLOUT_CYCLES + 1; i++) {
		snprintf(at, sizeof(at), "2026-11-23T%02d:00:00.000Z", i % 24);
		visit(s, "2", at, "ok");
	}
	OK(s, rollout_read(&rollout, &s->db, &job, &s->e));
	assert_int_equal(rollout.pilots[0].n, ROLLOUT_CYCLES);
	assert_int_equal(rollout.pilots[0].cycles[0].run, ROLLOUT_CYCLES + 1);
	assert_true(rollout_may_advance(&rollout));
	rollout_release(&rollout);
}

static void
rollout__fails_when_the_database_fails(void **state)
{
	static char at[] = T1;
	static const char *const tables[] = { "APP_REQUEST_LOG", "APP_HOLD", "APP_JOB_CONFIG" },
	                         *const words[] = { "last visits", "the holds", "the clients" };
	struct scratch *s = *state;
	struct catalog_job job = { .type = 1, .stage_at = at, .installed_at = at };
	struct rollout rollout = { 0 };
	char sql[100];
	size_t i;

	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[{\"ClientId\": 2, \"Pilot\": true}]')");
	for (i = 0; i < N(tables); i++) {
		snprintf(sql, sizeof(sql), "DROP TABLE %s", tables[i]);
		scratch_sql(s->db.handle, sql);
		REFUSED(s, rollout_read(&rollout, &s->db, &job, &s->e), ERR_DATABASE, words[i]);
		rollout_release(&rollout);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_open, scratch_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rollout__is_ready_after_two_clean_cycles_in_a_row),
		cmocka_unit_test(rollout__advances_when_there_are_pilots_and_all_are_ready),
		TEST(rollout_read__has_the_pilots_and_their_cycles_since),
		TEST(rollout_read__shows_the_newest_cycles_of_many),
		TEST(rollout__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
