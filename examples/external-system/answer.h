/*
 * What a request is answered with, before it goes on the wire.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "bounds.h"
#include "buf.h"
#include "err.h"
#include "feed.h"

struct answer {
	int status;
	struct header {
		char *name, *value; /* owned */
	} header[BOUND_HEADERS];
	size_t headers;
	struct buf body;   /* the whole body, unless there is a feed */
	struct feed *feed; /* owned */
};

/* 200, JSON, empty. */
void answer_init(struct answer *a);
void answer_release(struct answer *a);

/*
 * Sets a header, in place of one of the same name. 0, or -1: no room, no memory, or a
 * name or value that would break the framing.
 */
int answer_header(struct answer *a, const char *name, const char *value);

/* In place of what is there: status and a JSON problem (RFC 9457) that says why. */
void answer_problem(struct answer *a, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
