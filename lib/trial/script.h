/*
 * A file of SQL statements, run in a model of the platform.
 */
#ifndef TRIAL_SCRIPT_H
#define TRIAL_SCRIPT_H

#include "base/buf.h"
#include "base/err.h"
#include "store/db.h"

/*
 * Runs every statement of the file. out: NULL, or where the rows of each go, under "-- " and the comment above it; then
 * only queries are allowed. 0; 1 there is no such file; -1 with "PATH:LINE:COLUMN: …".
 */
int script_run(struct db *db, const char *path, struct buf *out, struct err *e);

#endif
