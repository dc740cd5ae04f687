#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drive.h"

static const char body_json[] =
    "{\"n\":\"\\u00e9\xc3\xa9\",\"next\":\"/p?\\\"2\",\"data\":{\"\\u0069tems\":[ {\"id\":9007199254740993,"
    "\"t\":\"\xf0\x9f\x98\x80\\ud83d\\ude00\"} ,\n-12.5e+3,true,[[],{\"a\":null}],\"x\\\\\"],\"z\":[1,{}]}}\n";
static const char items_json[] =
    "|{\"id\":9007199254740993,\"t\":\"\xf0\x9f\x98\x80\\ud83d\\ude00\"}|-12.5e+3|true|[[],{\"a\":null}]"
    "|\"x\\\\\"";
static const char body_lines[] = "{\"id\":18446744073709551615,\"t\":\"\xe2\x82\xac\"}\r\n\n -7 \ntrue\n[\"a\\nb\"]";
static const char items_lines[] = "|{\"id\":18446744073709551615,\"t\":\"\xe2\x82\xac\"}|-7|true|[\"a\\nb\"]";

/* Cuts the body in three, at every pair of places. */
static void
cut_everywhere(const struct stream_plan *plan, const char *body, const char *items, const char *captured)
{
	struct stream *s = stream_new(plan);
	size_t len = strlen(body), cuts[3];

	assert_non_null(s);
	for (cuts[0] = 0; cuts[0] <= len; cuts[0]++) {
		for (cuts[1] = cuts[0]; cuts[1] <= len; cuts[1]++) {
			struct outcome o = { .e = ERR_INIT };
			size_t at = 0;

			cuts[2] = len;
			buf_init(&o.items, 10000);
			stream_reset(s);
			for (size_t i = 0; i < 3; i++) {
				/* Memory of exactly that size, freed at once: nothing may point there any more. */
				char *piece = malloc(cuts[i] - at + (cuts[i] == at));

				assert_non_null(piece);
				memcpy(piece, body + at, cuts[i] - at);
				stream_feed(s, piece, cuts[i] - at);
				assert_int_equal(drain(s, &o), 0);
				at = cuts[i];
				free(piece);
			}
			stream_end(s);
			assert_int_equal(drain(s, &o), 0);
			if (strcmp(buf_text(&o.items), items) != 0)
				fail_msg("cut at %zu and %zu: %s", cuts[0], cuts[1], buf_text(&o.items));
			assert_int_equal(stream_captured(s).len, strlen(captured));
			if (captured[0] != '\0')
				assert_memory_equal(stream_captured(s).at, captured, strlen(captured));
			outcome_release(&o);
		}
	}
	stream_free(s);
}

static void
window__cut_anywhere_makes_no_difference(void **state)
{
	struct json_pointer items, next;
	struct stream_plan plan = { STREAM_JSON, &items, &next, 1000, 0 },
	                   lines = { STREAM_NDJSON, NULL, NULL, 1000, 0 };

	(void)state;
	assert_int_equal(json_pointer_parse(&items, "/data/items", NULL), 0);
	assert_int_equal(json_pointer_parse(&next, "/next", NULL), 0);
	cut_everywhere(&plan, body_json, items_json, "\"/p?\\\"2\"");
	cut_everywhere(&lines, body_lines, items_lines, "");
	json_pointer_release(&items);
	json_pointer_release(&next);
}

static void
window__an_item_that_lies_whole_in_it_is_not_copied(void **state)
{
	static const char body[] = "[{\"a\":1},2]", line[] = "{\"a\":1}\n3\n";
	struct json_pointer items;
	struct stream_plan plan = { STREAM_JSON, &items, NULL, 100, 0 }, lines = { STREAM_NDJSON, NULL, NULL, 100, 0 };
	struct stream *s = stream_new(&plan), *t = stream_new(&lines);
	struct json_value item;

	(void)state;
	assert_non_null(s);
	assert_non_null(t);
	assert_int_equal(json_pointer_parse(&items, "", NULL), 0);
	stream_feed(s, body, sizeof(body) - 1);
	assert_int_equal(stream_next(s, &item, NULL), 1);
	assert_ptr_equal(item.at, body + 1);
	assert_int_equal(stream_next(s, &item, NULL), 1);
	assert_ptr_equal(item.at, body + 9);
	stream_feed(t, line, sizeof(line) - 1);
	assert_int_equal(stream_next(t, &item, NULL), 1);
	assert_ptr_equal(item.at, line);
	stream_free(s);
	stream_free(t);
	json_pointer_release(&items);
}

