#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <bsd/string.h>
#include <cmocka.h>

#include "drive.h"

struct envelope_case {
	const char *why;
	const char *items, *capture;
	const char *body;
	const char *expected; /* the items, each behind a '|'; or the error's code */
	const char *captured;
};

static const struct envelope_case whole_bodies[] = {
	{ "the whole answer", "", NULL, "[1,2]", "|1|2", "" },
	{ "no items", "", NULL, "[]", "", "" },
	{ "no items, blanks", "", NULL, " [ \n] ", "", "" },
	{ "blanks around items are not theirs", "", NULL, "[ {\"a\": 1} ,\n\t2\r, \"x\" ]", "|{\"a\": 1}|2|\"x\"", "" },
	{ "items of any kind", "", NULL, "[null,true,[[]],{},-0.5e1,\"\"]", "|null|true|[[]]|{}|-0.5e1|\"\"", "" },
	{ "ids keep their digits", "", NULL, "[9007199254740993,18446744073709551615]",
	    "|9007199254740993|18446744073709551615", "" },
	{ "ids in objects keep their digits", "/d", NULL,
	    "{\"d\":[{\"id\":9007199254740993},{\"id\":18446744073709551615}]}",
	    "|{\"id\":9007199254740993}|{\"id\":18446744073709551615}", "" },
	{ "a member", "/items", NULL, "{\"items\":[1,2]}", "|1|2", "" },
	{ "a member among others", "/items", NULL,
	    "{\"a\":{\"items\":[9]},\"b\":[[9]],\"items\" : [1] , \"c\":null, \"d\":-1.5}", "|1", "" },
	{ "nested", "/a/b/c", NULL, "{\"b\":1,\"a\":{\"c\":[9],\"b\":{\"c\":[1,2],\"d\":{}},\"x\":\"y\"}}", "|1|2",
	    "" },
	{ "an array's element", "/0", NULL, "[[1],[2]]", "|1", "" },
	{ "a later element", "/2", NULL, "[[1] , {\"x\":[]},[2,3]]", "|2|3", "" },
	{ "an element's member", "/1/x", NULL, "[{\"x\":[1]},{\"x\":[2]}]", "|2", "" },
	{ "an index in an object is a name", "/0", NULL, "{\"0\":[1]}", "|1", "" },
	{ "an empty name", "/", NULL, "{\"a\":[9],\"\":[1]}", "|1", "" },
	{ "a tilde and a slash in a name", "/a~1b~0", NULL, "{\"a/b~\":[1]}", "|1", "" },
	{ "a name written in escapes", "/a/bc", NULL, "{\"\\u0061\":{\"b\\u0063\":[1]}}", "|1", "" },
	{ "a name that is no ASCII", "/\xc3\xa9", NULL, "{\"\\u00E9\":[1]}", "|1", "" },
	{ "a name that begins alike", "/item", NULL, "{\"items\":[9],\"ite\":[9],\"item\":[1]}", "|1", "" },
	{ "a name with a NUL does not end there", "/a", NULL, "{\"a\\u0000b\":[9],\"a\":[1]}", "|1", "" },
	{ "other members may be there twice", "/items", NULL, "{\"x\":1,\"x\":2,\"items\":[1]}", "|1", "" },
	{ "empty containers on the way", "/a/b", NULL, "{\"a\":{\"b\":[]}}", "", "" },
	{ "capture behind the items", "/items", "/next", "{\"items\":[1],\"next\":\"/p?2\"}", "|1", "\"/p?2\"" },
	{ "capture before the items", "/items", "/next", "{\"next\":\"/p?2\",\"items\":[1]}", "|1", "\"/p?2\"" },
	{ "capture deep, items before and behind", "/data/items", "/data/page/next",
	    "{\"data\":{\"page\":{\"no\":1,\"next\": 7 },\"items\":[1,2]},\"z\":0}", "|1|2", "7" },
	{ "capture deep behind the items", "/data/items", "/data/page/next",
	    "{\"data\":{\"items\":[1,2],\"page\":{\"next\":{\"a\": [1]}}}}", "|1|2", "{\"a\": [1]}" },
	{ "capture in another branch", "/a/b", "/c/d", "{\"c\":{\"d\":null},\"a\":{\"b\":[1]}}", "|1", "null" },
	{ "capture in an array", "/1", "/0/next", "[{\"next\":\"x\"},[1,2]]", "|1|2", "\"x\"" },
	{ "capture an element", "/0", "/1", "[[1],\"cursor\"]", "|1", "\"cursor\"" },
	{ "capture absent", "/items", "/next", "{\"items\":[1]}", "|1", "" },
	{ "capture on a way that is no container", "/items", "/a/b", "{\"items\":[1],\"a\":5}", "|1", "" },
	{ "capture inside the items is not looked for", "", "/0/next", "[{\"next\":1}]", "|{\"next\":1}", "" },
	{ "capture around the items gives way", "/a/items", "/a", "{\"a\":{\"items\":[1]}}", "|1", "" },
	{ "capture the whole answer gives way", "/items", "", "{\"items\":[1]}", "|1", "" },
	{ "capture the items gives way", "/items", "/items", "{\"items\":[1]}", "|1", "" },
	{ "escapes in the captured value stay", "/items", "/next", "{\"next\":\"\\u002fx\\\"\",\"items\":[]}", "",
	    "\"\\u002fx\\\"\"" },
};

