/*
 * How the database itself is, as far as can be seen without changing it.
 */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

struct health {
	int64_t version;           /* of the schema */
	bool wal;                  /* it has a write-ahead log */
	unsigned mode;             /* permission bits of its file */
	int64_t bytes, free_bytes; /* its size; what this user may still write to its file system */
	bool looked;               /* it was looked through: the rest is known */
	char *damage;              /* owned: the first damage found, or NULL */
	int64_t orphans;           /* log rows whose run is gone */
};

/* A file larger than most bytes is not looked through. 0 or -1; damage is no failure. */
int health_read(struct health *h, struct db *db, int64_t most, struct err *e);
void health_release(struct health *h);

#endif
