#include "../scratch.h"

#include "report/wrap.h"

static void
wrap__breaks_lines_at_blanks(void **state)
{
	static const struct {
		const char *text;
		size_t at, indent, width;
		const char *expected, *reason;
	} rows[] = {
		{ "one two three", 0, 0, 0, "one two three", "no width, no break" },
		{ "one two three", 0, 0, 13, "one two three", "just fits" },
		{ "one two three", 0, 0, 12, "one two\nthree", "just not" },
		{ "one two three", 2, 2, 9, "one two\n  three", "behind what stands there, and below it" },
		{ "one two three", 2, 2, 8, "one\n  two\n  three", "a word a line" },
		{ "/a/long/path two", 2, 2, 6, "/a/long/path\n  two", "a long word stays whole" },
		{ "two /a/long/path", 2, 2, 6, "two\n  /a/long/path", "on a line of its own" },
		{ "über älter", 0, 0, 10, "über älter", "characters count, not bytes" },
		{ "a\nb\033[31m", 0, 0, 80, "a\\nb\\x1B[31m", "what would move the cursor is shown" },
		{ "", 9, 9, 80, "", "nothing" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&b);
		assert_int_equal(wrap_text(&b, rows[i].text, rows[i].at, rows[i].indent, rows[i].width), 0);
		if (strcasecmp(buf_text(&b), rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].reason, buf_text(&b));
	}
	buf_release(&b);
}

static void
wrap__says_when_there_is_no_room(void **state)
{
	struct buf b;
	size_t room;

	(void)state;
	for (room = 0; room < 17; room++) {
		buf_init(&b, room);
		assert_int_equal(wrap_text(&b, "one two three", 2, 2, 8), room < 13 + 4 ? -1 : 0);
		buf_release(&b);
	}
}

static void
wrap__takes_a_line_at_a_time(void **state)
{
	static const struct {
		const char *text;
		size_t width, takes;
		const char *reason;
	} rows[] = {
		{ "", 5, 0, "nothing" },
		{ "one two", 7, 7, "all of it" },
		{ "one two", 6, 3, "up to a blank" },
		{ "one two", 3, 3, "a blank that does not fit is none of the line" },
		{ "one   two", 5, 3, "nor are those before it" },
		{ "/a/long/path two", 6, 6, "of a wide word what fits" },
		{ "one /a/long/path", 6, 3, "but not of one that may begin a line" },
		{ " one", 2, 2, "a blank at the beginning ends no line" },
		{ "\u8a18\u9332", 3, 3, "whole characters" },
		{ "\u8a18\u9332", 1, 3, "one at least" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++)
		if (wrap_line(rows[i].text, strlen(rows[i].text), rows[i].width) != rows[i].takes)
			fail_msg(
			    "%s: %zu", rows[i].reason, wrap_line(rows[i].text, strlen(rows[i].text), rows[i].width));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrap__breaks_lines_at_blanks),
		cmocka_unit_test(wrap__says_when_there_is_no_room),
		cmocka_unit_test(wrap__takes_a_line_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
