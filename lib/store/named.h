/*
 * Between the files of this room: definitions that are kept by name, one statement to read and one to write.
 */
#ifndef STORE_NAMED_H
#define STORE_NAMED_H

#include "store/db.h"

/* 0 and *definition, owned; 1 there is none; -1. */
int named_get(struct db *db, enum sql_id get, const char *name, char **definition, struct err *e);
/* Inserts or replaces: 0 *existed is 1 if it was there and differed, 2 if it was the same; -1. */
int named_set(struct db *db, enum sql_id get, enum sql_id set, const char *name, const char *definition, int *existed,
    struct err *e);

#endif
