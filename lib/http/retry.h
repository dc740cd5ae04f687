/*
 * Once more, or not: a pure function of what happened and what time it is.
 */
#ifndef HTTP_RETRY_H
#define HTTP_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/* How one attempt ended. */
enum outcome {
	OUTCOME_ANSWER,  /* an HTTP status, and the body was taken whole */
	OUTCOME_CONNECT, /* no connection: refused, unreachable, name not found, TLS handshake broken off */
	OUTCOME_TIMEOUT,
	OUTCOME_BROKEN,  /* the connection broke off in the answer or before it */
	OUTCOME_BODY,    /* what arrived cannot be used: malformed, too large */
	OUTCOME_REFUSED, /* no further: TLS not verified, a redirect elsewhere or in a circle, the proxy's no */
	OUTCOME_LOCAL,   /* our own fault: no memory, a CA file that cannot be read */
	OUTCOME_DOWN,    /* not made: nobody reaches the host (http/breaker.h) */
	OUTCOME_STOPPED, /* we ended it: a signal, --max-time */
};

struct retry_attempt {
	enum outcome outcome;
	long status;            /* OUTCOME_ANSWER */
	int made;               /* attempts made so far, this one counted */
	int retries;            /* how many more than the first are allowed */
	int64_t retry_after_ms; /* what the answer asks for; -1: nothing (or nonsense) */
	uint32_t random;        /* for the jitter */
};

struct retry_decision {
	bool again;
	int64_t wait_ms;
	char why_not[80]; /* when not again though the outcome was passing: "gave up after 5 attempts", …; else "" */
};

/*
 * Connection errors, time-outs, broken answers, 408, 425, 429 and 5xx: again,
 * after a wait drawn evenly from 0 to BASE·2^(made-1), at the most
 * BOUND_BACKOFF_MOST_MS. A Retry-After is obeyed to the letter, and one over
 * BOUND_RETRY_AFTER_MS is not waited for; one of 0 says nothing against the drawn wait. All else is final.
 */
struct retry_decision retry_decide(const struct retry_attempt *a);

/*
 * Retry-After (RFC 9110 10.2.3), seconds or an HTTP date, against now (UTC ms): ms to wait, 0 if past, -1 if nonsense
 * or absent.
 */
int64_t retry_after(const char *value, int64_t now_utc_ms);

#endif
