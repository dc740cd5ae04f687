#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "drive.h"

static const size_t pieces[] = { WHOLE, 1, 5 };

static void
limits__an_item_may_be_as_large_as_max_item(void **state)
{
	static const struct {
		enum stream_format format;
		const char *body;
		int end;
		uint64_t items;
		const char *why;
	} cases[] = {
		{ STREAM_JSON, "[\"12345678\",\"12345678\"]", 0, 2, "at the limit" },
		{ STREAM_JSON, "[1,\"123456789\",2]", -1, 1, "a byte over it" },
		{ STREAM_JSON, "[1,[[[[[[[[[[[[[[[", -1, 1, "over it and never closed" },
		{ STREAM_JSON, "[1234567890]", 0, 1, "a number at the limit" },
		{ STREAM_JSON, "[12345678901]", -1, 0, "a number over it" },
		{ STREAM_JSON, "[          1          ,          2          ]", 0, 2, "blanks around do not count" },
		{ STREAM_NDJSON, "\"12345678\"\n\"12345678\"", 0, 2, "lines at the limit" },
		{ STREAM_NDJSON, "1\n\"123456789\"\n2\n", -1, 1, "a line a byte over it" },
		{ STREAM_NDJSON, "1234567890\n1234567890", 0, 2, "a line's number at the limit" },
		{ STREAM_NDJSON, "12345678901\n", -1, 0, "a line's number over it" },
		{ STREAM_NDJSON, "          1          \n          2          \n", 0, 2,
		    "blanks on the line do not count" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases) * COUNT(pieces); i++) {
		struct outcome o;
		size_t k = i / COUNT(pieces);

		drive(
		    cases[k].format, "", NULL, 10, cases[k].body, strlen(cases[k].body), pieces[i % COUNT(pieces)], &o);
		if (o.end != cases[k].end || o.n != cases[k].items)
			fail_msg("%s: %d, %llu items, %s", cases[k].why, o.end, (unsigned long long)o.n, o.e.text);
		if (o.end == -1) {
			assert_string_equal(o.e.code, "item_too_large");
			assert_non_null(strstr(o.e.text, "MaxItemBytes (10)"));
			assert_non_null(strstr(o.e.text, "byte "));
		}
		outcome_release(&o);
	}
}

/* As many items as there may be are given out; one more, and the answer has no end. */
static void
limits__an_answer_has_an_end(void **state)
{
	static const struct {
		enum stream_format format;
		const char *body;
		int end;
	} rows[] = {
		{ STREAM_JSON, "[1,2,3]", 0 },
		{ STREAM_JSON, "[1,2,3,4]", -1 },
		{ STREAM_JSON, "[1,2,3,4,", -1 },
		{ STREAM_NDJSON, "1\n2\n3\n", 0 },
		{ STREAM_NDJSON, "1\n2\n3\n4", -1 },
	};
	struct json_pointer items;
	struct outcome o;
	struct stream *s;
	size_t i;

	(void)state;
	assert_int_equal(json_pointer_parse(&items, "", NULL), 0);
	for (i = 0; i < COUNT(rows) * COUNT(pieces); i++) {
		struct stream_plan plan = { rows[i / COUNT(pieces)].format, &items, NULL, 1000, 3 };
		const char *body = rows[i / COUNT(pieces)].body;

		s = stream_new(&plan);
		assert_non_null(s);
		drive_stream(s, body, strlen(body), pieces[i % COUNT(pieces)], &o);
		if (o.end != rows[i / COUNT(pieces)].end || o.n != 3)
			fail_msg("%s: %d, %llu items", body, o.end, (unsigned long long)o.n);
		if (o.end == -1)
			assert_string_equal(o.e.code, "body_endless");
		outcome_release(&o);
		stream_free(s);
	}
	json_pointer_release(&items);
}

/* An item over the limit is refused as its bytes arrive, not once it has arrived. */
static void
limits__an_endless_item_is_stopped_early(void **state)
{
	struct json_pointer items;
	struct stream_plan plan = { STREAM_JSON, &items, NULL, 1000, 0 };
	struct stream *s = stream_new(&plan);
	struct json_value item;
	struct err e = ERR_INIT;
	char piece[100];
	size_t fed = 0;
	int got;

	(void)state;
	assert_non_null(s);
	assert_int_equal(json_pointer_parse(&items, "", NULL), 0);
	stream_feed(s, "[\"", 2);
	memset(piece, 'x', sizeof(piece));
	for (got = stream_next(s, &item, &e); got == 0; fed += sizeof(piece)) {
		stream_feed(s, piece, sizeof(piece));
		got = stream_next(s, &item, &e);
	}
	assert_int_equal(got, -1);
	assert_string_equal(e.code, "item_too_large");
	assert_true(fed <= 1100);
	stream_free(s);
	json_pointer_release(&items);
}

