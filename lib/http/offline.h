/*
 * Answers from a function in place of the network's: for a job's tests. All that the engine makes of an answer stays:
 * attempts, statuses, redirects, pages.
 */
#ifndef HTTP_OFFLINE_H
#define HTTP_OFFLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "http/engine.h"

/* One canned answer. body is borrowed during the attempt, link until the request's done(). */
struct offline_answer {
	long status; /* 0: as if nobody were there */
	const char *body;
	size_t body_len;
	const char *link; /* the Link header, or NULL */
};

struct offline {
	/*
	 * Asked for each attempt; the request has no headers any more, and its url is the first one's, also when a
	 * redirect led on. 0 and *answer (zeroed before), or -1 with e, which ends the transfer as it stands.
	 */
	int (*answer)(void *arg, const struct http_request *request, struct offline_answer *answer, struct err *e);
	bool once; /* the run tries nothing again, whatever Retries says */
	void *arg;
};

/* For the engine: one whole attempt. Afterwards a->outcome is set, as after attempt_finish(). */
struct attempt;
void offline_attempt(const struct offline *offline, struct attempt *a);

#endif
