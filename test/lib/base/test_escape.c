#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/escape.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TEXT(literal) literal, sizeof(literal) - 1

static void
utf8__is_rfc_3629(void **state)
{
	static const struct {
		const char *text;
		size_t len, n;
		unsigned cp;
	} cases[] = {
		{ TEXT("a"), 1, 'a' },
		{ TEXT("\x7f"), 1, 0x7f },
		{ TEXT("\0"), 1, 0 },
		{ TEXT("\xc2\x80"), 2, 0x80 },
		{ TEXT("\xdf\xbfx"), 2, 0x7ff },
		{ TEXT("\xe0\xa0\x80"), 3, 0x800 },
		{ TEXT("\xed\x9f\xbf"), 3, 0xd7ff },
		{ TEXT("\xee\x80\x80"), 3, 0xe000 },
		{ TEXT("\xef\xbf\xbf"), 3, 0xffff },
		{ TEXT("\xf0\x90\x80\x80"), 4, 0x10000 },
		{ TEXT("\xf4\x8f\xbf\xbf"), 4, 0x10ffff },
		{ TEXT(""), 0, 0 },
		{ TEXT("\x80"), 0, 0 },
		{ TEXT("\xbf"), 0, 0 },
		{ TEXT("\xc0\x80"), 0, 0 },
		{ TEXT("\xc1\xbf"), 0, 0 },
		{ TEXT("\xc2"), 0, 0 },
		{ TEXT("\xc2x"), 0, 0 },
		{ TEXT("\xe0\x9f\xbf"), 0, 0 },
		{ TEXT("\xe2\x82"), 0, 0 },
		{ TEXT("\xed\xa0\x80"), 0, 0 },
		{ TEXT("\xed\xbf\xbf"), 0, 0 },
		{ TEXT("\xf0\x8f\xbf\xbf"), 0, 0 },
		{ TEXT("\xf4\x90\x80\x80"), 0, 0 },
		{ TEXT("\xf5\x80\x80\x80"), 0, 0 },
		{ TEXT("\xf8\x88\x80\x80\x80"), 0, 0 },
		{ TEXT("\xff"), 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		unsigned cp = 0;
		size_t n = escape_utf8(cases[i].text, cases[i].len, &cp);

		if (n != cases[i].n || (n > 0 && cp != cases[i].cp))
			fail_msg("case %zu: %zu bytes, U+%04X", i, n, cp);
	}
}

static void
line__leaves_nothing_that_acts(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *escaped, *why;
	} cases[] = {
		{ TEXT(""), "", "nothing" },
		{ TEXT("plain text, a \\ and \"quotes\""), "plain text, a \\ and \"quotes\"", "plain text" },
		{ TEXT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		    "letters of all lengths" },
		{ TEXT("a\nb\tc\rd"), "a\\nb\\tc\\rd", "line ends" },
		{ TEXT("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m", "a terminal's colours" },
		{ TEXT("\0\x01\x1f\x7f"), "\\x00\\x01\\x1f\\x7f", "C0 and DEL" },
		{ TEXT("\xc2\x80\xc2\x9b\xc2\x9f"), "\\u{80}\\u{9b}\\u{9f}", "C1" },
		{ TEXT("\x9b"
		       "31m"),
		    "\\x9b31m", "a C1 byte that is no UTF-8" },
		{ TEXT("\xff\xc3(\xe2\x82"), "\\xff\\xc3(\\xe2\\x82", "no UTF-8" },
		{ TEXT("\xed\xa0\x80"), "\\xed\\xa0\\x80", "a surrogate" },
		{ TEXT("\xe2\x80\xa8\xe2\x80\xa9"), "\\u{2028}\\u{2029}", "line and paragraph separators" },
		{ TEXT("\xe2\x80\xae"
		       "abc\xe2\x80\xac\xe2\x81\xa6\xe2\x81\xa9"),
		    "\\u{202e}abc\\u{202c}\\u{2066}\\u{2069}", "what turns text round" },
		{ TEXT("\xe2\x80\x8b\xe2\x80\x8f\xef\xbb\xbf"), "\\u{200b}\\u{200f}\\u{feff}", "zero width" },
		{ TEXT("\xd8\x9c\xc2\xad\xf3\xa0\x80\x81"), "\\u{61c}\\u{ad}\\u{e0001}",
		    "other marks that are not seen" },
		{ TEXT("\xc2\xa0"), "\xc2\xa0", "a no-break space stays" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b;

		buf_init(&b, 1000);
		assert_int_equal(escape_line(&b, cases[i].text, cases[i].len, 1000), 0);
		if (strcmp(buf_text(&b), cases[i].escaped) != 0)
			fail_msg("%s: %s", cases[i].why, buf_text(&b));
		buf_release(&b);
	}
}

static void
line__is_cut_at_a_characters_border(void **state)
{
	static const struct {
		const char *text;
		size_t most;
		const char *escaped;
	} cases[] = {
		{ "abcdef", 6, "abcdef" },
		{ "abcdef", 5, "abcde…" },
		{ "abcdef", 0, "…" },
		{ "ab\xe2\x82\xac", 5, "ab\xe2\x82\xac" },
		{ "ab\xe2\x82\xac", 4, "ab…" },
		{ "ab\x1b", 6, "ab\\x1b" },
		{ "ab\x1b", 5, "ab…" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b;

		buf_init(&b, 100);
		/* What was there before does not count. */
		assert_int_equal(buf_adds(&b, "before "), 0);
		assert_int_equal(escape_line(&b, cases[i].text, strlen(cases[i].text), cases[i].most), 0);
		assert_string_equal(buf_text(&b) + 7, cases[i].escaped);
		buf_release(&b);
	}
}

static void
line__says_when_the_buffer_is_full(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	assert_int_equal(escape_line(&b, "abcde", 5, 100), -1);
	buf_clear(&b);
	assert_int_equal(escape_line(&b, "abcde", 5, 4), -1);
	buf_release(&b);
}

static void
escape_json__spells_what_acts(void **state)
{
	static const struct {
		const char *json, *expected, *reason;
	} cases[] = {
		{ "[1, \"a\\n\u00e9\xF0\x9F\x99\x82\"]", "[1, \"a\\n\u00e9\xF0\x9F\x99\x82\"]", "nothing to do" },
		{ "\"a\xE2\x80\xAE\xC2\x9B\x7f\"", "\"a\\u202e\\u009b\\u007f\"", "bidirectional, C1 and DEL" },
		{ "\"\xEF\xBB\xBF\"", "\"\\ufeff\"", "a byte order mark" },
		{ "\"\xF3\xA0\x81\x81x\"", "\"\\udb40\\udc41x\"", "two halves" },
		{ "[\n \"\xE2\x80\xA8\",\n 2]\n", "[\n \"\\u2028\",\n 2]\n", "its own line breaks stay" },
		{ "", "", "nothing" },
	};
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&b, 1000);
		assert_int_equal(escape_json(&b, cases[i].json, strlen(cases[i].json)), 0);
		if (strcmp(buf_text(&b), cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].reason, buf_text(&b));
		buf_release(&b);
	}
	buf_init(&b, 4);
	assert_int_equal(escape_json(&b, "\"\xC2\x9B\"", 4), -1);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escape_json__spells_what_acts),
		cmocka_unit_test(utf8__is_rfc_3629),
		cmocka_unit_test(line__leaves_nothing_that_acts),
		cmocka_unit_test(line__is_cut_at_a_characters_border),
		cmocka_unit_test(line__says_when_the_buffer_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
