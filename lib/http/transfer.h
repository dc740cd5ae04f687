/*
 * A request through all its attempts, as the engine and the verdict on an
 * attempt share it; nobody else includes it.
 */
#ifndef HTTP_TRANSFER_H
#define HTTP_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include <bsd/sys/queue.h>

#include "base/buf.h"
#include "http/attempt.h"
#include "http/breaker.h"
#include "http/engine.h"
#include "http/pace.h"

enum transfer_state {
	TRANSFER_QUEUED,  /* waits for its due time, with no handle */
	TRANSFER_RUNNING, /* libcurl has it */
	TRANSFER_OVER,    /* the attempt has ended, and is to be judged */
	TRANSFER_GONE,    /* done() is being called */
};

struct transfer {
	TAILQ_ENTRY(transfer) entry;
	struct engine *engine;
	enum transfer_state state;
	struct http_request request;
	struct http_sink sink;
	char *url;                   /* as asked for; owned */
	char *hop;                   /* where a redirect within the origin led; owned, NULL if nowhere */
	struct curl_slist *headers;  /* owned, wiped */
	struct pace_origin *origin;  /* NULL: no rate limit */
	struct breaker_origin *host; /* NULL: no breaker */
	struct breaker_turn turn;
	int64_t begun_ms; /* the attempt, on the engine's clock */
	bool slotted;     /* holds a slot in its origin's pace already */
	int64_t due_ms;   /* QUEUED: clock_mono_ms() at which it may go */
	int made, hops;   /* attempts so far; redirects of this one */
	struct attempt attempt;
	struct buf link;
	struct http_result result;
	bool stop;    /* to be ended as soon as it can be */
	bool in_sink; /* a callback of its own is under way */
};

TAILQ_HEAD(transfer_list, transfer);

/*
 * The engine's own fields (engine, agent, meter) are set by the engine; breakers NULL: none. NULL with e: as
 * engine_start() says.
 */
struct transfer *transfer_new(const struct http_request *request, const struct http_sink *sink, struct pace *pace,
    struct breakers *breakers, struct err *e);
void transfer_free(struct transfer *t);

/* When its next attempt may go: by its origin's pace, which counts it, and by the time that an offline answer takes. */
int64_t transfer_slot(struct transfer *t, const struct offline *offline, int64_t now_us);

/* What becomes of a transfer whose attempt has ended. */
enum verdict_next {
	NEXT_END,   /* result is filled */
	NEXT_HOP,   /* at once, at hop */
	NEXT_AGAIN, /* from the beginning, after wait_ms; the sink was told */
};

/*
 * Judges an attempt that has ended: lets the sink check a whole body, follows
 * a redirect, or decides on another attempt. t->result is up to date
 * afterwards, unless t->stop is set: then transfer_stopped() is to be called.
 */
enum verdict_next transfer_judge(struct transfer *t, int64_t *wait_ms);

/* Fills t->result for a transfer that was stopped. */
void transfer_stopped(struct transfer *t);

#endif
