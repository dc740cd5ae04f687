/*
 * A visit's acknowledgements: driven by the ledger alone, so that only what is
 * committed can be named, and what a crash left is named the same way.
 */
#ifndef RUN_ACK_H
#define RUN_ACK_H

#include <stdbool.h>

#include "run/state.h"

void ack_init(struct visit *v);
void ack_release(struct visit *v);

/* Begins again at the client's first owed item. */
void ack_rewind(struct visit *v);

/*
 * Starts the next ack's request: 1 under way, or waits for its turn; 0 nothing more is owed, or acks are given up; -1
 * the database failed.
 */
int ack_next(struct visit *v, struct err *e);

/* The request was answered: what it named is to be marked, but for what was refused, which is told. 0 or -1. */
int ack_take(struct visit *v, struct err *e);

/* Is it time that what was answered is marked? With another's commit it may be before that. */
bool ack_is_due(const struct visit *v);

/*
 * In the writer's transaction: marks the next BOUND_BATCH_ROWS of what was answered. 1: there is more, for the same
 * transaction or another; 0; -1.
 */
int ack_write(struct visit *v, const char *now, struct err *e);
/* It is committed: counts. */
void ack_settled(struct visit *v);

#endif
