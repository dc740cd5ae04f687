#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void
clock__moves_on(void **state)
{
	int64_t ms = clock_mono_ms(), us = clock_mono_us(), utc = clock_utc_ms();

	(void)state;
	assert_true(ms > 0);
	assert_true(us / 1000 >= ms && us / 1000 - ms < 60000);
	assert_true(clock_mono_us() >= us);
	/* After 2020 and before 2100. */
	assert_true(utc > 1577836800000 && utc < 4102444800000);
}

static void
text__and_parse_agree(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ 1795417200000, "2026-11-23T07:00:00.000Z" },
		{ 951782400123, "2000-02-29T00:00:00.123Z" },
		{ -62167219200000, "0000-01-01T00:00:00.000Z" },
		{ 253402300799999, "9999-12-31T23:59:59.999Z" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[CLOCK_TEXT];
		int64_t ms = 0;

		clock_text(cases[i].ms, text);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(clock_parse(text, &ms), 0);
		assert_true(ms == cases[i].ms);
	}
}

static void
text__clamps_to_four_digits(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	clock_text(INT64_MIN, text);
	assert_string_equal(text, "0000-01-01T00:00:00.000Z");
	clock_text(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

static void
parse__is_strict(void **state)
{
	static const char *const wrong[] = {
		"",
		"2026-11-23",
		"2026-11-23T07:00:00Z",
		"2026-11-23T07:00:00.000",
		"2026-11-23T07:00:00.000z",
		"2026-11-23 07:00:00.000Z",
		"2026-02-30T07:00:00.000Z",
		"2026-13-01T07:00:00.000Z",
		"2026-00-01T07:00:00.000Z",
		"2026-11-23T24:00:00.000Z",
		"2026-11-23T07:60:00.000Z",
		"2026-11-23T07:00:60.000Z",
		"2026-11-23T07:00:00.00Z ",
		" 026-11-23T07:00:00.000Z",
		"+026-11-23T07:00:00.000Z",
		"-026-11-23T07:00:00.000Z",
		"2026-+1-23T07:00:00.000Z",
		"2026-11-23T07:00:00.-01Z",
		"2026-11-23T07:00:00.000Zx",
		"2026-11-23T07:00:00.000+",
		"abcd-11-23T07:00:00.000Z",
		"2025-02-29T07:00:00.000Z",
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (clock_parse(wrong[i], &ms) != -1)
			fail_msg("%s was taken", wrong[i]);
}

static void
duration__knows_its_units(void **state)
{
	static const struct {
		const char *text;
		int ret;
		int64_t seconds;
	} cases[] = {
		{ "0", 0, 0 },
		{ "45", 0, 45 },
		{ "45s", 0, 45 },
		{ "30m", 0, 1800 },
		{ "12h", 0, 43200 },
		{ "90d", 0, 7776000 },
		{ "3653d", 0, 315619200 },
		{ "315619200", 0, 315619200 },
		{ "3654d", -1, 0 },
		{ "315619201s", -1, 0 },
		{ "99999999999999999999999", -1, 0 },
		{ "999999999999999999999999999999d", -1, 0 },
		{ "", -1, 0 },
		{ "s", -1, 0 },
		{ "-1", -1, 0 },
		{ "+1", -1, 0 },
		{ " 1", -1, 0 },
		{ "1 d", -1, 0 },
		{ "1d ", -1, 0 },
		{ "1w", -1, 0 },
		{ "1dd", -1, 0 },
		{ "1.5h", -1, 0 },
		{ "0x10", -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t seconds = 0;

		if (clock_duration(cases[i].text, &seconds) != cases[i].ret ||
		    (cases[i].ret == 0 && seconds != cases[i].seconds))
			fail_msg("%s: %lld", cases[i].text, (long long)seconds);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock__moves_on),
		cmocka_unit_test(text__and_parse_agree),
		cmocka_unit_test(text__clamps_to_four_digits),
		cmocka_unit_test(parse__is_strict),
		cmocka_unit_test(duration__knows_its_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
