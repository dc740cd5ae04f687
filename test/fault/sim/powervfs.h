/*
 * SQLite's file layer over a disk whose power can go (powerdisk.h), with shared memory on the heap. Before whatever
 * changes the disk, reads it or takes the database's write lock it asks step(), which may let it fail.
 */
#ifndef SIM_POWERVFS_H
#define SIM_POWERVFS_H

#include <stdbool.h>
#include <sqlite3.h>

#include "powerdisk.h"

enum power_op { POWER_OPEN, POWER_READ, POWER_WRITE, POWER_TRUNCATE, POWER_SYNC, POWER_DELETE, POWER_LOCK };

struct power_shm;

struct powervfs {
	sqlite3_vfs base; /* first: SQLite hands us this */
	struct disk *disk;
	struct rng random; /* SQLite's own chance: reset with its generator */
	/* SQLITE_OK, or what it ends with instead of being done. POWER_LOCK: SQLITE_BUSY is another's lock. */
	int (*step)(void *arg, enum power_op op);
	void *arg;
	bool lies; /* a sync does nothing: for a test of the test */
	int open_files;
	struct power_shm *shm; /* of the databases that are open */
};

/* Makes it SQLite's default, with no disk yet. SQLITE_OK or not. */
int powervfs_register(struct powervfs *vfs);
void powervfs_unregister(struct powervfs *vfs);

#endif
