/*
 * What a test orders and asks, outside the API: no key, no faults, no journal.
 * Each is a route_fn that is called outside any transaction.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "routes.h"

/* Keeps records byte for byte: NDJSON with kind, client and group in the query, or a JSON object with bodies. */
route_fn control_records;

/* POST adds a fault, GET lists them, DELETE clears them. */
route_fn control_faults;

/* How much there is. */
route_fn control_state;

#endif
