#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "value_of.h"

static void
read__lists_members_in_order(void **state)
{
	static const char *const pairs[][2] = {
		{ "\"id\"", "9007199254740993" },
		{ "\"name\"", "\"a:b,}\"" },
		{ "\"in\\u0073ide\"", "{\"x\":[1,2]}" },
		{ "\"\"", "null" },
		{ "\"last\"", "[]" },
	};
	struct json_members m = { .n = 0 };
	size_t twice = 99;

	(void)state;
	assert_int_equal(json_members_read(&m,
	                     value_of("{\"id\":9007199254740993 , \"name\" :\"a:b,}\",\n\"in\\u0073ide\":{\"x\":[1,2]},"
	                              "\"\":null, \"last\": [] }"),
	                     &twice),
	    0);
	assert_int_equal(m.n, COUNT(pairs));
	for (size_t i = 0; i < m.n; i++) {
		assert_value(m.at[i].key, pairs[i][0]);
		assert_int_equal(m.at[i].key.kind, JSON_STRING);
		assert_value(m.at[i].value, pairs[i][1]);
	}
	assert_int_equal(twice, 99);
	json_members_release(&m);
	assert_null(m.at);
}

static void
read__finds_a_key_that_is_there_twice(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		int twice; /* -1: none is */
		const char *why;
	} cases[] = {
		{ "{}", 0, -1, "no members" },
		{ "[1,2]", 0, -1, "no object" },
		{ "{\"a\":1,\"b\":2}", 2, -1, "two that differ" },
		{ "{\"a\":1,\"a\":1}", 2, 1, "the same" },
		{ "{\"a\":1,\"b\":2,\"b\":3,\"a\":4}", 4, 2, "the first second one is told" },
		{ "{\"a\":1,\"A\":2}", 2, -1, "case matters" },
		{ "{\"a\":1,\"\\u0061\":2}", 2, 1, "escapes undone" },
		{ "{\"\\u0061\":1,\"a\":2}", 2, 1, "escapes undone, the first escaped" },
		{ "{\"\\u0061\":1,\"\\u0062\":2}", 2, -1, "escapes that differ" },
		{ "{\"\\/\":1,\"/\":2}", 2, 1, "a short escape" },
		{ "{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}", 2, 1, "a pair and its character" },
		{ "{\"\\ud83d\":1,\"\\ud83e\":2}", 2, -1, "lone surrogates that differ" },
		{ "{\"\\ud83d\":1,\"\\uD83D\":2}", 2, 1, "the same lone surrogate" },
		{ "{\"a\\u0000b\":1,\"a\":2}", 2, -1, "a NUL does not end a key" },
		{ "{\"a\\u0000b\":1,\"a\\u0000c\":2}", 2, -1, "what follows a NUL counts" },
		{ "{\"\":1,\"\":2}", 2, 1, "the empty name" },
		{ "{\"x\":{\"x\":1},\"y\":{\"x\":1}}", 2, -1, "other levels do not count" },
	};
	struct json_members m = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t twice = 99;
		int got = json_members_read(&m, value_of(cases[i].text), &twice);

		if (got != (cases[i].twice >= 0) || (got == 1 && twice != (size_t)cases[i].twice) || m.n != cases[i].n)
			fail_msg("%s: got %d, twice %zu, n %zu", cases[i].why, got, twice, m.n);
	}
	json_members_release(&m);
}

