/*
 * How long the ledger must remember: an external system may offer again what lies within a client's Days or Year, and
 * what the ledger has forgotten would then be applied a second time.
 */
#ifndef RUN_KEEP_H
#define RUN_KEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

struct keep {
	int64_t before_ms; /* acknowledged items that were last seen before this (UTC) may go */
	bool leave;        /* none may: there is a client of which nobody knows how far back it asks */
	char why[1000]; /* the client that moved before_ms, or the one that cannot be read; "": the age alone decides */
};

/*
 * Of all clients that are configured for the job type, those that are switched off too. older_than_ms: the age that is
 * asked for. before_ms is the earliest of: that long ago; a day more than the longest Days ago; a day before the
 * earliest Year. 0 or -1.
 */
int keep_read(struct keep *keep, struct db *db, int64_t job_type, int64_t now_ms, int64_t older_than_ms, struct err *e);

#endif