static const struct envelope_case faults[] = {
	{ "no such member", "/items", NULL, "{\"a\":[1]}", "body_no_items", "" },
	{ "an empty object", "/items", NULL, "{}", "body_no_items", "" },
	{ "null for items", "/items", NULL, "{\"items\":null}", "body_no_items", "" },
	{ "an object for items", "/items", NULL, "{\"items\":{\"a\":[1]}}", "body_no_items", "" },
	{ "an object for the whole answer", "", NULL, "{\"error\":\"x\"}", "body_no_items", "" },
	{ "a string for the whole answer", "", NULL, "\"x\"", "body_no_items", "" },
	{ "a number for the whole answer", "", NULL, "123", "body_no_items", "" },
	{ "a number where an object should be", "/items", NULL, "123", "body_no_items", "" },
	{ "too few elements", "/2", NULL, "[[1],[2]]", "body_no_items", "" },
	{ "an object for items that holds the capture", "/a", "/a/next", "{\"a\":{\"next\":1}}", "body_no_items", "" },
	{ "items twice", "/items", NULL, "{\"items\":[],\"items\":[1]}", "body_malformed", "" },
	{ "items twice, once in escapes", "/items", NULL, "{\"items\":[],\"\\u0069tems\":[1]}", "body_malformed", "" },
	{ "a member on the way twice", "/a/b", NULL, "{\"a\":{\"b\":[]},\"a\":{\"b\":[1]}}", "body_malformed", "" },
	{ "a member on the way twice, first of another kind", "/a/b", NULL, "{\"a\":1,\"a\":{\"b\":[]}}",
	    "body_malformed", "" },
	{ "capture twice", "/items", "/next", "{\"next\":1,\"items\":[],\"next\":1}", "body_malformed", "" },
	{ "a member on the way to the capture twice", "/items", "/p/n", "{\"p\":{},\"items\":[],\"p\":{\"n\":1}}",
	    "body_malformed", "" },
	{ "a second document", "", NULL, "[][]", "body_malformed", "" },
	{ "garbage behind", "/a", NULL, "{\"a\":[]} x", "body_malformed", "" },
	{ "a comma behind", "", NULL, "[],", "body_malformed", "" },
	{ "no colon", "/a/b", NULL, "{\"a\" {\"b\":[]}}", "body_malformed", "" },
	{ "no comma between members", "/a", NULL, "{\"b\":1 \"a\":[]}", "body_malformed", "" },
	{ "no comma between elements", "/1", NULL, "[0 [1]]", "body_malformed", "" },
	{ "a comma last in an object", "/a", NULL, "{\"a\":[],}", "body_malformed", "" },
	{ "a comma last in an array on the way", "/0", NULL, "[[1],]", "body_malformed", "" },
	{ "a comma last behind items", "", NULL, "[1,]", "body_malformed", "" },
	{ "a name without quotes", "/a", NULL, "{a:[]}", "body_malformed", "" },
	{ "an object closed as an array", "/a/b", NULL, "{\"a\":{\"b\":[1]]}", "body_malformed", "" },
	{ "an array closed as an object", "/0", NULL, "[[1]}", "body_malformed", "" },
	{ "items closed as an object", "", NULL, "[1}", "body_malformed", "" },
	{ "no UTF-8 in a name", "/a", NULL, "{\"\xff\":1,\"a\":[]}", "body_malformed", "" },
	{ "no value", "/a", NULL, "{\"a\":}", "body_malformed", "" },
	{ "an empty body", "", NULL, "", "body_truncated", "" },
	{ "blanks alone", "", NULL, " \n", "body_truncated", "" },
};

static const size_t pieces[] = { WHOLE, 1, 2, 3, 7 };

static void
envelope__finds_items_and_capture(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(whole_bodies) * COUNT(pieces); i++) {
		const struct envelope_case *c = &whole_bodies[i / COUNT(pieces)];
		struct outcome o;

		drive(STREAM_JSON, c->items, c->capture, 1000, c->body, strlen(c->body), pieces[i % COUNT(pieces)], &o);
		if (o.end != 0)
			fail_msg("%s: %s", c->why, o.e.text);
		if (strcmp(buf_text(&o.items), c->expected) != 0 || strcmp(buf_text(&o.captured), c->captured) != 0)
			fail_msg("%s: items %s, captured %s", c->why, buf_text(&o.items), buf_text(&o.captured));
		outcome_release(&o);
	}
}

