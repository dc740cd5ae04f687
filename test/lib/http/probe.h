/*
 * A sink that writes down what it is told, and a loop that drives an engine, for tests.
 */
#ifndef TEST_HTTP_PROBE_H
#define TEST_HTTP_PROBE_H

#include "base/buf.h"
#include "http/engine.h"

/* Zero-initialise; set what is to be asked for, then probe_start() or probe_run(). */
struct probe {
	struct http_request request; /* unset fields get defaults that suit a test */
	struct transfer *transfer;   /* NULL when done */
	struct buf body;
	int restarts, wholes, dones, retries;
	long status_at_whole;
	int64_t last_wait;
	struct err last_why; /* of a retry */
	struct http_result result;
	char link[200];

	/* How the sink behaves. */
	const char *bytes_code, *whole_code; /* fail with this code */
	bool stop_in_restart, stop_in_bytes, stop_in_whole, stop_in_retrying, stop_in_done;
	int nap_ms;         /* in its first bytes() or retrying() */
	struct probe *then; /* started in done() */
	struct engine *engine;
};

void probe_release(struct probe *p);

/* Fails the test if the request is not taken. url: a path at this port. */
void probe_start(struct probe *p, struct engine *engine, int port, const char *path);

/* Drives the engine until nothing is active. */
void probe_drive(struct engine *engine);

/* The three in one, on an engine of its own. */
void probe_run(struct probe *p, int port, const char *path);

#endif
