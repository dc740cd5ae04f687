#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <bsd/string.h>
#include <cmocka.h>

#include "value_of.h"

static void
check__gives_the_root_without_its_blanks(void **state)
{
	struct json_value root = value_of(" \t\r\n{\"a\": 1}\n ");

	(void)state;
	assert_int_equal(root.kind, JSON_OBJECT);
	assert_value(root, "{\"a\": 1}");
	assert_value(value_of(" 12 "), "12");
	assert_value(value_of("12"), "12");
}

static void
check__says_where_and_what(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "line 1, column 1: there is nothing but blanks" },
		{ "\n ", "line 2, column 2: there is nothing but blanks" },
		{ "\xef\xbb\xbf{}", "line 1, column 1: it begins with a byte order mark: save it without one" },
		{ "{\n  \"a\": 1,\n  \"b\" 2\n}", "line 3, column 7: expected ':'" },
		{ "{\"\xc3\xa9\xe2\x82\xac\": x}", "line 1, column 8: expected a value" },
		{ "[1 2]", "line 1, column 4: expected ',' or ']'" },
		{ "{\"a\":1 2}", "line 1, column 8: expected ',' or '}'" },
		{ "{1}", "line 1, column 2: expected a name in double quotes or '}'" },
		{ "{\"a\":1,}", "line 1, column 8: expected a name in double quotes" },
		{ "[}", "line 1, column 2: expected a value or ']'" },
		{ "[1}", "line 1, column 3: expected ',' or ']'" },
		{ "[\"\t\"]", "column 3: a control character in a string must be escaped" },
		{ "[\"\xff\"]", "column 3: a string holds bytes that are not UTF-8" },
		{ "[\"\xe2x\"]", "a string holds bytes that are not UTF-8" },
		{ "[\"\\x\"]", "column 4: no such escape in a string" },
		{ "[\"\\u12g4\"]", "column 7: \\u needs four hexadecimal digits" },
		{ "[01]", "column 3: malformed number" },
		{ "[1.]", "column 4: malformed number" },
		{ "[tru]", "column 5: no such word: only true, false and null" },
		{ "1x", "column 2: malformed number" },
		{ "1 2", "column 3: something follows behind the value" },
		{ "{} x", "column 4: something follows behind the value" },
		{ "[1", "column 3: the text ends inside an array" },
		{ "{\"a\":[]", "column 8: the text ends inside an object" },
		{ "[\"a", "column 4: the text ends inside a string" },
		{ "{\"a", "column 4: the text ends inside a member's name" },
		{ "tru", "column 4: the text ends inside a value" },
		{ "-", "column 2: the text ends inside a value" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json_value root;
		struct err e = ERR_INIT;

		assert_int_equal(json_check(cases[i].text, strlen(cases[i].text), &root, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_string_equal(e.code, "json");
		if (strstr(e.text, cases[i].says) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].text, e.text, cases[i].says);
		assert_int_equal(json_check(cases[i].text, strlen(cases[i].text), &root, NULL), -1);
	}
}

static void
strip_comments__leaves_lines_and_offsets(void **state)
{
	static const struct {
		const char *text, *stripped;
	} cases[] = {
		{ "", "" },
		{ "{}", "{}" },
		{ "{} // end", "{}       " },
		{ "// one\n{}", "      \n{}" },
		{ "// one\r\n{}", "      \r\n{}" },
		{ "/* a */[1,/**/2]", "       [1,    2]" },
		{ "/* a\n b */[]", "    \n     []" },
		{ "[\"//\",\"/* x */\"]//", "[\"//\",\"/* x */\"]  " },
		{ "[\"\\\"//\"]/**/", "[\"\\\"//\"]    " },
		{ "/*/ */1", "      1" },
		{ "/***/1", "     1" },
		{ "// \"\n1", "    \n1" },
		{ "/* // */1", "        1" },
		{ "// /*\n1", "     \n1" },
		{ "/", "/" },
		{ "1/2", "1/2" },
		{ "\"never closed // x", "\"never closed // x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t len = strlen(cases[i].text);
		char *text = malloc(len + 1);
		struct err e = ERR_INIT;

		assert_non_null(text);
		memcpy(text, cases[i].text, len);
		text[len] = '\0';
		assert_int_equal(json_strip_comments(text, len, &e), 0);
		assert_string_equal(text, cases[i].stripped);
		free(text);
	}
}

static void
strip_comments__wants_their_end(void **state)
{
	static const char *const texts[] = { "{\n  /* never", "{\n  /*", "{\n  /*/", "{\n  /* *" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		char text[32];
		struct err e = ERR_INIT;

		strlcpy(text, texts[i], sizeof(text));
		assert_int_equal(json_strip_comments(text, strlen(text), &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_non_null(strstr(e.text, "line 2, column 3: a comment begins here and never ends"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check__gives_the_root_without_its_blanks),
		cmocka_unit_test(check__says_where_and_what),
		cmocka_unit_test(strip_comments__leaves_lines_and_offsets),
		cmocka_unit_test(strip_comments__wants_their_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