static void
window__a_fault_stays_until_reset(void **state)
{
	struct json_pointer items;
	struct stream_plan plan = { STREAM_JSON, &items, &items, 100, 0 };
	struct stream *s = stream_new(&plan);
	struct outcome o;
	struct json_value item;
	struct err first = ERR_INIT, again = ERR_INIT;

	(void)state;
	assert_non_null(s);
	assert_int_equal(json_pointer_parse(&items, "", NULL), 0);
	stream_feed(s, "[1,}", 4);
	assert_int_equal(stream_next(s, &item, &first), 1);
	assert_int_equal(stream_next(s, &item, &first), -1);
	stream_feed(s, "[2]", 3);
	assert_int_equal(stream_next(s, &item, &again), -1);
	stream_end(s);
	assert_int_equal(stream_next(s, &item, NULL), -1);
	assert_string_equal(first.text, again.text);
	assert_int_equal(stream_items(s), 1);
	assert_int_equal(stream_captured(s).kind, JSON_ABSENT);
	stream_reset(s);
	assert_int_equal(stream_items(s), 0);
	drive_stream(s, "[2,3]", 5, 2, &o);
	assert_int_equal(o.end, 0);
	assert_string_equal(buf_text(&o.items), "|2|3");
	assert_int_equal(stream_next(s, &item, NULL), 0);
	outcome_release(&o);
	stream_free(s);
	json_pointer_release(&items);
}

/* What one page captured is not the next one's. */
static void
window__reset_forgets_the_capture(void **state)
{
	static const char first[] = "{\"next\":\"2\",\"items\":[1]}", last[] = "{\"items\":[2]}";
	struct json_pointer items, next;
	struct stream_plan plan = { STREAM_JSON, &items, &next, 100, 0 };
	struct stream *s = stream_new(&plan);
	struct outcome o;

	(void)state;
	assert_non_null(s);
	assert_int_equal(json_pointer_parse(&items, "/items", NULL), 0);
	assert_int_equal(json_pointer_parse(&next, "/next", NULL), 0);
	drive_stream(s, first, sizeof(first) - 1, WHOLE, &o);
	assert_string_equal(buf_text(&o.captured), "\"2\"");
	outcome_release(&o);
	stream_reset(s);
	drive_stream(s, last, sizeof(last) - 1, WHOLE, &o);
	assert_int_equal(o.end, 0);
	assert_string_equal(buf_text(&o.captured), "");
	outcome_release(&o);
	stream_free(s);
	json_pointer_release(&items);
	json_pointer_release(&next);
}

static void
window__empty_pieces_and_an_early_end_are_fine(void **state)
{
	struct json_pointer items;
	struct stream_plan plan = { STREAM_JSON, &items, NULL, 100, 0 };
	struct stream *s = stream_new(&plan);
	struct json_value item;

	(void)state;
	assert_non_null(s);
	assert_int_equal(json_pointer_parse(&items, "", NULL), 0);
	assert_int_equal(stream_next(s, &item, NULL), 0);
	stream_feed(s, "", 0);
	assert_int_equal(stream_next(s, &item, NULL), 0);
	/* The end may be told before the last piece is used up. */
	stream_feed(s, "[1,2]", 5);
	stream_end(s);
	assert_int_equal(stream_next(s, &item, NULL), 1);
	assert_int_equal(stream_next(s, &item, NULL), 1);
	assert_int_equal(stream_next(s, &item, NULL), 0);
	assert_int_equal(stream_next(s, &item, NULL), 0);
	stream_free(s);
	stream_free(NULL);
	json_pointer_release(&items);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(window__cut_anywhere_makes_no_difference),
		cmocka_unit_test(window__an_item_that_lies_whole_in_it_is_not_copied),
		cmocka_unit_test(window__a_fault_stays_until_reset),
		cmocka_unit_test(window__reset_forgets_the_capture),
		cmocka_unit_test(window__empty_pieces_and_an_early_end_are_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
