#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "run/summary.h"

static void
summary__holds_the_keys_of_the_contract(void **state)
{
	const struct run_summary s = {
		.run = 17,
		.status = "degraded",
		.clients = 3,
		.failed_clients = 1,
		.skipped = 2,
		.tally = { 10, 4, 3, 2, 1, 5, 6 },
		.duration_ms = 1234,
	};
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(summary_json(&s, "Notes \"1\"", 1, &b), 0);
	assert_string_equal(b.at,
	    "{\"run\":17,\"job\":\"Notes \\\"1\\\"\",\"status\":\"degraded\",\"exit\":1,\"clients\":3,"
	    "\"failed_clients\":1,\"skipped\":2,\"received\":10,\"processed\":4,\"duplicates\":3,\"errors\":2,"
	    "\"parked\":1,\"acked\":5,\"owed\":6,\"duration_ms\":1234,\"avg_item_ms\":123.4,\"alerts\":[]}\n");
	buf_release(&b);
}

static void
summary__has_the_alerts(void **state)
{
	struct alert alerts[] = {
		{ .client = (char[]){ "7" },
		    .group = (char[]){ "10" },
		    .kind = (char[]){ ALERT_FAILURES },
		    .message = (char[]){ "3 failed \"visits\"" },
		    .opened_at = (char[]){ "2026-11-23T07:00:00.000Z" },
		    .change = ALERT_OPENED },
		{ .client = (char[]){ "" },
		    .group = (char[]){ "" },
		    .kind = (char[]){ ALERT_ABSENT },
		    .message = (char[]){ "m" },
		    .opened_at = (char[]){ "2026-11-23T07:00:00.000Z" } },
	};
	const struct run_summary s = { .status = "ok", .alerts = { alerts, 2, 2 } };
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(summary_json(&s, "Notes", 0, &b), 0);
	assert_string_equal(strstr(b.at, "\"alerts\":"),
	    "\"alerts\":[{\"kind\":\"consecutive_failures\",\"client\":\"7\",\"group\":\"10\","
	    "\"message\":\"3 failed \\\"visits\\\"\",\"since\":\"2026-11-23T07:00:00.000Z\",\"change\":\"opened\"},"
	    "{\"kind\":\"no_run\",\"client\":null,\"group\":null,\"message\":\"m\","
	    "\"since\":\"2026-11-23T07:00:00.000Z\",\"change\":null}]}\n");
	buf_release(&b);
}

static void
summary__has_no_run_in_a_dry_run(void **state)
{
	const struct run_summary s = { .status = "ok" };
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(summary_json(&s, "Notes", 0, &b), 0);
	assert_memory_equal(b.at, "{\"run\":null,", strlen("{\"run\":null,"));
	assert_non_null(strstr(b.at, "\"avg_item_ms\":0,"));
	buf_release(&b);
}

static void
summary__keeps_the_digits_of_large_counts(void **state)
{
	const struct run_summary s = { .run = 3000000000, .status = "ok", .tally = { .received = 123456789012345 } };
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(summary_json(&s, "Notes", 0, &b), 0);
	assert_non_null(strstr(b.at, "\"run\":3000000000,"));
	assert_non_null(strstr(b.at, "\"received\":123456789012345,"));
	buf_release(&b);
}

static void
summary__says_when_there_is_no_room(void **state)
{
	const struct run_summary s = { .status = "ok" };
	struct buf b;

	(void)state;
	buf_init(&b, 20);
	assert_int_equal(summary_json(&s, "Notes", 0, &b), -1);
	buf_release(&b);
}

static void
summary_avg_item_ms__is_to_the_microsecond(void **state)
{
	static const struct {
		int64_t duration_ms, received;
		double want;
		const char *reason;
	} cases[] = {
		{ 1000, 0, 0.0, "no item" },
		{ 0, 5, 0.0, "no time" },
		{ 1000, 3, 333.333, "cut" },
		{ 1, 1000, 0.001, "the least that is shown" },
		{ 1, 1001, 0.0, "less" },
		{ 86400000, 1000000, 86.4, "a day, a million items" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (summary_avg_item_ms(cases[i].duration_ms, cases[i].received) != cases[i].want)
			fail_msg("%s", cases[i].reason);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(summary__holds_the_keys_of_the_contract),
		cmocka_unit_test(summary__has_the_alerts),
		cmocka_unit_test(summary__has_no_run_in_a_dry_run),
		cmocka_unit_test(summary__keeps_the_digits_of_large_counts),
		cmocka_unit_test(summary__says_when_there_is_no_room),
		cmocka_unit_test(summary_avg_item_ms__is_to_the_microsecond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
