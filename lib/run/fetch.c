#include "run/fetch.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "run/visit.h"
#include "run/writer.h"

void
fetch_init(struct visit *v)
{
	buf_init(&v->fetch.captured, BOUND_CAPTURE);
	buf_init(&v->fetch.body, BOUND_REQUEST_BODY);
}

void
fetch_release(struct visit *v)
{
	stream_free(v->fetch.stream);
	v->fetch.stream = NULL;
	pages_release(&v->fetch.pages);
	buf_release(&v->fetch.captured);
	buf_release(&v->fetch.body);
}

static int
begin(struct visit *v, struct err *e)
{
	const struct job *job = &v->run->job;
	struct stream_plan plan = request_answer(job, &v->view);
	struct buf url;
	int ret = -1;

	buf_init(&url, BOUND_URL);
	if (request_fetch(job, &v->view, &url, &v->fetch.body, e) == -1 ||
	    pages_first(&v->fetch.pages, &job->fetch.pages.plan, url.at, e) == -1)
		goto out;
	if ((v->fetch.stream = stream_new(&plan)) == NULL) {
		err_memory(e);
		goto out;
	}
	ret = 0;
out:
	buf_release(&url);
	return ret;
}

/* Hands on every item that is whole. 0 or -1. */
static int
drain(struct visit *v, struct err *e)
{
	struct json_value item;
	int got;

	while ((got = stream_next(v->fetch.stream, &item, e)) == 1) {
		if (writer_item(v->run->writer, v, item, stream_items(v->fetch.stream), e) == -1)
			return run_fatal(v->run, e);
	}
	return got;
}

static void
on_restart(void *arg)
{
	struct visit *v = arg;

	stream_reset(v->fetch.stream);
}

static int
on_bytes(void *arg, const char *bytes, size_t n, struct err *e)
{
	struct visit *v = arg;

	stream_feed(v->fetch.stream, bytes, n);
	return drain(v, e);
}

static int
on_whole(void *arg, struct err *e)
{
	struct visit *v = arg;

	/* No Content says that there is none: neither an item nor an array to hold it. */
	if (transfer_status(v->transfer) == 204)
		return 0;
	stream_end(v->fetch.stream);
	return drain(v, e);
}

/* The next page's URL or cursor as characters; NULL if the answer names none. */
static const char *
captured(struct visit *v)
{
	struct json_value value = stream_captured(v->fetch.stream);

	buf_clear(&v->fetch.captured);
	if (value.kind == JSON_NUMBER)
		(void)buf_add(&v->fetch.captured, value.at, value.len);
	else if (value.kind == JSON_STRING && json_text(value, &v->fetch.captured) != 0)
		buf_clear(&v->fetch.captured);
	return v->fetch.captured.len > 0 ? v->fetch.captured.at : NULL;
}

static void
on_done(void *arg, const struct http_result *result)
{
	struct visit *v = arg;
	struct pages_answer answer = { .link = result->link };
	struct err e = ERR_INIT;
	int more;

	visit_count(v, result);
	v->fetch.over = true;
	if (result->outcome == OUTCOME_STOPPED || v->run->fatal.kind != ERR_NONE) {
		v->stopped = true;
		return;
	}
	if (result->why.kind != ERR_NONE) {
		visit_fail(v, "fetch", &result->why);
		return;
	}
	answer.items = (int64_t)stream_items(v->fetch.stream);
	answer.captured = captured(v);
	if ((more = pages_next(&v->fetch.pages, &answer, &e)) == -1)
		visit_fail(v, "fetch", &e);
	if (more == 1 && run_stopping(v->run))
		v->stopped = true;
	else
		v->fetch.over = more != 1;
}

static void
on_retrying(void *arg, int made, int64_t wait_ms, const struct err *why)
{
	visit_retrying(arg, "fetch", made, wait_ms, why);
}

int
fetch_next(struct visit *v)
{
	const struct job *job = &v->run->job;
	struct http_request request = { .method = job->fetch.method };
	struct http_sink sink = {
		.restart = on_restart,
		.bytes = on_bytes,
		.whole = on_whole,
		.done = on_done,
		.retrying = on_retrying,
		.arg = v,
	};
	struct err e = ERR_INIT;

	if (v->fetch.over || v->stopped)
		return 0;
	if (v->fetch.stream == NULL && begin(v, &e) == -1) {
		visit_fail(v, "config", &e);
		v->fetch.over = true;
		return 0;
	}
	if (!visit_may_ask(v))
		return 1;
	stream_reset(v->fetch.stream);
	request.url = v->fetch.pages.url;
	if (job->fetch.body.kind != JSON_ABSENT) {
		request.body = v->fetch.body.at;
		request.body_len = v->fetch.body.len;
	}
	if (visit_request(v, &request, &sink, NULL, &e) == 0)
		return 1;
	visit_fail(v, "fetch", &e);
	v->fetch.over = true;
	return 0;
}
