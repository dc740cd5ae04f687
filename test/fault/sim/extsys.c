#include "extsys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "extsys_parts.h"
#include "run/run.h"
#include "sometimes.h"
#include "vtime.h"

/* A signal is seen after so long at the latest: a turn of the run's loop, with a busy database in it. */
#define NOTICE_MS 45000

/* What happens to one attempt. */
enum mishap {
	NO_MISHAP,
	NO_CONNECTION,
	NO_ANSWER_IN_TIME, /* and nothing was done */
	ERROR_500,
	ERROR_503,
	TOO_MANY,      /* 429, with Retry-After */
	TOO_MANY_LONG, /* the same, for longer than is waited */
	NOT_FOUND,     /* 404 */
	REDIRECT_HERE, /* to this origin */
	REDIRECT_AWAY,
	LOST_IN_TIME, /* done, but the answer never came */
	LOST_BROKEN,
	CUT,     /* done, and the answer broke off */
	SHORT,   /* the same, and HTTP does not know */
	GARBAGE, /* done, and answered with a page for people */
	MISHAPS,
};

static int
trouble(struct extsys *es, const char *what, size_t client)
{
	if (es->trouble[0] == '\0')
		snprintf(es->trouble, sizeof(es->trouble), "%s (client %s)", what, es->scheme->clients[client].id);
	return 0;
}

static enum mishap
draw(struct extsys *es, size_t client)
{
	struct rng r = rng_of(es->scheme->seed, 2 + client, (uint64_t)es->clients[client].attempts++);

	if (es->calm || es->clients[client].redirected || !rng_percent(&r, es->scheme->fault_percent))
		return NO_MISHAP;
	return (enum mishap)rng_between(&r, 1, MISHAPS - 1);
}

static uint64_t
hash(uint64_t at, const char *bytes, size_t n)
{
	while (n-- > 0)
		at = (at ^ (unsigned char)*bytes++) * 1099511628211U;
	return at;
}

/* Passing faults are to be tried again, Retries times and no more, and not before it was asked for. */
static void
judge_request(struct extsys *es, size_t c, const struct http_request *request, bool ack)
{
	uint64_t now = hash(hash(14695981039346656037U, request->url, strlen(request->url)),
	    request->body != NULL ? request->body : "", request->body_len);

	if (now != es->clients[c].last) {
		es->clients[c].tries = 0;
		es->clients[c].not_before_ms = 0;
	}
	es->clients[c].last = now;
	if (now == es->clients[c].too_large)
		trouble(es, "what was too large was sent again unchanged", c);
	if (!es->clients[c].redirected && ++es->clients[c].tries > es->scheme->retries + 1)
		trouble(es, "a request was tried more often than Retries allows", c);
	if (es->clients[c].tries > 1)
		sometimes(DID_RETRY);
	if (vtime_mono_ms() < es->clients[c].not_before_ms)
		trouble(es, "a request was tried again before Retry-After", c);
	if (!ack && es->clients[c].fetch_over)
		trouble(es, "a fetch went on after a final no", c);
	if (ack && !es->clients[c].fetched)
		sometimes(DID_DRAIN_OWED);
	if (!ack && !es->clients[c].acking && es->clients[c].owed > 0)
		trouble(es, "it fetched before it acknowledged what it owed", c);
	es->clients[c].fetched |= !ack;
	es->clients[c].acking |= ack;
	/* The signal is noticed in the next turn; what was under way is ended then, and acks have a grace. */
	if (es->stopped_at_ms > 0 && vtime_mono_ms() > es->stopped_at_ms + NOTICE_MS + (ack ? BOUND_STOP_GRACE_MS : 0))
		trouble(es, "it went on after a signal", c);
}

/* Faults that come before anything is done. True: that was it. */
static bool
fail_before(struct extsys *es, size_t c, enum mishap mishap, bool ack, struct offline_answer *out)
{
	static const long statuses[] = { [ERROR_500] = 500,
		[ERROR_503] = 503,
		[TOO_MANY] = 429,
		[TOO_MANY_LONG] = 429,
		[NOT_FOUND] = 404,
		[REDIRECT_HERE] = 307,
		[REDIRECT_AWAY] = 308 };

	if (mishap == NO_MISHAP || mishap >= LOST_IN_TIME)
		return false;
	if (mishap == NO_ANSWER_IN_TIME)
		out->end = OFFLINE_TIMEOUT;
	else if (mishap != NO_CONNECTION)
		out->status = statuses[mishap];
	if (mishap == TOO_MANY || mishap == TOO_MANY_LONG) {
		snprintf(es->clients[c].retry_after, sizeof(es->clients[c].retry_after), "%d",
		    mishap == TOO_MANY ? 3 : 90000);
		out->retry_after = es->clients[c].retry_after;
		es->clients[c].not_before_ms = vtime_mono_ms() + (mishap == TOO_MANY ? 3000 : 0);
		sometimes(DID_WAIT_AS_ASKED);
	}
	if (mishap == REDIRECT_HERE || mishap == REDIRECT_AWAY) {
		snprintf(es->clients[c].location, sizeof(es->clients[c].location), "%s",
		    mishap == REDIRECT_HERE ? "/moved?here" : "https://elsewhere.invalid/c0");
		out->location = es->clients[c].location;
		es->clients[c].redirected = mishap == REDIRECT_HERE;
		sometimes(DID_REDIRECT);
	}
	if (!ack && (mishap == NOT_FOUND || mishap == REDIRECT_AWAY || mishap == TOO_MANY_LONG))
		es->clients[c].fetch_over = true;
	return true;
}

