#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../failing.h"
#include "base/array.h"

#define MANY 1000

struct element {
	size_t number;
	char rest[40];
};

/* Appends so many, or as many as there is memory for: how many. */
static size_t
fill(struct element **at, size_t *cap, size_t wanted)
{
	struct element *grown;
	size_t n;

	for (n = 0; n < wanted; n++) {
		if ((grown = array_room(*at, n, cap, sizeof(**at))) == NULL)
			break;
		*at = grown;
		(*at)[n] = (struct element){ .number = n };
	}
	return n;
}

static void
array_room__grows_by_doubling(void **state)
{
	struct element *at = NULL, *before;
	size_t i, n, cap = 0, moves = 0, was;

	(void)state;
	for (n = 0; n < MANY; n++) {
		before = at;
		was = cap;
		assert_non_null(at = array_room(before, n, &cap, sizeof(*at)));
		assert_in_range(cap, n + 1, SIZE_MAX);
		moves += cap != was;
		if (was > 0 && n == was)
			assert_int_equal(cap, 2 * was);
		else if (was > 0)
			assert_ptr_equal(at, before);
		at[n] = (struct element){ .number = n };
	}
	assert_in_range(moves, 1, 10);
	for (i = 0; i < n; i++)
		assert_int_equal(at[i].number, i);
	free(at);
}

static void
array_room__leaves_all_as_it_was_without_memory(void **state)
{
	struct failing f = { 0 };
	struct element *at;
	size_t i, n, cap;

	(void)state;
	while (failing_next(&f)) {
		at = NULL;
		cap = 0;
		failing_begin(&f);
		n = fill(&at, &cap, MANY);
		failing_end(&f);
		assert_int_equal(n < MANY, f.failed);
		/* As many as there was room for, and no room is claimed that is not there. */
		if (f.failed)
			assert_int_equal(n, cap);
		for (i = 0; i < n; i++)
			assert_int_equal(at[i].number, i);
		free(at);
	}
	assert_in_range(f.nth, 4, 12);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(array_room__grows_by_doubling),
		cmocka_unit_test(array_room__leaves_all_as_it_was_without_memory),
	};

	return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
