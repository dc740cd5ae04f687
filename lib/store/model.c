#include "store/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/escape.h"

/* The system's file layer but for its clock. */
#define FILE_LAYER "jobrun-model"

/* 1970-01-01 as SQLite counts: milliseconds since noon of 24 November 4714 BC. */
#define EPOCH_MS 210866760000000

/* How many of SQLite's steps between two looks at the clock: some microseconds. */
#define STEPS 1000

struct model_clock {
	sqlite3_vfs layer; /* first: SQLite hands us this */
	int64_t now_ms;
};

static int
tell_time(sqlite3_vfs *layer, sqlite3_int64 *out)
{
	*out = ((const struct model_clock *)(const void *)layer)->now_ms + EPOCH_MS;
	return SQLITE_OK;
}

static int
tell_time_in_days(sqlite3_vfs *layer, double *out)
{
	sqlite3_int64 ms;

	tell_time(layer, &ms);
	*out = (double)ms / 86400000.0;
	return SQLITE_OK;
}

static struct model_clock *
clock_new(int64_t now_ms)
{
	sqlite3_vfs *system = sqlite3_initialize() == SQLITE_OK ? sqlite3_vfs_find(NULL) : NULL;
	struct model_clock *clock = calloc(1, sizeof(*clock));

	if (system != NULL && clock != NULL) {
		clock->layer = *system;
		clock->layer.zName = FILE_LAYER;
		clock->layer.pNext = NULL;
		clock->layer.xCurrentTime = tell_time_in_days;
		clock->layer.xCurrentTimeInt64 = tell_time;
		clock->now_ms = now_ms;
		if (sqlite3_vfs_register(&clock->layer, 0) == SQLITE_OK)
			return clock;
	}
	free(clock);
	return NULL;
}

static int
open_one(struct db *db, struct err *e)
{
	if (db_open_memory(db, FILE_LAYER, e) == -1)
		return -1;
	/* What a case says is run as it is: it shall not find its way to any file. VACUUM INTO attaches, too. */
	sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
	return 0;
}

int
model_init(struct model *m, int64_t now_ms, struct err *e)
{
	*m = (struct model){ .clock = clock_new(now_ms) };
	if (m->clock == NULL)
		return err_memory(e);
	if (open_one(&m->base, e) == 0)
		return 0;
	model_release(m);
	return -1;
}

void
model_release(struct model *m)
{
	db_close(&m->db);
	db_close(&m->base);
	if (m->clock != NULL)
		sqlite3_vfs_unregister(&m->clock->layer);
	free(m->clock);
	*m = (struct model){ 0 };
}

int
model_copy(struct model *m, struct db *platform, model_skipped_fn *skipped, void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(platform, SQL_PLATFORM_OBJECTS, e);
	int more, rc;

	if (st == NULL)
		return -1;
	while ((more = db_step(platform, st, e)) == 1) {
		rc = sqlite3_exec(m->base.handle, (const char *)sqlite3_column_text(st, 1), NULL, NULL, NULL);
		if (rc != SQLITE_OK && db_is_failure(rc)) {
			db_err(&m->base, e, "copying the platform's tables");
			sqlite3_reset(st);
			return -1;
		}
		if (rc != SQLITE_OK)
			skipped(arg, (const char *)sqlite3_column_text(st, 0), sqlite3_errmsg(m->base.handle));
	}
	return more;
}

int
model_begin(struct model *m, struct err *e)
{
	sqlite3_backup *copy;

	db_close(&m->db);
	if (open_one(&m->db, e) == -1)
		return -1;
	copy = sqlite3_backup_init(m->db.handle, "main", m->base.handle, "main");
	if (copy != NULL)
		sqlite3_backup_step(copy, -1);
	if (copy == NULL || sqlite3_backup_finish(copy) != SQLITE_OK)
		return db_err(&m->db, e, "copying the platform's tables");
	return 0;
}

