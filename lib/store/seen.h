/*
 * What a dry run has seen: its batches are rolled back one by one, so that no
 * other program waits for it, and the ledger forgets them; this temporary table does not.
 */
#ifndef STORE_SEEN_H
#define STORE_SEEN_H

#include "store/ledger.h"

/* Makes the table (temporary, of this connection alone). 0 or -1. */
int seen_init(struct db *db, struct err *e);

/* Outside a transaction. 0 or -1. */
int seen_add(struct db *db, const struct ledger_client *c, const struct ledger_key *key, struct err *e);

/* 1 it was seen, 0 not, -1. */
int seen_find(struct db *db, const struct ledger_client *c, const struct ledger_key *key, struct err *e);

#endif
