#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture.h"
#include "probe.h"

#define WHOLE ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", END_KEEP)
#define TO(status, location) \
	ANSWER("HTTP/1.1 " status " Go\r\nLocation: " location "\r\nContent-Length: 0\r\n\r\n", END_KEEP)

static const struct route routes[] = {
	{ "/whole", { WHOLE } },
	{ "/503", { ANSWER("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", END_KEEP), WHOLE } },
	{ "/429", { ANSWER("HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", END_KEEP), WHOLE } },
	{ "/503/late",
	    { ANSWER("HTTP/1.1 503 Busy\r\nRetry-After: 99999\r\nContent-Length: 4\r\n\r\nbusy", END_KEEP), WHOLE } },
	{ "/503/ever", { ANSWER("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", END_KEEP) } },
	{ "/503/gone",
	    { ANSWER("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", END_KEEP), ANSWER("", END_CLOSE) } },
	{ "/reset", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", END_RESET), WHOLE } },
	{ "/404", { ANSWER("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", END_KEEP), WHOLE } },
	{ "/silent", { ANSWER("", END_HANG), WHOLE } },
	{ "/hop/301", { TO("301", "/whole") } },
	{ "/hop/302", { TO("302", "../whole?x=1") } },
	{ "/hop/303", { TO("303", "/whole") } },
	{ "/hop/307", { TO("307", "/whole") } },
	{ "/hop/308", { TO("308", "/hop/307") } },
	{ "/hop/404", { TO("302", "/404") } },
	{ "/hop/503", { TO("302", "/503") } },
	{ "/hop/none", { ANSWER("HTTP/1.1 302 Go\r\nContent-Length: 0\r\n\r\n", END_KEEP) } },
	{ "/hop/loop", { TO("302", "/hop/loop") } },
	{ "/hop/away", { TO("302", "http://@/whole") } },
	{ "/hop/away/307", { TO("307", "http://@/whole") } },
	{ "/hop/file", { TO("302", "file:///etc/passwd") } },
	{ "/hop/300", { TO("300", "/whole") } },
};

static void
transfer__tries_again_what_passes(void **state)
{
	static const struct {
		const char *path, *code, *words, *reason;
	} rows[] = {
		{ "/503", "http_503", "/503 answered 503: busy", "a status that passes" },
		{ "/reset", "broken_body", "broke off", "what came before is forgotten" },
		{ "/silent", "timeout", "no answer", "a server that hangs" },
		{ "/hop/503", "http_503", "/503 answered 503", "behind a redirect" },
	};
	size_t i;

	(void)state;
	server_clear(&server);
	for (i = 0; i < N(rows); i++) {
		struct probe p = { .request = { .retries = 2, .timeout_ms = 500 } };

		if (i == 3)
			server_clear(&server);
		probe_run(&p, server.port, rows[i].path);
		if (p.retries != 1 || strcmp(p.last_why.code, rows[i].code) != 0 ||
		    strstr(p.last_why.text, rows[i].words) == NULL || p.result.outcome != OUTCOME_ANSWER ||
		    strcmp(buf_text(&p.body), "hello") != 0)
			fail_msg("%s (%s): %d, %s, %s, then %s, %s", rows[i].path, rows[i].reason, p.retries,
			    p.last_why.code, p.last_why.text, p.result.why.text, buf_text(&p.body));
		assert_in_range(p.last_wait, 0, 500);
		assert_int_equal(p.wholes, 1);
		assert_int_equal(p.result.requests, i == 3 ? 4 : 2);
		assert_string_equal(p.result.why.code, "");
		assert_int_equal(p.restarts, strcmp(rows[i].path, "/reset") == 0 ? 2 : 1);
		probe_release(&p);
	}
}

static void
transfer__waits_as_long_as_it_is_asked_to(void **state)
{
	struct probe p = { .request.retries = 1 };
	int64_t begun = clock_mono_ms();

	(void)state;
	server_clear(&server);
	probe_run(&p, server.port, "/429");
	assert_int_equal(p.last_wait, 1000);
	assert_in_range(clock_mono_ms() - begun, 1000, 5000);
	assert_int_equal(p.result.status, 200);
	probe_release(&p);
}

static void
transfer__gives_up_with_the_reason(void **state)
{
	static const struct {
		const char *path;
		int retries, made;
		const char *words, *reason;
	} rows[] = {
		{ "/503/ever", 0, 1, "/503/ever answered 503 (gave up after 1 attempt): busy", "no retries" },
		{ "/503/ever", 1, 2, "answered 503 (gave up after 2 attempts): busy", "one" },
		{ "/503/late", 4, 1, "answered 503 (asks to wait 99999 s, left to the next run): busy",
		    "too long a wait" },
		{ "/404", 4, 1, "answered 404 (check", "final" },
	};
	size_t i;

	(void)state;
	server_clear(&server);
	for (i = 0; i < N(rows); i++) {
		struct probe p = { .request.retries = rows[i].retries };

		probe_run(&p, server.port, rows[i].path);
		if (p.result.outcome != OUTCOME_ANSWER || p.result.requests != rows[i].made ||
		    strstr(p.result.why.text, rows[i].words) == NULL)
			fail_msg(
			    "%s (%s): %d, %s", rows[i].path, rows[i].reason, (int)p.result.requests, p.result.why.text);
		probe_release(&p);
	}
}

static void
transfer__keeps_the_last_answers_status(void **state)
{
	struct probe p = { .request.retries = 1 };

	(void)state;
	server_clear(&server);
	probe_run(&p, server.port, "/503/gone");
	assert_int_equal(p.result.outcome, OUTCOME_BROKEN);
	assert_int_equal(p.result.status, 503);
	assert_true(p.result.reached);
	probe_release(&p);
}

static void
transfer__follows_within_the_origin(void **state)
{
	static const struct {
		const char *method, *path, *code, *reason;
		int requests;
	} rows[] = {
		{ "GET", "/hop/301", "", "moved", 2 },
		{ "GET", "/hop/302", "", "a relative Location", 2 },
		{ "GET", "/hop/303", "", "see other", 2 },
		{ "GET", "/hop/307", "", "temporary", 2 },
		{ "GET", "/hop/308", "", "two hops", 3 },
		{ "POST", "/hop/307", "", "the same request again", 2 },
		{ "POST", "/hop/308", "", "the same request again", 3 },
		{ "POST", "/hop/301", "redirect_method", "would become a GET", 1 },
		{ "POST", "/hop/302", "redirect_method", "would become a GET", 1 },
		{ "POST", "/hop/303", "redirect_method", "would become a GET", 1 },
		{ "GET", "/hop/none", "redirect_nowhere", "no Location", 1 },
		{ "GET", "/hop/away", "redirect_other_origin", "another port is another origin", 1 },
		{ "POST", "/hop/away/307", "redirect_other_origin", "another origin", 1 },
		{ "GET", "/hop/file", "redirect_invalid", "not HTTP", 1 },
		{ "GET", "/hop/loop", "redirect_loop", "a circle", 6 },
		{ "GET", "/hop/300", "http_300", "nobody to choose", 1 },
		{ "GET", "/hop/404", "http_404", "an error behind it", 2 },
	};
	static const struct http_header headers[] = { { "X-Api-Key", "s3cret" }, { "Cookie", "s3cret" } };
	size_t i;

	(void)state;
	server_clear(&server);
	for (i = 0; i < N(rows); i++) {
		struct probe p = { .request = { .method = rows[i].method,
			               .headers = headers,
			               .n_headers = N(headers),
			               .retries = 3,
			               .body = "{}",
			               .body_len = 2 } };

		probe_run(&p, server.port, rows[i].path);
		if (strcmp(p.result.why.code, rows[i].code) != 0 || p.result.requests != rows[i].requests)
			fail_msg("%s %s (%s): %d, %s: %s", rows[i].method, rows[i].path, rows[i].reason,
			    (int)p.result.requests, p.result.why.code, p.result.why.text);
		if (rows[i].code[0] == '\0') {
			assert_string_equal(buf_text(&p.body), "hello");
			assert_int_equal(strncmp(server.seen->last, rows[i].method, strlen(rows[i].method)), 0);
			assert_non_null(strstr(server.seen->last, "X-Api-Key: s3cret"));
			assert_non_null(strstr(server.seen->last, "\r\n\r\n{}"));
		} else if (strncmp(rows[i].code, "redirect", 8) == 0) {
			assert_int_equal(p.result.outcome, OUTCOME_REFUSED);
		}
		assert_int_equal(p.retries, 0);
		probe_release(&p);
	}
	assert_int_equal(server.seen->elsewhere, 0);
}

static void
transfer__ends_with_the_sinks_own_words(void **state)
{
	static const struct {
		const char *bytes_code, *whole_code;
		enum outcome outcome;
		const char *words;
		int requests;
		const char *reason;
	} rows[] = {
		{ "json_bad", NULL, OUTCOME_BODY, "the sink's words", 1, "bytes that cannot be used" },
		{ NULL, "json_bad", OUTCOME_BODY, "the sink's words", 1, "a whole that cannot be used" },
		{ NULL, "body_truncated", OUTCOME_BROKEN, "the sink's words (gave up after 2 attempts)", 2,
		    "an end that came too soon" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct probe p = {
			.request.retries = 1, .bytes_code = rows[i].bytes_code, .whole_code = rows[i].whole_code
		};

		probe_run(&p, server.port, "/whole");
		if (p.result.outcome != rows[i].outcome || strcmp(p.result.why.text, rows[i].words) != 0 ||
		    p.result.requests != rows[i].requests)
			fail_msg("%s: %d, %s", rows[i].reason, (int)p.result.outcome, p.result.why.text);
		assert_string_equal(
		    p.result.why.code, rows[i].bytes_code != NULL ? rows[i].bytes_code : rows[i].whole_code);
		assert_true(p.result.reached);
		probe_release(&p);
	}
}

static void
transfer__shows_a_secret_url_by_its_name_alone(void **state)
{
	static const struct {
		const char *path, *words;
	} rows[] = {
		{ "/503/ever?k=s3cret", "GET env:HOOK answered 503 (gave up after 2 attempts)" },
		{ "/404?k=s3cret", "GET env:HOOK answered 404" },
		{ "/reset?k=s3cret", "GET env:HOOK: the connection broke off in the answer: " },
		{ "/hop/loop?k=s3cret", "GET env:HOOK: redirected more than 5 times" },
		{ "/hop/404?k=s3cret", "GET env:HOOK answered 404" },
		{ "/hop/away?k=s3cret", "GET env:HOOK: answered 302, and " },
		{ "http://s3cret.localhost:1/", "GET env:HOOK: no connection: " },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct probe p = { .request = { .shown = "env:HOOK", .retries = i == 0, .timeout_ms = 500 } };

		server_clear(&server);
		if (rows[i].path[0] != '/')
			p.request.url = rows[i].path;
		probe_run(&p, server.port, rows[i].path);
		if (strncmp(p.result.why.text, rows[i].words, strlen(rows[i].words)) != 0)
			fail_msg("%s: %s", rows[i].path, p.result.why.text);
		/* Nor what the answer says: it may repeat the URL. */
		assert_null(strstr(p.result.why.text, "busy"));
		assert_null(strstr(p.result.why.text, "s3cret"));
		if (i == 0)
			assert_string_equal(p.last_why.text, "GET env:HOOK answered 503");
		probe_release(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transfer__tries_again_what_passes),
		cmocka_unit_test(transfer__waits_as_long_as_it_is_asked_to),
		cmocka_unit_test(transfer__gives_up_with_the_reason),
		cmocka_unit_test(transfer__keeps_the_last_answers_status),
		cmocka_unit_test(transfer__follows_within_the_origin),
		cmocka_unit_test(transfer__ends_with_the_sinks_own_words),
		cmocka_unit_test(transfer__shows_a_secret_url_by_its_name_alone),
	};

	fixture_routes(routes, N(routes));
	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
