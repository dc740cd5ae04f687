/*
 * One attempt at a request: its options, its deadlines, and how it ended.
 */
#ifndef HTTP_ATTEMPT_H
#define HTTP_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/err.h"
#include "http/engine.h"
#include "http/retry.h"

/*
 * The engine's clock stands still while its caller is at work, between steps
 * and in sinks: a commit that waits for a busy database is no server's time-out.
 */
struct meter {
	int64_t away_ms; /* spent at other work so far */
	size_t bytes;    /* of bodies that came in this step */
};
int64_t meter_now(const struct meter *m);

enum attempt_phase { PHASE_CONNECT, PHASE_HEADERS, PHASE_BODY };

struct attempt {
	/* What is asked for; all borrowed. */
	const struct http_request *request;
	const struct http_sink *sink;
	const char *url, *agent;
	struct curl_slist *headers;
	struct meter *meter;
	const bool *stop; /* becomes true when the transfer is to end */
	/* An offline answer's headers; else NULL, and libcurl has them. */
	struct {
		const char *link, *location, *retry_after;
	} canned;

	/* How it goes. */
	CURL *easy; /* the engine's; set by attempt_begin */
	enum attempt_phase phase;
	int64_t since_ms; /* the phase, or the window in the body, began; engine's clock */
	size_t window_bytes;
	size_t header_bytes;
	int64_t bytes;      /* of the body, decoded */
	long status;        /* of the final answer, 0 before there is one */
	long coming;        /* of the answer whose headers are being read, 1xx too */
	struct buf excerpt; /* of an error's body */
	bool decided;       /* outcome and why are set already, whatever libcurl says at the end */
	bool from_sink;     /* why is the sink's own */
	bool enough;        /* the rest of an error's body was not worth reading */
	enum outcome outcome;
	struct err why; /* text: what happened, without the URL */
	char detail[CURL_ERROR_SIZE];
};

/* Forgets an earlier attempt. */
void attempt_reset(struct attempt *a);
/* The same, and sets the options of a new or reset handle for this one. 0 or -1 with e. */
int attempt_begin(struct attempt *a, CURL *easy, struct err *e);
void attempt_release(struct attempt *a);

/* What comes, from libcurl or elsewhere: the final answer's status, then its body in pieces. 0, or -1: enough. */
int attempt_answer(struct attempt *a, long status);
int attempt_body(struct attempt *a, const char *bytes, size_t n);

/* When it is to be looked at again, on the engine's clock. */
int64_t attempt_deadline(const struct attempt *a);

/* Is it over its time? Then outcome and why say so. A window in time is followed by the next. */
bool attempt_overdue(struct attempt *a);

/* The transfer ended with this code: sets outcome, and why unless it is OUTCOME_ANSWER. */
void attempt_finish(struct attempt *a, CURLcode rc);

/* Is the answer one whose body the sink gets? 206 is not: a part was not asked for. */
bool attempt_is_success(const struct attempt *a);

#endif
