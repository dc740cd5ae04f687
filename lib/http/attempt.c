#include "http/attempt.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "http/fault.h"
#include "http/url.h"

/* Past libcurl's own limit on connecting, in case it should ever miss it. */
#define CONNECT_GRACE_MS 1000

int64_t
meter_now(const struct meter *m)
{
	return clock_mono_ms() - m->away_ms;
}

bool
attempt_is_success(const struct attempt *a)
{
	return a->status >= 200 && a->status <= 299 && a->status != 206;
}

/* The first failure counts; what libcurl makes of our ending the transfer does not. Always returns -1. */
static int
decide(struct attempt *a, enum outcome outcome)
{
	a->decided = true;
	a->outcome = outcome;
	return -1;
}

static void
enter(struct attempt *a, enum attempt_phase phase)
{
	a->phase = phase;
	a->since_ms = meter_now(a->meter);
	a->window_bytes = 0;
}

/* The connection stands, and the request is about to go out. */
static int
on_connected(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct attempt *a = arg;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	enter(a, PHASE_HEADERS);
	return CURL_PREREQFUNC_OK;
}

int
attempt_answer(struct attempt *a, long status)
{
	a->status = status;
	enter(a, PHASE_BODY);
	if (attempt_is_success(a))
		a->sink->restart(a->sink->arg);
	return *a->stop ? decide(a, OUTCOME_STOPPED) : 0;
}

static size_t
on_header(char *line, size_t size, size_t n, void *arg)
{
	struct attempt *a = arg;
	size_t len = size * n;

	a->header_bytes += len;
	if (a->header_bytes > BOUND_HEADER_BYTES) {
		err_set(&a->why, ERR_UNAVAILABLE, "headers_too_large", "the answer's headers are larger than %d bytes",
		    BOUND_HEADER_BYTES);
		decide(a, OUTCOME_BODY);
		return 0;
	}
	/* Trailers come through here too. */
	if (a->phase == PHASE_BODY)
		return len;
	if (len > 9 && strncasecmp(line, "HTTP/", 5) == 0) {
		char text[16] = "";
		const char *status;

		memcpy(text, line, len < sizeof(text) - 1 ? len : sizeof(text) - 1);
		status = strchr(text, ' ');
		a->coming = status != NULL ? strtol(status, NULL, 10) : 0;
	}
	if ((line[0] == '\r' || line[0] == '\n') && a->coming >= 200 && attempt_answer(a, a->coming) == -1)
		return 0;
	return len;
}

/* An error's body: enough of it for the message. 0 or -1: the rest is not worth reading. */
static int
take_excerpt(struct attempt *a, const char *bytes, size_t n)
{
	size_t room = BOUND_ERROR_EXCERPT - a->excerpt.len;

	if (a->status >= 400)
		buf_add(&a->excerpt, bytes, n < room ? n : room);
	if (a->bytes < BOUND_ERROR_EXCERPT)
		return 0;
	a->enough = true;
	return -1;
}

int
attempt_body(struct attempt *a, const char *bytes, size_t n)
{
	int64_t begun;
	int rc;

	a->bytes += (int64_t)n;
	a->window_bytes += n;
	a->meter->bytes += n;
	if (!attempt_is_success(a))
		return take_excerpt(a, bytes, n);
	begun = clock_mono_ms();
	rc = a->sink->bytes(a->sink->arg, bytes, n, &a->why);
	a->meter->away_ms += clock_mono_ms() - begun;
	if (rc == -1) {
		a->from_sink = true;
		decide(a, OUTCOME_BODY);
	} else if (*a->stop) {
		decide(a, OUTCOME_STOPPED);
	}
	return a->decided ? -1 : 0;
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *arg)
{
	return attempt_body(arg, bytes, size * n) == 0 ? size * n : CURL_WRITEFUNC_ERROR;
}

/* What is the same for every request. */
static CURLcode
set_constants(CURL *easy)
{
	static const struct {
		CURLoption option;
		long value;
	} rows[] = {
		{ CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_QUICK_EXIT, 1 }, /* a silent DNS server must not hold all the others up */
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_FOLLOWLOCATION, 0 }, /* libcurl would take X-Api-Key along to another host */
		{ CURLOPT_PATH_AS_IS, 1 },
		{ CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
		{ CURLOPT_HEADEROPT, CURLHEADER_SEPARATE }, /* no header of ours to a proxy's CONNECT */
		{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
		{ CURLOPT_SSL_VERIFYPEER, 1 },
		{ CURLOPT_SSL_VERIFYHOST, 2 },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
		{ CURLOPT_TCP_NODELAY, 1 },
		{ CURLOPT_TCP_KEEPALIVE, 1 },
	};
	CURLcode rc = CURLE_OK;
	size_t i;

	/* Refused on a handle that still has its buffer, as after a name that was not found: it is the right one. */
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)BOUND_RECEIVE_BUFFER);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]) && rc == CURLE_OK; i++)
		rc = curl_easy_setopt(easy, rows[i].option, rows[i].value);
	return rc;
}

