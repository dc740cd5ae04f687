#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "json/value.h"

void
db_close(struct db *db)
{
	int i;

	for (i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(db->stmt[i]);
	if (db->handle != NULL)
		sqlite3_wal_hook(db->handle, NULL, NULL);
	/* v2: statements of lib/rules that are still there keep the connection until they too are finalised. */
	sqlite3_close_v2(db->handle);
	if (db->has_file)
		close(db->file);
	free(db->wal);
	free(db->path);
	*db = (struct db){ 0 };
}

/* Is what SQLite has open still what its path names? 0 or -1. */
static int
check_place(struct db *db, struct err *e)
{
	int moved = 0;

	/* A database in memory, and a file layer that cannot tell, leave it at 0. */
	(void)sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	if (moved == 0)
		return 0;
	return err_set(e, ERR_DATABASE, "database",
	    "%s was removed or replaced while it was in use: nothing more is written to the old file; run again",
	    db->path);
}

int
db_file(struct db *db, struct err *e)
{
	static const int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

	if (db->has_file)
		return db->file;
	db->file = open(db->path, O_RDWR | flags);
	if (db->file == -1 && (errno == EACCES || errno == EROFS))
		db->file = open(db->path, O_RDONLY | flags);
	if (db->file == -1)
		return err_sys(e, ERR_DATABASE, "database", "cannot open %s once more", db->path);
	db->has_file = true;
	/* Else the lock would be one on another database. */
	return check_place(db, e) == -1 ? -1 : db->file;
}

sqlite3_stmt *
db_stmt(struct db *db, enum sql_id id, struct err *e)
{
	sqlite3_stmt **st = &db->stmt[id];

	if (*st != NULL) {
		sqlite3_reset(*st);
		sqlite3_clear_bindings(*st);
	} else if (sqlite3_prepare_v3(db->handle, sql_text(id), -1, SQLITE_PREPARE_PERSISTENT, st, NULL) != SQLITE_OK) {
		db_err(db, e, sql_what(id));
	}
	return *st;
}

void
db_text(sqlite3_stmt *st, int at, const char *text)
{
	sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
}

void
db_bytes(sqlite3_stmt *st, int at, const char *text, size_t len)
{
	sqlite3_bind_text64(st, at, text, len, SQLITE_STATIC, SQLITE_UTF8);
}

int
db_value(sqlite3_stmt *st, int at, const sqlite3_value *value, struct err *e)
{
	return sqlite3_bind_value(st, at, value) == SQLITE_OK ? 0 : err_memory(e);
}

int
db_words(sqlite3_stmt *st, int at, const char *const *words, size_t n, struct buf *array, struct err *e)
{
	size_t i;

	buf_clear(array);
	for (i = 0; i < n; i++)
		if (buf_addc(array, i > 0 ? ',' : '[') == -1 || json_quote(array, words[i], strlen(words[i])) == -1)
			return err_memory(e);
	if (buf_adds(array, n > 0 ? "]" : "[]") == -1)
		return err_memory(e);
	db_bytes(st, at, array->at, array->len);
	return 0;
}

static const char *
what_of(const struct db *db, const sqlite3_stmt *st)
{
	int id;

	for (id = 0; id < SQL_COUNT; id++)
		if (db->stmt[id] == st)
			return sql_what((enum sql_id)id);
	return "running a statement";
}

/* A text may want memory yet when it is read; once it was, it does not. */
static bool
texts_are_there(sqlite3_stmt *st)
{
	int i, n = sqlite3_data_count(st);

	for (i = 0; i < n; i++)
		if (sqlite3_column_type(st, i) == SQLITE_TEXT && sqlite3_column_text(st, i) == NULL)
			return false;
	return true;
}

int
db_step(struct db *db, sqlite3_stmt *st, struct err *e)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW && texts_are_there(st))
		return 1;
	if (rc != SQLITE_DONE)
		db_err(db, e, what_of(db, st));
	sqlite3_reset(st);
	return rc == SQLITE_DONE ? 0 : -1;
}

int
db_run(struct db *db, sqlite3_stmt *st, struct err *e)
{
	int got;

	while ((got = db_step(db, st, e)) == 1)
		continue;
	return got;
}

static int
run_plain(struct db *db, enum sql_id id, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);

	return st == NULL ? -1 : db_run(db, st, e);
}

void
db_hurry(struct db *db)
{
	sqlite3_busy_timeout(db->handle, BOUND_BUSY_AGAIN_MS);
}

