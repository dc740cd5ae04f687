/*
 * From an item's text to its key in the ledger, or to what is wrong with it.
 */
#ifndef RUN_ITEM_H
#define RUN_ITEM_H

#include "base/buf.h"
#include "base/err.h"
#include "config/job.h"
#include "json/value.h"
#include "store/ledger.h"

/* Reused from item to item: zero-initialise, then item_init. */
struct item {
	struct json_members members; /* top level, if it is an object */
	struct ledger_key key;       /* id_len 0: the item has no usable id */
	struct buf id, version;      /* characters of ids that had escapes in them */
};

void item_init(struct item *item);
void item_release(struct item *item);

/*
 * Reads id, version and members. 0: all is well. 1: this item cannot be
 * applied; why (ERR_ITEM) is "item_no_object", "item_no_id", "item_bad_id", "item_bad_version" or
 * "item_key_twice"; key is set as far as it is beyond doubt. -1: no memory, in why.
 */
int item_read(struct item *item, const struct job *job, struct json_value text, struct err *why);

#endif
