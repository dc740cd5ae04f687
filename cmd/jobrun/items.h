/*
 * What the verbs on items share.
 */
#ifndef CMD_ITEMS_H
#define CMD_ITEMS_H

#include "app.h"
#include "base/buf.h"

/* Appends an item's id or version as a table's cell wants it: what holds NUL is escaped. 0, or -1 b is full. */
int item_text(const char *text, size_t len, struct buf *b);

/*
 * The client's group that is meant: --group, or the only one that has the item (item NULL: anything). 0 and *group,
 * owned; 1 there is none; -1, also: there are several (ERR_USAGE).
 */
int item_group(struct app *app, int64_t job_type, const char *client, const char *item, char **group, struct err *e);

/* Is there such a client in the books, or else in the configuration? 0, or -1 (ERR_USAGE) saying why not. */
int item_client(struct app *app, int64_t job_type, const char *client, struct err *e);

/* Says as closely as can be why there is no such item. Returns -1. */
int item_unknown(struct app *app, int64_t job_type, const char *client, const char *item, struct err *e);

#endif
