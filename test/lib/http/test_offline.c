#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "http/offline.h"
#include "probe.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Where nobody listens; and were there somebody, he is not to be asked. */
#define PORT 1

/* Answers in order; the last one for ever. */
struct script {
	struct offline_answer answers[4];
	size_t n, asked;
	bool refuses;
	char url[200], method[16], body[64];
	struct transfer **stop; /* is stopped while it is being answered */
	bool in_time;
	int64_t takes_ms;
};

static int
answer(void *arg, const struct http_request *request, struct offline_answer *out, struct err *e)
{
	struct script *s = arg;

	assert_int_equal(out->status, 0);
	snprintf(s->url, sizeof(s->url), "%s", request->url);
	snprintf(s->method, sizeof(s->method), "%s", request->method);
	snprintf(s->body, sizeof(s->body), "%.*s", (int)request->body_len, request->body != NULL ? request->body : "");
	if (s->stop != NULL)
		engine_stop(*s->stop);
	if (s->refuses)
		return err_set(e, ERR_CONFIG, "no_file", "answer.json is missing");
	*out = s->answers[s->asked < s->n ? s->asked : s->n - 1];
	s->asked++;
	return 0;
}

static int64_t
takes(void *arg, const struct http_request *request)
{
	(void)request;
	return ((struct script *)arg)->takes_ms;
}

static struct offline_answer
text_answer(long status, const char *body)
{
	return (struct offline_answer){ .status = status, .body = body, .body_len = strlen(body) };
}

/* The probe's request to an engine over the script, to its end. */
static void
ask(struct probe *p, struct script *s)
{
	struct offline offline = { .answer = answer, .in_time = s->in_time, .takes = takes, .arg = s };
	struct err e = ERR_INIT;
	struct engine *engine = engine_new_offline(&offline, &e);

	assert_non_null(engine);
	probe_start(p, engine, PORT, "/api/records?days=3");
	if (s->stop != NULL)
		s->stop = &p->transfer;
	assert_int_equal(engine_active(engine), 1);
	probe_drive(engine);
	assert_int_equal(engine_active(engine), 0);
	assert_int_equal(p->dones, 1);
	engine_free(engine);
}

static void
offline__hands_over_an_answer_as_the_network_would(void **state)
{
	struct script s = { .answers = { text_answer(200, "[1, 2]") }, .n = 1 };
	struct probe p = { .request = { .method = "POST", .body = "{\"days\": 3}", .body_len = 11 } };

	(void)state;
	s.answers[0].link = "</next>; rel=\"next\"";
	ask(&p, &s);
	assert_string_equal(s.url, "http://127.0.0.1:1/api/records?days=3");
	assert_string_equal(s.method, "POST");
	assert_string_equal(s.body, "{\"days\": 3}");
	assert_string_equal(p.body.at, "[1, 2]");
	assert_string_equal(p.link, "</next>; rel=\"next\"");
	assert_int_equal(p.restarts, 1);
	assert_int_equal(p.wholes, 1);
	assert_int_equal(p.status_at_whole, 200);
	assert_int_equal(p.result.outcome, OUTCOME_ANSWER);
	assert_int_equal(p.result.status, 200);
	assert_int_equal(p.result.requests, 1);
	assert_int_equal(p.result.bytes, 6);
	assert_true(p.result.reached);
	assert_int_equal(p.result.why.kind, ERR_NONE);
	probe_release(&p);
}