/* As SQL would have it written, on one line. 0 or -1: no room, or no memory to read it. */
static int
add_value(struct buf *b, sqlite3_stmt *st, int column)
{
	const char *text, *quote;
	const unsigned char *blob;
	size_t len, i, n;
	int ret;

	switch (sqlite3_column_type(st, column)) {
	case SQLITE_NULL:
		return buf_adds(b, "NULL");
	case SQLITE_BLOB:
		blob = sqlite3_column_blob(st, column);
		len = (size_t)sqlite3_column_bytes(st, column);
		if (blob == NULL && len > 0)
			return -1;
		for (i = 0, ret = buf_adds(b, "X'"); i < len && ret == 0; i++)
			ret = buf_addf(b, "%02x", blob[i]);
		return ret == 0 ? buf_addc(b, '\'') : -1;
	case SQLITE_TEXT:
		text = (const char *)sqlite3_column_text(st, column);
		len = (size_t)sqlite3_column_bytes(st, column);
		if (text == NULL)
			return -1;
		for (ret = buf_addc(b, '\''); ret == 0 && len > 0; text += n, len -= n) {
			quote = memchr(text, '\'', len);
			n = quote != NULL ? (size_t)(quote - text) + 1 : len;
			ret = escape_line(b, text, n, b->max) == -1 || (quote != NULL && buf_addc(b, '\'') == -1) ? -1
			                                                                                          : 0;
		}
		return ret == 0 ? buf_addc(b, '\'') : -1;
	default:
		text = (const char *)sqlite3_column_text(st, column);
		return text != NULL ? buf_adds(b, text) : -1;
	}
}

/* "id 7, status 'DONE'" and a newline. 0 or -1: there is no more room. */
static int
add_row(struct buf *b, sqlite3_stmt *st)
{
	const char *name;
	int i, n = sqlite3_column_count(st);

	for (i = 0; i < n; i++) {
		name = sqlite3_column_name(st, i);
		if (name == NULL || (i > 0 && buf_adds(b, ", ") == -1) ||
		    escape_line(b, name, strlen(name), b->max) == -1 || buf_addc(b, ' ') == -1 ||
		    add_value(b, st, i) == -1)
			return -1;
	}
	return buf_addc(b, '\n');
}

static int
is_late(void *until_ms)
{
	return clock_mono_ms() >= *(const int64_t *)until_ms;
}

static int
sql_err(struct db *db, struct err *e)
{
	if ((sqlite3_errcode(db->handle) & 0xff) == SQLITE_NOMEM)
		return err_memory(e);
	if ((sqlite3_errcode(db->handle) & 0xff) == SQLITE_INTERRUPT)
		return err_set(e, ERR_CONFIG, "sql", "stopped after %d s", BOUND_TRIAL_SQL_MS / 1000);
	return err_set(e, ERR_CONFIG, "sql", "%s", sqlite3_errmsg(db->handle));
}

/* Steps through it. 0 or -1. */
static int
run(struct db *db, sqlite3_stmt *st, struct buf *rows, struct err *e)
{
	int64_t until_ms = clock_mono_ms() + BOUND_TRIAL_SQL_MS;
	int rc, ret = 0;

	sqlite3_progress_handler(db->handle, STEPS, is_late, &until_ms);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW && ret == 0)
		if (rows != NULL && add_row(rows, st) == -1)
			ret = rows->short_of_memory || sqlite3_errcode(db->handle) == SQLITE_NOMEM
			    ? err_memory(e)
			    : err_set(e, ERR_CONFIG, "sql", "its rows take more than %zu bytes", rows->max);
	if (ret == 0 && rc != SQLITE_DONE)
		ret = sql_err(db, e);
	sqlite3_progress_handler(db->handle, 0, NULL, NULL);
	return ret;
}

int
model_statement(struct db *db, const char *sql, size_t len, struct buf *rows, size_t *used, struct err *e)
{
	sqlite3_stmt *st = NULL;
	const char *tail = sql;
	int offset, ret = -1;

	*used = 0;
	if (sqlite3_prepare_v2(db->handle, sql, (int)len, &st, &tail) != SQLITE_OK) {
		offset = sqlite3_error_offset(db->handle);
		*used = offset > 0 ? (size_t)offset : 0;
		return sql_err(db, e);
	}
	if (sqlite3_bind_parameter_count(st) > 0)
		err_set(e, ERR_CONFIG, "sql", "%s is a parameter, and only rules have parameters",
		    sqlite3_bind_parameter_name(st, 1) != NULL ? sqlite3_bind_parameter_name(st, 1) : "?");
	else if (rows != NULL && (!sqlite3_stmt_readonly(st) || sqlite3_column_count(st) == 0))
		err_set(e, ERR_CONFIG, "sql", "only queries may stand here");
	else
		ret = run(db, st, rows, e);
	if (ret == 0)
		*used = (size_t)(tail - sql);
	sqlite3_finalize(st);
	return ret;
}

bool
model_is_open(const struct db *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}
