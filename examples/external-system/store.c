#include "store.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bounds.h"

static const char SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS record ("
    "  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, client TEXT NOT NULL, groupid TEXT NOT NULL,"
    "  id TEXT,"        /* the raw JSON token; NULL: the record has none */
    "  idkey BLOB,"     /* what equal ids share, however they are escaped */
    "  number INTEGER," /* of a generated record */
    "  body TEXT NOT NULL, acked_at TEXT) STRICT;"
    "CREATE INDEX IF NOT EXISTS record_open ON record (kind, client, seq, groupid) WHERE acked_at IS NULL;"
    "CREATE INDEX IF NOT EXISTS record_id ON record (kind, idkey);"
    "CREATE INDEX IF NOT EXISTS record_acked ON record (acked_at) WHERE acked_at IS NOT NULL;"
    "CREATE UNIQUE INDEX IF NOT EXISTS record_number ON record (kind, client, groupid, number)"
    "  WHERE number IS NOT NULL;"
    "CREATE TABLE IF NOT EXISTS request_log ("
    "  n INTEGER PRIMARY KEY, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL,"
    "  client TEXT, auth TEXT, auth_ok INTEGER NOT NULL, idempotency_key TEXT,"
    "  status INTEGER NOT NULL, fault TEXT, replay INTEGER NOT NULL, bytes INTEGER) STRICT;"
    "CREATE TABLE IF NOT EXISTS ack_log ("
    "  n INTEGER PRIMARY KEY, request INTEGER NOT NULL, kind TEXT NOT NULL, client TEXT, groupid TEXT,"
    "  id TEXT NOT NULL, known INTEGER NOT NULL, first INTEGER NOT NULL, refused INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS hook_log (n INTEGER PRIMARY KEY, request INTEGER NOT NULL, body TEXT NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS idempotency ("
    "  key TEXT PRIMARY KEY, hash BLOB NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL) STRICT;";

#define OPEN_RECORDS "kind = ?1 AND client = ?2 AND (?3 IS NULL OR groupid = ?3) AND acked_at IS NULL"
#define NAMED_RECORDS "kind = ?1 AND (?2 IS NULL OR client = ?2) AND (?3 IS NULL OR groupid = ?3) AND idkey = ?4"

static const char *const SQL[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_RECORD_PUT] = "INSERT INTO record (kind, client, groupid, id, idkey, number, body)"
	                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
	[SQL_RECORD_END] = "SELECT coalesce(max(seq), 0) + 1 FROM record",
	[SQL_RECORD_AT] = "SELECT seq FROM record WHERE " OPEN_RECORDS " AND seq > ?4 ORDER BY seq LIMIT 1 OFFSET ?5",
	[SQL_RECORD_PIECE] =
	    "SELECT seq, body FROM record WHERE " OPEN_RECORDS " AND seq >= ?4 AND seq < ?5 ORDER BY seq",
	[SQL_RECORD_ACK] = "UPDATE record SET acked_at = ?5 WHERE " NAMED_RECORDS " AND acked_at IS NULL",
	[SQL_RECORD_KNOWN] =
	    "SELECT max(CASE WHEN acked_at IS NULL THEN 2 ELSE 1 END) FROM record WHERE " NAMED_RECORDS,
	[SQL_REQUEST_PUT] =
	    "INSERT INTO request_log (at, method, path, query, client, auth, auth_ok,"
	    " idempotency_key, fault, status, replay) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0)",
	[SQL_REQUEST_CLOSE] = "UPDATE request_log SET status = ?2, replay = ?3, bytes = ?4 WHERE n = ?1",
	[SQL_REQUEST_BYTES] = "UPDATE request_log SET bytes = ?2 WHERE n = ?1",
	[SQL_ACK_PUT] = "INSERT INTO ack_log (request, kind, client, groupid, id, known, first, refused)"
	                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[SQL_HOOK_PUT] = "INSERT INTO hook_log (request, body) VALUES (?1, ?2)",
	[SQL_KEY_GET] = "SELECT hash, status, answer FROM idempotency WHERE key = ?1",
	[SQL_KEY_PUT] = "INSERT INTO idempotency (key, hash, status, answer) VALUES (?1, ?2, ?3, ?4)",
	[SQL_STATE] = "SELECT (SELECT count(*) FROM record),"
	              " (SELECT count(*) FROM record WHERE acked_at IS NOT NULL),"
	              " (SELECT count(*) FROM request_log), (SELECT count(*) FROM ack_log)",
};

