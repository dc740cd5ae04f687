/*
 * What holds for all jobs: APP_SETTING.
 */
#ifndef STORE_SETTING_H
#define STORE_SETTING_H

#include "store/db.h"

/* Names of settings, as they stand in Name. */
#define SETTING_NOTIFY "Notify" /* JSON: see config/notify.h */

/* 0 and *definition, owned; 1 there is none; -1. */
int setting_get(struct db *db, const char *name, char **definition, struct err *e);
/* Inserts or replaces: 0 *existed is 1 if it was there and differed, 2 if it was the same; -1. */
int setting_set(struct db *db, const char *name, const char *definition, int *existed, struct err *e);
/* 0 it is gone; 1 there was none; -1. */
int setting_remove(struct db *db, const char *name, struct err *e);

#endif
