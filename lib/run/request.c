#include "run/visit.h"

int
visit_request(struct visit *v, struct http_request *request, const struct http_sink *sink,
    const struct http_header *extra, struct err *e)
{
	return request_start(v->run->engine, request, &v->view.settings, &v->auth, extra, sink, &v->transfer, e);
}

bool
visit_may_ask(const struct visit *v)
{
	return engine_active(v->run->engine) < v->run->parallel;
}

void
visit_count(struct visit *v, const struct http_result *result)
{
	v->transfer = NULL;
	v->requests += result->requests;
	v->bytes += result->bytes;
	v->reached = v->reached || result->reached;
	v->turned_away = v->turned_away || result->outcome == OUTCOME_DOWN;
	if (result->status != 0)
		v->http_status = result->status;
}

void
visit_retrying(struct visit *v, const char *stage, int made, int64_t wait_ms, const struct err *why)
{
	struct event ev = {
		.kind = EVENT_RETRY,
		.client = v->client->id,
		.group = v->client->group,
		.stage = stage,
		.code = why->code,
		.message = why->text,
		.n = made,
		.duration_ms = wait_ms,
	};

	run_tell(v->run, &ev);
}
