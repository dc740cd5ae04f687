/*
 * What a run does for those that died before it, in the transaction of its own row: they become 'crashed', and the item
 * that one of them may have died of is written down, or parked when that was the third time in a row.
 */
#ifndef RUN_HEAL_H
#define RUN_HEAL_H

#include "base/err.h"
#include "run/suspect.h"

struct run;
struct run_request;

struct heal {
	int64_t runs;           /* so many had died */
	int64_t deaths;         /* in suspect's rules, in a row, the last one counted; 0: there is no suspect */
	struct suspect suspect; /* if there is one */
};

/* The caller holds the job's lock, and a transaction is open. 0 or -1. */
int heal_write(struct heal *h, const struct run_request *request, const char *now, struct err *e);
/* That is committed: the next run must not read the same once more. */
void heal_settled(const struct run_request *request);
/* Tells what run->healed says. */
void heal_tell(const struct run *run);

#endif
