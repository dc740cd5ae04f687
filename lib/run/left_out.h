/*
 * Tells who is not visited, and why: a quiet day must not look like a broken one, nor the other way round.
 */
#ifndef RUN_LEFT_OUT_H
#define RUN_LEFT_OUT_H

#include "run/state.h"

/* At the begin of a run, from its roster. Whom --client names is told of as a warning. */
void left_out_tell(const struct run *run);

#endif