/* A value of len bytes: a string. */
static char *
string_of(size_t len)
{
	char *text = malloc(len + 1);

	assert_non_null(text);
	memset(text, 'c', len);
	text[0] = text[len - 1] = '"';
	text[len] = '\0';
	return text;
}

static void
limits__the_capture_has_its_bound(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * COUNT(pieces); i++) {
		size_t len = BOUND_CAPTURE + i % 2;
		char *value = string_of(len), body[BOUND_CAPTURE + 64];
		struct outcome o;

		snprintf(body, sizeof(body), "{\"next\":%s,\"items\":[1]}", value);
		drive(STREAM_JSON, "/items", "/next", 1000, body, strlen(body), pieces[i / 2], &o);
		if (i % 2 == 0) {
			assert_int_equal(o.end, 0);
			assert_string_equal(buf_text(&o.captured), value);
		} else {
			assert_int_equal(o.end, -1);
			assert_string_equal(o.e.code, "body_too_large");
			assert_non_null(strstr(o.e.text, "next page"));
		}
		outcome_release(&o);
		free(value);
	}
}

/* Names longer than any pointer's are passed over, however they are cut; those just as long are found. */
static void
limits__names_of_any_length_are_passed_over(void **state)
{
	static const size_t sizes[] = { WHOLE, 1, 1000 };
	size_t most = BOUND_JSON_NAME * 6 + 200, i;
	char *body = malloc(most * 2 + 100), pointer[BOUND_JSON_NAME + 2], *p;

	(void)state;
	assert_non_null(body);
	memset(pointer, 'a', sizeof(pointer));
	pointer[0] = '/';
	pointer[BOUND_JSON_NAME + 1] = '\0';
	p = stpcpy(body, "{\"");
	memset(p, 'a', most);
	p = stpcpy(p + most, "\":[9],\"");
	for (i = 0; i < BOUND_JSON_NAME; i++)
		p = stpcpy(p, "\\u0061");
	memcpy(p, "\":[1]}", 7);
	for (i = 0; i < COUNT(sizes); i++) {
		struct outcome o;

		drive(STREAM_JSON, pointer, NULL, 1000, body, strlen(body), sizes[i], &o);
		assert_int_equal(o.end, 0);
		assert_string_equal(buf_text(&o.items), "|1");
		outcome_release(&o);
	}
	free(body);
}

/* A name too long to keep whose last piece reads like the name that is looked for. */
static void
limits__the_end_of_a_long_name_is_no_name(void **state)
{
	size_t most = BOUND_JSON_NAME * 6 + 200;
	char *body = malloc(most + 100), *p = body;
	struct outcome o;

	(void)state;
	assert_non_null(body);
	p = stpcpy(p, "{\"");
	memset(p, 'a', most);
	p = stpcpy(p + most, "\\");
	memcpy(p, "\"items\":[9]}", 13);
	drive(STREAM_JSON, "/items", NULL, 1000, body, strlen(body), (size_t)(p - body), &o);
	assert_int_equal(o.end, -1);
	assert_string_equal(o.e.code, "body_no_items");
	assert_int_equal(o.n, 0);
	outcome_release(&o);
	free(body);
}

/* Feeds the head, so many times the filler, and the tail. */
static void
flood(
    enum stream_format format, const char *head, const char *filler, size_t times, const char *tail, struct outcome *o)
{
	size_t h = strlen(head), f = strlen(filler), t = strlen(tail);
	char *body = malloc(h + f * times + t);

	assert_non_null(body);
	memcpy(body, head, h);
	for (size_t i = 0; i < times; i++)
		memcpy(body + h + i * f, filler, f);
	memcpy(body + h + f * times, tail, t);
	drive(format, "/items", NULL, 1000, body, h + f * times + t, 16384, o);
	free(body);
}

