#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/pace.h"

static void
pace__gives_each_origin_its_own_slots(void **state)
{
	struct pace_origin *a, *b;
	struct err e = ERR_INIT;
	struct pace pace;

	(void)state;
	pace_init(&pace);
	a = pace_find(&pace, "https://a:443", &e);
	b = pace_find(&pace, "https://b:443", &e);
	assert_non_null(a);
	assert_ptr_not_equal(a, b);
	assert_ptr_equal(pace_find(&pace, "https://a:443", &e), a);

	assert_int_equal(pace_slot(a, 10, 1000), 1000);     /* at once */
	assert_int_equal(pace_slot(a, 10, 1000), 101000);   /* a tenth of a second later */
	assert_int_equal(pace_slot(a, 10, 1500), 201000);   /* and another */
	assert_int_equal(pace_slot(b, 10, 1500), 1500);     /* another origin waits for nobody */
	assert_int_equal(pace_slot(a, 2, 900000), 900000);  /* time that went by is not made up for */
	assert_int_equal(pace_slot(a, 3, 900000), 1400000); /* each request leaves its own gap behind it */
	assert_int_equal(pace_slot(a, 1e-300, 900000), 1733333);
	assert_true(pace_slot(a, 1, 900000) > 0); /* no overflow */
	pace_release(&pace);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pace__gives_each_origin_its_own_slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