static int
failed(struct store *s, const char *what, struct err *e)
{
	return err_set(e, "%s: %s", what, sqlite3_errmsg(s->db));
}

int
store_open(struct store *s, const char *file, struct err *e)
{
	int fd;

	*s = (struct store){ .lock = PTHREAD_MUTEX_INITIALIZER };
	/* SQLite would create it readable by all; the mode of the file is also that of its -wal and -shm. */
	if ((fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) == -1)
		return err_sys(e, "open %s", file);
	close(fd);
	if (sqlite3_open_v2(file, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(s->db, BOUND_BUSY_MS) != SQLITE_OK ||
	    sqlite3_exec(s->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;", NULL, NULL, NULL) !=
	        SQLITE_OK ||
	    sqlite3_exec(s->db, SCHEMA, NULL, NULL, NULL) != SQLITE_OK) {
		failed(s, file, e);
		store_close(s);
		return -1;
	}
	return 0;
}

void
store_close(struct store *s)
{
	size_t i;

	for (i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(s->statement[i]);
	sqlite3_close(s->db);
	pthread_mutex_destroy(&s->lock);
	s->db = NULL;
}

void
store_enter(struct store *s)
{
	pthread_mutex_lock(&s->lock);
}

void
store_leave(struct store *s)
{
	pthread_mutex_unlock(&s->lock);
}

int
store_begin(struct store *s, struct err *e)
{
	store_enter(s);
	if (store_run(s, store_statement(s, SQL_BEGIN, e), e) == 0)
		return 0;
	store_leave(s);
	return -1;
}

int
store_commit(struct store *s, struct err *e)
{
	if (store_run(s, store_statement(s, SQL_COMMIT, e), e) == -1) {
		store_rollback(s);
		return -1;
	}
	store_leave(s);
	return 0;
}

void
store_rollback(struct store *s)
{
	struct err ignored;

	/* SQLite may have rolled back by itself, on a full disk for one. */
	if (sqlite3_get_autocommit(s->db) == 0)
		store_run(s, store_statement(s, SQL_ROLLBACK, &ignored), &ignored);
	store_leave(s);
}

sqlite3_stmt *
store_statement(struct store *s, enum sql which, struct err *e)
{
	if (s->statement[which] == NULL &&
	    sqlite3_prepare_v3(s->db, SQL[which], -1, SQLITE_PREPARE_PERSISTENT, &s->statement[which], NULL) !=
	        SQLITE_OK)
		failed(s, "prepare", e);
	return s->statement[which];
}

void
store_bind(sqlite3_stmt *stmt, int place, const char *text)
{
	sqlite3_bind_text(stmt, place, text, -1, SQLITE_STATIC);
}

void
store_bind_text(sqlite3_stmt *stmt, int place, struct slice text)
{
	sqlite3_bind_text64(stmt, place, text.at, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

void
store_bind_blob(sqlite3_stmt *stmt, int place, struct slice blob)
{
	sqlite3_bind_blob64(stmt, place, blob.at, blob.len, SQLITE_STATIC);
}

struct slice
store_column(sqlite3_stmt *stmt, int column)
{
	const char *at = sqlite3_column_blob(stmt, column);

	return (struct slice){ at, (size_t)sqlite3_column_bytes(stmt, column) };
}

int
store_step(struct store *s, sqlite3_stmt *stmt, struct err *e)
{
	switch (sqlite3_step(stmt)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return failed(s, "database", e);
	}
}

void
store_done(sqlite3_stmt *stmt)
{
	if (stmt == NULL)
		return;
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

int
store_run(struct store *s, sqlite3_stmt *stmt, struct err *e)
{
	int got;

	if (stmt == NULL)
		return -1;
	got = store_step(s, stmt, e);
	store_done(stmt);
	return got == 0 ? 0 : -1;
}
