#include "store/db.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/disk.h"
#include "store/dbfile.h"
#include "store/schema.h"
#include "store/wal.h"

/* SQLite does not wait by itself while it switches to WAL: we try again this often. */
#define WAL_PAUSE_MS 10

void
db_one_thread(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
}

static int
configure(struct db *db, struct err *e)
{
	static const struct {
		int option, on;
	} options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		/*
		 * The schema is the platform's own, and whoever can write it can write all. Untrusted, SQLite 3.40
		 * would refuse its own json_extract() and -> in the platform's checks, triggers, views and generated
		 * columns.
		 */
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		/* Until it is known to be ours: closing must not write what stands in its log. */
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
	};
	size_t i;

	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, BOUND_BUSY_MS);
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (sqlite3_db_config(db->handle, options[i].option, options[i].on, NULL) != SQLITE_OK)
			return err_set(e, ERR_INTERNAL, "database", "this SQLite (%s) lacks a safety switch (%d)",
			    sqlite3_libversion(), options[i].option);
	return sqlite3_exec(db->handle, sql_text(SQL_SETUP), NULL, NULL, NULL) == SQLITE_OK
	    ? 0
	    : db_err(db, e, sql_what(SQL_SETUP));
}

/* Opens the file that was looked at, and takes its path over. Its path begins with a slash, so it is never a URI. */
static int
connect_as(struct db *db, struct dbfile *file, int flags, struct err *e)
{
	db->path = file->path;
	file->path = NULL;
	if (sqlite3_open_v2(db->path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return db_err(db, e, "opening");
	/* SQLite falls back to reading in silence, and would then complain of what it cannot make beside the file. */
	if (flags == SQLITE_OPEN_READWRITE && sqlite3_db_readonly(db->handle, "main") == 1)
		return err_set(e, ERR_DATABASE, "database",
		    "%s is read-only for this user: it must be able to write it", db->path);
	return configure(db, e);
}

/*
 * To write, too. SQLite syncs the folder for a log that it makes, with its first sync. One that is there may be of a
 * process that died before that: commits would go into a file whose name a power cut takes away. As in SQLite, a folder
 * that cannot be synced is no reason to fail.
 */
static int
connect_to(struct db *db, struct dbfile *file, struct err *e)
{
	if (file->log)
		(void)disk_sync_name(file->path);
	return connect_as(db, file, SQLITE_OPEN_READWRITE, e);
}

static int
read_number(struct db *db, enum sql_id id, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);
	int got;

	if (st == NULL || (got = db_step(db, st, e)) == -1)
		return -1;
	*out = got == 1 ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return 0;
}

static int
read_numbers(struct db *db, int64_t *application_id, int64_t *version, struct err *e)
{
	return read_number(db, SQL_APPLICATION_ID, application_id, e) == -1 ||
	        read_number(db, SQL_USER_VERSION, version, e) == -1
	    ? -1
	    : 0;
}

/* 1 the statement says that the journal is a write-ahead log, 0 it is not, or is busy; -1. */
static int
is_wal(struct db *db, enum sql_id id, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);
	const char *mode;
	int got;

	if (st == NULL)
		return -1;
	got = db_step(db, st, e);
	if (got == -1)
		return e->kind == ERR_TRY_LATER ? 0 : -1;
	mode = (const char *)sqlite3_column_text(st, 0);
	got = got == 1 && mode != NULL && strcmp(mode, "wal") == 0;
	sqlite3_reset(st);
	return got;
}

static int
ensure_wal(struct db *db, struct err *e)
{
	struct timespec pause = { 0, WAL_PAUSE_MS * 1000000L };
	int64_t until = clock_mono_ms() + BOUND_BUSY_MS;
	struct err why = ERR_INIT;
	int got = is_wal(db, SQL_JOURNAL_MODE, &why);

	while (got == 0) {
		err_clear(&why);
		got = is_wal(db, SQL_JOURNAL_WAL, &why);
		/* Refused without being busy: the file system cannot share memory between processes. */
		if (got == 0 && why.kind == ERR_NONE)
			return err_set(e, ERR_DATABASE, "database",
			    "%s cannot be switched to a write-ahead log: it must be on a local disk", db->path);
		if (got == 0 && clock_mono_ms() >= until)
			break;
		if (got == 0)
			nanosleep(&pause, NULL);
	}
	if (got == 1)
		return 0;
	*e = why;
	return -1;
}

/* It is ours: from here on it is an ordinary connection. */
static int
settle(struct db *db, struct err *e)
{
	if (ensure_wal(db, e) == -1 || wal_watch(db, e) == -1)
		return -1;
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	return 0;
}

