/*
 * The transfer engine: many HTTP requests at once on one libcurl multi
 * handle, in one thread. It knows nothing of jobs. Nothing in it sleeps but engine_step().
 *
 * timeout_ms limits two things, neither of them the whole: from the request
 * to the final answer's headers; and in the body each such span must bring BOUND_SLOWEST_BYTES a
 * second. The time that the caller spends between steps and in its sinks does not count.
 *
 * Redirects are followed within the same origin alone: GET 301, 302, 303, 307
 * and 308, other methods 307 and 308; else it fails. No header ever goes elsewhere.
 */
#ifndef HTTP_ENGINE_H
#define HTTP_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/retry.h"

struct engine;
struct transfer;

struct http_header {
	const char *name, *value;
};

/* One request. url and headers are copied; what the other pointers name is borrowed until it is done. */
struct http_request {
	const char *method, *url;
	const struct http_header
	    *headers; /* the caller's own; they win over the engine's Accept, Content-Type and User-Agent */
	size_t n_headers;
	const char *shown;           /* what messages call a URL that is a secret; they quote no answer then, either */
	const char *user, *password; /* Basic; NULL: none */
	const char *body;            /* JSON; NULL: none */
	size_t body_len;
	const char *ca_file, *proxy; /* NULL: the system's certificates, no proxy (the environment's is never used) */
	int64_t timeout_ms, connect_timeout_ms;
	int retries;
	double rate_limit; /* requests a second to this origin over all transfers; 0: none */
	bool fresh;        /* a connection of its own: libcurl repeats a request by itself on a reused one that died */
};

/* How it ended, all attempts counted. Borrowed, valid during the call. */
struct http_result {
	enum outcome outcome;
	long status;  /* of the last answer, 0 if none */
	bool reached; /* any attempt got an HTTP answer */
	int64_t requests, bytes;
	const char *link; /* Link headers joined by ", ", or NULL */
	/*
	 * Set unless outcome is OUTCOME_ANSWER with a 2xx: what happened, never a secret. The codes are those of
	 * http/fault.c, "http_NNN", "proxy_auth", "connect_timeout", "timeout", "headers_slow", "body_slow",
	 * "headers_too_large", "redirect_method", "redirect_nowhere", "redirect_other_origin", "redirect_invalid",
	 * "redirect_loop", "host_down", "stopped", or the sink's own.
	 */
	struct err why;
};

struct http_sink {
	/* An attempt with a 2xx begins its body: forget what an earlier attempt gave. */
	void (*restart)(void *arg);
	/* Bytes of a 2xx answer, decoded. 0, or -1 with e: the transfer ends as OUTCOME_BODY with that e. */
	int (*bytes)(void *arg, const char *bytes, size_t n, struct err *e);
	/*
	 * The body of a 2xx is whole as far as HTTP can tell. 0, or -1 with e: code "body_truncated" makes
	 * it OUTCOME_BROKEN, to be tried again; any other OUTCOME_BODY, final.
	 */
	int (*whole)(void *arg, struct err *e);
	/* It is over; the transfer is freed when this returns. May start others. */
	void (*done)(void *arg, const struct http_result *result);
	/* Will be tried again after wait_ms; why says what happened. May be NULL. */
	void (*retrying)(void *arg, int made, int64_t wait_ms, const struct err *why);
	void *arg;
};

/* agent: the User-Agent. NULL with e. Call engine_global() once before. */
struct engine *engine_new(const char *agent, struct err *e);
/* One that dials nobody: offline, which is borrowed, answers, and says whether anything is waited for (offline.h). */
struct offline;
struct engine *engine_new_offline(const struct offline *offline, struct err *e);
void engine_free(struct engine *engine); /* ends what is under way without done() */

/*
 * From here on a host that nobody reaches is not asked by everyone (http/breaker.h): requests that are turned away end
 * as OUTCOME_DOWN. changed is told, from engine_step(), when that begins and when the host answers again; message: of
 * which host and since when.
 */
struct engine_hosts {
	void (*changed)(void *arg, bool down, const char *message);
	void *arg;
};
void engine_watch_hosts(struct engine *engine, const struct engine_hosts *hosts);

/* libcurl's global start, and SIGPIPE ignored. */
int engine_global(struct err *e);

/*
 * Queues a request; nothing is called back from within. 0, or -1 (then done() is never called): ERR_CONFIG
 * "url_invalid", "header_invalid" or "method_invalid", what was asked for cannot be sent; or no memory.
 */
int engine_start(struct engine *engine, const struct http_request *request, const struct http_sink *sink,
    struct transfer **out, struct err *e);

/*
 * Ends a transfer now: done() is called with OUTCOME_STOPPED, from within. Only when called in restart(),
 * bytes(), whole() or retrying() it is called a little later, by the same engine_step(). Nothing
 * happens in the transfer's own done().
 */
void engine_stop(struct transfer *t);

/* The status of the answer now being read, for the sink's restart(), bytes() and whole(): 204 and 205 have no bytes. */
long transfer_status(const struct transfer *t);

/* Transfers that are queued, under way or waiting to be tried again. */
size_t engine_active(const struct engine *engine);

/* When anything last came from the network, on clock_mono_ms(). */
int64_t engine_heard_ms(const struct engine *engine);

/*
 * Moves everything on, waiting up to wait_ms for something to happen (0: look
 * only); it may return sooner with nothing done: at a signal, and after 250 ms
 * at the latest. All callbacks come from in here, but for engine_stop()'s. 0, or
 * -1: libcurl failed (ERR_INTERNAL).
 */
int engine_step(struct engine *engine, int64_t wait_ms, struct err *e);

#endif