/* Method and body. A body without one goes as an empty body, where the method has bodies. */
static CURLcode
set_body(struct attempt *a, CURL *easy)
{
	static const char *const with_body[] = { "POST", "PUT", "PATCH" };
	const struct http_request *r = a->request;
	bool has_body = r->body != NULL;
	CURLcode rc;
	size_t i;

	for (i = 0; i < sizeof(with_body) / sizeof(with_body[0]); i++)
		has_body = has_body || strcmp(r->method, with_body[i]) == 0;
	if (!has_body)
		rc = curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	else if ((rc = curl_easy_setopt(
	              easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(r->body != NULL ? r->body_len : 0))) == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body != NULL ? r->body : "");
	return rc == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method) : rc;
}

/* What differs. The environment's proxies never count: "" is none, and no exceptions. */
static CURLcode
set_texts(struct attempt *a, CURL *easy)
{
	const struct http_request *r = a->request;
	const struct {
		CURLoption option;
		const char *value;
	} rows[] = {
		{ CURLOPT_URL, a->url },
		{ CURLOPT_USERAGENT, a->agent },
		{ CURLOPT_PROTOCOLS_STR, "http,https" },
		{ CURLOPT_ACCEPT_ENCODING, "" },
		{ CURLOPT_PROXY, r->proxy != NULL ? r->proxy : "" },
		{ CURLOPT_NOPROXY, "" },
	};
	CURLcode rc = CURLE_OK;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]) && rc == CURLE_OK; i++)
		rc = curl_easy_setopt(easy, rows[i].option, rows[i].value);
	/* A CA of one's own stands instead of the system's, not beside them. */
	if (r->ca_file != NULL && rc == CURLE_OK &&
	    (rc = curl_easy_setopt(easy, CURLOPT_CAINFO, r->ca_file)) == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	return rc;
}

/*
 * libcurl 7.88 leaves a query out, and goes on, when memory for it is short: it is given what to ask for, where it does
 * not take the whole URL for that, as with a proxy of plain HTTP.
 */
static CURLcode
set_target(const struct attempt *a, CURL *easy)
{
	char *target;
	CURLcode rc;

	if (a->request->proxy != NULL && strncasecmp(a->url, "http:", 5) == 0)
		return curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, NULL);
	if ((target = url_target(a->url)) == NULL)
		return CURLE_OUT_OF_MEMORY;
	rc = curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, target);
	free(target);
	return rc;
}

static CURLcode
set_options(struct attempt *a, CURL *easy)
{
	/* FORBID_REUSE too: else each acknowledgement would leave one more idle connection behind. */
	long fresh = a->request->fresh ? 1 : 0;
	CURLcode rc;

	if ((rc = set_constants(easy)) != CURLE_OK || (rc = set_texts(a, easy)) != CURLE_OK ||
	    (rc = set_target(a, easy)) != CURLE_OK || (rc = set_body(a, easy)) != CURLE_OK ||
	    (rc = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)a->request->connect_timeout_ms)) !=
	        CURLE_OK ||
	    (rc = curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, fresh)) != CURLE_OK ||
	    (rc = curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, fresh)) != CURLE_OK ||
	    (rc = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, a->headers)) != CURLE_OK ||
	    (rc = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, a->detail)) != CURLE_OK ||
	    (rc = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected)) != CURLE_OK ||
	    (rc = curl_easy_setopt(easy, CURLOPT_PREREQDATA, a)) != CURLE_OK ||
	    (rc = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header)) != CURLE_OK ||
	    (rc = curl_easy_setopt(easy, CURLOPT_HEADERDATA, a)) != CURLE_OK ||
	    (rc = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body)) != CURLE_OK)
		return rc;
	return curl_easy_setopt(easy, CURLOPT_WRITEDATA, a);
}

void
attempt_reset(struct attempt *a)
{
	a->header_bytes = 0;
	a->bytes = 0;
	a->status = a->coming = 0;
	a->decided = a->from_sink = a->enough = false;
	a->detail[0] = '\0';
	err_clear(&a->why);
	buf_release(&a->excerpt);
	buf_init(&a->excerpt, BOUND_ERROR_EXCERPT);
	enter(a, PHASE_CONNECT);
}

