#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "run/verdict.h"

#define MINUTE 60000LL

static void
due__is_judged_by_the_last_success(void **state)
{
	static const struct {
		int64_t last, frequency;
		bool due;
		const char *reason;
	} cases[] = {
		{ -1, 60, true, "never succeeded" },
		{ 0, 0, true, "no frequency: always" },
		{ 0, 60, false, "began this moment" },
		{ -59 * MINUTE, 60, false, "a minute early is more than cron is ever off" },
		{ -60 * MINUTE, 60, true, "to the minute" },
		{ -60 * MINUTE + 25000, 60, true, "cron came 25 s early" },
		{ -60 * MINUTE + 31000, 60, false, "31 s is no jitter" },
		{ -1 * MINUTE + 500, 1, true, "half a second of a minute" },
		{ -1 * MINUTE + 2000, 1, false, "2 s of a minute are more than a hundredth" },
		{ 5 * MINUTE, 60, true, "in the future: the clock was set back" },
	};
	const int64_t now = 1000000 * MINUTE;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (verdict_due(now, cases[i].last == -1 ? -1 : now + cases[i].last, cases[i].frequency) !=
		    cases[i].due)
			fail_msg("%s", cases[i].reason);
}

static void
ratio__leaves_duplicates_and_parked_items_out(void **state)
{
	struct tally t = { .received = 20, .processed = 9, .duplicates = 6, .errors = 1, .parked = 4 };
	struct tally nothing = { 0 }, only_parked = { .received = 3, .parked = 3 };

	(void)state;
	assert_true(verdict_ratio(&t) > 0.899 && verdict_ratio(&t) < 0.901);
	assert_true(verdict_ratio(&nothing) == 1.0);
	assert_true(verdict_ratio(&only_parked) == 1.0);
}

static void
client__ends_as_the_worst_that_happened(void **state)
{
	static const struct {
		struct client_outcome outcome;
		enum client_end end;
	} cases[] = {
		{ { .least_ratio = 0.95 }, CLIENT_OK },
		{ { .tally = { .received = 100, .processed = 95, .errors = 5 }, .least_ratio = 0.95 }, CLIENT_OK },
		{ { .tally = { .received = 100, .processed = 94, .errors = 6 }, .least_ratio = 0.95 },
		    CLIENT_DEGRADED },
		{ { .acks_refused = true, .least_ratio = 0.95 }, CLIENT_DEGRADED },
		{ { .stopped = true, .acks_refused = true }, CLIENT_STOPPED },
		{ { .failed = true, .stopped = true }, CLIENT_FAILED },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(verdict_client(&cases[i].outcome), cases[i].end);
}

static void
run__ends_as_its_clients_did(void **state)
{
	static const struct {
		struct run_summary summary;
		const char *status;
	} cases[] = {
		{ { .clients = 0 }, "ok" },
		{ { .clients = 3 }, "ok" },
		{ { .clients = 3, .failed_clients = 1 }, "degraded" },
		{ { .clients = 3, .degraded_clients = 1 }, "degraded" },
		{ { .clients = 3, .failed_clients = 3 }, "failed" },
		{ { .clients = 3, .failed_clients = 3, .signal = 15 }, "stopped" },
		{ { .clients = 3, .out_of_time = true }, "stopped" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(verdict_run(&cases[i].summary), cases[i].status);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(due__is_judged_by_the_last_success),
		cmocka_unit_test(ratio__leaves_duplicates_and_parked_items_out),
		cmocka_unit_test(client__ends_as_the_worst_that_happened),
		cmocka_unit_test(run__ends_as_its_clients_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
