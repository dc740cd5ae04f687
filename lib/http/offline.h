/*
 * Answers from a function in place of the network's: for a job's tests, and for jobrun's own. All that the engine makes
 * of an answer stays: attempts, statuses, redirects, pages; and pauses and rates, if they are wanted.
 */
#ifndef HTTP_OFFLINE_H
#define HTTP_OFFLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/engine.h"

/* How an answer ends when it is not whole: also before it has begun, with no status. */
enum offline_end { OFFLINE_WHOLE, OFFLINE_BROKEN, OFFLINE_TIMEOUT };

/* One canned answer. body is borrowed during the attempt, the headers until the request's done(). */
struct offline_answer {
	long status; /* 0: as if nobody were there */
	const char *body;
	size_t body_len, piece;                    /* the body comes in pieces of so many bytes; 0: in one */
	const char *link, *location, *retry_after; /* headers, or NULL */
	enum offline_end end;
};

struct offline {
	/*
	 * Asked for each attempt; the request has no headers any more, and its url is the first one's, also when a
	 * redirect led on. 0 and *answer (zeroed before), or -1 with e, which ends the transfer as it stands.
	 */
	int (*answer)(void *arg, const struct http_request *request, struct offline_answer *answer, struct err *e);
	bool once; /* the run tries nothing again, whatever Retries says */
	/* Pauses and rates are kept, as with the network; else nothing is waited for. */
	bool in_time;
	/* With that: how long it takes until answer() is asked, in ms. NULL: no time. */
	int64_t (*takes)(void *arg, const struct http_request *request);
	void *arg;
};

/* Are pauses and rates kept? NULL is the network, where they are. */
bool offline_in_time(const struct offline *offline);

/* For the engine: one whole attempt. Afterwards a->outcome is set, as after attempt_finish(). */
struct attempt;
void offline_attempt(const struct offline *offline, struct attempt *a);

#endif
