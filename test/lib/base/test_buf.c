#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../failing.h"
#include "base/buf.h"

static void
buf__is_text_from_the_start(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_null(b.at);
	assert_string_equal(buf_text(&b), "");
	buf_clear(&b);
	assert_int_equal(buf_add(&b, NULL, 0), 0);
	assert_string_equal(b.at, "");
	buf_release(&b);
	buf_release(&b);
}

static void
buf__adds_in_order(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(buf_adds(&b, "one"), 0);
	assert_int_equal(buf_addc(&b, ' '), 0);
	assert_int_equal(buf_add(&b, "two\0three", 9), 0);
	assert_int_equal(buf_addf(&b, " %d %s", 4, "five"), 0);
	assert_int_equal(b.len, 20);
	assert_memory_equal(b.at, "one two\0three 4 five", 21);
	buf_clear(&b);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.at, "");
	assert_int_equal(buf_addf(&b, "%s", ""), 0);
	assert_int_equal(b.len, 0);
	buf_release(&b);
	assert_null(b.at);
}

static void
buf__never_passes_its_ceiling(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_int_equal(buf_adds(&b, "1234"), 0);
	assert_int_equal(buf_adds(&b, "56"), -1);
	assert_int_equal(buf_addf(&b, "%d", 56), -1);
	assert_string_equal(b.at, "1234");
	assert_int_equal(buf_addc(&b, '5'), 0);
	assert_int_equal(buf_addc(&b, '6'), -1);
	assert_int_equal(buf_add(&b, "x", SIZE_MAX), -1);
	assert_int_equal(buf_add(&b, "", 0), 0);
	assert_string_equal(b.at, "12345");
	assert_int_equal(b.cap, 6);
	buf_release(&b);
	buf_init(&b, 0);
	assert_int_equal(buf_addc(&b, 'x'), -1);
	assert_int_equal(buf_adds(&b, ""), 0);
	buf_release(&b);
}

static void
buf__needs_no_ceiling(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	assert_int_equal(buf_adds(&b, "text"), 0);
	assert_string_equal(b.at, "text");
	/* With its NUL that would be no size any more. */
	assert_int_equal(buf_reserve(&b, SIZE_MAX - 4), -1);
	assert_string_equal(b.at, "text");
	buf_release(&b);
}

static void
buf__grows_and_keeps_what_it_holds(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100000);
	for (i = 0; i < 100000; i++)
		assert_int_equal(buf_addc(&b, (char)('a' + i % 26)), 0);
	for (i = 0; i < 100000; i++)
		assert_int_equal(b.at[i], 'a' + i % 26);
	assert_int_equal(b.at[100000], '\0');
	assert_int_equal(buf_addc(&b, 'x'), -1);
	buf_release(&b);
}

static void
buf__reserve_adds_nothing(void **state)
{
	struct buf b;
	char *at;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(buf_reserve(&b, 500), 0);
	assert_int_equal(b.len, 0);
	at = b.at;
	for (int i = 0; i < 500; i++)
		assert_int_equal(buf_addc(&b, 'x'), 0);
	assert_ptr_equal(b.at, at);
	assert_int_equal(buf_reserve(&b, 501), -1);
	buf_release(&b);
}

static void
buf__wipe_leaves_it_usable(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_wipe(&b);
	assert_int_equal(buf_adds(&b, "secret"), 0);
	buf_wipe(&b);
	assert_null(b.at);
	assert_int_equal(b.len, 0);
	assert_int_equal(buf_adds(&b, "next"), 0);
	assert_string_equal(b.at, "next");
	buf_wipe(&b);
}

static void
buf_lend__stays_in_its_callers_room(void **state)
{
	char room[8];
	struct buf b;

	(void)state;
	buf_lend(&b, room, sizeof(room));
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(buf_adds(&b, "1234567"), 0);
	assert_ptr_equal(b.at, room);
	assert_string_equal(b.at, "1234567");
	assert_int_equal(buf_addc(&b, '8'), -1);
	assert_string_equal(b.at, "1234567");
	assert_false(b.short_of_memory);
	buf_clear(&b);
	assert_int_equal(buf_addf(&b, "%d", 42), 0);
	assert_string_equal(room, "42");
}

static void
buf__tells_no_memory_from_its_ceiling(void **state)
{
	struct failing f = { .nth = 2 };
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	failing_begin(&f);
	assert_int_equal(buf_addc(&b, 'x'), 0);
	assert_int_equal(buf_addf(&b, "%1000d", 1), -1);
	assert_false(b.short_of_memory);
	assert_int_equal(buf_addf(&b, "%900d", 1), -1);
	failing_end(&f);
	assert_true(b.short_of_memory);
	assert_string_equal(b.at, "x");
	buf_release(&b);
	assert_false(b.short_of_memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf__is_text_from_the_start),
		cmocka_unit_test(buf__adds_in_order),
		cmocka_unit_test(buf__never_passes_its_ceiling),
		cmocka_unit_test(buf__needs_no_ceiling),
		cmocka_unit_test(buf__grows_and_keeps_what_it_holds),
		cmocka_unit_test(buf__reserve_adds_nothing),
		cmocka_unit_test(buf__wipe_leaves_it_usable),
		cmocka_unit_test(buf_lend__stays_in_its_callers_room),
		cmocka_unit_test(buf__tells_no_memory_from_its_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
