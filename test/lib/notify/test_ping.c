#include "fixture.h"

#include "../http/fixture.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "config/field.h"
#include "notify/ping.h"

#define RID "11111111-2222-4333-8444-555555555555"

#define OK_ANSWER ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", END_CLOSE)

static const struct route routes[] = {
	{ "/uuid", { OK_ANSWER } },
	{ "/uuid/start", { OK_ANSWER } },
	{ "/uuid/69", { OK_ANSWER } },
	{ "/busy", { ANSWER("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", END_CLOSE), OK_ANSWER } },
	{ "/ever", { ANSWER("HTTP/1.1 500 No\r\nContent-Length: 12\r\n\r\n/ever/s3cret", END_CLOSE) } },
	{ "/hang", { ANSWER("", END_HANG) } },
};

static void
url__is_lengthened_before_its_query(void **state)
{
	static const struct {
		const char *url;
		enum ping what;
		int status;
		const char *expected;
	} rows[] = {
		{ "https://hc.example/uuid", PING_START, 0, "https://hc.example/uuid/start?rid=r" },
		{ "https://hc.example/uuid", PING_END, 0, "https://hc.example/uuid?rid=r" },
		{ "https://hc.example/uuid", PING_END, 1, "https://hc.example/uuid/1?rid=r" },
		{ "https://hc.example/uuid", PING_END, 143, "https://hc.example/uuid/143?rid=r" },
		{ "https://hc.example/key/slug?create=1", PING_START, 0,
		    "https://hc.example/key/slug/start?create=1&rid=r" },
		{ "https://hc.example/key/slug?create=1&x=%20", PING_END, 78,
		    "https://hc.example/key/slug/78?create=1&x=%20&rid=r" },
		{ "https://hc.example/uuid/", PING_END, 1, "https://hc.example/uuid/1?rid=r" },
		{ "https://hc.example/uuid/", PING_END, 0, "https://hc.example/uuid/?rid=r" },
		{ "https://hc.example", PING_START, 0, "https://hc.example/start?rid=r" },
		{ "https://hc.example/uuid?rid=old#part", PING_END, 1, "https://hc.example/uuid/1?rid=r" },
	};
	struct buf url;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		buf_init(&url, BOUND_URL);
		buf_adds(&url, rows[i].url);
		assert_int_equal(ping_url(&url, rows[i].what, rows[i].status, "r"), 0);
		assert_string_equal(url.at, rows[i].expected);
		buf_wipe(&url);
	}
}

static void
ping(const char *path, enum ping what, int status, const char *text, struct told *told)
{
	struct notify_sink sink = { .over = told_over };
	struct notify_target target;
	struct field f = { "", "", "Ping", { JSON_ABSENT, NULL, 0 }, NULL };
	struct err e = ERR_INIT;
	char url[100];

	*told = (struct told){ .calls = 0 };
	sink.arg = told;
	snprintf(url, sizeof(url), "\"http://127.0.0.1:%d%s\"", server.port, path);
	f.value = json_value_of(url, strlen(url));
	if (notify_ping_read(&target, &f, &e) == -1)
		fail_msg("%s", e.text);
	notify_ping(&target, what, status, text, RID, &the_from, &sink);
	notify_target_release(&target);
	assert_int_equal(told->calls, 1);
}

static void
ping__posts_the_text(void **state)
{
	struct told told;

	(void)state;
	server_clear(&server);
	ping("/uuid", PING_START, 0, "begins\n", &told);
	assert_non_null(strstr(told.text, "): took it\n"));
	assert_int_equal(strncmp(server.seen->last, "POST /uuid/start?rid=" RID " HTTP/1.1\r\n", 61), 0);
	assert_non_null(strstr(server.seen->last, "Content-Type: text/plain; charset=utf-8\r\n"));
	assert_non_null(strstr(server.seen->last, "User-Agent: jobrun/1.2.3\r\n"));
	assert_non_null(strstr(server.seen->last, "\r\n\r\nbegins\n"));
	ping("/uuid", PING_END, 0, "", &told);
	assert_int_equal(strncmp(server.seen->last, "POST /uuid?rid=" RID " HTTP/1.1\r\n", 55), 0);
	ping("/uuid", PING_END, 69, "last\nlines\n", &told);
	assert_int_equal(strncmp(server.seen->last, "POST /uuid/69?rid=" RID " HTTP/1.1\r\n", 58), 0);
	assert_non_null(strstr(server.seen->last, "\r\n\r\nlast\nlines\n"));
}

static void
ping__tries_twice(void **state)
{
	struct told told;

	(void)state;
	server_clear(&server);
	ping("/busy", PING_END, 0, "x", &told);
	assert_non_null(strstr(told.text, "): took it\n"));
	assert_int_equal(server.seen->requests, 2);
	server_clear(&server);
	ping("/ever", PING_END, 0, "x", &told);
	assert_int_equal(server.seen->requests, 2);
	assert_non_null(strstr(told.text, " answered 500 (gave up after 2 attempts)\n"));
	/* Neither the path, nor what the answer says of it. */
	assert_null(strstr(told.text, "ever"));
	assert_null(strstr(told.text, "s3cret"));
}

static void
ping__that_hangs_is_given_up(void **state)
{
	int64_t begun = clock_mono_ms();
	struct told told;

	(void)state;
	ping("/hang", PING_END, 0, "x", &told);
	assert_non_null(strstr(told.text, ": not done within 5 s\n"));
	assert_in_range(clock_mono_ms() - begun, BOUND_PING_MS - 100, 4 * BOUND_PING_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(url__is_lengthened_before_its_query),
		cmocka_unit_test(ping__posts_the_text),
		cmocka_unit_test(ping__tries_twice),
		cmocka_unit_test(ping__that_hangs_is_given_up),
	};

	fixture_routes(routes, N(routes));
	return cmocka_run_group_tests_name("ping", tests, fixture_begin, fixture_end);
}
