#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture.h"
#include "probe.h"

#define GZIP "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\x48\xaf\xca\x2c\x00\x00"
#define GZIP_END "\x19\x6a\xd2\xdf\x0a\x00\x00\x00"
#define K "0123456789012345678901234567890123456789012345678901234567890123"
#define K2 K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K K

static const struct route routes[] = {
	{ "/whole", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", END_KEEP) } },
	{ "/chunked",
	    { ANSWER("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n"
	             "Link: </trailer>; rel=next\r\n\r\n",
	        END_KEEP) } },
	{ "/gzip",
	    { ANSWER(
	        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 30\r\n\r\n" GZIP GZIP_END, END_KEEP) } },
	{ "/eof", { ANSWER("HTTP/1.1 200 OK\r\n\r\nhello", END_CLOSE) } },
	{ "/early",
	    { ANSWER("HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=next\r\n\r\n"
	             "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	        END_KEEP) } },
	{ "/204", { ANSWER("HTTP/1.1 204 No Content\r\n\r\n", END_KEEP) } },
	{ "/205", { ANSWER("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", END_KEEP) } },
	{ "/206", { ANSWER("HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nhello", END_KEEP) } },
	{ "/304", { ANSWER("HTTP/1.1 304 Not Modified\r\n\r\n", END_KEEP) } },
	{ "/401", { ANSWER("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", END_KEEP) } },
	{ "/404",
	    { ANSWER("HTTP/1.1 404 No\r\nContent-Length: 25\r\n\r\n\r\n no such thing \r\nsecond l", END_KEEP) } },
	{ "/404/html", { ANSWER("HTTP/1.1 404 No\r\nContent-Length: 12\r\n\r\n<html>no</ht", END_KEEP) } },
	{ "/404/cut", { ANSWER("HTTP/1.1 404 No\r\nContent-Length: 50\r\n\r\nno such thing", END_CLOSE) } },
	{ "/404/long", { ANSWER("HTTP/1.1 404 No\r\nContent-Length: 1000000\r\n\r\nlong " K2, END_DRIP) } },
	{ "/cut/length", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", END_CLOSE) } },
	{ "/cut/chunk", { ANSWER("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", END_CLOSE) } },
	{ "/bad/chunk", { ANSWER("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", END_CLOSE) } },
	{ "/huge/chunk",
	    { ANSWER("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhi", END_CLOSE) } },
	{ "/reset", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", END_RESET) } },
	{ "/nothing", { ANSWER("", END_CLOSE) } },
	{ "/bad/gzip",
	    { ANSWER("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", END_KEEP) } },
	{ "/bad/sum",
	    { ANSWER("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 30\r\n\r\n" GZIP "12345678",
	        END_KEEP) } },
	{ "/bad/stack",
	    { ANSWER("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\n"
	             "Content-Length: 30\r\n\r\n" GZIP GZIP_END,
	        END_KEEP) } },
	{ "/bad/name",
	    { ANSWER("HTTP/1.1 200 OK\r\nContent-Encoding: klingon\r\nContent-Length: 5\r\n\r\nhello", END_KEEP) } },
	{ "/no/http", { ANSWER("hello, I am no HTTP server at all\r\n\r\n", END_CLOSE) } },
	{ "/bad/length", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", END_CLOSE) } },
	{ "/flood", { ANSWER("HTTP/1.1 200 OK\r\n", END_FLOOD) } },
	{ "/long/header",
	    { ANSWER("HTTP/1.1 200 OK\r\nX-Long: " K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2
	                 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 K2 "\r\n\r\n",
	        END_KEEP) } },
	{ "/silent", { ANSWER("", END_HANG) } },
	{ "/slow/headers", { ANSWER("HTTP/1.1 200 OK\r\nX-Slow: ", END_DRIP) } },
	{ "/drip", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", END_DRIP) } },
	{ "/hang", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhello", END_HANG) } },
	{ "/long",
	    { ANSWER_IN_PIECES("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", "twenty bytes at once", 20, 50) } },
	{ "/two", { ANSWER_IN_PIECES("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\none", "two", 1, 1000) } },
	{ "/links",
	    { ANSWER("HTTP/1.1 200 OK\r\nLink: </a>; rel=prev\r\nlink: </b>; rel=next\r\nContent-Length: 0\r\n\r\n",
	        END_KEEP) } },
	{ "nowhere.invalid:443",
	    { ANSWER("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", END_CLOSE) } },
	{ "busy.invalid:443", { ANSWER("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", END_CLOSE) } },
};

static void
attempt__hands_over_a_whole_body(void **state)
{
	static const struct {
		const char *path, *body;
		long status;
		const char *reason;
	} rows[] = {
		{ "/whole", "hello", 200, "by Content-Length" },
		{ "/chunked", "hello", 200, "in chunks, with a trailer" },
		{ "/gzip", "hello gzip", 200, "decoded" },
		{ "/eof", "hello", 200, "until the connection ends" },
		{ "/early", "hello", 200, "after early hints" },
		{ "/204", "", 204, "no body is a body" },
		{ "/205", "", 205, "no body is a body" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct probe p = { 0 };

		probe_run(&p, server.port, rows[i].path);
		if (p.result.outcome != OUTCOME_ANSWER || strcmp(buf_text(&p.body), rows[i].body) != 0)
			fail_msg("%s (%s): %s, %s", rows[i].path, rows[i].reason, p.result.why.text, buf_text(&p.body));
		assert_int_equal(p.restarts, 1);
		assert_int_equal(p.wholes, 1);
		assert_int_equal(p.status_at_whole, rows[i].status);
		assert_int_equal(p.result.status, rows[i].status);
		assert_int_equal(p.result.bytes, strlen(rows[i].body));
		assert_int_equal(p.result.requests, 1);
		assert_true(p.result.reached);
		assert_string_equal(p.link, "");
		assert_string_equal(p.result.why.code, "");
		probe_release(&p);
	}
}

static void
attempt__joins_link_headers(void **state)
{
	struct probe p = { 0 };

	(void)state;
	probe_run(&p, server.port, "/links");
	assert_string_equal(p.link, "</a>; rel=prev, </b>; rel=next");
	probe_release(&p);
}

/* Each way to fail has its outcome, its code and its words. */
static void
attempt__fails_with_its_own_code(void **state)
{
	static const struct {
		const char *path;
		enum outcome outcome;
		long status;
		const char *code, *words, *reason;
	} rows[] = {
		{ "/206", OUTCOME_BODY, 206, "http_206", "/206 answered 206", "a part was not asked for" },
		{ "/304", OUTCOME_ANSWER, 304, "http_304", "answered 304", "nothing was asked for conditionally" },
		{ "/401?key=value", OUTCOME_ANSWER, 401, "http_401", "/401 answered 401 (check Auth and its secret)",
		    "no query" },
		{ "/404", OUTCOME_ANSWER, 404, "http_404", "(check BaseUrl and the path): no such thing ",
		    "the first line" },
		{ "/404/html", OUTCOME_ANSWER, 404, "http_404", "check BaseUrl and the path)", "a page is no message" },
		{ "/404/cut", OUTCOME_ANSWER, 404, "http_404", ": no such thing", "the status is what counts" },
		{ "/404/long", OUTCOME_ANSWER, 404, "http_404", ": long 0123", "the rest is not waited for" },
		{ "/cut/length", OUTCOME_BROKEN, 200, "body_short", "the answer broke off", "short of its length" },
		{ "/cut/chunk", OUTCOME_BROKEN, 200, "body_unended", "broke off", "no last chunk" },
		{ "/bad/chunk", OUTCOME_BROKEN, 200, "chunk_invalid", "broke off", "no chunk size" },
		{ "/huge/chunk", OUTCOME_BROKEN, 200, "chunk_invalid", "broke off", "a chunk beyond 64 bits" },
		{ "/reset", OUTCOME_BROKEN, 200, "broken_body", "broke off", "RST in the body" },
		{ "/nothing", OUTCOME_BROKEN, 0, "no_answer", "without an answer", "no answer" },
		{ "/bad/gzip", OUTCOME_BODY, 200, "body_encoding", "decoded", "no gzip" },
		{ "/bad/sum", OUTCOME_BODY, 200, "body_encoding", "decoded", "a wrong checksum" },
		{ "/bad/stack", OUTCOME_BODY, 0, "body_encoding", "decoded", "too many encodings" },
		{ "/bad/name", OUTCOME_BODY, 200, "body_encoding", "decoded", "an unknown encoding" },
		{ "/no/http", OUTCOME_BODY, 0, "not_http", "not HTTP", "HTTP/0.9" },
		{ "/bad/length", OUTCOME_BODY, 0, "not_http", "not HTTP", "a negative length" },
		{ "/flood", OUTCOME_BODY, 0, "headers_too_large", "65536 bytes", "headers for ever" },
		{ "/long/header", OUTCOME_BODY, 0, "headers_too_large", "too large", "one header for ever" },
		{ "/silent", OUTCOME_TIMEOUT, 0, "timeout", "no answer within 0.3 s", "nothing comes" },
		{ "/slow/headers", OUTCOME_TIMEOUT, 0, "headers_slow", "not whole within 0.3 s", "headers drip" },
		{ "/drip", OUTCOME_TIMEOUT, 200, "body_slow", "slower than 64 bytes a second for 0.3 s",
		    "the body drips" },
		{ "/hang", OUTCOME_TIMEOUT, 200, "body_slow", "slower than 64", "the body hangs" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct probe p = { .request.timeout_ms = rows[i].outcome == OUTCOME_TIMEOUT ? 300 : 0 };

		probe_run(&p, server.port, rows[i].path);
		if (p.result.outcome != rows[i].outcome || p.result.status != rows[i].status ||
		    strcmp(p.result.why.code, rows[i].code) != 0 || strstr(p.result.why.text, rows[i].words) == NULL ||
		    strncmp(p.result.why.text, "GET http://127.0.0.1:", 21) != 0)
			fail_msg("%s (%s): outcome %d, status %ld, %s: %s", rows[i].path, rows[i].reason,
			    (int)p.result.outcome, p.result.status, p.result.why.code, p.result.why.text);
		assert_null(strstr(p.result.why.text, "key="));
		assert_int_equal(p.wholes, 0);
		assert_int_equal(p.result.reached, rows[i].status != 0);
		probe_release(&p);
	}
}

static void
attempt__fails_before_a_connection(void **state)
{
	char proxy[64], https[64], label[100];
	struct {
		const char *url, *proxy, *ca_file;
		enum outcome outcome;
		const char *code, *reason;
	} rows[] = {
		{ "http://127.0.0.1:1/", NULL, NULL, OUTCOME_CONNECT, "connect", "refused" },
		{ label, NULL, NULL, OUTCOME_CONNECT, "dns", "a name that cannot be" },
		{ "http://127.0.0.1:1/", label, NULL, OUTCOME_CONNECT, "proxy_dns", "a proxy's name that cannot be" },
		{ https, NULL, NULL, OUTCOME_CONNECT, "tls_connect", "no TLS there: the connection ends" },
		{ https, NULL, "/nonexistent/ca.pem", OUTCOME_LOCAL, "ca_file", "no such CA file" },
		{ "https://nowhere.invalid/", proxy, NULL, OUTCOME_REFUSED, "proxy_auth",
		    "the proxy wants a password" },
		{ "https://busy.invalid/", proxy, NULL, OUTCOME_CONNECT, "proxy", "the proxy cannot reach it" },
	};
	size_t i;

	(void)state;
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", server.port);
	snprintf(https, sizeof(https), "https://127.0.0.1:%d/whole", server.port);
	snprintf(label, sizeof(label), "http://%s.invalid/", K "0");
	for (i = 0; i < N(rows); i++) {
		struct probe p = { .request = {
			               .url = rows[i].url, .proxy = rows[i].proxy, .ca_file = rows[i].ca_file } };

		probe_run(&p, 0, rows[i].url);
		if (p.result.outcome != rows[i].outcome || strcmp(p.result.why.code, rows[i].code) != 0)
			fail_msg("%s (%s): outcome %d, %s: %s", rows[i].url, rows[i].reason, (int)p.result.outcome,
			    p.result.why.code, p.result.why.text);
		assert_false(p.result.reached);
		assert_int_equal(p.restarts, 0);
		probe_release(&p);
	}
}

/* libcurl refuses some options on a handle that keeps something of its last transfer. */
static void
attempt__leaves_a_handle_that_can_be_used_again(void **state)
{
	struct err e = ERR_INIT;
	struct engine *engine = engine_new("jobrun-test/1", &e);
	size_t i;

	(void)state;
	assert_non_null(engine);
	for (i = 0; i < N(routes) + 2; i++) {
		struct probe first = { .request.timeout_ms = 50 }, second = { 0 };

		/* Not the proxy's. */
		if (i < N(routes) && routes[i].path[0] != '/')
			continue;
		if (i >= N(routes))
			first.request.url = i == N(routes) ? "http://127.0.0.1:1/" : "http://" K "0.invalid/";
		probe_start(&first, engine, server.port, i < N(routes) ? routes[i].path : "");
		probe_drive(engine);
		probe_start(&second, engine, server.port, "/whole");
		probe_drive(engine);
		if (strcmp(buf_text(&second.body), "hello") != 0)
			fail_msg(
			    "after %s: %s", i < N(routes) ? routes[i].path : "no connection", second.result.why.text);
		probe_release(&first);
		probe_release(&second);
	}
	engine_free(engine);
}

static void
attempt__goes_through_the_proxy_that_is_named(void **state)
{
	char proxy[64];
	struct probe p = { .request = { .url = "http://nowhere.invalid/whole", .proxy = proxy } };

	(void)state;
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", server.port);
	setenv("no_proxy", "*", 1);
	probe_run(&p, 0, "");
	unsetenv("no_proxy");
	assert_string_equal(buf_text(&p.body), "hello");
	probe_release(&p);
}

static void
attempt__takes_longer_than_its_timeout_while_bytes_come(void **state)
{
	struct probe p = { .request.timeout_ms = 600 };

	(void)state;
	probe_run(&p, server.port, "/long");
	if (p.result.outcome != OUTCOME_ANSWER)
		fail_msg("%s", p.result.why.text);
	probe_release(&p);
}

static void
attempt__is_not_blamed_for_a_slow_sink(void **state)
{
	struct probe p = { .request.timeout_ms = 600, .nap_ms = 700 };

	(void)state;
	probe_run(&p, server.port, "/two");
	assert_string_equal(p.result.why.text, "");
	assert_string_equal(buf_text(&p.body), "onetwo");
	probe_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attempt__hands_over_a_whole_body),
		cmocka_unit_test(attempt__joins_link_headers),
		cmocka_unit_test(attempt__fails_with_its_own_code),
		cmocka_unit_test(attempt__fails_before_a_connection),
		cmocka_unit_test(attempt__leaves_a_handle_that_can_be_used_again),
		cmocka_unit_test(attempt__goes_through_the_proxy_that_is_named),
		cmocka_unit_test(attempt__takes_longer_than_its_timeout_while_bytes_come),
		cmocka_unit_test(attempt__is_not_blamed_for_a_slow_sink),
	};

	/* Nothing listens there: a request that went by it would fail. */
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	fixture_routes(routes, N(routes));
	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
