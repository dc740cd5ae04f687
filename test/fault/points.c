/*
 * Named crash points, linked between the modules of jobrun by the linker's --wrap (points.ld names the same functions):
 * JOBRUN_CRASH_AT=before_db_commit:3 kills the process at the third call of db_commit, after_db_commit:3 when that
 * returns. A trailing "!" (after_db_commit:3!) aborts instead. The real binary has none of this.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/lock.h"
#include "signals.h"
#include "store/db.h"

/* Dies if JOBRUN_CRASH_AT means this call of this point. */
static void
at_point(const char *when, const char *point, long *calls)
{
	const char *wanted = getenv("JOBRUN_CRASH_AT");
	char here[128];
	size_t len;

	++*calls;
	len = (size_t)snprintf(here, sizeof(here), "%s_%s:%ld", when, point, *calls);
	signals_at(here);
	if (wanted == NULL || strncmp(wanted, here, len) != 0)
		return;
	if (wanted[len] == '!')
		abort();
	if (wanted[len] == '\0')
		kill(getpid(), SIGKILL);
}

#define POINT(type, name, parameters, arguments)    \
	type __real_##name parameters;              \
	type __wrap_##name parameters;              \
	type __wrap_##name parameters               \
	{                                           \
		static long before, after;          \
		type ret;                           \
                                                    \
		at_point("before", #name, &before); \
		ret = __real_##name arguments;      \
		at_point("after", #name, &after);   \
		return ret;                         \
	}

POINT(int, db_commit, (struct db * db, struct err *e), (db, e))
POINT(int, lock_take,
    (struct lock * lock, struct db *db, int64_t job_type, int64_t wait_ms, const volatile sig_atomic_t *signal,
        struct err *e),
    (lock, db, job_type, wait_ms, signal, e))
