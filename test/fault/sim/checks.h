/*
 * What must hold of a world: after every run, however it ended, and at the end of all. The database is looked at by
 * plain SQL, on a copy of the disk, so that looking changes nothing.
 */
#ifndef SIM_CHECKS_H
#define SIM_CHECKS_H

#include "world.h"

/*
 * Every effect once and with its ledger row, none without; what the external system was told is applied, what the
 * ledger calls acknowledged it was told; failures counted, logged and never acknowledged; books that balance and agree
 * with the tables; at most one run open; a sound database. What breaks it is the world's trouble. The world's `left`
 * says whether all is done that can be: each good item applied and acknowledged, unless its ack is refused, each bad
 * one parked.
 */
void checks_after_run(struct world *w);

/* What came of it, without times: equal for equal results. */
uint64_t checks_digest(struct world *w);

#endif
