#include "http/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "http/fault.h"
#include "http/headers.h"
#include "http/offline.h"
#include "http/url.h"

/* A line of an error's body, in the message. */
#define LINE_MOST 300

/* What the request asks for is checked before anything is taken over. 0 or -1 with e. */
static int
prepare(
    struct transfer *t, const struct http_request *request, struct pace *pace, struct breakers *breakers, struct err *e)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char *origin = NULL;
	int rc = -1;

	if (request->method[0] == '\0' || request->method[strspn(request->method, letters)] != '\0')
		return err_set(e, ERR_CONFIG, "method_invalid", "\"%s\" is no HTTP method", request->method);
	if (strlen(request->url) > BOUND_URL)
		return err_set(e, ERR_CONFIG, "url_invalid", "the URL is longer than %d bytes", BOUND_URL);
	if ((origin = url_origin(request->url, e)) == NULL || (t->headers = headers_new(request, e)) == NULL)
		goto out;
	if (request->rate_limit > 0 && (t->origin = pace_find(pace, origin, e)) == NULL)
		goto out;
	if (breakers != NULL && (t->host = breakers_find(breakers, origin, request->proxy, e)) == NULL)
		goto out;
	if ((t->url = strdup(request->url)) == NULL) {
		err_memory(e);
		goto out;
	}
	rc = 0;
out:
	free(origin);
	return rc;
}

struct transfer *
transfer_new(const struct http_request *request, const struct http_sink *sink, struct pace *pace,
    struct breakers *breakers, struct err *e)
{
	struct transfer *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		err_memory(e);
		return NULL;
	}
	if (prepare(t, request, pace, breakers, e) == -1) {
		transfer_free(t);
		return NULL;
	}
	t->request = *request;
	t->request.url = t->url;
	t->request.headers = NULL;
	t->request.n_headers = 0;
	t->sink = *sink;
	t->attempt.request = &t->request;
	t->attempt.sink = &t->sink;
	t->attempt.headers = t->headers;
	t->attempt.stop = &t->stop;
	buf_init(&t->link, BOUND_HEADER_BYTES);
	return t;
}

void
transfer_free(struct transfer *t)
{
	if (t == NULL)
		return;
	free(t->url);
	free(t->hop);
	headers_free(t->headers);
	attempt_release(&t->attempt);
	buf_release(&t->link);
	free(t);
}

int64_t
transfer_slot(struct transfer *t, const struct offline *offline, int64_t now_us)
{
	int64_t slot = t->origin != NULL ? pace_slot(t->origin, t->request.rate_limit, now_us) : now_us;

	return offline != NULL && offline->takes != NULL ? slot + offline->takes(offline->arg, &t->request) * 1000
	                                                 : slot;
}

long
transfer_status(const struct transfer *t)
{
	return t->attempt.status;
}

static const char *
where(const struct transfer *t)
{
	return t->hop != NULL ? t->hop : t->url;
}

/* What messages call it, and how many bytes of that they may show. */
static const char *
name_of(const struct transfer *t, int *len)
{
	const char *name = t->request.shown != NULL ? t->request.shown : where(t);

	*len = t->request.shown != NULL ? (int)strlen(name) : url_shown(name);
	return name;
}

