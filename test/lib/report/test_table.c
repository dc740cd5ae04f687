#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/table.h"

static const struct table_column columns[] = { { "Name", 's' }, { "Count", 'j' }, { NULL, 0 } };

static void
fill(struct table *t)
{
	assert_int_equal(table_row(t, (const char *const[]){ "a\033[2J\"b", "9007199254740993" }), 0);
	assert_int_equal(table_row(t, (const char *const[]){ "\u0141ukasz", NULL }), 0);
}

static void
table__aligns_and_escapes_for_people(void **state)
{
	struct table t = { .columns = columns };
	struct buf b;

	(void)state;
	buf_init(&b, 10000);
	fill(&t);
	assert_int_equal(table_text(&t, &b), 0);
	assert_string_equal(b.at,
	    "Name        Count\n"
	    "a\\x1b[2J\"b  9007199254740993\n"
	    "\u0141ukasz      -\n");
	buf_release(&b);
	table_release(&t);
}

static void
table__is_json_for_programs(void **state)
{
	struct table t = { .columns = columns };
	struct buf b;

	(void)state;
	buf_init(&b, 10000);
	assert_int_equal(table_json(&t, &b), 0);
	assert_string_equal(b.at, "[]\n");
	buf_clear(&b);
	fill(&t);
	assert_int_equal(table_json(&t, &b), 0);
	assert_string_equal(b.at,
	    "[\n {\"Name\":\"a\\u001b[2J\\\"b\",\"Count\":9007199254740993},\n"
	    " {\"Name\":\"\u0141ukasz\",\"Count\":null}\n]\n");
	buf_release(&b);
	table_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table__aligns_and_escapes_for_people),
		cmocka_unit_test(table__is_json_for_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
