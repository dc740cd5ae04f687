/*
 * One run of a job type at a time: a kernel lock on a file beside the
 * database. It dies with its process, so whoever holds it knows that every other run is dead.
 */
#ifndef RUN_LOCK_H
#define RUN_LOCK_H

#include <signal.h>
#include <stdint.h>

#include "base/err.h"

struct lock {
	int fd; /* -1: not held */
};

/*
 * Takes the lock of this job type for the database at its resolved path,
 * trying for wait_ms, and twice at the least. The file (mode 0600) then holds our pid and start, and
 * stays when the lock is gone. signal is looked at between tries.
 * 0; 1 when *signal became non-zero in the wait; -1: ERR_TRY_LATER another
 * run holds it (says its pid and start), ERR_INPUT the file cannot be made or
 * is no regular file of ours.
 */
int lock_take(struct lock *lock, const char *db_path, int64_t job_type, int64_t wait_ms,
    const volatile sig_atomic_t *signal, struct err *e);
void lock_release(struct lock *lock);

/*
 * Is it held? 1; 0: nobody holds it; -1: that cannot be told. Takes nothing that a run would miss: lock_take()
 * looks twice.
 */
int lock_is_held(const char *db_path, int64_t job_type);

#endif
