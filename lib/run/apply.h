/*
 * One item, in the writer's open transaction: ledger, rules, verdict.
 */
#ifndef RUN_APPLY_H
#define RUN_APPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "run/item.h"
#include "run/state.h"

struct changes;

enum apply_verdict { APPLY_PROCESSED, APPLY_DUPLICATE, APPLY_FAILED, APPLY_PARKED };

/* Why an item failed, kept until its commit can be told. */
struct apply_failure {
	struct err why;
	const char *stage; /* a literal */
	char *item;
	size_t item_len;
	int64_t attempt;
};
void apply_failure_free(struct apply_failure *f);

/* Reused from item to item: zero-initialise, then apply_init. */
struct apply {
	struct run *run;
	struct item item;
	struct changes *changes;   /* of a dry run, else NULL */
	bool owes;                 /* the last item would have to be acknowledged: applied, or offered again */
	const struct visit *visit; /* whose values the rules hold */
	char now[CLOCK_TEXT];      /* $now and the rows' stamp: set at the transaction's begin */
	struct ledger_gap gap;     /* what the ledger does not hold in this transaction */
};
void apply_init(struct apply *a, struct run *run);
void apply_release(struct apply *a);

/* The writer's transaction has begun: what is known of the one before it is so no longer. */
void apply_begin(struct apply *a);

/*
 * 0: *verdict is set; *failure is owned by the caller when it is APPLY_FAILED.
 * 1: the rules ended the whole transaction: *failure says why; begin again, with poison = that failure for
 * this item. -1: the database failed.
 * poison: NULL, or why this item is not to be tried in this transaction: it fails by that.
 */
int apply_item(struct apply *a, struct visit *v, struct json_value text, uint64_t index,
    const struct apply_failure *poison, enum apply_verdict *verdict, struct apply_failure **failure, struct err *e);

/*
 * For whoever wants to hear of every item, once it is committed: what became of it. Without memory for it the item is
 * told by what is known.
 */
void apply_tell(
    struct apply *a, struct json_value text, enum apply_verdict verdict, const struct apply_failure *failure);

#endif
