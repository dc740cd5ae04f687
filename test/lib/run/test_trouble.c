#include "../scratch.h"

#include "base/clock.h"
#include "run/trouble.h"

#define NOW "2026-11-23T12:00:00.000Z"

static int64_t
ms(const char *text)
{
	int64_t at;

	assert_int_equal(clock_parse(text, &at), 0);
	return at;
}

/* Literals, as the structs hold text that is not const. */
#define S(text) ((char[]){ text })

static void
client__has_the_worst_that_is_wrong(void **state)
{
	const struct {
		struct overview_client c;
		enum trouble trouble;
		const char *says;
	} cases[] = {
		{ { .configured = true, .enabled = true, .last = { .run = 1, .status = S("ok") } }, TROUBLE_NONE, "" },
		{ { .configured = true, .enabled = true }, TROUBLE_NEW, "never visited" },
		{ { .configured = true, .enabled = true, .owed = 2 }, TROUBLE_OWED,
		    "2 applied, but not acknowledged; the next run will" },
		{ { .configured = true, .problem = S("Days: no"), .last = { .run = 1, .status = S("failed") } },
		    TROUBLE_UNUSABLE, "Days: no" },
		{ { .configured = true,
		      .enabled = true,
		      .owed = 3,
		      .last = { .run = 1, .status = S("failed"), .failures = 1, .message = S("no answer") } },
		    TROUBLE_FAILED, "failed: no answer" },
		{ { .configured = true,
		      .enabled = true,
		      .last = { .run = 1,
		          .status = S("failed"),
		          .failures = 3,
		          .message = S("GET"),
		          .http_status = 503 } },
		    TROUBLE_FAILED, "failed 3 times in a row (HTTP 503): GET" },
		{ { .configured = true,
		      .enabled = true,
		      .last = { .run = 1, .status = S("failed"), .failures = 1, .http_status = 200 } },
		    TROUBLE_FAILED, "failed: see its errors" },
		{ { .configured = true,
		      .enabled = true,
		      .owed = 1,
		      .last = { .run = 1, .status = S("degraded"), .message = S("acks were refused") } },
		    TROUBLE_OWED, "1 applied, but not acknowledged: acks were refused" },
		{ { .configured = true, .enabled = true, .parked = 4, .last = { .run = 1, .status = S("degraded") } },
		    TROUBLE_DEGRADED, "degraded: before its work was done" },
		{ { .configured = true, .enabled = true, .last = { .run = 1, .status = S("stopped") } },
		    TROUBLE_STOPPED, "stopped: before its work was done" },
		{ { .configured = true, .enabled = true, .parked = 4, .last = { .run = 1, .status = S("ok") } },
		    TROUBLE_PARKED, "4 parked: jobrun items list" },
		{ { .configured = true,
		      .enabled = true,
		      .paused = S("moves"),
		      .paused_at = S("2026-11-23T09:00:00.000Z"),
		      .last = { .run = 1, .status = S("failed") } },
		    TROUBLE_PAUSED, "paused for 3 h: moves" },
		{ { .configured = true, .enabled = true, .paused = S("moves"), .paused_at = S("by hand") },
		    TROUBLE_PAUSED, "paused: moves" },
		{ { .configured = true, .enabled = false, .last = { .run = 1, .status = S("failed") } },
		    TROUBLE_DISABLED, "" },
		{ { .configured = true, .enabled = true, .waits_for_rollout = true }, TROUBLE_WAITING, "" },
		{ { .configured = false, .last = { .run = 1, .status = S("failed") } }, TROUBLE_REMOVED, "" },
		{ { .configured = false, .owed = 2 }, TROUBLE_GONE,
		    "not configured any more: 2 not acknowledged, 0 parked" },
		{ { .configured = true,
		      .enabled = true,
		      .send_frequency = 60,
		      .due_ms = ms("2026-11-23T11:00:00.000Z"),
		      .last = { .run = 1, .status = S("ok"), .last_success_at = S("2026-11-23T10:00:00.000Z") } },
		    TROUBLE_OVERDUE, "overdue by 60 min: it is to run every 60 min" },
		{ { .configured = true,
		      .enabled = true,
		      .send_frequency = 60,
		      .due_ms = ms("2026-11-23T11:50:00.000Z"),
		      .last = { .run = 1, .status = S("ok"), .last_success_at = S("2026-11-23T10:50:00.000Z") } },
		    TROUBLE_NONE, "" },
	};
	struct overview_job job = { .last = { .id = 1, .status = S("ok") } };
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < N(cases); i++) {
		if (trouble_of_client(&job, &cases[i].c, ms(NOW)) != cases[i].trouble)
			fail_msg("case %zu: %s", i, trouble_name(trouble_of_client(&job, &cases[i].c, ms(NOW))));
		buf_clear(&b);
		assert_int_equal(trouble_say_client(&job, &cases[i].c, ms(NOW), &b), 0);
		assert_string_equal(buf_text(&b), cases[i].says);
		assert_true(trouble_matters(cases[i].trouble) == (cases[i].says[0] != '\0'));
	}
	buf_release(&b);
}