static void
envelope__refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(faults) * COUNT(pieces); i++) {
		const struct envelope_case *c = &faults[i / COUNT(pieces)];
		struct outcome o;

		drive(STREAM_JSON, c->items, c->capture, 1000, c->body, strlen(c->body), pieces[i % COUNT(pieces)], &o);
		if (o.end != -1 || strcmp(o.e.code, c->expected) != 0)
			fail_msg("%s: %d %s %s", c->why, o.end, o.e.code, o.e.text);
		assert_int_equal(o.e.kind, ERR_UNAVAILABLE);
		assert_non_null(strstr(o.e.text, "byte "));
		assert_string_equal(buf_text(&o.captured), "");
		outcome_release(&o);
	}
}

/* Wherever a whole body breaks off, it is truncated, and never taken for whole. */
static void
envelope__notices_a_body_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(whole_bodies); i++) {
		const struct envelope_case *c = &whole_bodies[i];
		size_t len = strlen(c->body);

		while (strchr(" \n", c->body[len - 1]) != NULL)
			len--;
		for (size_t cut = 0; cut < len; cut++) {
			struct outcome o;

			drive(STREAM_JSON, c->items, c->capture, 1000, c->body, cut, WHOLE, &o);
			if (o.end != -1 || strcmp(o.e.code, "body_truncated") != 0)
				fail_msg("%s, cut at %zu: %d %s", c->why, cut, o.end, o.e.text);
			assert_memory_equal(buf_text(&o.items), c->expected, o.items.len);
			outcome_release(&o);
		}
	}
}

static void
envelope__says_what_and_where(void **state)
{
	static const struct {
		const char *items, *body, *says;
	} cases[] = {
		{ "", "[1,2,x]", "no valid JSON at byte 5: expected a value, near: [1,2,x]" },
		{ "", "[1 2]", "at byte 3: expected ',' or ']' behind an item, near: [1 2]" },
		{ "", "[{\"a\":\"\x1b[31m\"}]",
		    "at byte 7: a control character in a string must be escaped, near: [{\"a\":\"\\x1b[31m" },
		{ "", "<html>\n<head>", "at byte 0: expected a value, near: <html>\\n<head>" },
		{ "", "[1] [2]", "at byte 4: something follows behind the document" },
		{ "/a", "{\"a\":null}", "holds no array of items: /a is null" },
		{ "/a/b", "{\"a\":{\"b\":\"x\"}}", "holds no array of items: /a/b is a string" },
		{ "", "{\"e\":1}", "holds no array of items: the whole answer is an object" },
		{ "/data/items", "{\"data\":1}", "holds no array of items: there is no /data/items" },
		{ "/a", "{\"a\":[],\"a\":[]}", "is there twice" },
		{ "", "", "the answer's body is empty (byte 0)" },
		{ "", "[{\"id\":1},{\"id\":2", "breaks off at byte 17, inside an item, near: [{\"id\":1},{\"id\":2" },
		{ "", "[1,", "breaks off at byte 3, inside the array of items" },
		{ "/a", "{\"a\":[1]", "breaks off at byte 8, inside the document around the items" },
		{ "",
		    "[\"0123456789012345678901234567890\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
		    "0\n\"]",
		    "near: \xc3\xa9\xc3\xa9" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases) * 2; i++) {
		struct outcome o;
		const char *body = cases[i / 2].body;

		drive(STREAM_JSON, cases[i / 2].items, NULL, 1000, body, strlen(body), i % 2 == 0 ? WHOLE : 1, &o);
		assert_int_equal(o.end, -1);
		/* Byte by byte nothing is known of what follows the fault. */
		if (strncmp(o.e.text, "the answer", 10) != 0 ||
		    (i % 2 == 0 && strstr(o.e.text, cases[i / 2].says) == NULL))
			fail_msg("\"%s\" does not say \"%s\"", o.e.text, cases[i / 2].says);
		outcome_release(&o);
	}
}

/* A pointer as deep as pointers go, and its items. */
static void
envelope__walks_the_deepest_pointer(void **state)
{
	char pointer[JSON_POINTER_TOKENS * 2 + 1] = "", body[256] = "";
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < JSON_POINTER_TOKENS; i++) {
		strlcat(pointer, i % 2 == 0 ? "/a" : "/1", sizeof(pointer));
		strlcat(body, i % 2 == 0 ? "{\"a\":" : "[0,", sizeof(body));
	}
	strlcat(body, "[7]", sizeof(body));
	for (size_t i = JSON_POINTER_TOKENS; i > 0; i--)
		strlcat(body, i % 2 == 0 ? "]" : "}", sizeof(body));
	drive(STREAM_JSON, pointer, pointer, 1000, body, strlen(body), 1, &o);
	assert_int_equal(o.end, 0);
	assert_string_equal(buf_text(&o.items), "|7");
	outcome_release(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(envelope__finds_items_and_capture),
		cmocka_unit_test(envelope__refuses),
		cmocka_unit_test(envelope__notices_a_body_cut_anywhere),
		cmocka_unit_test(envelope__says_what_and_where),
		cmocka_unit_test(envelope__walks_the_deepest_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
