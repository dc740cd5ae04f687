#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "fixture.h"
#include "probe.h"

#define MANY 50

static const struct route routes[] = {
	{ "/whole", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", END_KEEP) } },
	{ "/slow", { { .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", .len = 43, .delay_ms = 900 } } },
	{ "/silent", { ANSWER("", END_HANG) } },
};

static void
engine__uses_a_connection_again(void **state)
{
	struct engine *engine = *state;
	struct probe p;
	int i;

	for (i = 0; i < 5; i++) {
		p = (struct probe){ 0 };
		probe_start(&p, engine, server.port, "/whole");
		probe_drive(engine);
		assert_string_equal(buf_text(&p.body), "hello");
		probe_release(&p);
	}
	assert_int_equal(server.seen->requests, 5);
	assert_int_equal(server.seen->connections, 1);
}

static void
engine__gives_a_fresh_request_a_connection_of_its_own(void **state)
{
	struct engine *engine = *state;
	struct probe p;
	int i;

	for (i = 0; i < 4; i++) {
		p = (struct probe){ .request.fresh = i % 2 == 1 };
		probe_start(&p, engine, server.port, "/whole");
		probe_drive(engine);
		probe_release(&p);
	}
	assert_int_equal(server.seen->connections, 3);
	/* The others share one: a fresh one is not left behind. */
	for (i = 0; i < 100 && server.seen->open != 1; i++)
		fixture_step(engine, 10);
	assert_int_equal(server.seen->open, 1);
}

static void
engine__runs_many_at_once(void **state)
{
	struct engine *engine = *state;
	static struct probe probes[MANY];
	int64_t begun = clock_mono_ms();
	size_t i;

	memset(probes, 0, sizeof(probes));
	for (i = 0; i < MANY; i++)
		probe_start(&probes[i], engine, server.port, "/slow");
	assert_int_equal(engine_active(engine), MANY);
	probe_drive(engine);
	assert_in_range(clock_mono_ms() - begun, 900, 5000);
	assert_in_range(engine_heard_ms(engine), begun + 900, clock_mono_ms());
	for (i = 0; i < MANY; i++) {
		assert_int_equal(probes[i].dones, 1);
		assert_string_equal(buf_text(&probes[i].body), "hello");
		probe_release(&probes[i]);
	}
	assert_int_equal(engine_active(engine), 0);
}

static void
engine__calls_nobody_from_start(void **state)
{
	struct engine *engine = *state;
	struct probe p = { .request.url = "http://127.0.0.1:1/" };

	probe_start(&p, engine, 0, "");
	assert_int_equal(p.dones, 0);
	probe_drive(engine);
	assert_int_equal(p.dones, 1);
	probe_release(&p);
}

static void
engine__takes_another_from_done(void **state)
{
	struct engine *engine = *state;
	struct probe then = { 0 }, p = { .then = &then };

	probe_start(&p, engine, server.port, "/whole");
	probe_drive(engine);
	assert_int_equal(then.dones, 1);
	assert_string_equal(then.result.why.code, "connect");
	probe_release(&p);
	probe_release(&then);
}

static void
engine__refuses_what_cannot_be_sent(void **state)
{
	struct engine *engine = *state;
	static const char secret[] = "s3cret\r\nX-Evil: injected";
	static char longest[BOUND_URL + 2];
	static const struct {
		const char *method, *url, *name, *value, *user, *code, *reason;
	} rows[] = {
		{ "GET", "http://h/", "X-A", secret, NULL, "header_invalid", "a header smuggled in" },
		{ "GET", "http://h/", "X-A: b\r\nX-Evil", "x", NULL, "header_invalid", "a header smuggled in" },
		{ "GET", "http://h/", "", "x", NULL, "header_invalid", "no name" },
		{ "GET", "http://h/", "X-A", "a\x7f", NULL, "header_invalid", "DEL" },
		{ "GET", "http://h/", "content-length", "5", NULL, "header_invalid", "the frame is not the caller's" },
		{ "GET", "http://h/", "X-A", "b", "u:v", "header_invalid", "a colon in Basic's user" },
		{ "GET", "http://h/", "X-A", "b", longest, "header_invalid", "a user that is too long" },
		{ "GET / HTTP/1.1\r\n", "http://h/", "X-A", "b", NULL, "method_invalid", "a request smuggled in" },
		{ "", "http://h/", "X-A", "b", NULL, "method_invalid", "no method" },
		{ "GET", "ftp://h/", "X-A", "b", NULL, "url_invalid", "not HTTP" },
		{ "GET", "http://u:p@h/", "X-A", "b", NULL, "url_invalid", "a user" },
		{ "GET", longest, "X-A", "b", NULL, "url_invalid", "too long" },
	};
	size_t i;

	memset(longest, 'a', sizeof(longest) - 1);
	for (i = 0; i < N(rows); i++) {
		struct http_header header = { rows[i].name, rows[i].value };
		struct http_request request = { .method = rows[i].method,
			.url = rows[i].url,
			.headers = &header,
			.n_headers = 1,
			.user = rows[i].user,
			.password = "p" };
		struct http_sink sink = { 0 };
		struct transfer *t = NULL;
		struct err e = ERR_INIT;

		if (engine_start(engine, &request, &sink, &t, &e) != -1 || strcmp(e.code, rows[i].code) != 0)
			fail_msg("%s: %s %s", rows[i].reason, e.code, e.text);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_null(strstr(e.text, "s3cret"));
		assert_null(t);
	}
	assert_int_equal(engine_active(engine), 0);
}

static void
engine__keeps_an_origins_pace(void **state)
{
	struct engine *engine = *state;
	struct probe probes[5] = { 0 }, free_one = { 0 };
	int64_t begun = clock_mono_ms();
	size_t i;

	for (i = 0; i < N(probes); i++) {
		probes[i].request.rate_limit = 10;
		probe_start(&probes[i], engine, server.port, "/whole");
	}
	probe_start(&free_one, engine, server.port, "/whole");
	while (free_one.dones == 0)
		fixture_step(engine, 100);
	/* Who has no limit waits for nobody. */
	assert_int_equal(probes[N(probes) - 1].dones, 0);
	probe_drive(engine);
	assert_in_range(clock_mono_ms() - begun, 400, 5000);
	for (i = 0; i < N(probes); i++) {
		assert_int_equal(probes[i].result.status, 200);
		probe_release(&probes[i]);
	}
	probe_release(&free_one);
}

static void
on_signal(int signal)
{
	(void)signal;
}

static void
engine__wakes_at_a_signal(void **state)
{
	struct engine *engine = *state;
	struct sigaction wake = { .sa_handler = on_signal };
	struct timespec soon = { 0, 50000000 };
	int64_t begun, took = INT64_MAX;
	pid_t pid;
	int i;

	sigaction(SIGUSR1, &wake, NULL);
	/* Nothing is under way, so that nothing else can end the wait; a busy machine gets some more tries. */
	for (i = 0; i < 5 && took > 200; i++) {
		if ((pid = fork()) == 0) {
			nanosleep(&soon, NULL);
			kill(getppid(), SIGUSR1);
			_exit(0);
		}
		begun = clock_mono_ms();
		fixture_step(engine, 5000);
		took = clock_mono_ms() - begun;
		waitpid(pid, NULL, 0);
	}
	assert_in_range(took, 40, 200);
	begun = clock_mono_ms();
	fixture_step(engine, 5000);
	assert_in_range(clock_mono_ms() - begun, 240, 5000);
}

static void
engine__does_not_wait_when_asked_only_to_look(void **state)
{
	struct engine *engine = *state;
	struct probe p = { 0 };
	int64_t begun;
	int i;

	probe_start(&p, engine, server.port, "/silent");
	begun = clock_mono_ms();
	for (i = 0; i < 10; i++)
		fixture_step(engine, 0);
	assert_in_range(clock_mono_ms() - begun, 0, 500);
	engine_stop(p.transfer);
	probe_release(&p);
}

static void
engine__does_not_count_its_callers_time(void **state)
{
	struct engine *engine = *state;
	struct timespec busy = { 0, 600000000 };
	struct probe p = { .request.timeout_ms = 700 };
	int i;

	probe_start(&p, engine, server.port, "/slow");
	for (i = 0; i < 3; i++)
		fixture_step(engine, 20);
	nanosleep(&busy, NULL);
	probe_drive(engine);
	assert_string_equal(p.result.why.text, "");
	probe_release(&p);

	/* And yet it ends what does not come. */
	p = (struct probe){ .request.timeout_ms = 400 };
	probe_start(&p, engine, server.port, "/silent");
	for (i = 0; i < 3; i++)
		fixture_step(engine, 20);
	nanosleep(&busy, NULL);
	probe_drive(engine);
	assert_string_equal(p.result.why.code, "timeout");
	probe_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST(engine__uses_a_connection_again),
		ENGINE_TEST(engine__gives_a_fresh_request_a_connection_of_its_own),
		ENGINE_TEST(engine__runs_many_at_once),
		ENGINE_TEST(engine__calls_nobody_from_start),
		ENGINE_TEST(engine__takes_another_from_done),
		ENGINE_TEST(engine__refuses_what_cannot_be_sent),
		ENGINE_TEST(engine__keeps_an_origins_pace),
		ENGINE_TEST(engine__wakes_at_a_signal),
		ENGINE_TEST(engine__does_not_wait_when_asked_only_to_look),
		ENGINE_TEST(engine__does_not_count_its_callers_time),
	};

	fixture_routes(routes, N(routes));
	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
