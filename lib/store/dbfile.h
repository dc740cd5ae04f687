/*
 * A database's file, looked at before SQLite may touch it: opening alone can
 * write (recovery, a checkpoint), and what is not ours must stay as it is.
 */
#ifndef STORE_DBFILE_H
#define STORE_DBFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct dbfile {
	char *path; /* owned: resolved, so absolute and without symbolic links */
	bool empty; /* no bytes at all */
	bool log;   /* a write-ahead log stood beside it already */
	/*
	 * As the file's header has them: what still stands in the write-ahead log may be newer. 0 if the header is torn
	 * and a rollback journal beside it will mend it.
	 */
	int64_t application_id, version;
};

/*
 * Looks without writing, and without dropping locks that another connection
 * of this process holds. 0, or -1: ERR_INPUT absent, unreadable, no regular
 * file; ERR_CONFIG no SQLite database; ERR_DATABASE an I/O error.
 */
int dbfile_look(struct dbfile *f, const char *path, struct err *e);
void dbfile_release(struct dbfile *f);

/* May it be opened at all? 0, or -1 (ERR_CONFIG): another program's, or newer than this binary. */
int dbfile_judge(const char *path, int64_t application_id, int64_t version, struct err *e);

/* Makes missing folders (0700), then the file (0600, empty) unless something is there. 0, or -1 (ERR_INPUT). */
int dbfile_make(const char *path, struct err *e);

#endif
