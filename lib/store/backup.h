/*
 * A copy of the database while others use it: of one moment, checked, and a whole file of its own.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <signal.h>
#include <stdint.h>

#include "store/db.h"

struct backup {
	char *path; /* owned: resolved */
	int64_t pages, bytes;
};
void backup_release(struct backup *b);

/*
 * Copies the database, its log included, to a new file (mode 0600; it needs no -wal beside it). It takes no lock that
 * a writer waits for, and a busy writer never makes it begin again: the copy is of the moment when it began. It stands
 * under its name only when it is whole, checked and on disk. 0 and *out; 1 the signal came, nothing is left behind; -1:
 * ERR_INPUT  something of that name is there already, it is a name that the database uses itself, or there is no such
 *            folder;
 * ERR_DATABASE the copy cannot be written, or is damaged, since the database is.
 */
int backup_write(
    struct db *db, const char *path, const volatile sig_atomic_t *signal, struct backup *out, struct err *e);

#endif
