/*
 * Memory that runs out amid a trial: it ends with an error or with the right verdict on its case, and leaks nothing.
 */
#include "fixture.h"

#include "../failing.h"

static void
trial__survives_every_allocation_that_fails(void **state)
{
	struct trial_here *h = *state;
	struct failing f = { .dense = 300 };
	int ret;

	assert_int_equal(buf_reserve(&h->told, 1 << 16), 0);
	OK(&h->s, folder_read(&h->folder, h->s.folder, &h->s.e));
	while (failing_next(&f)) {
		buf_clear(&h->told);
		err_clear(&h->s.e);
		failing_begin(&f);
		ret = trial_run(&h->plan, &h->sink, &h->count, &h->s.e);
		failing_end(&f);
		assert_true(ret == 0 || f.failed);
		/* No verdict is one of want of memory. */
		if (ret == 0)
			assert_string_equal(h->told.at, "passed one\n");
		else if (h->s.e.kind != ERR_INTERNAL)
			fail_msg("allocation %ld: %s", f.nth, h->s.e.text);
	}
}

static void
folder__survives_every_allocation_that_fails(void **state)
{
	struct trial_here *h = *state;
	struct failing f = { .nth = 0 };
	int ret;

	while (failing_next(&f)) {
		err_clear(&h->s.e);
		failing_begin(&f);
		ret = folder_read(&h->folder, h->s.folder, &h->s.e);
		failing_end(&f);
		assert_int_equal(ret, f.failed ? -1 : 0);
		if (ret == 0)
			folder_release(&h->folder);
		else
			assert_int_not_equal(h->s.e.kind, ERR_NONE);
	}
	h->folder = (struct folder){ .rules_path = NULL };
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TRIAL_TEST(trial__survives_every_allocation_that_fails),
		TRIAL_TEST(folder__survives_every_allocation_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
