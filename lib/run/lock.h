/*
 * One run of a job type at a time: a kernel lock that dies with its process, so that whoever holds it knows every
 * other run to be dead. It is taken twice over:
 *  - on one byte of the database's own file, far behind its last page and SQLite's own locks: whatever name the
 *    database is opened by, and whatever becomes of files beside it, there is one such byte a job type;
 *  - on a file beside the database, which says whose it is, and holds also when another file took the database's place.
 */
#ifndef RUN_LOCK_H
#define RUN_LOCK_H

#include <signal.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

/* The file's first bytes say who holds the lock. So many behind them are its holder's own. */
#define LOCK_LINE 64
#define LOCK_ROOM (4096 - LOCK_LINE)

struct lock {
	int fd;     /* of the file beside the database; -1: not held */
	int db_fd;  /* borrowed from db */
	int64_t at; /* the byte */
	/*
	 * LOCK_ROOM bytes of the file, aligned for anything, to be written like memory: what stands there outlives a
	 * process that is killed. At first they hold what the one before left, or anything at all. NULL: there are
	 * none, on a full disk say.
	 */
	void *room;
};

/*
 * Takes the lock of this job type for the database,
 * trying for wait_ms, and twice at the least. The file (mode 0600) then begins with our pid and start, and
 * stays when the lock is gone. signal is looked at between tries.
 * 0, and it is held until lock_release() or db_close(); 1 when *signal became non-zero in the wait; -1: ERR_TRY_LATER
 * another run holds it (says its pid and start), ERR_DATABASE the file cannot be made or locked (a full or read-only
 * disk, its folder's mode), or the database's file cannot be locked, or is another by now; ERR_INPUT the file is no
 * regular file of ours.
 */
int lock_take(struct lock *lock, struct db *db, int64_t job_type, int64_t wait_ms, const volatile sig_atomic_t *signal,
    struct err *e);
void lock_release(struct lock *lock);

/*
 * Is it held? 1; 0: nobody holds it; -1: that cannot be told. Takes nothing that a run would miss: lock_take()
 * looks twice.
 */
int lock_is_held(struct db *db, int64_t job_type);

#endif
