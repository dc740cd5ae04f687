#include "store/catalog.h"

#include <string.h>

#include "json/value.h"

int
catalog_client_add(struct db *db, int64_t job_type, const char *route, const char *entry, int64_t user, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_CONFIG_ADD, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, route);
	db_text(st, 3, entry);
	sqlite3_bind_int64(st, 4, user);
	return db_run(db, st, e);
}

/* json_valid() says no, too, when it has no memory. */
static int
tell_malformed(sqlite3_stmt *st, int64_t row, struct err *e)
{
	struct json_value value;
	struct err ignored = ERR_INIT;

	if (json_check(
	        (const char *)sqlite3_column_text(st, 1), (size_t)sqlite3_column_bytes(st, 1), &value, &ignored) == 0)
		return err_memory(e);
	return err_set(e, ERR_CONFIG, "client_config",
	    "APP_JOB_CONFIG Id %lld: its Configuration is no valid JSON: mend it first", (long long)row);
}

/* Is there an entry that can be changed? Otherwise SQLite would fail, or quietly change nothing. */
static int
check_entry(struct db *db, int64_t row, int64_t index, bool must_be_object, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_CONFIG_ENTRY, e);
	const char *type;
	int got;

	if (st == NULL)
		return -1;
	if (index < 0)
		return err_set(e, ERR_INTERNAL, "internal", "a client's entry has no index %lld", (long long)index);
	sqlite3_bind_int64(st, 1, row);
	sqlite3_bind_int64(st, 2, index);
	if ((got = db_step(db, st, e)) == -1)
		return -1;
	type = got == 1 ? (const char *)sqlite3_column_text(st, 0) : NULL;
	if (type == NULL)
		got = err_set(e, ERR_CONFIG, "client_config", "APP_JOB_CONFIG has no row with Id %lld", (long long)row);
	else if (strcmp(type, "malformed") == 0)
		got = tell_malformed(st, row, e);
	else if (strcmp(type, "none") == 0)
		got = err_set(e, ERR_CONFIG, "client_config",
		    "APP_JOB_CONFIG Id %lld: its Configuration is no array with an entry %lld (the first is 0)",
		    (long long)row, (long long)index);
	else if (must_be_object && strcmp(type, "object") != 0)
		got = err_set(e, ERR_CONFIG, "client_config",
		    "APP_JOB_CONFIG Id %lld: entry %lld is of type %s, not an object: mend it first", (long long)row,
		    (long long)index, type);
	else
		got = 0;
	sqlite3_reset(st);
	return got;
}

int
catalog_client_enable(struct db *db, int64_t row, int64_t index, int enabled, struct err *e)
{
	sqlite3_stmt *st;

	if (check_entry(db, row, index, true, e) == -1 || (st = db_stmt(db, SQL_CONFIG_ENABLE, e)) == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, row);
	sqlite3_bind_int64(st, 2, index);
	sqlite3_bind_int(st, 3, enabled != 0);
	return db_run(db, st, e);
}

static int
run_on_row(struct db *db, enum sql_id id, int64_t row, int64_t index, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, row);
	if (sqlite3_bind_parameter_count(st) > 1)
		sqlite3_bind_int64(st, 2, index);
	return db_run(db, st, e);
}

int
catalog_client_remove(struct db *db, int64_t row, int64_t index, struct err *e)
{
	bool own = sqlite3_get_autocommit(db->handle) != 0;

	if (own && db_begin(db, e) == -1)
		return -1;
	if (check_entry(db, row, index, false, e) == 0 && run_on_row(db, SQL_CONFIG_REMOVE, row, index, e) == 0 &&
	    run_on_row(db, SQL_CONFIG_DROP_EMPTY, row, index, e) == 0 && (!own || db_commit(db, e) == 0))
		return 0;
	if (own)
		db_rollback(db);
	return -1;
}
