#include "http/offline.h"

#include "http/attempt.h"

void
offline_attempt(const struct offline *offline, struct attempt *a)
{
	struct offline_answer answer = { 0 };

	attempt_reset(a);
	a->link = NULL;
	if (offline->answer(offline->arg, a->request, &answer, &a->why) == -1) {
		a->decided = a->from_sink = true;
		a->outcome = OUTCOME_LOCAL;
		return;
	}
	if (answer.status == 0) {
		attempt_finish(a, CURLE_COULDNT_CONNECT);
		return;
	}
	a->link = answer.link;
	if (attempt_answer(a, answer.status) == 0 && answer.body_len > 0)
		(void)attempt_body(a, answer.body, answer.body_len);
	attempt_finish(a, CURLE_OK);
}
