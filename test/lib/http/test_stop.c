#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture.h"
#include "probe.h"

static const struct route routes[] = {
	{ "/whole", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", END_KEEP) } },
	{ "/503", { ANSWER("HTTP/1.1 503 Busy\r\nRetry-After: 100\r\nContent-Length: 0\r\n\r\n", END_KEEP) } },
	{ "/drip", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", END_DRIP) } },
	{ "/silent", { ANSWER("", END_HANG) } },
};

static void
engine__stops_from_any_callback(void **state)
{
	struct engine *engine = *state;
	static const struct {
		const char *path;
		struct probe as;
		const char *reason;
	} rows[] = {
		{ "/whole", { .stop_in_restart = true }, "restart" },
		{ "/whole", { .stop_in_bytes = true }, "bytes" },
		{ "/drip", { .stop_in_bytes = true }, "bytes of a body that never ends" },
		{ "/whole", { .stop_in_whole = true }, "whole" },
		{ "/503", { .stop_in_retrying = true, .request.retries = 3 }, "retrying" },
	};
	size_t i;

	for (i = 0; i < N(rows); i++) {
		struct probe p = rows[i].as;

		probe_start(&p, engine, server.port, rows[i].path);
		probe_drive(engine);
		if (p.dones != 1 || p.result.outcome != OUTCOME_STOPPED || strcmp(p.result.why.code, "stopped") != 0)
			fail_msg("%s: %d, %s", rows[i].reason, p.dones, p.result.why.text);
		assert_true(p.result.reached);
		probe_release(&p);
	}
}

static void
engine__ignores_a_stop_in_done(void **state)
{
	struct engine *engine = *state;
	struct probe p = { .stop_in_done = true };

	probe_start(&p, engine, server.port, "/whole");
	probe_drive(engine);
	assert_int_equal(p.dones, 1);
	assert_int_equal(p.result.outcome, OUTCOME_ANSWER);
	probe_release(&p);
}

static void
engine__stops_at_once_wherever_it_is(void **state)
{
	struct engine *engine = *state;
	static const struct {
		const char *path;
		int retries, ms;
		const char *reason;
	} rows[] = {
		{ "/whole", 0, 0, "not begun" },
		{ "/silent", 0, 100, "under way" },
		{ "/503", 3, 100, "waiting to be tried again" },
	};
	int64_t until;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		struct probe p = { .request.retries = rows[i].retries };

		probe_start(&p, engine, server.port, rows[i].path);
		for (until = clock_mono_ms() + rows[i].ms; clock_mono_ms() < until;)
			fixture_step(engine, 10);
		assert_int_equal(p.dones, 0);
		engine_stop(p.transfer);
		if (p.dones != 1 || p.result.outcome != OUTCOME_STOPPED)
			fail_msg("%s: %d, %s", rows[i].reason, p.dones, p.result.why.text);
		assert_int_equal(engine_active(engine), 0);
		probe_release(&p);
	}
}

struct pair {
	struct probe *victim;
};

static int
stop_the_other(void *arg, const char *bytes, size_t n, struct err *e)
{
	struct pair *pair = arg;

	(void)bytes;
	(void)n;
	(void)e;
	if (pair->victim->transfer != NULL)
		engine_stop(pair->victim->transfer);
	return 0;
}

static void
nothing(void *arg)
{
	(void)arg;
}

static int
fine(void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	return 0;
}

static void
over(void *arg, const struct http_result *result)
{
	(void)arg;
	assert_int_equal(result->outcome, OUTCOME_ANSWER);
}

static void
engine__stops_another_from_bytes(void **state)
{
	struct engine *engine = *state;
	static const char *const paths[] = { "/silent", "/503" };
	struct err e = ERR_INIT;
	struct transfer *t;
	int64_t begun;
	size_t i;
	int j;

	for (i = 0; i < N(paths); i++) {
		struct probe victim = { .request.retries = 3 };
		struct pair pair = { &victim };
		struct http_sink sink = { nothing, stop_the_other, fine, over, NULL, &pair };
		struct http_request request = {
			.method = "GET", .url = "http://127.0.0.1/", .timeout_ms = 5000, .connect_timeout_ms = 5000
		};
		char url[64];

		probe_start(&victim, engine, server.port, paths[i]);
		for (j = 0; j < 10; j++)
			fixture_step(engine, 10);
		assert_int_equal(victim.dones, 0);
		snprintf(url, sizeof(url), "http://127.0.0.1:%d/whole", server.port);
		request.url = url;
		assert_int_equal(engine_start(engine, &request, &sink, &t, &e), 0);
		begun = clock_mono_ms();
		probe_drive(engine);
		assert_in_range(clock_mono_ms() - begun, 0, 1000);
		assert_int_equal(victim.dones, 1);
		assert_int_equal(victim.result.outcome, OUTCOME_STOPPED);
		probe_release(&victim);
	}
}

static void
engine__is_freed_with_transfers_under_way(void **state)
{
	struct engine *engine = *state;
	struct probe running = { 0 }, waiting = { .request.retries = 3 }, queued = { 0 };
	int i;

	probe_start(&running, engine, server.port, "/silent");
	probe_start(&waiting, engine, server.port, "/503");
	for (i = 0; i < 10; i++)
		fixture_step(engine, 10);
	assert_int_equal(waiting.retries, 1);
	probe_start(&queued, engine, server.port, "/whole");
	engine_free(engine);
	*state = NULL;
	assert_int_equal(running.dones + waiting.dones + queued.dones, 0);
	probe_release(&running);
	probe_release(&waiting);
	probe_release(&queued);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST(engine__stops_from_any_callback),
		ENGINE_TEST(engine__ignores_a_stop_in_done),
		ENGINE_TEST(engine__stops_at_once_wherever_it_is),
		ENGINE_TEST(engine__stops_another_from_bytes),
		ENGINE_TEST(engine__is_freed_with_transfers_under_way),
	};

	fixture_routes(routes, N(routes));
	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
