/*
 * Memory that runs out when a test wants it to: the Nth allocation fails, it alone or with all that follow it, for
 * every N. jobrun_unit(ROOM NAME FAILING) links it: each malloc(), calloc(), realloc(), reallocarray(), strdup() and
 * strndup() of lib/ and of the test then asks it first. For one thread.
 */
#ifndef TEST_FAILING_H
#define TEST_FAILING_H

#include <stdbool.h>

/*
 * Zero-initialised, it goes through all turns; on the way the test begins and ends each:
 *
 *	while (failing_next(&f)) {
 *		failing_begin(&f);
 *		ret = work();
 *		failing_end(&f);
 *		judge(ret, f.failed);
 *	}
 */
struct failing {
	long nth;      /* which allocation fails in this turn, from 1; after the last turn: its own, which none made */
	bool for_good; /* and all that follow it, too */
	bool failed;   /* in the turn that ended: one did */
	long dense;    /* 0: every N has its turn; else, beyond this one, only about every (N / dense)th */
};

/* True: f is set for its next turn. Each way, once and then for good, ends with a turn in which none failed. */
bool failing_next(struct failing *f);

/* Allocations are counted from here, and fail as f says. */
void failing_begin(const struct failing *f);

/* None fails any more. */
void failing_end(struct failing *f);

/* For the allocators of other libraries: counts one, and says whether it is to fail. */
bool failing_now(void);

/* Before SQLite is first used: from then on its allocations count and fail, too, but while they are spared. */
void failing_sqlite(void);
void failing_spare_sqlite(bool spared);

#endif
