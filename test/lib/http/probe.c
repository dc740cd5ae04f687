#include "probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <bsd/string.h>

static void
nap(struct probe *p)
{
	struct timespec ts = { 0, (long)p->nap_ms * 1000000 };

	nanosleep(&ts, NULL);
	p->nap_ms = 0;
}

static void
on_restart(void *arg)
{
	struct probe *p = arg;

	p->restarts++;
	buf_release(&p->body);
	buf_init(&p->body, 1 << 20);
	if (p->stop_in_restart)
		engine_stop(p->transfer);
}

static int
on_bytes(void *arg, const char *bytes, size_t n, struct err *e)
{
	struct probe *p = arg;

	nap(p);
	assert_int_equal(buf_add(&p->body, bytes, n), 0);
	if (p->stop_in_bytes)
		engine_stop(p->transfer);
	return p->bytes_code != NULL ? err_set(e, ERR_UNAVAILABLE, p->bytes_code, "the sink's words") : 0;
}

static int
on_whole(void *arg, struct err *e)
{
	struct probe *p = arg;

	p->wholes++;
	p->status_at_whole = transfer_status(p->transfer);
	if (p->stop_in_whole)
		engine_stop(p->transfer);
	return p->whole_code != NULL ? err_set(e, ERR_UNAVAILABLE, p->whole_code, "the sink's words") : 0;
}

static void
on_done(void *arg, const struct http_result *result)
{
	struct probe *p = arg;

	p->dones++;
	p->result = *result;
	if (result->link != NULL)
		strlcpy(p->link, result->link, sizeof(p->link));
	p->result.link = NULL;
	if (p->stop_in_done)
		engine_stop(p->transfer);
	p->transfer = NULL;
	if (p->then != NULL) {
		struct err e = ERR_INIT;
		struct http_sink sink = { on_restart, on_bytes, on_whole, on_done, NULL, p->then };

		buf_init(&p->then->body, 1 << 20);
		p->then->request = p->request;
		p->then->request.url = "http://127.0.0.1:1/";
		assert_int_equal(engine_start(p->engine, &p->then->request, &sink, &p->then->transfer, &e), 0);
	}
}

static void
on_retrying(void *arg, int made, int64_t wait_ms, const struct err *why)
{
	struct probe *p = arg;

	nap(p);
	p->retries++;
	assert_int_equal(made, p->retries);
	p->last_wait = wait_ms;
	p->last_why = *why;
	if (p->stop_in_retrying)
		engine_stop(p->transfer);
}

void
probe_release(struct probe *p)
{
	buf_release(&p->body);
}

void
probe_start(struct probe *p, struct engine *engine, int port, const char *path)
{
	struct http_sink sink = { on_restart, on_bytes, on_whole, on_done, on_retrying, p };
	struct err e = ERR_INIT;
	char url[200];

	buf_init(&p->body, 1 << 20);
	p->engine = engine;
	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", port, path);
	if (p->request.url == NULL)
		p->request.url = url;
	if (p->request.method == NULL)
		p->request.method = "GET";
	if (p->request.timeout_ms == 0)
		p->request.timeout_ms = 5000;
	if (p->request.connect_timeout_ms == 0)
		p->request.connect_timeout_ms = 5000;
	if (engine_start(engine, &p->request, &sink, &p->transfer, &e) == -1)
		fail_msg("%s: %s", path, e.text);
	p->request.url = NULL;
}

void
probe_drive(struct engine *engine)
{
	struct err e = ERR_INIT;

	while (engine_active(engine) > 0)
		if (engine_step(engine, 1000, &e) == -1)
			fail_msg("%s", e.text);
}

void
probe_run(struct probe *p, int port, const char *path)
{
	struct err e = ERR_INIT;
	struct engine *engine = engine_new("jobrun-test/1", &e);

	assert_non_null(engine);
	probe_start(p, engine, port, path);
	probe_drive(engine);
	engine_free(engine);
	assert_int_equal(p->dones, 1);
	assert_null(p->transfer);
}
