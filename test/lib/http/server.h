/*
 * A scripted HTTP server on the loopback, for tests: each path has canned
 * answers, byte by byte. It runs in processes of its own and dies with the test.
 */
#ifndef TEST_HTTP_SERVER_H
#define TEST_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum answer_end {
	END_KEEP, /* the next request on this connection is read */
	END_CLOSE,
	END_RESET, /* RST */
	END_HANG,  /* nothing more comes */
	END_DRIP,  /* one byte every 20 ms, for ever */
	END_FLOOD, /* header lines for ever */
};

struct answer {
	const char *bytes;
	size_t len;
	enum answer_end end;
	int delay_ms;       /* before the first byte */
	bool as_is;         /* an "@" stays one */
	const char *rest;   /* sent after bytes: */
	int times, rest_ms; /* so often, each after so long */
};

#define ANSWER(text, how)                                          \
	{                                                          \
		.bytes = text, .len = sizeof(text) - 1, .end = how \
	}

/* In pieces: text, and then more, so many times, each after so many milliseconds. */
#define ANSWER_IN_PIECES(text, more, n, ms)                                                                      \
	{                                                                                                        \
		.bytes = text, .len = sizeof(text) - 1, .end = END_KEEP, .rest = more, .times = n, .rest_ms = ms \
	}

/* The n-th request for a path gets its n-th answer; the last one stays. "@" in bytes becomes the other port's host:port. */
struct route {
	const char *path;
	struct answer answers[4];
};

/* What the server saw, shared with it. */
struct seen {
	int open;        /* connections now; not forgotten, since one of an earlier test may end late */
	int connections; /* in all */
	int elsewhere;   /* connections to the other port */
	int requests;
	int by_route[512];
	char last[20000]; /* the last request's head and body */
};

struct server {
	pid_t pid;
	int port, other;
	int seconds; /* it ends by itself after so long; 0: 60 */
	struct seen *seen;
};

void server_begin(struct server *s, const struct route *routes, size_t n);
void server_end(struct server *s);

/* Forgets what was seen, and begins each path's answers anew. */
void server_clear(struct server *s);

#endif
