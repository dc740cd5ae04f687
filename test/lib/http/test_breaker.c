#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "http/breaker.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define PROBE BOUND_BREAKER_PROBE_MS

/* What happens to a breaker, one after the other; who is one of some requests. */
struct step {
	enum { ASK, SHUT, UNCONNECTED, UNANSWERED, REACHED, LEFT, END } what;
	int who;
	int64_t now, begun;
	/* What it returns: 1 is true, GO and FAIL are ASK's. */
	int result;
	enum breaker_state state;
};

#define GO 1
#define FAIL 0
#define PATIENCE 1000
#define END_HERE                                \
	{                                       \
		END, 0, 0, 0, 0, BREAKER_CLOSED \
	}

static int
take(struct breaker *b, struct breaker_turn *turn, const struct step *s)
{
	switch (s->what) {
	case ASK:
		return breaker_ask(b, turn, s->now);
	case SHUT:
		return breaker_is_shut(b, turn);
	case UNCONNECTED:
		return breaker_missed(b, turn, BREAKER_UNCONNECTED, s->begun, PATIENCE, s->now);
	case UNANSWERED:
		return breaker_missed(b, turn, BREAKER_UNANSWERED, s->begun, PATIENCE, s->now);
	case REACHED:
		return breaker_reached(b, turn, s->now);
	case LEFT:
		breaker_left(b, turn);
		return 0;
	case END:
		break;
	}
	return -1;
}

