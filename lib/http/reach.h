/*
 * What attempts tell about their origins, and who is turned away for it: between the engine and its breakers.
 */
#ifndef HTTP_REACH_H
#define HTTP_REACH_H

#include <stdbool.h>
#include <stdint.h>

#include "http/breaker.h"
#include "http/engine.h"
#include "http/transfer.h"

/*
 * Takes note of an attempt that had ended by now_ms on the engine's clock;
 * reading: the transfers under way, one of which may be reading an answer.
 */
void reach_note(
    struct transfer *t, int64_t now_ms, const struct transfer_list *reading, const struct engine_hosts *hosts);

/* The attempt of a transfer that is turned away: its words. The outcome is OUTCOME_DOWN. */
void reach_turn_away(struct transfer *t);

#endif
