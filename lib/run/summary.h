/*
 * A run's summary as one JSON object: public interface, see the contract's list of keys.
 */
#ifndef RUN_SUMMARY_H
#define RUN_SUMMARY_H

#include "base/buf.h"
#include "run/run.h"

/* One line with its newline. 0, or -1 when b is full. */
int summary_json(const struct run_summary *s, const char *job, int exit_code, struct buf *b);

/* The mean time an item in milliseconds: of the whole run, over all that was received; 0 for none. */
double summary_avg_item_ms(int64_t duration_ms, int64_t received);

#endif
