#include <string.h>

#include <bsd/string.h>

#include "fixture.h"
#include "probe.h"

static const struct route routes[] = {
	{ "/whole", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", END_KEEP) } },
	{ "/503", { ANSWER("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", END_KEEP) } },
	{ "/silent", { ANSWER("", END_HANG) } },
	{ "/long",
	    { ANSWER_IN_PIECES("HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\n",
	        "0123456789"
	        "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
	        250, 80) } },
};

struct told {
	int down, up;
	char message[500];
};

static void
on_change(void *arg, bool down, const char *message)
{
	struct told *told = arg;

	told->down += down;
	told->up += !down;
	strlcpy(told->message, message, sizeof(told->message));
}

/* Starts so many at a path of this port, whose attempts have 300 ms, and up to 20 more of them. */
static void
start(struct engine *engine, struct probe *probes, size_t n, int port, const char *path)
{
	size_t i;

	for (i = 0; i < n; i++) {
		probes[i].request.timeout_ms = probes[i].request.connect_timeout_ms = 300;
		probes[i].request.retries = 20;
		probe_start(&probes[i], engine, port, path);
	}
}

/* How many of them were turned away; all must be done. */
static int
turned_away(struct probe *probes, size_t n)
{
	int away = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		assert_int_equal(probes[i].dones, 1);
		if (probes[i].result.outcome == OUTCOME_DOWN) {
			assert_string_equal(probes[i].result.why.code, "host_down");
			away++;
		}
		probe_release(&probes[i]);
	}
	return away;
}

static void
reach__gives_a_host_up_for_all(void **state)
{
	struct probe first[5] = { 0 }, late[3] = { 0 }, other = { 0 };
	struct told told = { 0 };
	struct engine *engine = *state;

	engine_watch_hosts(engine, &(struct engine_hosts){ on_change, &told });
	start(engine, first, N(first), 1, "/a");
	probe_drive(engine);
	assert_int_equal(told.down, 1);
	assert_non_null(strstr(told.message, "http://127.0.0.1:1 is down: 5 requests in a row got no answer since "));
	/* One found it down; more, if they were on the way again. */
	assert_in_range(turned_away(first, N(first)), 1, 4);
	/* Nobody else is asked there; elsewhere is elsewhere. */
	start(engine, late, N(late), 1, "/b");
	probe_start(&other, engine, server.port, "/whole");
	probe_drive(engine);
	assert_int_equal(late[0].result.requests, 0);
	assert_false(late[0].result.reached);
	assert_non_null(
	    strstr(late[0].result.why.text, "/b: not asked: http://127.0.0.1:1 has given nobody an answer since "));
	assert_int_equal(turned_away(late, N(late)), 3);
	assert_int_equal(other.result.status, 200);
	probe_release(&other);
	assert_int_equal(told.down, 1);
}

static void
reach__doubts_silence_until_others_find_the_same(void **state)
{
	struct probe first[5] = { 0 }, late[5] = { 0 };
	struct told told = { 0 };
	struct engine *engine = *state;

	engine_watch_hosts(engine, &(struct engine_hosts){ on_change, &told });
	/* What the caller takes its time for is not the host's: it counts for nobody. */
	first[0].nap_ms = 100;
	start(engine, first, N(first), server.port, "/silent");
	probe_drive(engine);
	assert_int_equal(told.down, 0);
	assert_in_range(turned_away(first, N(first)), 0, 2);
	start(engine, late, N(late), server.port, "/silent");
	probe_drive(engine);
	assert_int_equal(late[0].result.requests, 1);
	assert_int_equal(told.down, 1);
	(void)turned_away(late, N(late));
}

static void
reach__counts_any_answer(void **state)
{
	struct probe slow[5] = { 0 }, well = { 0 }, busy[5] = { 0 };
	struct told told = { 0 };
	struct engine *engine = *state;

	engine_watch_hosts(engine, &(struct engine_hosts){ on_change, &told });
	start(engine, slow, N(slow), server.port, "/silent");
	while (slow[0].dones + slow[1].dones + slow[2].dones + slow[3].dones + slow[4].dones == 0)
		fixture_step(engine, 50);
	start(engine, &well, 1, server.port, "/whole");
	probe_drive(engine);
	assert_int_equal(well.result.status, 200);
	probe_release(&well);
	assert_int_equal(told.down, 0);
	(void)turned_away(slow, N(slow));
	start(engine, busy, N(busy), server.port, "/503");
	while (busy[0].retries < 4 && busy[0].dones == 0)
		fixture_step(engine, 50);
	assert_int_equal(busy[0].retries, 4);
	assert_int_equal(told.down, 0);
	for (size_t i = 0; i < N(busy); i++)
		engine_stop(busy[i].transfer);
	assert_int_equal(turned_away(busy, N(busy)), 0);
}

/* While one answer is being read the host is not down, though others wait in vain. */
static void
reach__counts_an_answer_that_is_being_read(void **state)
{
	struct probe reading = { 0 }, slow[4] = { 0 };
	struct told told = { 0 };
	struct engine *engine = *state;
	size_t i;

	engine_watch_hosts(engine, &(struct engine_hosts){ on_change, &told });
	probe_start(&reading, engine, server.port, "/long");
	while (reading.restarts == 0)
		fixture_step(engine, 50);
	start(engine, slow, N(slow), server.port, "/silent");
	while (slow[0].retries < 2 && reading.dones == 0)
		fixture_step(engine, 50);
	assert_int_equal(reading.dones, 0);
	assert_true(slow[0].retries >= 2);
	for (i = 0; i < N(slow); i++)
		engine_stop(slow[i].transfer);
	engine_stop(reading.transfer);
	assert_int_equal(turned_away(slow, N(slow)), 0);
	probe_release(&reading);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST(reach__gives_a_host_up_for_all),
		ENGINE_TEST(reach__doubts_silence_until_others_find_the_same),
		ENGINE_TEST(reach__counts_any_answer),
		ENGINE_TEST(reach__counts_an_answer_that_is_being_read),
	};

	fixture_routes(routes, N(routes));
	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
