/*
 * The power goes at each step of `jobrun init`: run again, it ends well, and what it made is a sound database.
 *
 *   test_init [--variants N]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "store/db.h"
#include "vtime.h"
#include "world.h"

struct init {
	struct powervfs vfs;
	struct disk *disk, *after;
	struct rng cut;
	int64_t steps, cut_at;
};

static int
on_disk(void *arg, enum power_op op)
{
	struct init *init = arg;

	if (init->after == NULL && op != POWER_READ && op != POWER_LOCK && ++init->steps == init->cut_at) {
		init->after = disk_clone(init->disk);
		disk_cut(init->after, &init->cut);
	}
	return init->after != NULL ? SQLITE_IOERR : SQLITE_OK;
}

static int
make(struct init *init, struct err *e)
{
	int from, to;

	world_stand_in(init->disk);
	init->vfs.disk = init->disk;
	return db_init(world_path, &from, &to, e);
}

static bool
is_sound(struct init *init, struct err *e)
{
	struct db db;
	sqlite3_stmt *st = NULL;
	bool sound;

	init->vfs.step = NULL;
	if (make(init, e) == -1)
		return false;
	world_stand_in(init->disk);
	if (db_open(&db, world_path, e) == -1)
		return false;
	sound = sqlite3_prepare_v2(db.handle, "PRAGMA integrity_check", -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
	sqlite3_finalize(st);
	db_close(&db);
	return sound;
}

/* True: the step was made, and so cut. *bad counts what is not sound after it. */
static bool
cut(struct init *init, int64_t step, int64_t variant, int64_t *bad)
{
	struct err e = ERR_INIT;
	bool was_cut;

	vtime_begin((uint64_t)variant, INT64_C(1764000000000), 0);
	init->vfs.random = rng_of((uint64_t)step, 1, (uint64_t)variant);
	init->cut = rng_of((uint64_t)step, 2, (uint64_t)variant);
	init->disk = disk_new();
	init->after = NULL;
	init->steps = 0;
	init->cut_at = step;
	init->vfs.step = on_disk;
	init->vfs.arg = init;
	(void)make(init, &e);
	was_cut = init->after != NULL;
	if (was_cut) {
		disk_free(init->disk);
		init->disk = init->after;
		err_clear(&e);
		if (!is_sound(init, &e)) {
			if (++*bad <= 5)
				printf("step %lld, variant %lld: %s\n", (long long)step, (long long)variant,
				    e.text[0] != '\0' ? e.text : "the database is broken");
		}
	}
	disk_free(init->disk);
	return was_cut;
}

int
main(int argc, char **argv)
{
	int64_t variants = argc == 3 ? strtoll(argv[2], NULL, 10) : 1, step, variant, states = 0, bad = 0;
	struct init init = { 0 };
	struct disk *base;
	bool more = true;

	if (powervfs_register(&init.vfs) != SQLITE_OK)
		return 70;
	base = world_base(&init.vfs);
	for (step = 1; more; step++)
		for (variant = 0; variant < variants && (more = cut(&init, step, variant, &bad)); variant++)
			states++;
	world_base_free(base);
	powervfs_unregister(&init.vfs);
	printf("%lld states, %lld broken\n", (long long)states, (long long)bad);
	return bad > 0 || states == 0;
}