/* Faults of an answer that is whole otherwise. */
static void
fail_after(struct extsys *es, enum mishap mishap, struct offline_answer *out)
{
	switch (mishap) {
	case LOST_IN_TIME:
	case LOST_BROKEN:
		*out = (struct offline_answer){ .end = mishap == LOST_BROKEN ? OFFLINE_BROKEN : OFFLINE_TIMEOUT };
		break;
	case CUT:
	case SHORT:
		if (out->status != 200)
			break;
		out->body_len = out->body_len * 2 / 3;
		out->end = mishap == CUT ? OFFLINE_BROKEN : OFFLINE_WHOLE;
		if (out->body_len > 100)
			sometimes(DID_KEEP_OF_CUT);
		break;
	case GARBAGE:
		if (out->status != 200 && out->status != 204)
			break;
		out->status = 200;
		buf_clear(&es->body);
		buf_adds(&es->body, "<!doctype html>\n<p>We are sorry [1, 2");
		out->body = es->body.at;
		out->body_len = es->body.len;
		break;
	default:
		break;
	}
}

/* Need jobrun not try again, or may it give up? */
static bool
is_final(const struct extsys *es, size_t c, enum mishap mishap, bool ack)
{
	switch (mishap) {
	case NO_MISHAP:
		return false;
	case NOT_FOUND:
	case REDIRECT_AWAY:
	case TOO_MANY_LONG:
	case GARBAGE:
		return true;
	case SHORT:
		return ack || es->clients[c].tries > es->scheme->retries;
	default:
		return es->clients[c].tries > es->scheme->retries;
	}
}

static int
answer(void *arg, const struct http_request *request, struct offline_answer *out, struct err *e)
{
	struct extsys *es = arg;
	const char *path = request->url + strlen(RUN_OFFLINE_URL);
	bool ack = strcmp(request->method, "GET") != 0;
	enum mishap mishap;
	size_t c;

	if (es->step(es->arg, request->url) == -1)
		return err_set(e, ERR_UNAVAILABLE, "gone", "the process is gone");
	c = strncmp(path, "/c", 2) == 0 ? (size_t)(path[2] - '0') : 0;
	judge_request(es, c, request, ack);
	mishap = draw(es, c);
	es->clients[c].redirected = false;
	es->faults += mishap != NO_MISHAP;
	es->clients[c].excused |= is_final(es, c, mishap, ack);
	if (fail_before(es, c, mishap, ack, out))
		return 0;
	if (ack && es->clients[c].lost)
		sometimes(DID_REPEAT_ACK);
	if (ack)
		extsys_take_ack(es, c, request, out, mishap == NO_MISHAP);
	else
		extsys_give_page(es, c, path, out);
	if (ack)
		es->clients[c].lost = mishap != NO_MISHAP;
	fail_after(es, mishap, out);
	if (!ack && out->status == 200 && mishap == GARBAGE)
		es->clients[c].fetch_over = true;
	if (out->status == 413)
		es->clients[c].too_large = es->clients[c].last;
	/* What came whole is no try of the next request, which may look the same: an ack of another version. */
	if (mishap == NO_MISHAP || out->status == 413 ||
	    (ack && (out->status / 100 == 2 || out->status == 409) && out->end == OFFLINE_WHOLE))
		es->clients[c].last = 0;
	out->piece = es->scheme->seed % 3 == 0 ? 1 + es->scheme->seed % 700 : 0;
	if (es->step(es->arg, "answered") == -1)
		return err_set(e, ERR_UNAVAILABLE, "gone", "the process is gone");
	return 0;
}

/* How long an attempt takes: so that clients overtake each other. */
static int64_t
takes(void *arg, const struct http_request *request)
{
	struct extsys *es = arg;
	const char *path = request->url + strlen(RUN_OFFLINE_URL);
	size_t c = strncmp(path, "/c", 2) == 0 ? (size_t)(path[2] - '0') : 0;
	struct rng r = rng_of(es->scheme->seed, 50 + c, (uint64_t)es->clients[c].attempts);

	return rng_percent(&r, 5) ? rng_below(&r, 40000) : rng_below(&r, 60);
}

void
extsys_init(struct extsys *es, const struct scheme *scheme)
{
	size_t i;

	memset(es, 0, sizeof(*es));
	es->scheme = scheme;
	for (i = 0; i < scheme->n_items; i++)
		es->items[i].refusals = scheme->items[i].refusals;
	buf_init(&es->body, 64U * 1024 * 1024);
	es->offline = (struct offline){ .answer = answer, .in_time = true, .takes = takes, .arg = es };
}

void
extsys_release(struct extsys *es)
{
	buf_release(&es->body);
}

void
extsys_begin_run(struct extsys *es)
{
	size_t c;

	for (c = 0; c < SCHEME_CLIENTS; c++) {
		es->clients[c].tries = 0;
		es->clients[c].fetch_over = es->clients[c].fetched = es->clients[c].redirected = false;
		es->clients[c].acking = es->clients[c].excused = false;
		es->clients[c].not_before_ms = 0;
		es->clients[c].last = es->clients[c].too_large = 0;
	}
	es->served = es->acked = es->faults = es->stopped_at_ms = 0;
}

bool
extsys_offers(const struct extsys *es, size_t i)
{
	return (!es->scheme->items[i].late || es->late) &&
	    (!es->items[i].acked || es->scheme->sticky || !es->scheme->acks);
}
