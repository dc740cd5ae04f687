#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "value_of.h"

static void
text__undoes_escapes(void **state)
{
	static const struct {
		const char *string;
		int ret;
		const char *text;
		size_t len;
	} cases[] = {
		{ "\"\"", 0, "", 0 },
		{ "\"plain\"", 0, "plain", 5 },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", 0, "\"\\/\b\f\n\r\t", 8 },
		{ "\"a\\u0000b\"", 0, "a\0b", 3 },
		{ "\"\\u0041\\u00e9\\u20AC\"", 0, "A\xc3\xa9\xe2\x82\xac", 6 },
		{ "\"\\u007f\\u0080\\u07ff\\u0800\\uFFFF\"", 0, "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf", 11 },
		{ "\"\\ud83d\\uDE00!\"", 0, "\xf0\x9f\x98\x80!", 5 },
		{ "\"\\uD800\\uDC00\\uDBFF\\uDFFF\"", 0, "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8 },
		{ "\"\xc3\xa9 as it is\"", 0, "\xc3\xa9 as it is", 11 },
		{ "\"\\\\u0041\"", 0, "\\u0041", 6 },
		{ "\"x\\ud800\"", 1, "", 0 },
		{ "\"\\udc00x\"", 1, "", 0 },
		{ "\"\\ud800\\u0041\"", 1, "", 0 },
		{ "\"\\ud800\\ud800\\udc00\"", 1, "", 0 },
		{ "\"\\ud800\\n\"", 1, "", 0 },
		{ "\"\\ud800abcdef\"", 1, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b;

		buf_init(&b, 100);
		assert_int_equal(buf_adds(&b, "before "), 0);
		assert_int_equal(json_text(value_of(cases[i].string), &b), cases[i].ret);
		assert_int_equal(b.len, 7 + cases[i].len);
		assert_memory_equal(b.at + 7, cases[i].text, cases[i].len);
		buf_release(&b);
	}
}

static void
text__leaves_a_full_buffer_as_it_was(void **state)
{
	static const char *const strings[] = { "\"123456\"", "\"12345\\n\"", "\"123\\u20ac\"" };

	(void)state;
	for (size_t i = 0; i < COUNT(strings); i++) {
		struct buf b;

		buf_init(&b, 5);
		assert_int_equal(json_text(value_of(strings[i]), &b), -1);
		assert_string_equal(buf_text(&b), "");
		assert_int_equal(b.len, 0);
		buf_release(&b);
	}
}

static void
quote__escapes_what_must_be(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *string;
	} cases[] = {
		{ "", 0, "\"\"" },
		{ "plain", 5, "\"plain\"" },
		{ "\"\\/", 3, "\"\\\"\\\\/\"" },
		{ "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"" },
		{ "\0\x01\x1f", 3, "\"\\u0000\\u0001\\u001f\"" },
		{ "a\nb", 3, "\"a\\nb\"" },
		{ "\x7f\xc3\xa9\xe2\x80\xa8", 6, "\"\x7f\xc3\xa9\xe2\x80\xa8\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b, again;

		buf_init(&b, 100);
		buf_init(&again, 100);
		assert_int_equal(json_quote(&b, cases[i].text, cases[i].len), 0);
		assert_string_equal(buf_text(&b), cases[i].string);
		assert_int_equal(json_text(value_of(buf_text(&b)), &again), 0);
		assert_int_equal(again.len, cases[i].len);
		assert_memory_equal(buf_text(&again), cases[i].text, cases[i].len);
		buf_release(&b);
		buf_release(&again);
	}
}

static void
quote__leaves_a_full_buffer_as_it_was(void **state)
{
	(void)state;
	/* Each ceiling stops it at another step: opening, run, escape, closing. */
	for (size_t max = 0; max < 6; max++) {
		struct buf b;

		buf_init(&b, max);
		assert_int_equal(json_quote(&b, "ab\n", 3), max == 6 ? 0 : -1);
		assert_int_equal(b.len, 0);
		buf_release(&b);
	}
}

static void
string_is__compares_characters(void **state)
{
	static const struct {
		const char *string, *text;
		size_t len;
		bool is;
	} cases[] = {
		{ "\"abc\"", "abc", 3, true },
		{ "\"abc\"", "abd", 3, false },
		{ "\"abc\"", "ab", 2, false },
		{ "\"ab\"", "abc", 3, false },
		{ "\"\"", "", 0, true },
		{ "\"\\u0061bc\"", "abc", 3, true },
		{ "\"\\u0061bc\"", "abcd", 4, false },
		{ "\"\\u0061bc\"", "ab", 2, false },
		{ "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", 4, true },
		{ "\"a\\u0000\"", "a", 1, false },
		{ "123", "123", 3, false },
		{ "123", "2", 1, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (json_string_is(value_of(cases[i].string), cases[i].text, cases[i].len) != cases[i].is)
			fail_msg("%s and %s", cases[i].string, cases[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text__undoes_escapes),
		cmocka_unit_test(text__leaves_a_full_buffer_as_it_was),
		cmocka_unit_test(quote__escapes_what_must_be),
		cmocka_unit_test(quote__leaves_a_full_buffer_as_it_was),
		cmocka_unit_test(string_is__compares_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
