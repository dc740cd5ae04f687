#include "fixture.h"

#include "../http/fixture.h"
#include "base/clock.h"
#include "notify/round.h"

static const struct route routes[] = {
	{ "/quick", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", END_CLOSE) } },
	{ "/hang", { ANSWER("", END_HANG) } },
};

/* A round with all targets of this "Notify"; each is told "text". */
static void
prepare(struct round *r, struct notify_config *c, const char *notify, const struct notify_sink *sink)
{
	struct err e = ERR_INIT;
	struct delivery *d;
	size_t i;

	if (notify_config_parse(c, notify, strlen(notify), &e) == -1 || round_init(r, &the_from, sink, &e) == -1)
		fail_msg("%s", e.text);
	for (i = 0; i < c->n; i++) {
		assert_non_null(d = round_add(r, &c->targets[i]));
		assert_int_equal(buf_adds(&d->text, "text"), 0);
		if (d->target->url != NULL)
			assert_int_equal(notify_target_url(d->target, &d->url, &e), 0);
	}
}

static void
round__waits_for_nobody_too_long(void **state)
{
	int64_t begun = clock_mono_ms();
	struct told told = { .calls = 0 };
	struct notify_sink sink = { told_over, &told };
	struct notify_config c;
	struct round r;
	char notify[500];

	(void)state;
	snprintf(notify, sizeof(notify),
	    "[{\"Url\": \"http://127.0.0.1:%d/hang\", \"Timeout\": 60}, {\"Url\": \"http://127.0.0.1:%d/quick\"},"
	    " {\"Command\": [\"/bin/sleep\", \"300\"], \"Timeout\": 0.2}, {\"Command\": [\"/bin/sleep\", \"300\"]}]",
	    server.port, server.port);
	prepare(&r, &c, notify, &sink);
	round_go(&r, 3000);
	assert_in_range(clock_mono_ms() - begun, 2900, 15000);
	assert_int_equal(told.calls, 4);
	assert_int_equal(r.left, 0);
	assert_non_null(strstr(told.text, "): took it\n"));
	assert_non_null(strstr(told.text, "): not done within 3 s\n"));
	assert_non_null(strstr(told.text, "Notify[2] (/bin/sleep): ended after 0.2 s, since it did not end by itself"));
	assert_non_null(strstr(told.text, "Notify[3] (/bin/sleep): not done within 3 s\n"));
	round_release(&r);
	notify_config_release(&c);
}

/* Five that take two seconds each, all at once: well before ten seconds. */
static void
round__tells_all_at_once(void **state)
{
	int64_t begun = clock_mono_ms();
	struct told told = { .calls = 0 };
	struct notify_sink sink = { told_over, &told };
	struct notify_config c;
	struct round r;

	(void)state;
	prepare(&r, &c,
	    "[{\"Command\": [\"/bin/sleep\", \"2\"]}, {\"Command\": [\"/bin/sleep\", \"2\"]}, {\"Command\": [\"/bin/sleep\", \"2\"]},"
	    " {\"Command\": [\"/bin/sleep\", \"2\"]}, {\"Command\": [\"/bin/sleep\", \"2\"]}]",
	    &sink);
	round_go(&r, 60000);
	assert_in_range(clock_mono_ms() - begun, 1900, 8000);
	assert_int_equal(told.calls, 5);
	assert_null(strstr(told.text, "not"));
	round_release(&r);
	notify_config_release(&c);
}

static void
round__leaves_out_what_is_over(void **state)
{
	struct told told = { .calls = 0 };
	struct notify_sink sink = { told_over, &told };
	struct err why = ERR_INIT;
	struct notify_config c;
	struct round r;

	(void)state;
	prepare(&r, &c, "[{\"Command\": [\"/nowhere\"]}, {\"Command\": [\"/bin/true\"]}]", &sink);
	err_set(&why, ERR_CONFIG, "test", "for another reason");
	round_over(STAILQ_FIRST(&r.deliveries), &why);
	round_over(STAILQ_FIRST(&r.deliveries), NULL);
	round_go(&r, 60000);
	assert_string_equal(told.text, "Notify[0] (/nowhere): for another reason\nNotify[1] (/bin/true): took it\n");
	round_release(&r);
	notify_config_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round__waits_for_nobody_too_long),
		cmocka_unit_test(round__tells_all_at_once),
		cmocka_unit_test(round__leaves_out_what_is_over),
	};

	fixture_routes(routes, N(routes));
	return cmocka_run_group_tests_name("round", tests, fixture_begin, fixture_end);
}
