#include "http/reach.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"

/* While an answer is being read there, the host is not down, whatever others meet. */
static bool
is_answering(const struct breaker_origin *host, const struct transfer_list *reading)
{
	const struct transfer *t;

	TAILQ_FOREACH(t, reading, entry)
		if (t->host == host && t->attempt.status != 0)
			return true;
	return false;
}

/* "https://ris.example:443": what stands behind a blank is the proxy. */
static int
origin_len(const struct breaker_origin *host)
{
	return (int)strcspn(host->name, " ");
}

static const char *
by_proxy(const struct breaker_origin *host)
{
	return host->name[origin_len(host)] != '\0' ? ", by its proxy," : "";
}

static void
tell(const struct engine_hosts *hosts, const struct breaker_origin *host, bool down)
{
	char since[CLOCK_TEXT], span[CLOCK_SPAN];
	struct err words = ERR_INIT;

	clock_text(host->since_utc_ms, since);
	clock_span(clock_utc_ms() - host->since_utc_ms, span);
	if (down)
		err_set(&words, ERR_UNAVAILABLE, "host_down",
		    "%.*s%s is down: %d requests in a row got no answer since %s, the last: %s; from now on one request "
		    "every %d s asks whether it is back, and all others fail at once",
		    origin_len(host), host->name, by_proxy(host), host->breaker.missed, since,
		    host->last != NULL ? host->last : "no answer", BOUND_BREAKER_PROBE_MS / 1000);
	else
		err_set(&words, ERR_NONE, "host_up", "%.*s%s answers again, after %s", origin_len(host), host->name,
		    by_proxy(host), span);
	hosts->changed(hosts->arg, down, words.text);
}

static void
note_miss(struct transfer *t, const struct engine_hosts *hosts, int64_t now_ms)
{
	struct breaker_origin *host = t->host;
	enum breaker_miss miss = t->attempt.outcome == OUTCOME_CONNECT || t->attempt.phase == PHASE_CONNECT
	    ? BREAKER_UNCONNECTED
	    : BREAKER_UNANSWERED;
	char *last = strdup(t->attempt.why.text);
	bool opened;

	opened = breaker_missed(&host->breaker, &t->turn, miss, t->begun_ms,
	    miss == BREAKER_UNCONNECTED ? t->request.connect_timeout_ms : t->request.timeout_ms, now_ms);
	host->since_utc_ms = clock_utc_ms() - (now_ms - host->breaker.since_ms);
	/* Without memory the words of the miss before stay. */
	if (last != NULL) {
		free(host->last);
		host->last = last;
	}
	if (opened)
		tell(hosts, host, true);
}

void
reach_note(struct transfer *t, int64_t now_ms, const struct transfer_list *reading, const struct engine_hosts *hosts)
{
	struct breaker *b = &t->host->breaker;
	enum outcome outcome = t->attempt.outcome;

	if (t->attempt.status != 0) {
		if (breaker_reached(b, &t->turn, now_ms))
			tell(hosts, t->host, false);
	} else if (outcome == OUTCOME_CONNECT || outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_BROKEN) {
		if (is_answering(t->host, reading))
			breaker_left(b, &t->turn);
		else
			note_miss(t, hosts, now_ms);
	} else {
		breaker_left(b, &t->turn);
	}
}

void
reach_turn_away(struct transfer *t)
{
	const struct breaker_origin *host = t->host;
	char since[CLOCK_TEXT];

	attempt_reset(&t->attempt);
	clock_text(host->since_utc_ms, since);
	err_set(&t->attempt.why, ERR_UNAVAILABLE, "host_down",
	    "not asked: %.*s%s has given nobody an answer since %s (%s)", origin_len(host), host->name, by_proxy(host),
	    since, host->last != NULL ? host->last : "no answer");
}
