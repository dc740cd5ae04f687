/*
 * One seed's world: jobrun's disk and its external system, and runs of the real run_job() in it. A crash freezes the
 * world at a step: nothing that the run does after it reaches the disk or the external system, as if it were dead; it
 * ends by its own error paths, so that nothing of it is left, and the next run goes on from the disk of that step.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <signal.h>

#include "extsys.h"
#include "scheme.h"
#include "powervfs.h"
#include "run/run.h"

/*
 * What goes wrong in one run, at which step; 0: it does not. A step is a change of the disk, or the begin or end of a
 * request.
 */
struct fate {
	int64_t crash_at;
	bool power; /* with the crash the power goes */
	int64_t fail_at, fail_most;
	bool fail_full;           /* SQLITE_FULL in place of an I/O error */
	int64_t fail_read_at;     /* of the reads */
	int64_t busy_at, busy_ms; /* another program takes the write lock, for so long */
	int64_t signal_at;
	int64_t jump_at, jump_ms;
};

struct world {
	struct scheme scheme;
	struct extsys es;
	struct powervfs *vfs;
	struct disk *disk, *after; /* after: what the crash left */
	struct fate fate;
	struct rng cut;
	int64_t steps, reads, busy_until_ms;
	bool frozen, hurt; /* hurt: the storage failed, or was busy */
	bool weak;         /* synchronous=NORMAL, which loses what was acknowledged: a test of the test */
	int parallel;
	bool force; /* all clients, due or not */
	volatile sig_atomic_t signal;
	uint64_t trace; /* of all that happened, so that a replay can be compared */
	/* Of the last run that was not frozen. */
	int ended; /* what run_job() said */
	struct run_summary summary;
	struct err why;
	char left[300];     /* an item that is not yet where it must end; "": all are */
	char trouble[1200]; /* the first thing that must not be; "": none */
};

/*
 * The disk that every world begins with: a new database with the platform's tables. A file of its name stands in a
 * folder of its own, into which the process goes, for who asks the system whether the database is there.
 */
struct disk *world_base(struct powervfs *vfs);
void world_base_free(struct disk *base);
/* Makes that file as empty as the disk's is, which it makes if there is none: as jobrun does before SQLite may. */
void world_stand_in(struct disk *disk);

/* Never fails but by trouble. */
void world_begin(struct world *w, struct powervfs *vfs, const struct disk *base, uint64_t seed);
void world_end(struct world *w);

/* One run, and then what must hold after every one (checks.h). */
void world_run(struct world *w, const struct fate *fate);

/* Notes the first trouble. */
void world_trouble(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Where the database is, for whoever looks: SQLite's file layer is the world's, the run's faults aside. */
extern const char world_path[];

#endif
