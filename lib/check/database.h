/*
 * The database's file.
 */
#ifndef CHECK_DATABASE_H
#define CHECK_DATABASE_H

#include "base/err.h"
#include "store/health.h"

struct check;

int database_check(struct check *c, struct err *e);

/* What there is to say of it; path is its file's. */
void database_judge(struct check *c, const struct health *h, const char *path);

#endif
