/*
 * When an origin that nobody reaches is no longer asked: pure functions, with
 * the time passed in. A host that is down for many costs one round of timeouts, not one each.
 *
 *	closed   -- BOUND_BREAKER_VISITS requests missed it in a row, over a whole timeout: no connection --> open
 *	closed   -- the same, but it took the connections and gave no answer --> doubted
 *	doubted  -- as many more, begun since, miss it, too --> open
 *	open     -- BOUND_BREAKER_PROBE_MS later one request is let through, the next probe
 *	any      -- an HTTP answer, of any status --> closed
 *
 * Doubted, since some slow scripts in a row look as a silent host does: who had a
 * turn gets no other, who had none has one. Open, all but a probe fail at once.
 */
#ifndef HTTP_BREAKER_H
#define HTTP_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include <bsd/sys/tree.h>

#include "base/err.h"

enum breaker_state { BREAKER_CLOSED, BREAKER_DOUBTED, BREAKER_OPEN };

enum breaker_miss {
	BREAKER_UNCONNECTED, /* no connection, or no TLS on it */
	BREAKER_UNANSWERED,  /* connected, and no answer */
};

struct breaker {
	enum breaker_state state;
	uint64_t streak;     /* numbers the rows of misses, from 1 */
	int missed;          /* requests that missed it in this one, in a doubted one since the doubt */
	int64_t since_ms;    /* when the first miss of the streak began, or the last answer came, if that was later */
	int64_t counted_ms;  /* the same of those that are counted */
	int64_t from_ms;     /* what began earlier counts from here: the last answer, or the doubt */
	int64_t probe_at_ms; /* BREAKER_OPEN: from when on the next probe may go */
	bool probing;        /* one is under way */
};

/* A request's part in it, zeroed at first. */
struct breaker_turn {
	uint64_t missed_in; /* the streak it is counted in */
	uint64_t probe_in;  /* the streak it is a probe of */
};

void breaker_init(struct breaker *b);

/* May it go now? A probe that has not yet gone may be asked for again. */
bool breaker_ask(struct breaker *b, struct breaker_turn *turn, int64_t now_ms);

/* Would it be refused, should it want another attempt? */
bool breaker_is_shut(const struct breaker *b, const struct breaker_turn *turn);

/*
 * An attempt begun at begun_ms got no HTTP answer; patience_ms: the timeout
 * that it had. True: this has just opened the breaker.
 */
bool breaker_missed(struct breaker *b, struct breaker_turn *turn, enum breaker_miss miss, int64_t begun_ms,
    int64_t patience_ms, int64_t now_ms);

/* Somebody got an answer. True: it had been open. */
bool breaker_reached(struct breaker *b, struct breaker_turn *turn, int64_t now_ms);

/* An attempt ended that says nothing of the origin: stopped, or our own fault. */
void breaker_left(struct breaker *b, struct breaker_turn *turn);

/* The breakers of all origins, by name. */
struct breaker_origin {
	RB_ENTRY(breaker_origin) entry;
	char *name;
	struct breaker breaker;
	int64_t since_utc_ms; /* of since_ms */
	char *last;           /* what the last miss was, in words; NULL: none */
};
RB_HEAD(breakers, breaker_origin);

void breakers_init(struct breakers *breakers);
void breakers_release(struct breakers *breakers);

/* The entry of an origin by way of a proxy (NULL: none), made if need be; lives as long as the table. NULL with e. */
struct breaker_origin *breakers_find(struct breakers *breakers, const char *origin, const char *proxy, struct err *e);

#endif
