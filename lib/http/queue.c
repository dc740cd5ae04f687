#include "http/queue.h"

#include "base/clock.h"
#include "http/reach.h"

void
queue_wait(struct transfer *t, int64_t due_ms)
{
	struct transfer *before;

	t->state = TRANSFER_QUEUED;
	t->due_ms = due_ms;
	TAILQ_FOREACH_REVERSE(before, &t->engine->queued, transfer_list, entry) {
		if (before->due_ms <= due_ms) {
			TAILQ_INSERT_AFTER(&t->engine->queued, before, t, entry);
			return;
		}
	}
	TAILQ_INSERT_HEAD(&t->engine->queued, t, entry);
}

void
queue_leave(struct transfer *t)
{
	struct engine *engine = t->engine;

	switch (t->state) {
	case TRANSFER_QUEUED:
		TAILQ_REMOVE(&engine->queued, t, entry);
		break;
	case TRANSFER_RUNNING:
		TAILQ_REMOVE(&engine->running, t, entry);
		curl_multi_remove_handle(engine->multi, t->attempt.easy);
		break;
	case TRANSFER_OVER:
		TAILQ_REMOVE(&engine->over, t, entry);
		break;
	case TRANSFER_GONE:
		break;
	}
}

void
queue_over(struct transfer *t, enum outcome outcome)
{
	queue_leave(t);
	t->attempt.outcome = outcome;
	t->state = TRANSFER_OVER;
	TAILQ_INSERT_TAIL(&t->engine->over, t, entry);
}

bool
queue_may_go(struct transfer *t)
{
	if (t->host == NULL || t->hop != NULL)
		return true;
	if (breaker_ask(&t->host->breaker, &t->turn, meter_now(&t->engine->meter)))
		return true;
	reach_turn_away(t);
	queue_over(t, OUTCOME_DOWN);
	return false;
}

void
queue_turn_away(struct engine *engine, const struct breaker_origin *host)
{
	struct transfer *t, *next;

	if (host->breaker.state == BREAKER_CLOSED)
		return;
	TAILQ_FOREACH_SAFE(t, &engine->queued, entry, next) {
		if (t->host != host || !breaker_is_shut(&host->breaker, &t->turn))
			continue;
		reach_turn_away(t);
		queue_over(t, OUTCOME_DOWN);
	}
}
