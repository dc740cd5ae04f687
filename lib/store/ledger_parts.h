/*
 * What the files of the ledger share.
 */
#ifndef STORE_LEDGER_PARTS_H
#define STORE_LEDGER_PARTS_H

#include "store/ledger.h"

/* A word of the State column. */
enum ledger_state ledger_state_of(const char *name);

void ledger_bind_client(sqlite3_stmt *st, const struct ledger_client *c);

/* The key in a row's first three columns, borrowed from the statement. */
struct ledger_key ledger_key_of(sqlite3_stmt *st);

/* Less than, equal to or more than 0: in the ledger's order, which is that of SQLite's BINARY. */
int ledger_compare(const struct ledger_key *a, const struct ledger_key *b);

/* Only another program's hand could put a longer one there. */
bool ledger_fits(const struct ledger_key *key);

#endif