static void
get__compares_decoded_names(void **state)
{
	static const struct {
		const char *text, *name;
		size_t len;
		const char *value;
	} cases[] = {
		{ "{\"a\":1,\"bb\":2,\"b\":3}", "b", 1, "3" },
		{ "{\"a\":1}", "A", 1, "" },
		{ "{\"a\":1}", "", 0, "" },
		{ "{}", "a", 1, "" },
		{ "{\"a\":1,\"a\":2}", "a", 1, "1" },
		{ "{\"\\u0061\":1}", "a", 1, "1" },
		{ "{\"a\\\\nb\":1}", "a\\nb", 4, "1" },
		{ "{\"a\\nb\":1}", "a\\nb", 4, "" },
		{ "{\"a\\nb\":1}", "a\nb", 3, "1" },
		{ "{\"a\\u0000\":1}", "a\0", 2, "1" },
		{ "{\"a\\u0000\":1,\"a\":2}", "a", 1, "2" },
		{ "{\"\\u00e9\\u20ac\\ud83d\\ude00\":1}", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9, "1" },
		{ "{\"\\uD834\":1}", "\xed\xa0\xb4", 3, "1" },
	};
	struct json_members m = { .n = 0 };
	size_t twice;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_not_equal(json_members_read(&m, value_of(cases[i].text), &twice), -1);
		assert_value(json_members_get(&m, cases[i].name, cases[i].len), cases[i].value);
	}
	json_members_release(&m);
}

/* An object of n members k000000, k000001, …; in reverse order if down. Key number doubled stands at the end again. */
static char *
many(size_t n, int down, long doubled)
{
	char *text = malloc(n * 32 + 64), *p = text;

	assert_non_null(text);
	*p++ = '{';
	for (size_t i = 0; i < n; i++)
		p += sprintf(p, "%s\"k%06zu\":%zu", i > 0 ? "," : "", down ? n - 1 - i : i, down ? n - 1 - i : i);
	if (doubled >= 0)
		p += sprintf(p, ",\"\\u006b%06ld\":-1", doubled);
	memcpy(p, "}", 2);
	return text;
}

static void
read__holds_for_any_number_of_members(void **state)
{
	static const size_t counts[] = { 31, 32, 33, 64, 1000 };
	struct json_members m = { .n = 0 };
	size_t twice;

	(void)state;
	for (size_t i = 0; i < COUNT(counts) * 4; i++) {
		size_t n = counts[i / 4];
		int down = i / 2 % 2 == 1;
		long doubled = i % 2 == 1 ? (long)n / 2 : -1;
		char *text = many(n, down, doubled), name[32], value[32];

		assert_int_equal(json_members_read(&m, value_of(text), &twice), doubled >= 0);
		if (doubled >= 0)
			assert_int_equal(twice, n);
		for (size_t k = 0; k < n; k++) {
			snprintf(name, sizeof(name), "k%06zu", k);
			snprintf(value, sizeof(value), "%zu", k);
			assert_value(json_members_get(&m, name, 7), value);
		}
		assert_value(json_members_get(&m, "k", 1), "");
		assert_value(json_members_get(&m, "z", 1), "");
		free(text);
	}
	json_members_release(&m);
}

/* Of several keys that are there twice the first second one is told, sorted or not. */
static void
read__tells_the_first_second_one_of_many(void **state)
{
	static const char *const tails[] = { ",\"k000000\":1,\"k000001\":1}", ",\"k000001\":1,\"k000000\":1}" };
	struct json_members m = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(tails); i++) {
		char *text = many(50, 0, -1);
		size_t twice = 0, len = strlen(text);

		memcpy(text + len - 1, tails[i], strlen(tails[i]) + 1);
		assert_int_equal(json_members_read(&m, value_of(text), &twice), 1);
		assert_int_equal(twice, 50);
		assert_int_equal(m.n, 52);
		free(text);
	}
	json_members_release(&m);
}

/* With 200,000 members a comparison of each with each would take minutes. */
static void
read__is_not_quadratic(void **state)
{
	char *text = many(200000, 1, -1);
	struct json_members m = { .n = 0 };
	int64_t began = clock_mono_ms();
	size_t twice;

	(void)state;
	assert_int_equal(json_members_read(&m, value_of(text), &twice), 0);
	assert_int_equal(m.n, 200000);
	assert_true(clock_mono_ms() - began < 10000);
	json_members_release(&m);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__lists_members_in_order),
		cmocka_unit_test(read__finds_a_key_that_is_there_twice),
		cmocka_unit_test(get__compares_decoded_names),
		cmocka_unit_test(read__holds_for_any_number_of_members),
		cmocka_unit_test(read__tells_the_first_second_one_of_many),
		cmocka_unit_test(read__is_not_quadratic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
