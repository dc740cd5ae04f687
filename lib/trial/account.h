/*
 * What came out of a case, as text that reads well and diffs well: what was asked of the external system, what
 * became of each item, and whether the client failed.
 */
#ifndef TRIAL_ACCOUNT_H
#define TRIAL_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "http/engine.h"
#include "run/event.h"
#include "store/ledger.h"

struct account_item;

struct account {
	struct buf requests;
	struct account_item *items; /* owned */
	size_t n, cap;
	struct err failed;          /* the client did, and why; kind ERR_NONE: it did not */
	char stage[16];             /* in what */
	bool full, short_of_memory; /* not all is in it */
};

void account_init(struct account *a);
void account_release(struct account *a);

/* A request as it is sent: method, path and query, body. */
void account_request(struct account *a, const struct http_request *request);

/* For struct event_sink; arg is the account. */
void account_event(void *arg, const struct event *ev);
void account_item(void *arg, const struct event_item *ev);

/*
 * Appends the sections "-- requests", "-- items" and, if it failed, "-- client". acks: the job has acknowledgements;
 * which items were acknowledged is read from the ledger. 0 or -1.
 */
int account_text(
    const struct account *a, struct db *db, const struct ledger_client *who, bool acks, struct buf *out, struct err *e);

#endif