/* What the connection sees, log and all: 0 ours and current, or -1. */
static int
judge_for_use(struct db *db, struct err *e)
{
	int64_t application_id, version;

	if (read_numbers(db, &application_id, &version, e) == -1 ||
	    dbfile_judge(db->path, application_id, version, e) == -1)
		return -1;
	if (application_id == 0)
		return err_set(
		    e, ERR_CONFIG, "no_schema", "%s has no tables of jobrun's yet: jobrun init adds them", db->path);
	if (version < schema_newest)
		return err_set(e, ERR_CONFIG, "database_older",
		    "%s has schema version %lld, and this jobrun needs %d: jobrun init migrates it", db->path,
		    (long long)version, schema_newest);
	return 0;
}

/* A database that may be opened. 0, and the caller releases file; or -1. */
static int
look(struct dbfile *file, const char *path, struct err *e)
{
	if (dbfile_look(file, path, e) == -1)
		return -1;
	if (file->empty)
		err_set(e, ERR_CONFIG, "no_schema", "%s is empty: jobrun init makes it a database", file->path);
	else if (dbfile_judge(file->path, file->application_id, file->version, e) == 0)
		return 0;
	dbfile_release(file);
	return -1;
}

int
db_open(struct db *db, const char *path, struct err *e)
{
	struct dbfile file;
	int ret = -1;

	*db = (struct db){ 0 };
	if (look(&file, path, e) == -1)
		return -1;
	if (connect_to(db, &file, e) == 0 && judge_for_use(db, e) == 0)
		ret = settle(db, e);
	dbfile_release(&file);
	if (ret == -1)
		db_close(db);
	return ret;
}

int
db_open_read(struct db *db, const char *path, struct err *e)
{
	struct dbfile file;
	int ret = -1;

	*db = (struct db){ 0 };
	if (look(&file, path, e) == -1)
		return -1;
	if (connect_as(db, &file, SQLITE_OPEN_READONLY, e) == 0) {
		sqlite3_busy_timeout(db->handle, 0);
		ret = judge_for_use(db, e);
	}
	dbfile_release(&file);
	if (ret == -1)
		db_close(db);
	return ret;
}

/* A platform that numbers its own schema in user_version would be misled by our number, and we by its. */
static int
judge_for_init(const char *path, int64_t application_id, int64_t version, struct err *e)
{
	if (dbfile_judge(path, application_id, version, e) == -1)
		return -1;
	if (application_id == 0 && version != 0)
		return err_set(e, ERR_CONFIG, "database",
		    "%s has user_version %lld of another program's, and jobrun keeps its schema version there:"
		    " if nothing needs that number, set it to 0; else name another file with --db",
		    path, (long long)version);
	return 0;
}

static int
run_step(struct db *db, const struct schema_step *step, struct err *e)
{
	int rc = sqlite3_exec(db->handle, step->sql, NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		return 0;
	if (db_is_failure(rc))
		return db_err(db, e, step->name);
	/* A statement of ours that fails by itself: what it makes is there already. */
	return err_set(e, ERR_CONFIG, "database", "%s: %s: %s; nothing was changed: rename what is in the way",
	    db->path, step->name, sqlite3_errmsg(db->handle));
}

/* One step in one transaction, chosen inside it, since another init may be under way: 1 done, 0 none is left, -1. */
static int
migrate_once(struct db *db, int64_t *version, struct err *e)
{
	int64_t application_id;
	bool done;

	if (db_begin(db, e) == -1)
		return -1;
	if (read_numbers(db, &application_id, version, e) == -1 ||
	    judge_for_init(db->path, application_id, *version, e) == -1)
		goto fail;
	done = *version == schema_newest;
	if (!done && run_step(db, &schema_steps[*version], e) == -1)
		goto fail;
	/* With nothing in it, too: to be rolled back may take memory, and who has none is not told. */
	if (db_commit(db, e) == -1)
		goto fail;
	return done ? 0 : 1;
fail:
	db_rollback(db);
	return -1;
}

int
db_init(const char *path, int *from, int *to, struct err *e)
{
	struct db db = { 0 };
	struct dbfile file;
	int64_t version;
	int ret = -1, got;

	*from = *to = -1;
	if (dbfile_make(path, e) == -1 || dbfile_look(&file, path, e) == -1)
		return -1;
	if (dbfile_judge(file.path, file.application_id, file.version, e) == -1 || connect_to(&db, &file, e) == -1)
		goto out;
	while ((got = migrate_once(&db, &version, e)) == 1)
		if (*from == -1)
			*from = (int)version;
	if (got == -1 || settle(&db, e) == -1)
		goto out;
	*to = (int)version;
	if (*from == -1)
		*from = *to;
	ret = 0;
out:
	dbfile_release(&file);
	db_close(&db);
	return ret;
}

int
db_open_memory(struct db *db, const char *file_layer, struct err *e)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, got = -1;
	int64_t version;

	*db = (struct db){ .path = strdup("the database in memory") };
	if (db->path == NULL)
		return err_memory(e);
	if (sqlite3_open_v2(":memory:", &db->handle, flags, file_layer) != SQLITE_OK)
		db_err(db, e, "opening");
	else if (configure(db, e) == 0)
		while ((got = migrate_once(db, &version, e)) == 1)
			continue;
	if (got == -1)
		db_close(db);
	return got;
}
