/*
 * The server's own SQLite file: one connection, used by one thread at a time,
 * and every statement by name.
 */
#ifndef STORE_H
#define STORE_H

#include <pthread.h>
#include <sqlite3.h>

#include "buf.h"
#include "err.h"

enum sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_RECORD_PUT,
	SQL_RECORD_END,
	SQL_RECORD_AT,
	SQL_RECORD_PIECE,
	SQL_RECORD_ACK,
	SQL_RECORD_KNOWN,
	SQL_REQUEST_PUT,
	SQL_REQUEST_CLOSE,
	SQL_REQUEST_BYTES,
	SQL_ACK_PUT,
	SQL_HOOK_PUT,
	SQL_KEY_GET,
	SQL_KEY_PUT,
	SQL_STATE,
	SQL_COUNT
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *statement[SQL_COUNT]; /* prepared when first used */
	pthread_mutex_t lock;
};

/* Opens the file, creating it if absent: WAL, synchronous=FULL, mode 0600. 0, or -1 and nothing to close. */
int store_open(struct store *s, const char *file, struct err *e);
void store_close(struct store *s);

/* For reading. Everything below is called between enter and leave, or between begin and its end. */
void store_enter(struct store *s);
void store_leave(struct store *s);

/*
 * For writing. begin: 0, or -1 and the store is left again. commit: 0, or -1 and
 * rolled back; in either case the store is left.
 */
int store_begin(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);

/* The named statement, clean, or NULL. */
sqlite3_stmt *store_statement(struct store *s, enum sql which, struct err *e);

/* Binds text; a NULL binds NULL. The text must live until the statement is done. */
void store_bind(sqlite3_stmt *stmt, int place, const char *text);
void store_bind_text(sqlite3_stmt *stmt, int place, struct slice text);
void store_bind_blob(sqlite3_stmt *stmt, int place, struct slice blob);

/* A column's bytes: valid until the next step. */
struct slice store_column(sqlite3_stmt *stmt, int column);

/* 1: a row; 0: the end; -1: it failed. */
int store_step(struct store *s, sqlite3_stmt *stmt, struct err *e);

/* Ends a statement's use, so that it holds no lock. NULL is fine. */
void store_done(sqlite3_stmt *stmt);

/* Steps a statement that gives no row, and ends its use. 0, or -1. */
int store_run(struct store *s, sqlite3_stmt *stmt, struct err *e);

#endif
