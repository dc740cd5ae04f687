/*
 * A visit's acknowledgements: driven by the ledger alone, so that only what is
 * committed can be named, and what a crash left is named the same way.
 */
#ifndef RUN_ACK_H
#define RUN_ACK_H

#include "run/state.h"

void ack_init(struct visit *v);
void ack_release(struct visit *v);

/* Begins again at the client's first owed item. */
void ack_rewind(struct visit *v);

/* Starts the next ack's request: 1 under way; 0 nothing more is owed, or acks are given up; -1 the database failed. */
int ack_next(struct visit *v, struct err *e);

/*
 * In the writer's transaction: marks the next BOUND_BATCH_ROWS of what the
 * answered request named and was not refused. 1: there is more, for another transaction; 0; -1.
 */
int ack_write(struct visit *v, const char *now, struct err *e);
/* It is committed: counts and tells. */
void ack_settled(struct visit *v);

#endif
