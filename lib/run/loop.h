/*
 * The loop over the clients: at most so many visits at once, one thread, one
 * writer. Nothing in it sleeps but the engine's wait.
 */
#ifndef RUN_LOOP_H
#define RUN_LOOP_H

#include "run/state.h"

/* Visits everyone on the roster, or stops tidily before. 0; -1 with e: the whole run must end. */
int loop_run(struct run *run, struct err *e);

#endif
