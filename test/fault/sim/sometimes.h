/*
 * Rare paths, counted over all seeds: one that was never taken was not tested, and fails the simulation.
 */
#ifndef SIM_SOMETIMES_H
#define SIM_SOMETIMES_H

#include <stdbool.h>
#include <stdint.h>

enum sometimes {
	DID_RUN,
	DID_RETRY,
	DID_WAIT_AS_ASKED, /* Retry-After */
	DID_HALVE,         /* 413 */
	DID_DRAIN_OWED,
	DID_REPEAT_ACK, /* after an answer that was lost */
	DID_REFUSE_ACK,
	DID_DUPLICATE,
	DID_FAIL_ITEM,
	DID_CURE,
	DID_PARK,
	DID_POISON,
	DID_KEEP_OF_CUT, /* a body broke off, and its whole items stayed */
	DID_REDIRECT,
	DID_PAGE,
	DID_VERSION,
	DID_FULL,
	DID_IOERR_READ,
	DID_IOERR_WRITE,
	DID_IOERR_SYNC,
	DID_BUSY, /* waited for, and got */
	DID_BUSY_TOO_LONG,
	DID_CRASH,
	DID_CRASH_AFTER_ACK, /* the external system knows, the ledger does not */
	DID_POWER_CUT,
	DID_CUT_IN_COMMIT, /* something written was not yet synced */
	DID_HEAL,
	DID_SIGNAL,
	DID_TIME_OVER,
	DID_CLOCK_JUMP,
	DID_NOT_DUE,
	DID_FILL_BATCH, /* one answer, more than one transaction */
	DID_COMPARE,    /* one client at a time against many */
	DID_COUNT,
};

void sometimes(enum sometimes what);
int64_t sometimes_count(enum sometimes what);

/* Prints all counts; false if something never happened. */
bool sometimes_report(void);

#endif