static const struct {
	const char *reason;
	struct step steps[16];
} stories[] = {
	{ "three requests that nobody connects, over a whole timeout",
	    { { ASK, 0, 0, 0, GO, BREAKER_CLOSED }, { UNCONNECTED, 0, 1000, 0, 0, BREAKER_CLOSED },
	        { UNCONNECTED, 1, 1000, 0, 0, BREAKER_CLOSED }, { ASK, 2, 1000, 0, GO, BREAKER_CLOSED },
	        { UNCONNECTED, 2, 1000, 0, 1, BREAKER_OPEN }, { SHUT, 0, 1000, 0, 1, BREAKER_OPEN },
	        { ASK, 0, 1000, 0, FAIL, BREAKER_OPEN }, { ASK, 9, 1000, 0, FAIL, BREAKER_OPEN },
	        { UNCONNECTED, 3, 1001, 1, 0, BREAKER_OPEN }, END_HERE } },
	{ "refused at once: a restart that takes no longer than the timeout is waited out",
	    { { UNCONNECTED, 0, 0, 0, 0, BREAKER_CLOSED }, { UNCONNECTED, 1, 0, 0, 0, BREAKER_CLOSED },
	        { UNCONNECTED, 2, 0, 0, 0, BREAKER_CLOSED }, { UNCONNECTED, 0, 999, 999, 0, BREAKER_CLOSED },
	        { ASK, 3, 999, 0, GO, BREAKER_CLOSED }, { UNCONNECTED, 1, 1000, 1000, 1, BREAKER_OPEN }, END_HERE } },
	{ "one request alone, however often and long",
	    { { UNCONNECTED, 0, 1000, 0, 0, BREAKER_CLOSED }, { UNCONNECTED, 0, 9000, 8000, 0, BREAKER_CLOSED },
	        { UNANSWERED, 0, 19000, 9000, 0, BREAKER_CLOSED }, { UNANSWERED, 0, 29000, 9000, 0, BREAKER_CLOSED },
	        { UNCONNECTED, 1, 30000, 29000, 0, BREAKER_CLOSED }, { ASK, 2, 30000, 0, GO, BREAKER_CLOSED },
	        END_HERE } },
	{ "an answer between them",
	    { { UNCONNECTED, 0, 1000, 0, 0, BREAKER_CLOSED }, { UNCONNECTED, 1, 1000, 0, 0, BREAKER_CLOSED },
	        { REACHED, 2, 1000, 0, 0, BREAKER_CLOSED }, { UNCONNECTED, 0, 2000, 1000, 0, BREAKER_CLOSED },
	        { UNCONNECTED, 1, 2000, 1000, 0, BREAKER_CLOSED }, { ASK, 3, 2000, 0, GO, BREAKER_CLOSED },
	        END_HERE } },
	{ "an answer while they waited counts, though they began before it",
	    { { REACHED, 9, 900, 0, 0, BREAKER_CLOSED }, { UNANSWERED, 0, 1000, 0, 0, BREAKER_CLOSED },
	        { UNANSWERED, 1, 1000, 0, 0, BREAKER_CLOSED }, { UNANSWERED, 2, 1000, 0, 0, BREAKER_CLOSED },
	        { UNANSWERED, 3, 1900, 950, 0, BREAKER_DOUBTED }, END_HERE } },
	{ "silence is doubted: who had a turn fails, the others go; as many more, and it is open",
	    { { UNANSWERED, 0, 1000, 0, 0, BREAKER_CLOSED }, { UNANSWERED, 1, 1000, 0, 0, BREAKER_CLOSED },
	        { UNANSWERED, 2, 1000, 0, 0, BREAKER_DOUBTED }, { SHUT, 0, 1000, 0, 1, BREAKER_DOUBTED },
	        { SHUT, 5, 1000, 0, 0, BREAKER_DOUBTED }, { ASK, 0, 1000, 0, FAIL, BREAKER_DOUBTED },
	        { ASK, 5, 1000, 0, GO, BREAKER_DOUBTED }, { ASK, 6, 1000, 0, GO, BREAKER_DOUBTED },
	        { UNANSWERED, 5, 2000, 1000, 0, BREAKER_DOUBTED }, { UNANSWERED, 6, 2000, 1000, 0, BREAKER_DOUBTED },
	        { SHUT, 6, 2000, 0, 1, BREAKER_DOUBTED }, { UNANSWERED, 7, 2000, 1000, 1, BREAKER_OPEN },
	        { ASK, 8, 1999 + PROBE, 0, FAIL, BREAKER_OPEN }, { ASK, 8, 2000 + PROBE, 0, GO, BREAKER_OPEN },
	        END_HERE } },
	{ "those of the first round that end behind the doubt say nothing new",
	    { { UNANSWERED, 0, 1000, 0, 0, BREAKER_CLOSED }, { UNANSWERED, 1, 1000, 0, 0, BREAKER_CLOSED },
	        { UNANSWERED, 2, 1000, 0, 0, BREAKER_DOUBTED }, { UNANSWERED, 3, 1000, 0, 0, BREAKER_DOUBTED },
	        { UNANSWERED, 4, 1001, 1, 0, BREAKER_DOUBTED }, { UNANSWERED, 5, 1900, 900, 0, BREAKER_DOUBTED },
	        { SHUT, 5, 1900, 0, 1, BREAKER_DOUBTED }, { ASK, 6, 1900, 0, GO, BREAKER_DOUBTED },
	        { UNANSWERED, 0, 3000, 2000, 0, BREAKER_DOUBTED }, END_HERE } },
	{ "resets are no silence, but take as long to be believed",
	    { { UNANSWERED, 0, 0, 0, 0, BREAKER_CLOSED }, { UNANSWERED, 1, 0, 0, 0, BREAKER_CLOSED },
	        { UNANSWERED, 2, 10, 10, 0, BREAKER_CLOSED }, { UNANSWERED, 0, 1000, 1000, 0, BREAKER_DOUBTED },
	        { UNANSWERED, 3, 1000, 1000, 0, BREAKER_DOUBTED }, { UNANSWERED, 4, 1500, 1500, 0, BREAKER_DOUBTED },
	        { UNANSWERED, 5, 1999, 1999, 0, BREAKER_DOUBTED }, { UNANSWERED, 6, 2000, 2000, 1, BREAKER_OPEN },
	        END_HERE } },
	{ "no connection where there was silence",
	    { { UNANSWERED, 0, 1000, 0, 0, BREAKER_CLOSED }, { UNANSWERED, 1, 1000, 0, 0, BREAKER_CLOSED },
	        { UNCONNECTED, 2, 1000, 0, 1, BREAKER_OPEN }, END_HERE } },
	{ "slow scripts in a row: the first answer lets everyone in",
	    { { UNANSWERED, 0, 1000, 0, 0, BREAKER_CLOSED }, { UNANSWERED, 1, 1000, 0, 0, BREAKER_CLOSED },
	        { UNANSWERED, 2, 1000, 0, 0, BREAKER_DOUBTED }, { ASK, 5, 1000, 0, GO, BREAKER_DOUBTED },
	        { REACHED, 5, 1010, 0, 0, BREAKER_CLOSED }, { ASK, 0, 1050, 0, GO, BREAKER_CLOSED }, END_HERE } },
	{ "a probe that was stopped says nothing: the next one asks",
	    { { UNCONNECTED, 0, 1000, 0, 0, BREAKER_CLOSED }, { UNCONNECTED, 1, 1000, 0, 0, BREAKER_CLOSED },
	        { UNCONNECTED, 2, 1000, 0, 1, BREAKER_OPEN }, { ASK, 5, 1000 + PROBE, 0, GO, BREAKER_OPEN },
	        { ASK, 5, 1001 + PROBE, 0, GO, BREAKER_OPEN }, { LEFT, 5, 1100 + PROBE, 0, 0, BREAKER_OPEN },
	        { ASK, 6, 1100 + PROBE, 0, GO, BREAKER_OPEN }, END_HERE } },
	{ "half open: one probe at a time, and again after a while",
	    { { UNCONNECTED, 0, 1000, 0, 0, BREAKER_CLOSED }, { UNCONNECTED, 1, 1000, 0, 0, BREAKER_CLOSED },
	        { UNCONNECTED, 2, 1000, 0, 1, BREAKER_OPEN }, { ASK, 3, 1000 + PROBE, 0, GO, BREAKER_OPEN },
	        { ASK, 4, 1000 + PROBE, 0, FAIL, BREAKER_OPEN },
	        { UNCONNECTED, 3, 2000 + PROBE, 1000 + PROBE, 0, BREAKER_OPEN },
	        { ASK, 5, 2000 + PROBE, 0, FAIL, BREAKER_OPEN }, { ASK, 5, 2000 + 2 * PROBE, 0, GO, BREAKER_OPEN },
	        { REACHED, 5, 2001 + 2 * PROBE, 0, 1, BREAKER_CLOSED },
	        { ASK, 0, 2002 + 2 * PROBE, 0, GO, BREAKER_CLOSED },
	        { UNCONNECTED, 0, 2003 + 2 * PROBE, 0, 0, BREAKER_CLOSED }, END_HERE } },
	{ "an old attempt's answer closes it, too; the probe's miss behind it opens nothing",
	    { { UNCONNECTED, 0, 1000, 0, 0, BREAKER_CLOSED }, { UNCONNECTED, 1, 1000, 0, 0, BREAKER_CLOSED },
	        { UNCONNECTED, 2, 1000, 0, 1, BREAKER_OPEN }, { ASK, 3, 1000 + PROBE, 0, GO, BREAKER_OPEN },
	        { REACHED, 4, 1001 + PROBE, 0, 1, BREAKER_CLOSED },
	        { UNCONNECTED, 3, 1002 + PROBE, 1000 + PROBE, 0, BREAKER_CLOSED },
	        { ASK, 5, 1002 + PROBE, 0, GO, BREAKER_CLOSED }, END_HERE } },
};

