#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include "../failing.h"
#include "fixture.h"
#include "http/pages.h"
#include "http/url.h"

/*
 * Each allocation of ours and of libcurl's (by its hooks) fails in turn: once, or from there on.
 * Nothing may crash or leak, and nothing but no memory may be blamed.
 */

/* Whether the scenario came to its end; else e says why not. */
typedef bool scenario(struct err *e);

static void
fail_each(scenario *run)
{
	struct failing f = { 0 };
	struct err e = ERR_INIT;
	bool ended;

	while (failing_next(&f)) {
		err_clear(&e);
		failing_begin(&f);
		ended = run(&e);
		failing_end(&f);
		/* libcurl takes a relative link for an absolute one when it cannot copy its base. */
		if (!ended && (!f.failed || (strcmp(e.code, "no_memory") != 0 && strcmp(e.code, "link_invalid") != 0)))
			fail_msg("allocation %ld: %s: %s", f.nth, e.code, e.text);
	}
	assert_true(f.nth > 1);
}

static bool
read_origin(struct err *e)
{
	char *origin = url_origin("https://[fe80::1%25eth0]:8443/a?b", e);
	bool ended = origin != NULL;

	if (ended)
		assert_string_equal(origin, "https://[fe80::1]%eth0:8443");
	free(origin);
	return ended;
}

static bool
check_base(struct err *e)
{
	return url_check_base("https://h/a", e) == 0;
}

static bool
follow_link(struct err *e)
{
	char *to = url_follow("https://h/a?b=c", "../d", e);
	bool ended = to != NULL;

	if (ended)
		assert_string_equal(to, "https://h/d");
	free(to);
	return ended;
}

/* It has no struct err: NULL says no memory. */
static bool
add_parameter(struct err *e)
{
	char *to = url_with("https://h/a?b=c&%64=1", "d", "2");
	bool ended = to != NULL;

	if (ended)
		assert_string_equal(to, "https://h/a?b=c&d=2");
	else
		err_memory(e);
	free(to);
	return ended;
}

static bool
see_loopback(struct err *e)
{
	return url_is_loopback("http://127.0.0.1:8080/a", e) == 1;
}

static bool
turn_pages(struct err *e)
{
	static const struct pages_plan plans[] = {
		{ .kind = PAGES_NEXT },
		{ .kind = PAGES_LINK },
		{ .kind = PAGES_CURSOR, .param = "c" },
		{ .kind = PAGES_OFFSET, .param = "o", .limit = "l", .size = 5 },
		{ .kind = PAGES_PAGE, .param = "p" },
	};
	struct pages_answer answer = { .items = 1, .captured = "/b", .link = "</b>; rel=next" };
	bool ended = true;
	size_t i;

	for (i = 0; i < N(plans) && ended; i++) {
		struct pages p = { 0 };

		if (pages_first(&p, &plans[i], "https://h/a?o=1", e) == -1)
			return false;
		ended = pages_next(&p, &answer, e) == 1;
		pages_release(&p);
	}
	return ended;
}

static const struct route routes[] = {
	{ "/whole", { ANSWER("HTTP/1.1 200 OK\r\nLink: </b>; rel=next\r\nContent-Length: 5\r\n\r\nhello", END_KEEP) } },
	{ "/hop", { ANSWER("HTTP/1.1 302 Go\r\nLocation: /whole?only=mine\r\nContent-Length: 0\r\n\r\n", END_KEEP) } },
	{ "/404", { ANSWER("HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nhello", END_KEEP) } },
};

struct taken {
	size_t bytes;
	int whole, done;
	bool link;
	struct http_result result;
};

static void
on_restart(void *arg)
{
	((struct taken *)arg)->bytes = 0;
}

static int
on_bytes(void *arg, const char *bytes, size_t n, struct err *e)
{
	(void)bytes;
	(void)e;
	((struct taken *)arg)->bytes += n;
	return 0;
}

static int
on_whole(void *arg, struct err *e)
{
	(void)e;
	((struct taken *)arg)->whole++;
	return 0;
}

static void
on_done(void *arg, const struct http_result *result)
{
	struct taken *taken = arg;

	taken->done++;
	taken->result = *result;
	taken->link = result->link != NULL;
}

static void
on_change(void *arg, bool down, const char *message)
{
	(void)arg;
	(void)down;
	(void)message;
}

/* Asks for a path. What libcurl makes of a failed allocation has many names; a whole answer may not be one of them. */
static bool
ask(const char *path, struct err *e)
{
	static const struct http_header headers[] = { { "X-A", "b" } };
	struct taken taken = { 0 };
	struct http_sink sink = { on_restart, on_bytes, on_whole, on_done, NULL, &taken };
	struct http_request request = { .method = "GET",
		.headers = headers,
		.n_headers = 1,
		.user = "u",
		.password = "p",
		.rate_limit = 1e6,
		.timeout_ms = 5000,
		.connect_timeout_ms = 5000 };
	struct engine *engine = engine_new("jobrun-test/1", e);
	struct transfer *t;
	char url[64];
	int rc;

	if (engine == NULL)
		return false;
	engine_watch_hosts(engine, &(struct engine_hosts){ on_change, NULL });
	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s?only=mine", server.port, path);
	request.url = url;
	if ((rc = engine_start(engine, &request, &sink, &t, e)) == 0)
		while (rc == 0 && engine_active(engine) > 0)
			rc = engine_step(engine, 100, e);
	if (rc == 0) {
		assert_int_equal(taken.done, 1);
		/* libcurl forgets a query that it cannot copy: it would be another's data. */
		if (taken.result.status != 0)
			assert_non_null(strstr(server.seen->last, "?only=mine HTTP/1.1\r\n"));
		if (taken.result.outcome == OUTCOME_ANSWER && taken.result.status == 200) {
			assert_int_equal(taken.whole, 1);
			assert_int_equal(taken.bytes, 5);
			assert_true(taken.link);
		}
	} else if (strcmp(e->code, "transfer") == 0) {
		rc = 0; /* curl_multi_poll() itself */
	}
	engine_free(engine);
	return rc == 0;
}

static bool
ask_whole(struct err *e)
{
	return ask("/whole", e);
}

static bool
ask_hop(struct err *e)
{
	return ask("/hop", e);
}

static bool
ask_error(struct err *e)
{
	return ask("/404", e);
}

static void
memory__fails_in_urls(void **state)
{
	(void)state;
	fail_each(read_origin);
	fail_each(check_base);
	fail_each(see_loopback);
	fail_each(follow_link);
	fail_each(add_parameter);
}

static void
memory__fails_in_pages(void **state)
{
	(void)state;
	fail_each(turn_pages);
}

static void
memory__fails_in_transfers(void **state)
{
	(void)state;
	fail_each(ask_whole);
	fail_each(ask_hop);
	fail_each(ask_error);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory__fails_in_urls),
		cmocka_unit_test(memory__fails_in_pages),
		cmocka_unit_test(memory__fails_in_transfers),
	};

	/* The linker makes our failing ones of these. */
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, free, realloc, strdup, calloc) != CURLE_OK)
		return 1;
	fixture_routes(routes, N(routes));
	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
