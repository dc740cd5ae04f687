/*
 * The item whose rules are at work, kept in the room of the job's lock, where it outlives the process: if that dies of
 * these rules, with no chance to write anything down, the next run knows of which item. It costs no system call an
 * item. What is read is only ever taken for an item's key in the ledger; a process that was killed for another reason
 * just then leaves the same.
 */
#ifndef RUN_SUSPECT_H
#define RUN_SUSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "run/lock.h"
#include "store/ledger.h"

/* In each of these room may be NULL: then nothing is kept, and nothing was. */

/* From here on the process runs the rules for this item. One that does not fit is not kept. */
void suspect_begin(void *room, int64_t run, const struct ledger_client *who, const struct ledger_key *key);
/* The rules came to an end. */
void suspect_end(void *room);

struct suspect {
	int64_t run;
	const char *client, *group; /* as the key's texts, they point into bytes */
	struct ledger_key key;
	char bytes[LOCK_ROOM];
};

/* 1: a process died in this item's rules; 0: in none, or what stands there is torn, another's or nonsense. */
int suspect_read(const void *room, struct suspect *s);

#endif
