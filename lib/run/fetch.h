/*
 * A visit's fetch: page by page, items cut from the stream as they come.
 */
#ifndef RUN_FETCH_H
#define RUN_FETCH_H

#include "run/state.h"

void fetch_init(struct visit *v);
/* When it is over: a visit may wait for its commit yet, and keeps none of the fetch's memory. */
void fetch_release(struct visit *v);

/* Starts the next page's request: 1 under way, or waits for its turn; 0 the fetch is over, by its end or by failing. */
int fetch_next(struct visit *v);

#endif
