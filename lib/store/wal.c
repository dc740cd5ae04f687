#include "store/wal.h"

#include <stdlib.h>

/* Four times SQLite's own: pages that several batches change are moved once, and the disk is waited for less often. */
#define CHECKPOINT_PAGES 4000
/* Of each page in the log: https://www.sqlite.org/fileformat2.html#walformat */
#define FRAME_BYTES 24

/* Apart from struct db, which its owner may move. */
struct wal {
	int64_t page_bytes, bytes;
};

/* After each commit. What cannot be moved now, for want of room or since someone reads, is moved after a later one. */
static int
on_commit(void *arg, sqlite3 *handle, const char *name, int pages)
{
	struct wal *wal = arg;

	wal->bytes = pages * (wal->page_bytes + FRAME_BYTES);
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
	if ((db->wal = calloc(1, sizeof(*db->wal))) == NULL) {
		sqlite3_reset(st);
		return err_memory(e);
	}
	db->wal->page_bytes = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	sqlite3_wal_hook(db->handle, on_commit, db->wal);
	return 0;
}

int64_t
wal_bytes(const struct db *db)
{
	return db->wal != NULL ? db->wal->bytes : 0;
}
