#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "http/retry.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define MOST UINT32_MAX

static void
retry__decides(void **state)
{
	static const struct {
		enum outcome outcome;
		long status;
		int made, retries;
		int64_t asked;
		uint32_t random;
		bool again;
		int64_t wait_ms;
		const char *why_not, *reason;
	} rows[] = {
		{ OUTCOME_CONNECT, 0, 1, 4, -1, 0, true, 0, "", "a connection may come back" },
		{ OUTCOME_TIMEOUT, 0, 1, 4, -1, 0, true, 0, "", "so may an answer" },
		{ OUTCOME_BROKEN, 200, 1, 4, -1, 0, true, 0, "", "and a broken one" },
		{ OUTCOME_ANSWER, 408, 1, 4, -1, 0, true, 0, "", "request timeout" },
		{ OUTCOME_ANSWER, 425, 1, 4, -1, 0, true, 0, "", "too early" },
		{ OUTCOME_ANSWER, 429, 1, 4, -1, 0, true, 0, "", "too many" },
		{ OUTCOME_ANSWER, 500, 1, 4, -1, 0, true, 0, "", "5xx" },
		{ OUTCOME_ANSWER, 503, 1, 4, -1, 0, true, 0, "", "5xx" },
		{ OUTCOME_ANSWER, 599, 1, 4, -1, 0, true, 0, "", "5xx" },
		{ OUTCOME_ANSWER, 600, 1, 4, -1, 0, false, 0, "", "not 5xx" },
		{ OUTCOME_ANSWER, 200, 1, 4, -1, 0, false, 0, "", "all is well" },
		{ OUTCOME_ANSWER, 302, 1, 4, -1, 0, false, 0, "", "final" },
		{ OUTCOME_ANSWER, 400, 1, 4, -1, 0, false, 0, "", "final" },
		{ OUTCOME_ANSWER, 401, 1, 4, -1, 0, false, 0, "", "final" },
		{ OUTCOME_ANSWER, 404, 1, 4, 1000, 0, false, 0, "", "final, whatever it asks for" },
		{ OUTCOME_ANSWER, 409, 1, 4, -1, 0, false, 0, "", "final" },
		{ OUTCOME_BODY, 200, 1, 4, -1, 0, false, 0, "", "the same would come again" },
		{ OUTCOME_BODY, 503, 1, 4, -1, 0, false, 0, "", "the outcome counts, not the status" },
		{ OUTCOME_REFUSED, 302, 1, 4, -1, 0, false, 0, "", "a certificate does not heal in seconds" },
		{ OUTCOME_LOCAL, 0, 1, 4, -1, 0, false, 0, "", "our own fault" },
		{ OUTCOME_STOPPED, 0, 1, 4, -1, 0, false, 0, "", "we wanted it" },

		{ OUTCOME_CONNECT, 0, 4, 4, -1, 0, true, 0, "", "the last one" },
		{ OUTCOME_CONNECT, 0, 5, 4, -1, 0, false, 0, "gave up after 5 attempts", "enough" },
		{ OUTCOME_ANSWER, 503, 1, 0, -1, 0, false, 0, "gave up after 1 attempt", "no retries" },

		{ OUTCOME_CONNECT, 0, 1, 99, -1, MOST, true, 500, "", "up to the base" },
		{ OUTCOME_CONNECT, 0, 1, 99, -1, MOST / 2, true, 250, "", "evenly" },
		{ OUTCOME_CONNECT, 0, 2, 99, -1, MOST, true, 1000, "", "doubled" },
		{ OUTCOME_CONNECT, 0, 3, 99, -1, MOST, true, 2000, "", "doubled" },
		{ OUTCOME_CONNECT, 0, 7, 99, -1, MOST, true, BOUND_BACKOFF_MOST_MS, "", "no longer than this" },
		{ OUTCOME_CONNECT, 0, 99, 99, -1, MOST, true, BOUND_BACKOFF_MOST_MS, "", "no overflow" },

		{ OUTCOME_ANSWER, 429, 1, 4, 7000, MOST, true, 7000, "", "to the letter" },
		{ OUTCOME_ANSWER, 503, 1, 4, 7000, 0, true, 7000, "", "to the letter" },
		{ OUTCOME_ANSWER, 503, 1, 4, 0, MOST, true, 500, "", "at once is no answer to a busy server" },
		{ OUTCOME_ANSWER, 503, 1, 4, BOUND_RETRY_AFTER_MS, 0, true, BOUND_RETRY_AFTER_MS, "",
		    "just short enough" },
		{ OUTCOME_ANSWER, 503, 1, 4, BOUND_RETRY_AFTER_MS + 1000, 0, false, 0,
		    "asks to wait 301 s, left to the next run", "too long" },
		{ OUTCOME_CONNECT, 503, 1, 4, 7000, 0, true, 0, "", "only an answer asks" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct retry_attempt a = { rows[i].outcome, rows[i].status, rows[i].made, rows[i].retries,
			rows[i].asked, rows[i].random };
		struct retry_decision d = retry_decide(&a);

		if (d.again != rows[i].again || d.wait_ms != rows[i].wait_ms || strcmp(d.why_not, rows[i].why_not) != 0)
			fail_msg(
			    "row %zu (%s): %d, %lld, %s", i, rows[i].reason, d.again, (long long)d.wait_ms, d.why_not);
	}
}

static void
retry_after__reads_seconds_and_dates(void **state)
{
	static const struct {
		const char *value;
		int64_t ms;
		const char *reason;
	} rows[] = {
		{ NULL, -1, "absent" },
		{ "", -1, "empty" },
		{ " \t ", -1, "blank" },
		{ "0", 0, "now" },
		{ "120", 120000, "seconds" },
		{ " 7\t", 7000, "blanks around" },
		{ "100000000000", 1000000000000, "clamped" },
		{ "99999999999999999999999999999", 1000000000000, "no overflow" },
		{ "-5", -1, "negative" },
		{ "+5", -1, "a sign" },
		{ "1.5", -1, "a fraction" },
		{ "5 s", -1, "a unit" },
		{ "0x10", -1, "hexadecimal" },
		{ "soon", -1, "a word" },
		{ "Mon", -1, "half a date" },
		{ "Mon, 23 Nov 2026 07:00:30 GMT", 30000, "an HTTP date" },
		{ "Monday, 23-Nov-26 07:00:30 GMT", 30000, "of RFC 850" },
		{ "Mon Nov 23 07:00:30 2026", 30000, "of asctime()" },
		{ "Mon, 23 Nov 2026 06:59:30 GMT", 0, "past" },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0, "long past" },
		{ "Fri, 31 Dec 9999 23:59:59 GMT", 1000000000000, "clamped" },
		{ "2026-11-23T07:00:30Z", -1, "not of HTTP" },
	};
	int64_t now;
	size_t i;

	(void)state;
	assert_int_equal(clock_parse("2026-11-23T07:00:00.000Z", &now), 0);
	for (i = 0; i < N(rows); i++)
		if (retry_after(rows[i].value, now) != rows[i].ms)
			fail_msg("\"%s\" (%s): %lld", rows[i].value, rows[i].reason,
			    (long long)retry_after(rows[i].value, now));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(retry__decides),
		cmocka_unit_test(retry_after__reads_seconds_and_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
