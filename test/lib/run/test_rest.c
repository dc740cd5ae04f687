#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "run/rest.h"

/* A run that always has more: transactions of hold ms with gap ms between, for so long, from when it begins on. */
struct pace {
	struct rest rest;
	int64_t now, longest; /* the longest time without a rest */
	int64_t naps;         /* what the run had to wait for */
};

static void
work(struct pace *p, int64_t hold, int64_t gap, int64_t until, int64_t *version, bool others)
{
	int64_t end, left, free_since = p->now, worked = p->now;

	rest_init(&p->rest, p->now);
	while (p->now < until) {
		left = rest_left(&p->rest, p->now);
		p->now += left;
		p->naps += left;
		if (p->now - free_since >= BOUND_REST_MS)
			worked = p->now;
		*version += others;
		rest_begun(&p->rest, p->now, *version);
		for (end = p->now + hold; p->now < end && !rest_is_due(&p->rest, p->now);)
			p->now++;
		rest_ended(&p->rest, p->now);
		free_since = p->now;
		if (p->now - worked > p->longest)
			p->longest = p->now - worked;
		p->now += gap;
	}
}

static void
rest__comes_as_often_as_others_need_it(void **state)
{
	static const struct {
		int64_t hold, gap;
		bool others;
		int64_t longest, naps_least, naps_most; /* naps in 10 seconds */
		const char *reason;
	} cases[] = {
		{ 50, 1, false, 500, 400, 700, "nobody writes: now and then" },
		{ 50, 1, true, 100, 1500, 2400, "others write: each tenth of a second" },
		{ 3, 1, true, 100, 1500, 2400, "short transactions" },
		{ 16, 8, true, 100, 1000, 2100, "the gap before it is part of the rest" },
		{ 50, 27, true, 100, 0, 0, "what is free anyway is rest enough" },
		{ 50, 27, false, 500, 0, 0, "and so it is where nobody writes" },
	};
	struct pace p;
	int64_t version;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		p = (struct pace){ .now = 5000 };
		version = 7;
		work(&p, cases[i].hold, cases[i].gap, 15000, &version, cases[i].others);
		/* The first transaction cannot know of anybody. */
		if (p.longest > cases[i].longest + (cases[i].others ? cases[i].hold : 0))
			fail_msg("%s: %d ms without a rest", cases[i].reason, (int)p.longest);
		if (p.naps < cases[i].naps_least || p.naps > cases[i].naps_most)
			fail_msg("%s: %d ms slept", cases[i].reason, (int)p.naps);
	}
}

/* SQLite's own looks at a lock that is taken, in milliseconds of the wait (sqliteDefaultBusyCallback). */
static void
rest__is_long_enough_for_who_waits(void **state)
{
	static const int64_t looks[] = { 0, 1, 3, 8, 18, 33, 53, 78, 103, 128 };
	int64_t begun, begin, found;
	size_t i;

	(void)state;
	/* Who began to wait as the last rest ended, or at any time after that. */
	for (begun = 0; begun < BOUND_REST_BESIDE_MS; begun++) {
		begin = BOUND_REST_BESIDE_MS - begun;
		found = -1;
		for (i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
			if (looks[i] >= begin && looks[i] < begin + BOUND_REST_MS - 1)
				found = looks[i];
		if (found == -1)
			fail_msg("who began to wait %d ms after a rest does not see the next", (int)begun);
	}
}

static void
rest__forgets_others_after_a_while(void **state)
{
	struct rest r;

	(void)state;
	rest_init(&r, 0);
	rest_begun(&r, 0, 1);
	assert_false(rest_is_due(&r, BOUND_REST_BESIDE_MS));
	rest_ended(&r, 10);
	rest_begun(&r, 10, 2);
	assert_true(rest_is_due(&r, BOUND_REST_BESIDE_MS));
	rest_ended(&r, BOUND_REST_BESIDE_MS);
	assert_int_equal(rest_left(&r, BOUND_REST_BESIDE_MS), BOUND_REST_MS);
	assert_int_equal(rest_left(&r, BOUND_REST_BESIDE_MS + 20), BOUND_REST_MS - 20);
	assert_int_equal(rest_left(&r, BOUND_REST_BESIDE_MS + BOUND_REST_MS), 0);
	/* As long as their last commit is no older, and then no more. */
	rest_begun(&r, 1900, 2);
	assert_true(rest_is_due(&r, 1900 + BOUND_REST_BESIDE_MS));
	assert_false(rest_is_due(&r, 10 + BOUND_REST_SEEN_MS));
	assert_true(rest_is_due(&r, 1900 + BOUND_REST_ALONE_MS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rest__comes_as_often_as_others_need_it),
		cmocka_unit_test(rest__is_long_enough_for_who_waits),
		cmocka_unit_test(rest__forgets_others_after_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
