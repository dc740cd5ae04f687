/*
 * How large the write-ahead log grows. SQLite begins it anew once all of it is in the database; while another program
 * reads, and does not end its transaction, that cannot be, and the log takes all that is written.
 */
#ifndef STORE_WAL_H
#define STORE_WAL_H

#include <stdint.h>

#include "store/db.h"

/*
 * From here on each commit notes how long the log is, and moves it into the database when it is long enough, as SQLite
 * does by itself. 0 or -1.
 */
int wal_watch(struct db *db, struct err *e);

/* The log as the last commit left it. 0: none was made. */
int64_t wal_bytes(const struct db *db);

#endif
