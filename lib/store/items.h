/*
 * The ledger as the verbs of items see it: what waits, one item's rows, and trying anew.
 */
#ifndef STORE_ITEMS_H
#define STORE_ITEMS_H

#include <stdbool.h>

#include "store/db.h"

/* Which of the ledger's rows a list wants. ITEMS_APPLIED: owed, where the job wants acks. */
enum items_state { ITEMS_PARKED, ITEMS_FAILED, ITEMS_APPLIED, ITEMS_ACKED };

/* Borrowed; what is NULL or zero does not narrow. */
struct items_choice {
	int64_t job_type; /* always */
	const char *const *clients;
	size_t n_clients; /* for ITEMS_ACKED at least one: no index holds those rows alone */
	const char *group;
	const char *since; /* UTC text */
};

/* Borrowed, valid during the call; ids may hold NUL. */
struct items_row {
	const char *client, *group;
	const char *id, *version;
	size_t id_len, version_len;
	bool quoted;
	const char *state; /* as in the ledger */
	int64_t attempts, run;
	const char *at;
	const char *stage, *code, *message; /* of the last error of that id; NULL: none is known */
};
/* 0 to go on, -1 to stop. */
typedef int items_fn(void *arg, const struct items_row *row, struct err *e);

/* In the order of client, group and item, limit at the most. 0 or -1. */
int items_list(struct db *db, enum items_state state, const struct items_choice *choice, int64_t limit, items_fn *fn,
    void *arg, struct err *e);
/* How many there are of them; not for ITEMS_ACKED, which would be a long count. 0 or -1. */
int items_count(struct db *db, enum items_state state, const struct items_choice *choice, int64_t *n, struct err *e);

/* Every row of one item, whatever its version, whether its id was a number or a string. 0 or -1. */
int items_of(struct db *db, int64_t job_type, const char *client, const char *group, const char *item, items_fn *fn,
    void *arg, struct err *e);

/* 0 to go on, -1 to stop. Borrowed. */
typedef int items_group_fn(void *arg, const char *group, struct err *e);
/* The groups in which the ledger or the log of errors has the item, or, with item NULL, anything of the client. */
int items_groups(struct db *db, int64_t job_type, const char *client, const char *item, items_group_fn *fn, void *arg,
    struct err *e);

/* Whose failed and parked items; what is NULL does not narrow. Borrowed. */
struct items_held {
	int64_t job_type;
	const char *client, *group, *item;
};
/*
 * Lets them be tried anew when they come again: failed, no attempt counted. *n
 * counts those that were not so before. In transactions of BOUND_BATCH_HOLD_MS each, with
 * rests between: what was changed before an error stays changed. 0 or -1.
 */
int items_retry(struct db *db, const struct items_held *held, int64_t *n, struct err *e);

#endif
