#include "store/wal.h"

/* As SQLite's own. */
#define CHECKPOINT_PAGES 1000
/* Of each page in the log: https://www.sqlite.org/fileformat2.html#walformat */
#define FRAME_BYTES 24

/* After each commit. What cannot be moved now, for want of room or since someone reads, is moved after a later one. */
static int
on_commit(void *arg, sqlite3 *handle, const char *name, int pages)
{
	struct db *db = arg;

	db->log_bytes = pages * (db->page_bytes + FRAME_BYTES);
	if (pages >= CHECKPOINT_PAGES)
		(void)sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return SQLITE_OK;
}

int
wal_watch(struct db *db, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_PAGE_SIZE, e);

	if (st == NULL || db_step(db, st, e) == -1)
		return -1;
	db->page_bytes = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	sqlite3_wal_hook(db->handle, on_commit, db);
	return 0;
}