static void
limits__an_envelope_is_no_flood(void **state)
{
	static const struct {
		enum stream_format format;
		const char *head, *filler, *tail;
		size_t times;
		int end;
		const char *why;
	} cases[] = {
		{ STREAM_JSON, "{\"a\":\"", "0123456789abcdef", "\",\"items\":[1]}", BOUND_ENVELOPE_BYTES / 16, -1,
		    "a value skipped" },
		{ STREAM_JSON, "{\"a\":\"", "0123456789abcdef", "\",\"items\":[1]}", BOUND_ENVELOPE_BYTES / 32, 0,
		    "half of it" },
		{ STREAM_JSON, "{", "\"member\":[1,2],\n", "\"items\":[1]}", BOUND_ENVELOPE_BYTES / 16, -1,
		    "members skipped" },
		{ STREAM_JSON, "{\"items\":[1", "                ", "]}", BOUND_ENVELOPE_BYTES / 16, -1,
		    "blanks behind an item" },
		{ STREAM_JSON, "{\"items\":[1]}", "                ", "", BOUND_ENVELOPE_BYTES / 16, -1,
		    "blanks behind the end" },
		{ STREAM_JSON, "{\"items\":[", "                ", "1]}", BOUND_ENVELOPE_BYTES / 16, -1,
		    "blanks before an item" },
		{ STREAM_JSON, "{\"items\":[0", "  ,\n           1", "]}", BOUND_ENVELOPE_BYTES / 8, 0,
		    "blanks between many items" },
		{ STREAM_NDJSON, "1\n", "               \n", "2\n", BOUND_ENVELOPE_BYTES / 16 + 1, -1, "blank lines" },
		{ STREAM_NDJSON, "1\n2", "                ", "\n", BOUND_ENVELOPE_BYTES / 16 + 1, -1,
		    "blanks behind a line's value" },
		{ STREAM_NDJSON, "1\n", "\"0123456789\"   \n", "2\n", BOUND_ENVELOPE_BYTES / 8, 0, "many lines" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct outcome o;

		flood(cases[i].format, cases[i].head, cases[i].filler, cases[i].times, cases[i].tail, &o);
		if (o.end != cases[i].end || (o.end == -1 && strcmp(o.e.code, "body_too_large") != 0))
			fail_msg("%s: %d %s", cases[i].why, o.end, o.e.text);
		outcome_release(&o);
	}
}

/* The whole body's nesting counts: what stands around an item is part of it. */
static void
limits__depth_counts_from_the_body(void **state)
{
	static const struct {
		enum stream_format format;
		const char *head, *tail, *items;
		size_t depth; /* of arrays between head and tail */
		int end;
	} cases[] = {
		{ STREAM_JSON, "[", "]", "", 998, 0 },
		{ STREAM_JSON, "[", "]", "", 999, 0 },
		{ STREAM_JSON, "[", "]", "", 1000, -1 },
		{ STREAM_JSON, "{\"items\":[", "]}", "/items", 998, 0 },
		{ STREAM_JSON, "{\"items\":[", "]}", "/items", 999, -1 },
		{ STREAM_JSON, "{\"skip\":", ",\"items\":[]}", "/items", 999, 0 },
		{ STREAM_JSON, "{\"skip\":", ",\"items\":[]}", "/items", 1000, -1 },
		{ STREAM_NDJSON, "", "\n", "", 999, 0 },
		{ STREAM_NDJSON, "", "\n", "", 1000, 0 },
		{ STREAM_NDJSON, "", "\n", "", 1001, -1 },
		{ STREAM_JSON, "", "", "", 100000, -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases) * COUNT(pieces); i++) {
		size_t k = i / COUNT(pieces), depth = cases[k].depth, h = strlen(cases[k].head);
		char *body = malloc(h + depth * 2 + strlen(cases[k].tail) + 1);
		struct outcome o;

		assert_non_null(body);
		memcpy(body, cases[k].head, h);
		memset(body + h, '[', depth);
		memset(body + h + depth, ']', depth);
		memcpy(body + h + depth * 2, cases[k].tail, strlen(cases[k].tail) + 1);
		drive(
		    cases[k].format, cases[k].items, NULL, 1000000, body, strlen(body), pieces[i % COUNT(pieces)], &o);
		if (o.end != cases[k].end)
			fail_msg("%s and %zu: %d, %s", cases[k].head, depth, o.end, o.e.text);
		if (o.end == -1)
			assert_non_null(strstr(o.e.text, "nested too deep"));
		outcome_release(&o);
		free(body);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits__an_item_may_be_as_large_as_max_item),
		cmocka_unit_test(limits__an_answer_has_an_end),
		cmocka_unit_test(limits__an_endless_item_is_stopped_early),
		cmocka_unit_test(limits__the_capture_has_its_bound),
		cmocka_unit_test(limits__names_of_any_length_are_passed_over),
		cmocka_unit_test(limits__the_end_of_a_long_name_is_no_name),
		cmocka_unit_test(limits__an_envelope_is_no_flood),
		cmocka_unit_test(limits__depth_counts_from_the_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
