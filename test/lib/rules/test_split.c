#include "fixture.h"

#include <bsd/string.h>

#include "rules/split.h"

/* The names of all statements of a text that ends each with ';', with | between. */
static void
names_of(const char *text, char *out, size_t size)
{
	size_t at = 0, len = strlen(text);
	struct split_head head;

	out[0] = '\0';
	while (split_next(text, len, at, &head)) {
		snprintf(out + strlen(out), size - strlen(out), "%s%s", at > 0 ? "|" : "", head.name);
		at = head.at;
		while (at < len && text[at] != ';')
			at++;
		at = at < len ? at + 1 : len;
	}
}

static void
split__names(void **state)
{
	static const struct {
		const char *text, *names, *why;
	} cases[] = {
		{ "-- first\nSELECT 1;", "first", "a comment above" },
		{ "SELECT 1;", "", "no comment" },
		{ "--first\nSELECT 1;", "first", "no blank behind the dashes" },
		{ "-- a\n-- b\nSELECT 1;", "a", "a block's first line" },
		{ "-- a\n\n-- b\nSELECT 1;", "b", "a blank line parts blocks" },
		{ "-- head of the file\n\nSELECT 1;", "", "a comment not directly above" },
		{ "-- head of the file\n \t\r\n\nSELECT 1;", "", "blanks in the blank line" },
		{ "-- -----\n-- a\n-- -----\nSELECT 1;", "a", "a ruler says nothing" },
		{ "/* block */\nSELECT 1;", "block", "a block comment" },
		{ "/*\n * over\n * lines\n */\nSELECT 1;", "over", "a block comment of several lines" },
		{ "/* same line */ SELECT 1;", "same line", "a comment before the statement" },
		{ "SELECT 1; -- trailing\nSELECT 2;", "|", "a comment behind a statement is not the next one's" },
		{ "SELECT 1; -- trailing\n-- own\nSELECT 2;", "|own", "nor does it begin its block" },
		{ "SELECT 1; /* trailing\nblock */\nSELECT 2;", "|", "the same for a block comment" },
		{ "SELECT 1; SELECT 2;", "|", "two on a line" },
		{ "-- a\n;\nSELECT 1;", "", "a stray semicolon parts them" },
		{ "-- a\r\nSELECT 1;\r\n", "a", "lines that end as in DOS" },
		{ "\xef\xbb\xbf-- a\nSELECT 1;", "a", "a byte order mark" },
		{ "--\nSELECT 1;", "", "an empty comment" },
		{ "-- a */ b\nSELECT 1;", "a */ b", "no block comment here" },
		{ "-- einen Schlüssel prüfen\nSELECT 1;", "einen Schlüssel prüfen", "not ASCII" },
		{ " \n -- only a comment\n", "", "no statement" },
		{ "", "", "nothing" },
		{ "(1);", "", "begins with no word" },
	};
	char names[400];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		names_of(cases[i].text, names, sizeof(names));
		if (strcmp(names, cases[i].names) != 0)
			fail_msg("%s: got \"%s\", wanted \"%s\"", cases[i].why, names, cases[i].names);
	}
}

static void
split__cuts_a_long_name_between_characters(void **state)
{
	char text[300] = "-- ";
	struct split_head head;
	size_t i;

	(void)state;
	for (i = 0; i < 60; i++)
		strlcat(text, i == 0 ? "x" : "ü", sizeof(text));
	strlcat(text, "\nSELECT 1", sizeof(text));
	assert_true(split_next(text, strlen(text), 0, &head));
	assert_int_equal(strlen(head.name), 79);
	assert_string_equal(head.name + 77, "ü");
}

static void
split__first_words(void **state)
{
	static const struct {
		const char *text;
		size_t at, len;
	} cases[] = {
		{ ";;/* x */ VACUUM INTO 'f'", 10, 6 },
		{ "\xef\xbb\xbfPRAGMA x", 3, 6 },
		{ "\f\r\n\tSELECT", 4, 6 },
		{ "(SELECT 1)", 0, 0 },
		{ "'SELECT'", 0, 0 },
		{ "$x", 0, 0 },
		{ "- 1", 0, 0 },
		{ "/ 1", 0, 0 },
	};
	struct split_head head;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_true(split_next(cases[i].text, strlen(cases[i].text), 0, &head));
		assert_int_equal(head.at, cases[i].at);
		assert_int_equal(head.word_len, cases[i].len);
	}
}

static void
split__finds_a_comment_that_never_ends(void **state)
{
	static const struct {
		const char *text;
		int open;
		size_t at;
	} cases[] = {
		{ "SELECT 1; /* forgotten", 1, 10 },
		{ "SELECT '/*';", 0, 0 },
		{ "SELECT \"/*\", [/*], `/*`; -- /*\n", 0, 0 },
		{ "SELECT 'it''s /*';", 0, 0 },
		{ "SELECT 'open /*", 0, 0 },
		{ "/* a */ SELECT 1 /* b", 1, 17 },
		{ "SELECT 1 / 2 * 3; SELECT 1 /", 0, 0 },
	};
	size_t i, at;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(split_open_comment(cases[i].text, strlen(cases[i].text), &at), cases[i].open);
		if (cases[i].open)
			assert_int_equal(at, cases[i].at);
	}
}

static void
split__finds_parameters_outside_texts_and_comments(void **state)
{
	static const char text[] = "SELECT ':id', /* :id */ :idx, a.\":id\", :id, ?, $a::b -- ?\n";
	size_t len = sizeof(text) - 1;

	(void)state;
	assert_int_equal(split_parameter(text, 0, len, ":id"), strstr(text, ":id, ?") - text);
	assert_int_equal(split_parameter(text, 0, len, ":idx"), strstr(text, ":idx") - text);
	assert_int_equal(split_parameter(text, 0, len, NULL), strchr(text, '?') - text);
	assert_int_equal(split_parameter(text, 0, len, "$a::b"), strstr(text, "$a") - text);
	assert_int_equal(split_parameter(text, 3, len, ":none"), 3);
}

static void
split__bad_text(void **state)
{
	size_t at;

	(void)state;
	assert_false(split_bad_text("gr\xc3\xbc\xc3\x9f", 6, &at));
	assert_true(split_bad_text("ab\xff", 3, &at));
	assert_int_equal(at, 2);
	assert_true(split_bad_text("a\0b", 3, &at));
	assert_int_equal(at, 1);
}

static void
split__places_count_characters(void **state)
{
	size_t line, column;

	(void)state;
	split_place("a\nüb x", 5, &line, &column);
	assert_int_equal(line, 2);
	assert_int_equal(column, 3);
	split_place("x", 0, &line, &column);
	assert_int_equal(line, 1);
	assert_int_equal(column, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split__names),
		cmocka_unit_test(split__cuts_a_long_name_between_characters),
		cmocka_unit_test(split__first_words),
		cmocka_unit_test(split__finds_a_comment_that_never_ends),
		cmocka_unit_test(split__finds_parameters_outside_texts_and_comments),
		cmocka_unit_test(split__bad_text),
		cmocka_unit_test(split__places_count_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
