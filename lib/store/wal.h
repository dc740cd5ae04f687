/*
 * How large the write-ahead log grows. SQLite begins it anew once all of it is in the database; while another program
 * reads, and does not end its transaction, that cannot be, and the log takes all that is written.
 */
#ifndef STORE_WAL_H
#define STORE_WAL_H

#include "store/db.h"

/*
 * From here on each commit sets db->log_bytes, and moves the log into the database when it is long enough, as SQLite
 * does by itself. db must stay where it is until it is closed. 0 or -1.
 */
int wal_watch(struct db *db, struct err *e);

#endif
