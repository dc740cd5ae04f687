#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "value_of.h"

static void
value_of__knows_the_kind_by_the_first_byte(void **state)
{
	static const struct {
		const char *text;
		enum json_kind kind;
		const char *name;
	} cases[] = {
		{ "null", JSON_NULL, "null" },
		{ "true", JSON_TRUE, "true" },
		{ "false", JSON_FALSE, "false" },
		{ "-1", JSON_NUMBER, "a number" },
		{ "\"x\"", JSON_STRING, "a string" },
		{ "[1]", JSON_ARRAY, "an array" },
		{ "{\"a\":1}", JSON_OBJECT, "an object" },
		{ "", JSON_ABSENT, "absent" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json_value v = json_value_of(cases[i].text, strlen(cases[i].text));

		assert_int_equal(v.kind, cases[i].kind);
		assert_int_equal(v.len, strlen(cases[i].text));
		assert_string_equal(json_kind_name(v.kind), cases[i].name);
	}
}

static void
array_next__gives_each_element_as_written(void **state)
{
	static const char *const elements[] = {
		"1",
		"\"a,]\\\"\"",
		"[2,[3]]",
		"{\"a\":[\"}\"]}",
		"null",
		"-1.50e+3",
		"true",
		"\"\\\\\"",
		"[]",
	};
	struct json_value array =
	                      value_of("[1 ,\"a,]\\\"\",\n[2,[3]], {\"a\":[\"}\"]},null,-1.50e+3,true,\"\\\\\",[] ]"),
	                  v;
	size_t at = 0, n = 0;

	(void)state;
	for (; json_array_next(array, &at, &v); n++)
		assert_value(v, elements[n]);
	assert_int_equal(n, COUNT(elements));
	assert_false(json_array_next(array, &at, &v));
}

static void
array_next__of_nothing_is_nothing(void **state)
{
	static const char *const texts[] = { "[]", "[ \n]", "{}", "null", "\"[1]\"" };
	struct json_value v;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		size_t at = 0;

		assert_false(json_array_next(value_of(texts[i]), &at, &v));
	}
}

/* The document and most pointers are those of RFC 6901, section 5. */
static void
find__follows_the_rfcs_examples(void **state)
{
	static const char document[] =
	    "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, \"g|h\": 4,"
	    "\"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8, \"\\u0078\": {\"y\": [[], [9]]},"
	    "\"twice\": 10, \"twice\": 11, \"0\": 12}";
	static const struct {
		const char *pointer, *value;
	} cases[] = {
		{ "/foo", "[\"bar\", \"baz\"]" },
		{ "/foo/0", "\"bar\"" },
		{ "/foo/1", "\"baz\"" },
		{ "/foo/2", "" },
		{ "/foo/01", "" },
		{ "/foo/-", "" },
		{ "/", "0" },
		{ "/a~1b", "1" },
		{ "/c%d", "2" },
		{ "/e^f", "3" },
		{ "/g|h", "4" },
		{ "/i\\j", "5" },
		{ "/k\"l", "6" },
		{ "/ ", "7" },
		{ "/m~0n", "8" },
		{ "/x/y/1/0", "9" },
		{ "/x/y/0/0", "" },
		{ "/twice", "10" },
		{ "/0", "12" },
		{ "/absent", "" },
		{ "/foo/0/x", "" },
		{ "//x", "" },
		{ "", document },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json_pointer p;

		assert_int_equal(json_pointer_parse(&p, cases[i].pointer, NULL), 0);
		assert_value(json_find(value_of(document), &p), cases[i].value);
		json_pointer_release(&p);
	}
}

/* Only valid text is promised to be read right, but no text is read past its end. */
static void
walks__stay_inside_broken_text(void **state)
{
	static const char *const texts[] = {
		"{\"a",
		"{\"a\"",
		"{\"a\":",
		"{\"a\":\"b",
		"{\"a\":\"\\",
		"{\"a\":[",
		"{\"a\":[\"",
		"{",
		"{1",
		"[",
		"[1",
		"[[",
		"[\"\\",
	};
	struct json_members m = { .n = 0 };
	struct json_value v;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		size_t len = strlen(texts[i]), at = 0, twice;
		char *copy = malloc(len);

		assert_non_null(copy);
		memcpy(copy, texts[i], len);
		assert_int_equal(json_members_read(&m, json_value_of(copy, len), &twice), 0);
		while (json_array_next(json_value_of(copy, len), &at, &v))
			assert_true(at <= len);
		free(copy);
	}
	json_members_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_of__knows_the_kind_by_the_first_byte),
		cmocka_unit_test(array_next__gives_each_element_as_written),
		cmocka_unit_test(array_next__of_nothing_is_nothing),
		cmocka_unit_test(find__follows_the_rfcs_examples),
		cmocka_unit_test(walks__stay_inside_broken_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