static void
offline__knows_every_kind_of_answer(void **state)
{
	static const struct {
		long status;
		const char *body;
		enum outcome outcome;
		const char *code, *words;
		int restarts;
	} cases[] = {
		{ 204, "", OUTCOME_ANSWER, "", "", 1 },
		{ 404, "no such route\nsecond line", OUTCOME_ANSWER, "http_404", "answered 404", 0 },
		{ 404, "no such route\nsecond line", OUTCOME_ANSWER, "http_404", "no such route", 0 },
		{ 301, "", OUTCOME_REFUSED, "redirect_nowhere", "no Location", 0 },
		{ 206, "half", OUTCOME_BODY, "http_206", "answered 206", 0 },
		{ 0, "", OUTCOME_CONNECT, "connect", "http://127.0.0.1:1/api/records: ", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		struct script s = { .answers = { text_answer(cases[i].status, cases[i].body) }, .n = 1 };
		struct probe p = { .restarts = 0 };

		ask(&p, &s);
		if (p.result.outcome != cases[i].outcome || strcmp(p.result.why.code, cases[i].code) != 0 ||
		    strstr(p.result.why.text, cases[i].words) == NULL || p.restarts != cases[i].restarts)
			fail_msg("%ld: outcome %d, [%s] %s", cases[i].status, (int)p.result.outcome, p.result.why.code,
			    p.result.why.text);
		assert_int_equal(s.asked, 1);
		probe_release(&p);
	}
}

static void
offline__tries_again_without_waiting(void **state)
{
	struct script s = { .answers = { { .status = 0 }, text_answer(503, "later"), text_answer(200, "[]") }, .n = 3 };
	/* A request a second, by the clock, would take two. */
	struct probe p = { .request = { .retries = 4, .rate_limit = 1 } };
	int64_t begun = clock_mono_ms();
	int i;

	(void)state;
	/* The waits that are not waited for: of thirty times two, some would be long. */
	for (i = 0; i < 30; i++) {
		p.dones = p.retries = 0;
		s.asked = 0;
		ask(&p, &s);
		assert_int_equal(p.retries, 2);
		assert_int_equal(p.result.requests, 3);
		assert_int_equal(p.result.status, 200);
		assert_string_equal(p.body.at, "[]");
		probe_release(&p);
	}
	assert_in_range(clock_mono_ms() - begun, 0, 5000);
}

static void
offline__ends_a_transfer_by_an_error_of_the_function(void **state)
{
	struct script s = { .refuses = true };
	struct probe p = { .request = { .retries = 4 } };

	(void)state;
	ask(&p, &s);
	assert_int_equal(p.result.outcome, OUTCOME_LOCAL);
	assert_int_equal(p.result.why.kind, ERR_CONFIG);
	assert_string_equal(p.result.why.code, "no_file");
	assert_string_equal(p.result.why.text, "answer.json is missing");
	assert_int_equal(p.retries, 0);
	assert_false(p.result.reached);
	probe_release(&p);
}

static void
offline__lets_the_sink_refuse_a_body(void **state)
{
	struct script s = { .answers = { text_answer(200, "[1]") }, .n = 1 };
	struct probe bytes = { .bytes_code = "body_malformed" }, whole = { .whole_code = "body_malformed" };

	(void)state;
	ask(&bytes, &s);
	assert_int_equal(bytes.result.outcome, OUTCOME_BODY);
	assert_string_equal(bytes.result.why.text, "the sink's words");
	assert_int_equal(bytes.wholes, 0);
	ask(&whole, &s);
	assert_int_equal(whole.result.outcome, OUTCOME_BODY);
	assert_int_equal(whole.wholes, 1);
	probe_release(&bytes);
	probe_release(&whole);
}

static void
offline__stops_wherever_the_stop_comes_from(void **state)
{
	struct script s = { .answers = { text_answer(200, "[1]") }, .n = 1 };
	struct script in_answer = { .answers = { text_answer(200, "[1]") }, .n = 1 };
	struct probe restart = { .stop_in_restart = true }, bytes = { .stop_in_bytes = true },
	             whole = { .stop_in_whole = true }, answering = { .dones = 0 };
	struct probe *all[] = { &restart, &bytes, &whole, &answering };
	size_t i;

	(void)state;
	in_answer.stop = &answering.transfer;
	for (i = 0; i < N(all); i++) {
		ask(all[i], all[i] == &answering ? &in_answer : &s);
		assert_int_equal(all[i]->result.outcome, OUTCOME_STOPPED);
		assert_string_equal(all[i]->result.why.code, "stopped");
		probe_release(all[i]);
	}
}

static void
offline__keeps_pauses_if_it_is_to(void **state)
{
	struct script s = { .answers = { text_answer(503, "later"), text_answer(200, "[]") }, .n = 2, .takes_ms = 100 };
	struct probe p = { .request = { .retries = 1 } };
	int64_t begun = clock_mono_ms();

	(void)state;
	s.in_time = true;
	s.answers[0].retry_after = "1";
	ask(&p, &s);
	assert_int_equal(p.last_wait, 1000);
	assert_int_equal(p.result.status, 200);
	/* The pause, and twice the answer's own time. */
	assert_in_range(clock_mono_ms() - begun, 1200, 30000);
	probe_release(&p);
}

static void
offline__keeps_rates_if_it_is_to(void **state)
{
	struct script s = { .answers = { { .status = 0 }, text_answer(200, "[]") }, .n = 2, .in_time = true };
	struct probe p = { .request = { .retries = 1, .rate_limit = 5 } };
	int64_t begun = clock_mono_ms();

	(void)state;
	ask(&p, &s);
	assert_int_equal(p.result.requests, 2);
	assert_in_range(clock_mono_ms() - begun, 200, 30000);
	probe_release(&p);
}

static void
offline__ends_as_connections_do(void **state)
{
	static const struct {
		long status;
		enum offline_end end;
		enum outcome outcome;
		const char *code;
	} cases[] = {
		{ 200, OFFLINE_BROKEN, OUTCOME_BROKEN, "body_unended" },
		{ 0, OFFLINE_BROKEN, OUTCOME_BROKEN, "no_answer" },
		{ 0, OFFLINE_TIMEOUT, OUTCOME_TIMEOUT, "connect_timeout" },
		{ 200, OFFLINE_TIMEOUT, OUTCOME_TIMEOUT, "connect_timeout" },
		/* Once an error's status is there, the rest of its body takes nothing from it. */
		{ 404, OFFLINE_BROKEN, OUTCOME_ANSWER, "http_404" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		struct script s = { .answers = { text_answer(cases[i].status, "[1, 2") }, .n = 1 };
		struct probe p = { .restarts = 0 };

		s.answers[0].end = cases[i].end;
		s.answers[0].piece = 2;
		ask(&p, &s);
		if (p.result.outcome != cases[i].outcome || strcmp(p.result.why.code, cases[i].code) != 0)
			fail_msg(
			    "%zu: outcome %d, [%s] %s", i, (int)p.result.outcome, p.result.why.code, p.result.why.text);
		assert_int_equal(p.wholes, 0);
		assert_string_equal(buf_text(&p.body), cases[i].status == 200 ? "[1, 2" : "");
		probe_release(&p);
	}
}

static void
offline__leads_on_by_a_location(void **state)
{
	struct script s = { .answers = { { .status = 302 }, text_answer(200, "[1]") }, .n = 2 };
	struct probe p = { .restarts = 0 };

	(void)state;
	s.answers[0].location = "/elsewhere";
	ask(&p, &s);
	assert_int_equal(p.result.status, 200);
	assert_int_equal(p.result.requests, 2);
	assert_int_equal(p.retries, 0);
	assert_string_equal(p.body.at, "[1]");
	probe_release(&p);
}

/* Many at once, each started in another's done() or queued before it. */
static void
offline__serves_many_and_never_waits(void **state)
{
	struct script s = { .answers = { text_answer(200, "[]") }, .n = 1 };
	struct offline offline = { .answer = answer, .arg = &s };
	struct err e = ERR_INIT;
	struct engine *engine = engine_new_offline(&offline, &e);
	struct probe first[50] = { 0 }, then[50] = { 0 };
	int64_t begun = clock_mono_ms();
	size_t i;

	(void)state;
	assert_non_null(engine);
	for (i = 0; i < N(first); i++) {
		first[i].then = &then[i];
		probe_start(&first[i], engine, PORT, "/");
	}
	probe_drive(engine);
	for (i = 0; i < N(first); i++) {
		assert_int_equal(first[i].dones + then[i].dones, 2);
		probe_release(&first[i]);
		probe_release(&then[i]);
	}
	assert_int_equal(s.asked, 2 * N(first));
	/* Nothing to do, and a caller that would wait for it. */
	for (i = 0; i < 20; i++)
		assert_int_equal(engine_step(engine, 1000, &e), 0);
	assert_in_range(clock_mono_ms() - begun, 0, 3000);
	engine_free(engine);
}

static void
offline__frees_what_was_never_asked(void **state)
{
	struct script s = { .refuses = true };
	struct offline offline = { .answer = answer, .arg = &s };
	struct err e = ERR_INIT;
	struct engine *engine = engine_new_offline(&offline, &e);
	struct probe p = { .dones = 0 };

	(void)state;
	assert_non_null(engine);
	probe_start(&p, engine, PORT, "/");
	engine_free(engine);
	assert_int_equal(p.dones, 0);
	assert_int_equal(s.asked, 0);
	probe_release(&p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(offline__hands_over_an_answer_as_the_network_would),
		cmocka_unit_test(offline__knows_every_kind_of_answer),
		cmocka_unit_test(offline__tries_again_without_waiting),
		cmocka_unit_test(offline__ends_a_transfer_by_an_error_of_the_function),
		cmocka_unit_test(offline__lets_the_sink_refuse_a_body),
		cmocka_unit_test(offline__stops_wherever_the_stop_comes_from),
		cmocka_unit_test(offline__keeps_pauses_if_it_is_to),
		cmocka_unit_test(offline__keeps_rates_if_it_is_to),
		cmocka_unit_test(offline__ends_as_connections_do),
		cmocka_unit_test(offline__leads_on_by_a_location),
		cmocka_unit_test(offline__serves_many_and_never_waits),
		cmocka_unit_test(offline__frees_what_was_never_asked),
	};
	struct err e = ERR_INIT;

	if (engine_global(&e) == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
