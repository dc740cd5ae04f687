/*
 * One connection to the database, for one thread at a time. This room alone
 * speaks SQLite, with lib/rules for the rules' own statements.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/sql.h"

/* "jobr": PRAGMA application_id of a database of ours. */
#define DB_APPLICATION_ID 0x6a6f6272

struct db {
	sqlite3 *handle;
	char *path;                    /* owned; resolved: no symbolic link in it */
	sqlite3_stmt *stmt[SQL_COUNT]; /* prepared when first asked for */
	int file;                      /* db_file()'s, if has_file */
	bool has_file;
	struct wal *wal; /* owned; how long its log is (wal.h); NULL: nobody watches */
};

/*
 * Tells SQLite that this process uses it in one thread alone, so that it leaves its mutexes out. To be called before
 * anything else here; later it changes nothing.
 */
void db_one_thread(void);

/*
 * Opens an existing database of ours at exactly this binary's schema version:
 * WAL, synchronous=FULL, foreign keys, defensive, busy timeout BOUND_BUSY_MS. The
 * path is never read as a URI. 0 or -1:
 * ERR_INPUT  no file there (says: jobrun init), or it may not be read;
 * ERR_CONFIG not a database, another program's, newer than this binary
 *            (never touched), or older (says: jobrun init);
 * ERR_DATABASE corrupt, or an I/O error.
 */
int db_open(struct db *db, const char *path, struct err *e);
/*
 * The same for reading alone, and without waiting: what is locked just then is ERR_TRY_LATER, and whoever may only read
 * it is let in. 0 or -1.
 */
int db_open_read(struct db *db, const char *path, struct err *e);

/*
 * Creates (mode 0600, missing folders 0700) or migrates. *from and *to: schema
 * versions before and after; 0 before: it had none of our tables. A platform's own
 * database (application_id and user_version 0) is taken in. Several at once all end well. 0 or -1:
 * ERR_INPUT  it cannot be created there;
 * ERR_CONFIG not a database, another program's, newer than this binary, or
 *            something of our tables' names is in it (in each case nothing was changed);
 * ERR_TRY_LATER, ERR_DATABASE as ever.
 */
int db_init(const char *path, int *from, int *to, struct err *e);

/*
 * A new database of ours in memory, at this binary's schema version, which is gone when it is closed. file_layer:
 * SQLite's name of the one whose clock it goes by; NULL: the system's. 0 or -1.
 */
int db_open_memory(struct db *db, const char *file_layer, struct err *e);

/* Finalises all and closes. A zeroed struct is fine. */
void db_close(struct db *db);

/*
 * A descriptor of the database's own file, to lock bytes of it beside SQLite's own; for nothing else. It is db's, and
 * db_close() closes it, last: the first descriptor of a file that a process closes drops every POSIX lock it has on it,
 * SQLite's among them. It may be for reading alone. -1 with e.
 */
int db_file(struct db *db, struct err *e);

/* The statement, reset and with no bindings; owned by db. NULL with e. */
sqlite3_stmt *db_stmt(struct db *db, enum sql_id id, struct err *e);

/* Binding helpers, so that callers stay short. A NULL text binds NULL. Text is borrowed until the next reset. */
void db_text(sqlite3_stmt *st, int at, const char *text);
void db_bytes(sqlite3_stmt *st, int at, const char *text, size_t len);
/* A copy of the value. 0 or -1: no memory; what would be bound is NULL then. */
int db_value(sqlite3_stmt *st, int at, const sqlite3_value *value, struct err *e);
/* Words as a JSON array, for json_each(); array must outlive the statement's bindings. 0 or -1 (no memory). */
int db_words(sqlite3_stmt *st, int at, const char *const *words, size_t n, struct buf *array, struct err *e);

/* Runs a statement to its end and resets it. 0 or -1. Rows are passed over. */
int db_run(struct db *db, sqlite3_stmt *st, struct err *e);

/*
 * One step: 1 a row, 0 no more (and it is reset), -1 with e (and it is reset). All texts of a row can be read:
 * sqlite3_column_text() of one that is not null is not NULL.
 */
int db_step(struct db *db, sqlite3_stmt *st, struct err *e);

/* From here on a busy database is waited for for a second: it has been waited for long enough. */
void db_hurry(struct db *db);

/*
 * BEGIN IMMEDIATE: waits for a busy database, then ERR_TRY_LATER. ERR_DATABASE: another file is in its place, or none:
 * what would be written to the old one is in no database that anyone opens again.
 */
int db_begin(struct db *db, struct err *e);
/*
 * BEGIN for reading alone: all that is read until db_rollback() is of one moment, and no writer waits for it. 0; 1: a
 * transaction is open already, and is whoever began it's to end; -1.
 */
int db_begin_read(struct db *db, struct err *e);
int db_commit(struct db *db, struct err *e);
/* A number that is another once another connection has committed something. 0 or -1. */
int db_version(struct db *db, int64_t *version, struct err *e);
/* Never fails: rolls back if a transaction is open. */
void db_rollback(struct db *db);

/*
 * Fills e from the connection's last error: BUSY and LOCKED → ERR_TRY_LATER,
 * no memory → ERR_INTERNAL, code "no_memory"; all else → ERR_DATABASE; code "database". what: what was being done.
 * Returns -1.
 */
int db_err(struct db *db, struct err *e, const char *what);

/* Is this (extended) result code the database's failure (full, I/O, corrupt, …), and no statement's own fault? */
bool db_is_failure(int rc);

#endif