static void
breaker__opens_and_closes(void **state)
{
	struct breaker_turn turns[10];
	struct breaker b;
	size_t i, s;
	int result;

	(void)state;
	assert_int_equal(BOUND_BREAKER_VISITS, 3);
	for (i = 0; i < N(stories); i++) {
		breaker_init(&b);
		memset(turns, 0, sizeof(turns));
		for (s = 0; stories[i].steps[s].what != END; s++) {
			result = take(&b, &turns[stories[i].steps[s].who], &stories[i].steps[s]);
			if (result != stories[i].steps[s].result || b.state != stories[i].steps[s].state)
				fail_msg("%s, step %zu: %d, state %d", stories[i].reason, s, result, (int)b.state);
		}
	}
}

static void
breakers__are_one_an_origin_and_proxy(void **state)
{
	struct breaker_origin *a, *b;
	struct breakers breakers;
	struct err e = ERR_INIT;

	(void)state;
	breakers_init(&breakers);
	a = breakers_find(&breakers, "https://a:443", NULL, &e);
	assert_non_null(a);
	assert_ptr_equal(breakers_find(&breakers, "https://a:443", NULL, &e), a);
	assert_ptr_not_equal(breakers_find(&breakers, "https://a:444", NULL, &e), a);
	b = breakers_find(&breakers, "https://a:443", "http://u:p@proxy:1", &e);
	assert_ptr_not_equal(a, b);
	assert_ptr_equal(breakers_find(&breakers, "https://a:443", "http://u:p@proxy:1", &e), b);
	assert_ptr_not_equal(breakers_find(&breakers, "https://a:443", "http://proxy:2", &e), b);
	breakers_release(&breakers);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(breaker__opens_and_closes),
		cmocka_unit_test(breakers__are_one_an_origin_and_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