/* The first answer to this header's name, or NULL; canned: an offline answer's. Valid until the handle's next use. */
static const char *
answer_header(const struct transfer *t, const char *name, const char *canned)
{
	struct curl_header *h;

	if (canned != NULL)
		return canned;
	return curl_easy_header(t->attempt.easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? h->value : NULL;
}

/* All Link headers as one, since a server may send them singly (RFC 9110, 5.3). 0 or -1: no memory. */
static int
join_links(struct transfer *t)
{
	struct curl_header *h;
	size_t i;

	t->result.link = t->attempt.canned.link;
	if (t->result.link != NULL)
		return 0;
	buf_clear(&t->link);
	for (i = 0; curl_easy_header(t->attempt.easy, "Link", i, CURLH_HEADER, -1, &h) == CURLHE_OK; i++)
		if (buf_addf(&t->link, "%s%s", i > 0 ? ", " : "", h->value) == -1)
			return err_memory(&t->attempt.why);
	t->result.link = i > 0 ? buf_text(&t->link) : NULL;
	return 0;
}

/* The first line of an error's body, if it is for people: ": " and it, else "". */
static void
first_line(const struct transfer *t, char out[LINE_MOST])
{
	const char *text = buf_text(&t->attempt.excerpt);
	char line[BOUND_ERROR_EXCERPT + 1];

	out[0] = '\0';
	if (t->request.shown != NULL)
		return;
	text += strspn(text, " \t\r\n");
	/* A web page's first line says nothing. */
	if (text[0] == '\0' || strncasecmp(text, "<!doctype", 9) == 0 || strncasecmp(text, "<html", 5) == 0)
		return;
	strlcpy(line, text, sizeof(line));
	line[strcspn(line, "\r\n")] = '\0';
	headers_redact(t->headers, t->request.password, line);
	strlcpy(out, ": ", LINE_MOST);
	strlcat(out, line, LINE_MOST);
}

/* Words for an answer that is no success. note: "gave up after 5 attempts", or "". */
static void
describe_answer(struct transfer *t, const char *note)
{
	/* The hints name the keys of an external system. */
	const char *hint = t->request.shown == NULL ? fault_hint(t->attempt.status) : NULL, *name;
	char code[sizeof(t->result.why.code)], line[LINE_MOST], aside[200] = "";
	int len;

	snprintf(code, sizeof(code), "http_%03ld", t->attempt.status);
	first_line(t, line);
	if (note[0] != '\0' || hint != NULL)
		snprintf(aside, sizeof(aside), " (%s%s%s)", note, note[0] != '\0' && hint != NULL ? ": " : "",
		    hint != NULL ? hint : "");
	name = name_of(t, &len);
	err_set(&t->result.why, ERR_UNAVAILABLE, code, "%s %.*s answered %ld%s%s", t->request.method, len, name,
	    t->attempt.status, aside, line);
}

/* The attempt's own reason with what was asked for before it, and a note behind it. */
static void
describe_failure(struct transfer *t, const char *note)
{
	struct err *why = &t->result.why;
	const char *name;
	int shown;
	size_t len;

	*why = t->attempt.why;
	/* It may quote the answer, and some servers echo a request. */
	headers_redact(t->headers, t->request.password, why->text);
	name = name_of(t, &shown);
	if (!t->attempt.from_sink)
		err_prefix(why, "%s %.*s: ", t->request.method, shown, name);
	len = strlen(why->text);
	if (note[0] != '\0')
		snprintf(why->text + len, sizeof(why->text) - len, " (%s)", note);
}

static void
describe(struct transfer *t, enum outcome outcome, const char *note)
{
	t->result.outcome = outcome;
	/* An answer that failed for another reason than its status has that reason's words. */
	if (t->attempt.why.kind == ERR_NONE)
		describe_answer(t, note);
	else
		describe_failure(t, note);
}

/* What the attempt got counts, however it ended; once. */
static void
account(struct transfer *t)
{
	t->result.bytes += t->attempt.bytes;
	t->attempt.bytes = 0;
	if (t->attempt.status != 0) {
		t->result.status = t->attempt.status;
		t->result.reached = true;
	}
}

void
transfer_stopped(struct transfer *t)
{
	account(t);
	err_set(&t->attempt.why, ERR_TRY_LATER, "stopped", "stopped before it was done");
	t->attempt.from_sink = false;
	describe(t, OUTCOME_STOPPED, "");
}

static bool
is_redirect(const struct transfer *t)
{
	long status = t->attempt.status;

	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* OUTCOME_ANSWER: t->hop leads on. Else why says why not. */
static enum outcome
redirect(struct transfer *t)
{
	const char *to = answer_header(t, "Location", t->attempt.canned.location);
	struct err *why = &t->attempt.why, inner = ERR_INIT;
	long status = t->attempt.status;
	char *hop;

	if (strcmp(t->request.method, "GET") != 0 && status != 307 && status != 308) {
		err_set(why, ERR_UNAVAILABLE, "redirect_method",
		    "answered %ld, which would make another request of it (only 307 and 308 are followed)", status);
	} else if (to == NULL) {
		err_set(why, ERR_UNAVAILABLE, "redirect_nowhere", "answered %ld with no Location", status);
	} else if (t->hops >= BOUND_REDIRECTS) {
		err_set(why, ERR_UNAVAILABLE, "redirect_loop", "redirected more than %d times", BOUND_REDIRECTS);
	} else if ((hop = url_follow(where(t), to, &inner)) == NULL) {
		err_set(why, ERR_UNAVAILABLE,
		    strcmp(inner.code, "link_other_origin") == 0 ? "redirect_other_origin" : "redirect_invalid",
		    "answered %ld, and %s", status, inner.text);
	} else {
		free(t->hop);
		t->hop = hop;
		t->hops++;
		return OUTCOME_ANSWER;
	}
	return OUTCOME_REFUSED;
}

/* The sink's word on a body that came whole. */
static enum outcome
take_whole(struct transfer *t)
{
	struct attempt *a = &t->attempt;
	int rc;

	t->in_sink = true;
	rc = t->sink.whole(t->sink.arg, &a->why);
	t->in_sink = false;
	if (rc == 0)
		return OUTCOME_ANSWER;
	a->from_sink = true;
	return strcmp(a->why.code, "body_truncated") == 0 ? OUTCOME_BROKEN : OUTCOME_BODY;
}

/* Another attempt, or the end with the words for it. */
static enum verdict_next
decide(struct transfer *t, enum outcome outcome, int64_t *wait_ms)
{
	struct retry_attempt made = {
		.outcome = outcome,
		.status = t->attempt.status,
		.made = t->made,
		.retries = t->request.retries,
		.retry_after_ms = -1,
		.random = arc4random(),
	};
	struct retry_decision decision;

	if (outcome == OUTCOME_ANSWER)
		made.retry_after_ms =
		    retry_after(answer_header(t, "Retry-After", t->attempt.canned.retry_after), clock_utc_ms());
	decision = retry_decide(&made);
	if (decision.again && t->host != NULL && breaker_is_shut(&t->host->breaker, &t->turn)) {
		decision.again = false;
		strlcpy(decision.why_not, "not tried again: nobody reaches the host", sizeof(decision.why_not));
	}
	describe(t, outcome, decision.why_not);
	if (!decision.again)
		return NEXT_END;
	free(t->hop);
	t->hop = NULL;
	t->hops = 0;
	*wait_ms = decision.wait_ms;
	if (t->sink.retrying != NULL) {
		t->in_sink = true;
		t->sink.retrying(t->sink.arg, t->made, decision.wait_ms, &t->result.why);
		t->in_sink = false;
	}
	return NEXT_AGAIN;
}

enum verdict_next
transfer_judge(struct transfer *t, int64_t *wait_ms)
{
	struct attempt *a = &t->attempt;
	enum outcome outcome = a->outcome;
	bool success = outcome == OUTCOME_ANSWER && attempt_is_success(a);

	account(t);
	if (t->stop)
		return NEXT_END;
	if (outcome == OUTCOME_ANSWER && is_redirect(t) && (outcome = redirect(t)) == OUTCOME_ANSWER)
		return NEXT_HOP;
	/* With a link lost, a page would pass for the last one. */
	if (success && (outcome = take_whole(t)) == OUTCOME_ANSWER && join_links(t) == -1)
		outcome = OUTCOME_LOCAL;
	if (success && outcome == OUTCOME_ANSWER) {
		t->result.outcome = outcome;
		err_clear(&t->result.why);
		return NEXT_END;
	}
	/* A part was not asked for, and is nothing that can be used. */
	if (outcome == OUTCOME_ANSWER && a->status == 206)
		outcome = OUTCOME_BODY;
	return decide(t, outcome, wait_ms);
}
