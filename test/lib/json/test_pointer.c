#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "json/pointer.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void
parse__splits_and_undoes_tildes(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		char tokens[3][4];
		const char *why;
	} cases[] = {
		{ "", 0, { "" }, "the whole document" },
		{ "/", 1, { "" }, "the member with the empty name" },
		{ "//", 2, { "", "" }, "two empty names" },
		{ "/foo", 1, { "foo" }, "a name" },
		{ "/foo/0", 2, { "foo", "0" }, "a name and an index" },
		{ "/a~1b", 1, { "a/b" }, "an escaped slash" },
		{ "/m~0n", 1, { "m~n" }, "an escaped tilde" },
		{ "/~01", 1, { "~1" }, "an escaped tilde before a 1" },
		{ "/~10/~00/x", 3, { "/0", "~0", "x" }, "tokens behind shortened ones stay whole" },
		{ "/ ", 1, { " " }, "a blank" },
		{ "/c%d", 1, { "c%d" }, "no percent-decoding" },
		{ "/-", 1, { "-" }, "behind the last element: a name like any other" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json_pointer p;
		struct err e = ERR_INIT;

		if (json_pointer_parse(&p, cases[i].text, &e) != 0)
			fail_msg("%s: %s", cases[i].why, e.text);
		assert_int_equal(p.n, cases[i].n);
		for (size_t k = 0; k < p.n; k++) {
			assert_string_equal(p.token[k], cases[i].tokens[k]);
			assert_int_equal(p.len[k], strlen(cases[i].tokens[k]));
		}
		json_pointer_release(&p);
		assert_int_equal(p.n, 0);
	}
}

static void
parse__refuses_what_is_no_pointer(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "foo", "begin with '/'" },
		{ "#/foo", "begin with '/'" },
		{ "/a~", "~0" },
		{ "/a~2", "~0" },
		{ "/~/a", "~0" },
		{ "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "too deep" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json_pointer p;
		struct err e = ERR_INIT;

		assert_int_equal(json_pointer_parse(&p, cases[i].text, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_string_equal(e.code, "pointer");
		assert_non_null(strstr(e.text, cases[i].says));
		assert_null(p.text);
	}
}

static void
parse__takes_names_up_to_the_bound(void **state)
{
	char text[BOUND_JSON_NAME + 3];
	struct json_pointer p;
	struct err e = ERR_INIT;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[BOUND_JSON_NAME + 1] = '\0';
	assert_int_equal(json_pointer_parse(&p, text, &e), 0);
	assert_int_equal(p.len[0], BOUND_JSON_NAME);
	json_pointer_release(&p);
	text[BOUND_JSON_NAME + 1] = 'a';
	text[BOUND_JSON_NAME + 2] = '\0';
	assert_int_equal(json_pointer_parse(&p, text, &e), -1);
	assert_non_null(strstr(e.text, "too long"));
}

static void
is_index__wants_plain_decimals(void **state)
{
	static const struct {
		const char *text;
		size_t index;
		int is;
	} cases[] = {
		{ "/0", 0, 1 },
		{ "/0", 1, 0 },
		{ "/10", 10, 1 },
		{ "/01", 1, 0 },
		{ "/00", 0, 0 },
		{ "/", 0, 0 },
		{ "/-", 0, 0 },
		{ "/-1", 1, 0 },
		{ "/+1", 1, 0 },
		{ "/1x", 1, 0 },
		{ "/18446744073709551615", SIZE_MAX, 0 }, /* no array is that long */
		{ "/18446744073709551617", 1, 0 },
		{ "/123456789012", 123456789012, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json_pointer p;

		assert_int_equal(json_pointer_parse(&p, cases[i].text, NULL), 0);
		if (json_pointer_is_index(&p, 0, cases[i].index) != cases[i].is)
			fail_msg("%s and %zu", cases[i].text, cases[i].index);
		json_pointer_release(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__splits_and_undoes_tildes),
		cmocka_unit_test(parse__refuses_what_is_no_pointer),
		cmocka_unit_test(parse__takes_names_up_to_the_bound),
		cmocka_unit_test(is_index__wants_plain_decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
