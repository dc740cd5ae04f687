/*
 * When the writer leaves the write lock to others. A rest is a time without a transaction that is long enough for
 * whoever waits to find the lock free; the time in which the network is driven counts, so that a rest costs nothing
 * where there is enough to fetch. While others write there is one every BOUND_REST_BESIDE_MS, else every
 * BOUND_REST_ALONE_MS. Times are of the monotonic clock.
 */
#ifndef RUN_REST_H
#define RUN_REST_H

#include <stdbool.h>
#include <stdint.h>

struct rest {
	int64_t free_since; /* when the last transaction ended */
	int64_t rested;     /* when the last rest ended */
	int64_t version;    /* of the database, by SQLite's count of what others committed; 0: not looked at yet */
	int64_t beside_until;
};

/* A run begins: its lock is free. */
void rest_init(struct rest *r, int64_t now);

/* How long the next transaction is to wait; 0: not at all. */
int64_t rest_left(const struct rest *r, int64_t now);

/* A transaction has begun, and found this version. */
void rest_begun(struct rest *r, int64_t now, int64_t version);
/* It is to end, since others have waited for long enough. */
bool rest_is_due(const struct rest *r, int64_t now);
void rest_ended(struct rest *r, int64_t now);

#endif