/* What undoes it is ready before it begins: when memory is short there would be none to make it from. */
static int
begin(struct db *db, enum sql_id id, struct err *e)
{
	return db_stmt(db, SQL_ROLLBACK, e) == NULL ? -1 : run_plain(db, id, e);
}

int
db_begin(struct db *db, struct err *e)
{
	return check_place(db, e) == -1 ? -1 : begin(db, SQL_BEGIN, e);
}

int
db_begin_read(struct db *db, struct err *e)
{
	return sqlite3_get_autocommit(db->handle) ? begin(db, SQL_BEGIN_READ, e) : 1;
}

int
db_version(struct db *db, int64_t *version, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_DATA_VERSION, e);

	if (st == NULL || db_step(db, st, e) == -1)
		return -1;
	*version = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}

int
db_commit(struct db *db, struct err *e)
{
	return run_plain(db, SQL_COMMIT, e);
}

void
db_rollback(struct db *db)
{
	/* After some failures SQLite has already rolled back by itself. */
	if (db->handle != NULL && !sqlite3_get_autocommit(db->handle))
		run_plain(db, SQL_ROLLBACK, NULL);
}

/* The failures of a database as such, each with what mends it. */
static const struct {
	int rc;
	enum err_kind kind;
	const char *mend;
} failures[] = {
	{ SQLITE_BUSY, ERR_TRY_LATER, "another program holds its write lock; try later" },
	{ SQLITE_LOCKED, ERR_TRY_LATER, "try later" },
	{ SQLITE_FULL, ERR_DATABASE, "make room on its disk, then run again" },
	{ SQLITE_IOERR, ERR_DATABASE, "check its disk (room, quota, kernel log), then run again" },
	{ SQLITE_CORRUPT, ERR_DATABASE, "keep a copy of it and of its -wal file, then restore a backup" },
	{ SQLITE_NOTADB, ERR_DATABASE, "keep a copy of it and of its -wal file, then restore a backup" },
	{ SQLITE_READONLY, ERR_DATABASE, "this user must be able to write it, its folder and its -wal and -shm files" },
	{ SQLITE_CANTOPEN, ERR_DATABASE, "this user must be able to write it, its folder and its -wal and -shm files" },
	{ SQLITE_PERM, ERR_DATABASE, "this user must be able to write it, its folder and its -wal and -shm files" },
	{ SQLITE_PROTOCOL, ERR_DATABASE, "is it on a network file system? It must be on a local disk" },
	{ SQLITE_NOLFS, ERR_DATABASE, "its file system cannot hold a file of that size" },
	{ SQLITE_NOMEM, ERR_INTERNAL, NULL },
	{ SQLITE_INTERNAL, ERR_DATABASE, NULL },
	{ SQLITE_MISUSE, ERR_DATABASE, NULL },
};

#define FAILURES (sizeof(failures) / sizeof(failures[0]))

/* Its row, or FAILURES. An extended code has the plain one in its low byte. */
static size_t
failure_of(int rc)
{
	size_t i;

	for (i = 0; i < FAILURES; i++)
		if (failures[i].rc == (rc & 0xff))
			break;
	return i;
}

bool
db_is_failure(int rc)
{
	return failure_of(rc) < FAILURES;
}

int
db_err(struct db *db, struct err *e, const char *what)
{
	int rc = sqlite3_extended_errcode(db->handle), system_errno = sqlite3_system_errno(db->handle);
	size_t i = failure_of(rc);
	bool known = i < FAILURES,
	     by_system =
	         known && system_errno != 0 && (failures[i].rc == SQLITE_IOERR || failures[i].rc == SQLITE_CANTOPEN);
	const char *mend = known ? failures[i].mend : NULL;

	/* Also met inside the file layer. It is no fault of the database's. */
	if (known &&
	    (failures[i].rc == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM || (by_system && system_errno == ENOMEM)))
		return err_set(e, ERR_INTERNAL, "no_memory", "%s: %s: out of memory", what,
		    db->path != NULL ? db->path : "database");
	return err_set(e, known ? failures[i].kind : ERR_DATABASE, "database", "%s: %s: %s (SQLite %d%s%s)%s%s", what,
	    db->path != NULL ? db->path : "database", sqlite3_errmsg(db->handle), rc, by_system ? ", " : "",
	    by_system ? strerror(system_errno) : "", mend != NULL ? ": " : "", mend != NULL ? mend : "");
}
