/*
 * The ledger: what became of each item. Inbox and outbox in one; the reason
 * why nothing is applied twice and nothing is forgotten.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "store/db.h"

/* Whose items. Borrowed. */
struct ledger_client {
	int64_t job_type;
	const char *id, *group;
};

/*
 * Which item: the id's characters (a number: its digits as written), whether
 * it was a JSON string (7 and "7" are two items), and its version ("" if the job has
 * none). Borrowed; bytes, since a string may hold NUL.
 */
struct ledger_key {
	const char *id;
	size_t id_len;
	bool quoted;
	const char *version;
	size_t version_len;
};

/* Binds the six columns of the ledger's key: parameters 1 to 6 of every statement on one item. */
void ledger_bind_item(sqlite3_stmt *st, const struct ledger_client *c, const struct ledger_key *key);

enum ledger_state { LEDGER_NEW, LEDGER_APPLIED, LEDGER_ACKED, LEDGER_FAILED, LEDGER_PARKED };

/* What is known of an item: its row's State, Attempts and RunId; LEDGER_NEW, 0 and 0 when there is none. */
struct ledger_row {
	enum ledger_state state;
	int64_t attempts, run;
};

/* 0 or -1. */
int ledger_find(
    struct db *db, const struct ledger_client *c, const struct ledger_key *key, struct ledger_row *row, struct err *e);

/*
 * What the ledger is known not to hold: of one client, nothing behind one key and before another. Items come in the
 * order of their ids as a rule, and then one look answers for all that follow, up to the next that is there. Good while
 * nobody else writes: for one transaction. Set client to NULL when it begins.
 */
struct ledger_gap {
	const struct ledger_client *client; /* whose, by its address; NULL: nothing is known */
	struct ledger_key from, to;
	bool to_end; /* there is nothing behind from at all */
	char from_bytes[2 * BOUND_ITEM_ID], to_bytes[2 * BOUND_ITEM_ID];
};

/* As ledger_find(), for an item that ledger_put() is to follow, if it is new: it counts as there from now on. */
int ledger_look(struct db *db, const struct ledger_client *c, const struct ledger_key *key, struct ledger_gap *gap,
    struct ledger_row *row, struct err *e);

/* Inserts or updates the row: 0 or -1. at: UTC text. Never LEDGER_NEW. */
int ledger_put(struct db *db, const struct ledger_client *c, const struct ledger_key *key, enum ledger_state state,
    int64_t attempts, int64_t run, const char *at, struct err *e);

/* Owed items in the order of their keys, copied: reusable, zero-initialise. */
struct ledger_owed {
	struct ledger_key *at; /* the keys point into bytes */
	size_t n, cap;
	char *bytes;
	size_t bytes_len, bytes_cap;
};
void ledger_owed_release(struct ledger_owed *owed);
/* Nothing is in it; its memory stays. */
void ledger_owed_clear(struct ledger_owed *owed);
/* A copy of one more key, behind the others. It must not point into owed. 0 or -1. */
int ledger_owed_add(struct ledger_owed *owed, const struct ledger_key *key, struct err *e);

/*
 * Reads up to limit owed (applied, not acked) items of the client that come
 * after the key given (NULL: from the start; its bytes must not be owed's own). 0 or -1.
 */
int ledger_owed_read(struct db *db, const struct ledger_client *c, const struct ledger_key *after, int64_t limit,
    struct ledger_owed *owed, struct err *e);

/*
 * Marks those of the keys acked that are applied; a key in any other state stays as it is, and so does every item that
 * is none of them, whatever lies between. Keys in the order of the ledger are marked many at a time. In a transaction
 * of the caller's. 0 or -1.
 */
int ledger_acked(struct db *db, const struct ledger_client *c, const struct ledger_key *keys, size_t n, const char *at,
    struct err *e);

/* Owes an acked item once more, since the external system offers it again; any other state stays. 0 or -1. */
int ledger_owe(struct db *db, const struct ledger_client *c, const struct ledger_key *key, struct err *e);

/* How many are owed. */
int ledger_count_owed(struct db *db, const struct ledger_client *c, int64_t *n, struct err *e);

#endif
