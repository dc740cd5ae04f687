/*
 * An engine that never touches the network: each request is answered by a function. For a job's tests.
 */
#ifndef HTTP_OFFLINE_H
#define HTTP_OFFLINE_H

#include "http/engine.h"

/* One canned answer; borrowed until the request's done(). */
struct offline_answer {
	long status; /* 0: as if nobody were there */
	const char *body, *link;
	size_t body_len;
};

struct offline {
	/* 0 and *answer, or -1: ends the transfer with that e. */
	int (*answer)(void *arg, const struct http_request *request, struct offline_answer *answer, struct err *e);
	void *arg;
};

/* Like engine_new(), with the same functions for all the rest. offline is borrowed. */
struct engine *engine_new_offline(const struct offline *offline, struct err *e);

#endif
