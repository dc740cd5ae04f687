/*
 * One round of telling: several targets, each with a text of its own, all at once.
 */
#ifndef NOTIFY_ROUND_H
#define NOTIFY_ROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bsd/sys/queue.h>

#include "config/request.h"
#include "http/engine.h"
#include "notify/command.h"

/* One target and what it is told. */
struct delivery {
	STAILQ_ENTRY(delivery) entry;
	struct round *round;
	const struct notify_target *target; /* borrowed */
	struct buf url;                     /* wiped */
	struct buf text;
	const char *type; /* Content-Type of text; NULL: JSON */
	struct request_auth auth;
	struct transfer *transfer;
	struct command command;
	bool over, late;
};

struct round {
	const struct notify_from *from;
	const struct notify_sink *sink;
	struct engine *engine;
	STAILQ_HEAD(, delivery) deliveries;
	size_t n, left;
};

/* from and sink are borrowed. 0 or -1; release it in either case. */
int round_init(struct round *r, const struct notify_from *from, const struct notify_sink *sink, struct err *e);
void round_release(struct round *r);

/*
 * A further delivery, with empty url and text for the caller to fill, text in any case. NULL: no memory, or there are
 * BOUND_NOTIFY_AT_ONCE already; the sink was told.
 */
struct delivery *round_add(struct round *r, const struct notify_target *target);

/* Tells the sink how a delivery ended, once; why NULL: well. It takes no further part. */
void round_over(struct delivery *d, const struct err *why);

/* Makes all deliveries that are not over; each is over when this returns, after most_ms at the latest. */
void round_go(struct round *r, int64_t most_ms);

#endif
