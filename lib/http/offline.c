#include "http/offline.h"

#include "http/attempt.h"

bool
offline_in_time(const struct offline *offline)
{
	return offline == NULL || offline->in_time;
}

/* libcurl's word for how it ended. */
static CURLcode
code_of(const struct offline_answer *answer)
{
	switch (answer->end) {
	case OFFLINE_BROKEN:
		return answer->status != 0 ? CURLE_PARTIAL_FILE : CURLE_GOT_NOTHING;
	case OFFLINE_TIMEOUT:
		return CURLE_OPERATION_TIMEDOUT;
	case OFFLINE_WHOLE:
	default:
		return answer->status != 0 ? CURLE_OK : CURLE_COULDNT_CONNECT;
	}
}

static void
take_body(const struct offline_answer *answer, struct attempt *a)
{
	size_t at, n;

	for (at = 0; at < answer->body_len; at += n) {
		n = answer->body_len - at;
		if (answer->piece > 0 && n > answer->piece)
			n = answer->piece;
		if (attempt_body(a, answer->body + at, n) == -1)
			return;
	}
}

void
offline_attempt(const struct offline *offline, struct attempt *a)
{
	struct offline_answer answer = { 0 };

	attempt_reset(a);
	a->canned.link = a->canned.location = a->canned.retry_after = NULL;
	if (offline->answer(offline->arg, a->request, &answer, &a->why) == -1) {
		a->decided = a->from_sink = true;
		a->outcome = OUTCOME_LOCAL;
		return;
	}
	a->canned.link = answer.link;
	a->canned.location = answer.location;
	a->canned.retry_after = answer.retry_after;
	if (answer.status != 0 && attempt_answer(a, answer.status) == 0)
		take_body(&answer, a);
	attempt_finish(a, code_of(&answer));
}
