#include "store/holds.h"

static int
find(struct db *db, const struct hold *hold, int *existed, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_HOLD_FIND, e);
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, hold->job_type);
	db_text(st, 2, hold->client);
	db_text(st, 3, hold->group);
	if ((got = db_step(db, st, e)) == -1)
		return -1;
	*existed = got;
	sqlite3_reset(st);
	return 0;
}

int
holds_put(struct db *db, const struct hold *hold, int *existed, struct err *e)
{
	sqlite3_stmt *st;

	if (find(db, hold, existed, e) == -1 || (st = db_stmt(db, SQL_HOLD_PUT, e)) == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, hold->job_type);
	db_text(st, 2, hold->client);
	db_text(st, 3, hold->group);
	db_text(st, 4, hold->reason);
	db_text(st, 5, hold->held_at);
	sqlite3_bind_int64(st, 6, hold->user_id);
	return db_run(db, st, e);
}

int
holds_remove(struct db *db, int64_t job_type, const char *client, const char *group, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_HOLD_REMOVE, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, client);
	db_text(st, 3, group);
	if (db_run(db, st, e) == -1)
		return -1;
	return sqlite3_changes(db->handle) > 0 ? 0 : 1;
}

int
holds_read(struct db *db, int64_t job_type, holds_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_HOLD_ALL, e);
	struct hold hold = { .job_type = job_type };
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	while ((got = db_step(db, st, e)) == 1) {
		hold.client = (const char *)sqlite3_column_text(st, 0);
		hold.group = (const char *)sqlite3_column_text(st, 1);
		hold.reason = (const char *)sqlite3_column_text(st, 2);
		hold.held_at = (const char *)sqlite3_column_text(st, 3);
		hold.user_id = sqlite3_column_int64(st, 4);
		if (fn(arg, &hold, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}