int
attempt_begin(struct attempt *a, CURL *easy, struct err *e)
{
	CURLcode rc;

	attempt_reset(a);
	a->easy = easy;
	if ((rc = set_options(a, easy)) != CURLE_OK)
		return rc == CURLE_OUT_OF_MEMORY
		    ? err_memory(e)
		    : err_set(e, ERR_INTERNAL, "transfer", "libcurl: %s", curl_easy_strerror(rc));
	return 0;
}

void
attempt_release(struct attempt *a)
{
	buf_release(&a->excerpt);
}

int64_t
attempt_deadline(const struct attempt *a)
{
	return a->since_ms +
	    (a->phase == PHASE_CONNECT ? a->request->connect_timeout_ms + CONNECT_GRACE_MS : a->request->timeout_ms);
}

bool
attempt_overdue(struct attempt *a)
{
	int64_t window = a->request->timeout_ms;

	if (meter_now(a->meter) < attempt_deadline(a))
		return false;
	if (a->phase == PHASE_BODY && (int64_t)a->window_bytes >= BOUND_SLOWEST_BYTES * window / 1000) {
		enter(a, PHASE_BODY);
		return false;
	}
	if (a->phase == PHASE_CONNECT)
		err_set(&a->why, ERR_UNAVAILABLE, "connect_timeout", "no connection within %g s (ConnectTimeout)",
		    (double)a->request->connect_timeout_ms / 1000);
	else if (a->phase == PHASE_HEADERS && a->header_bytes == 0)
		err_set(&a->why, ERR_UNAVAILABLE, "timeout", "no answer within %g s (Timeout)", (double)window / 1000);
	else if (a->phase == PHASE_HEADERS)
		err_set(&a->why, ERR_UNAVAILABLE, "headers_slow",
		    "the answer's headers were not whole within %g s (Timeout)", (double)window / 1000);
	else
		err_set(&a->why, ERR_UNAVAILABLE, "body_slow",
		    "the answer came slower than %d bytes a second for %g s (Timeout)", BOUND_SLOWEST_BYTES,
		    (double)window / 1000);
	decide(a, OUTCOME_TIMEOUT);
	return true;
}

/* What libcurl knows of the attempt beside its code. */
static void
look(const struct attempt *a, CURLcode rc, struct fault_seen *seen)
{
	curl_off_t resolved_us = 0;

	*seen = (struct fault_seen){
		.curl = rc,
		.answered = a->status != 0,
		.proxy = a->request->proxy != NULL,
		.address = url_is_address(a->url),
		.begun = a->header_bytes > 0,
		/* An offline answer has no name to be resolved. */
		.resolved = a->easy == NULL,
		.detail = a->detail,
	};
	if (a->easy == NULL)
		return;
	curl_easy_getinfo(a->easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved_us);
	curl_easy_getinfo(a->easy, CURLINFO_SSL_VERIFYRESULT, &seen->verify);
	seen->resolved = resolved_us > 0;
}

void
attempt_finish(struct attempt *a, CURLcode rc)
{
	const struct fault *fault;
	struct fault_seen seen;
	long connect = 0;

	if (a->decided)
		return;
	/* Once an error's status is known, a body that breaks off takes nothing from it. */
	if ((rc == CURLE_OK && a->status != 0) || a->enough || (a->status != 0 && !attempt_is_success(a))) {
		decide(a, OUTCOME_ANSWER);
		return;
	}
	curl_easy_getinfo(a->easy, CURLINFO_HTTP_CONNECTCODE, &connect);
	if (connect >= 300 && a->status == 0) {
		err_set(&a->why, ERR_UNAVAILABLE, connect == 407 ? "proxy_auth" : "proxy",
		    "the proxy answered %ld (check Proxy)", connect);
		decide(a, connect >= 500 ? OUTCOME_CONNECT : OUTCOME_REFUSED);
		return;
	}
	/* libcurl's word for a single header over its limit is "out of memory" too. */
	if (rc == CURLE_OUT_OF_MEMORY && a->phase == PHASE_HEADERS) {
		err_set(&a->why, ERR_UNAVAILABLE, "headers_too_large",
		    "a header of the answer is too large, or there is no memory");
		decide(a, OUTCOME_BODY);
		return;
	}
	look(a, rc, &seen);
	fault = fault_of(&seen);
	/* libcurl's own words name the host. */
	err_set(&a->why, fault->kind, fault->code, "%s: %s", fault->words,
	    a->detail[0] != '\0' && a->request->shown == NULL ? a->detail : curl_easy_strerror(rc));
	decide(a, fault->outcome);
}
