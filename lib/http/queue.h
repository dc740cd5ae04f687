/*
 * The engine and its lists of transfers, for engine.c and queue.c alone.
 */
#ifndef HTTP_QUEUE_H
#define HTTP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/bounds.h"
#include "http/breaker.h"
#include "http/engine.h"
#include "http/pace.h"
#include "http/transfer.h"

struct engine {
	CURLM *multi;
	const struct offline *offline; /* answers in the network's stead; NULL: the network */
	char *agent;
	struct transfer_list queued; /* by due time */
	struct transfer_list running, over;
	size_t active;
	struct pace pace;
	struct breakers breakers;
	struct engine_hosts hosts; /* changed NULL: nobody watches, and no breaker opens */
	struct meter meter;
	int64_t left_ms;             /* when the last step ended */
	int64_t heard_ms;            /* when bytes or an end last came of one */
	int64_t deadline_ms;         /* the first of those under way, on the engine's clock */
	size_t judged;               /* in this step */
	bool performing;             /* libcurl or an offline attempt is calling us: neither must be called */
	bool stops;                  /* some transfer has its stop set */
	CURL *spare[BOUND_PARALLEL]; /* handles between transfers: making one costs more than using it */
	size_t n_spare;
};

/* Queues it by its due time; those of the same time in the order they came. It is in no list before. */
void queue_wait(struct transfer *t, int64_t due_ms);

/* Takes a transfer out of wherever it is. */
void queue_leave(struct transfer *t);

/* The attempt has ended with this; what becomes of the transfer is judged later, when no list is being walked. */
void queue_over(struct transfer *t, enum outcome outcome);

/* May a queued one go to its host? If not, its attempt is over. */
bool queue_may_go(struct transfer *t);

/* Those who wait for another attempt at a host that is given up need not wait for it. */
void queue_turn_away(struct engine *engine, const struct breaker_origin *host);

#endif
