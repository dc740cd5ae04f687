#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "value_of.h"

static void
int64__takes_integers_that_fit(void **state)
{
	static const struct {
		const char *text;
		int ret;
		int64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "-0", 0, 0 },
		{ "7", 0, 7 },
		{ "-42", 0, -42 },
		{ "9007199254740993", 0, 9007199254740993 },
		{ "-9007199254740993", 0, -9007199254740993 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "9223372036854775808", -1, 0 },
		{ "-9223372036854775808", 0, INT64_MIN },
		{ "-9223372036854775809", -1, 0 },
		{ "18446744073709551615", -1, 0 },
		{ "18446744073709551616", -1, 0 },
		{ "99999999999999999999999999", -1, 0 },
		{ "1.0", -1, 0 },
		{ "1e2", -1, 0 },
		{ "1E2", -1, 0 },
		{ "\"1\"", -1, 0 },
		{ "null", -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t value = 0;

		if (json_int64(value_of(cases[i].text), &value) != cases[i].ret || value != cases[i].value)
			fail_msg("%s: %lld", cases[i].text, (long long)value);
	}
}

static void
double__reads_the_digits_as_written(void **state)
{
	static const struct {
		const char *text;
		int ret;
		double value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "-1.5", 0, -1.5 },
		{ "0.1", 0, 0.1 },
		{ "1e3", 0, 1000 },
		{ "1.7976931348623157e308", 0, DBL_MAX },
		{ "1e309", -1, 0 },
		{ "-1e309", -1, 0 },
		{ "1e-400", 0, 0 },
		{ "9007199254740993", 0, 9007199254740992.0 },
		{ "0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001e94",
		    0, 0.1 },
		{ "true", -1, 0 },
		{ "\"1\"", -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		double value = 0;
		int ret = json_double(value_of(cases[i].text), &value);

		if (ret != cases[i].ret || (ret == 0 && (value < cases[i].value || value > cases[i].value)))
			fail_msg("%s: %d, %g", cases[i].text, ret, value);
	}
}

/* A number is not followed by a NUL: what stands behind it must not be read. */
static void
double__stops_at_the_numbers_end(void **state)
{
	struct json_value v = json_value_of("123456", 3);
	double value;

	(void)state;
	assert_int_equal(json_double(v, &value), 0);
	assert_true(value > 122 && value < 124);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(int64__takes_integers_that_fit),
		cmocka_unit_test(double__reads_the_digits_as_written),
		cmocka_unit_test(double__stops_at_the_numbers_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
