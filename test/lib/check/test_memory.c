/*
 * Memory that runs out in the middle of a check: it ends with an error of its own, or finds what it always finds; it
 * leaks nothing.
 */
#include "fixture.h"

#include "../failing.h"

/* Is each of these lines among those that were heard? */
static void
assert_heard(const struct fixture *f, const char *lines)
{
	const char *line, *end;
	char one[200];

	for (line = lines; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		snprintf(one, sizeof(one), "%.*s", (int)(end - line + 1), line);
		if (strstr(buf_text(&f->heard), one) == NULL)
			fail_msg("not heard: %s", one);
	}
}

static void
memory__check_ends_tidily(void **state)
{
	struct fixture *f = *state;
	struct failing failing = { .dense = 300 };
	char *all;
	int ret;

	/* Probes are made ready, and none is sent. */
	f->plan.probe = true;
	f->signal = 1;
	/* So that hearing itself takes no memory. */
	assert_int_equal(buf_reserve(&f->heard, 4096), 0);
	assert_int_equal(check_all(&f->plan, &f->summary, &f->s.e), 1);
	all = strdup(buf_text(&f->heard));
	assert_non_null(all);
	while (failing_next(&failing)) {
		buf_clear(&f->heard);
		err_clear(&f->s.e);
		failing_begin(&failing);
		ret = check_all(&f->plan, &f->summary, &f->s.e);
		failing_end(&failing);
		/* It may say too much, or another word: lib/config calls a URL too long that there is no memory for. */
		if (ret != -1)
			assert_heard(f, all);
		else if (strcmp(f->s.e.code, "template") != 0 && strcmp(f->s.e.code, "client_config") != 0)
			assert_string_equal(f->s.e.code, "no_memory");
	}
	free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(memory__check_ends_tidily, fixture_new, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