static void
client__is_not_late_while_its_job_runs_or_is_held(void **state)
{
	struct overview_client c = { .configured = true,
		.enabled = true,
		.send_frequency = 60,
		.owed = 5,
		.due_ms = ms("2026-11-23T08:00:00.000Z"),
		.last = { .run = 1, .status = S("ok"), .last_success_at = S("2026-11-23T07:00:00.000Z") } };
	struct overview_job job = { .last = { .id = 1, .status = S("ok") } };

	(void)state;
	assert_int_equal(trouble_of_client(&job, &c, ms(NOW)), TROUBLE_OVERDUE);
	job.held = S("migration");
	assert_int_equal(trouble_of_client(&job, &c, ms(NOW)), TROUBLE_OWED);
	job.held = NULL;
	job.last.status = S("running");
	assert_int_equal(trouble_of_client(&job, &c, ms(NOW)), TROUBLE_NONE);
}

static void
job__has_the_worst_that_is_wrong(void **state)
{
	const struct {
		struct overview_job job;
		enum trouble trouble;
		const char *says;
	} cases[] = {
		{ { .name = NULL }, TROUBLE_UNUSABLE, "not installed: jobrun job install" },
		{ { .name = S("A"), .problem = S("Fetch: no") }, TROUBLE_UNUSABLE, "Fetch: no" },
		{ { .name = S("A"),
		      .problem = S("Fetch: no"),
		      .held = S("x"),
		      .held_at = S("2026-11-23T11:59:00.000Z") },
		    TROUBLE_HELD, "held for 60 s: x" },
		{ { .name = S("A") }, TROUBLE_NEW, "never run" },
		{ { .name = S("A"), .last = { .id = 7, .status = S("crashed") } }, TROUBLE_CRASHED,
		    "run 7 crashed: its process is gone; the next run goes on from there" },
		{ { .name = S("A"), .last = { .id = 7, .status = S("running") }, .open_alerts = 1 }, TROUBLE_RUNNING,
		    "" },
		{ { .name = S("A"), .last = { .id = 7, .status = S("failed") }, .open_alerts = 1 }, TROUBLE_FAILED,
		    "run 7 failed: jobrun runs 7" },
		{ { .name = S("A"), .last = { .id = 7, .status = S("degraded") } }, TROUBLE_DEGRADED,
		    "run 7 degraded: jobrun runs 7" },
		{ { .name = S("A"), .last = { .id = 7, .status = S("stopped") } }, TROUBLE_STOPPED,
		    "run 7 stopped: jobrun runs 7" },
		{ { .name = S("A"), .last = { .id = 7, .status = S("ok") }, .open_alerts = 2 }, TROUBLE_ALERTS,
		    "2 open: jobrun alerts" },
		{ { .name = S("A"), .last = { .id = 7, .status = S("ok") } }, TROUBLE_NONE, "" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < N(cases); i++) {
		if (trouble_of_job(&cases[i].job) != cases[i].trouble)
			fail_msg("case %zu: %s", i, trouble_name(trouble_of_job(&cases[i].job)));
		buf_clear(&b);
		assert_int_equal(trouble_say_job(&cases[i].job, ms(NOW), &b), 0);
		assert_string_equal(buf_text(&b), cases[i].says);
	}
	buf_release(&b);
}

static void
trouble__has_a_name_for_each(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < TROUBLE_COUNT; i++)
		assert_non_null(trouble_name((enum trouble)i));
	assert_string_equal(trouble_name(TROUBLE_NONE), "ok");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(client__has_the_worst_that_is_wrong),
		cmocka_unit_test(client__is_not_late_while_its_job_runs_or_is_held),
		cmocka_unit_test(job__has_the_worst_that_is_wrong),
		cmocka_unit_test(trouble__has_a_name_for_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
