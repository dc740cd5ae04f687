/*
 * Memory running out, at each place once, while somebody is told: nothing leaks (the sanitizer looks), the sink hears
 * of each target, and what is sent is whole.
 */
#include "../failing.h"
#include "../store/scratch.h"
#include "fixture.h"

#include <cjson/cJSON.h>

#include "base/bounds.h"
#include "notify/body.h"
#include "notify/ping.h"
#include "store/setting.h"

static void *
allocate(size_t n)
{
	return failing_now() ? NULL : malloc(n);
}

static void
body__is_whole_or_not_there(void **state)
{
	struct alert alerts[] = { ALERT(ALERT_OPENED, "7", "m"), ALERT(ALERT_RESOLVED, "", "n") };
	struct alert_list list = { alerts, 2, 0 };
	struct buf whole, out;
	struct err e = ERR_INIT;
	int format, ret;

	(void)state;
	for (format = NOTIFY_JSON; format <= NOTIFY_ALERTMANAGER; format++) {
		struct failing f = { 0 };

		buf_init(&whole, BOUND_NOTIFY_BYTES);
		assert_int_equal(body_write((enum notify_format)format, &list, &the_from, 0, 1000, &whole, &e), 0);
		while (failing_next(&f)) {
			buf_init(&out, BOUND_NOTIFY_BYTES);
			err_clear(&e);
			failing_begin(&f);
			ret = body_write((enum notify_format)format, &list, &the_from, 0, 1000, &out, &e);
			failing_end(&f);
			if (ret == 0)
				assert_string_equal(out.at, whole.at);
			else if (!f.failed || e.kind != ERR_INTERNAL)
				fail_msg("format %d, allocation %ld: %s", format, f.nth, e.text);
			buf_release(&out);
		}
		assert_true(f.nth > 20);
		buf_release(&whole);
	}
}

static void
ping_url__is_whole_or_as_it_was(void **state)
{
	struct failing f = { 0 };
	struct buf url;
	int ret;

	(void)state;
	while (failing_next(&f)) {
		buf_init(&url, BOUND_URL);
		buf_adds(&url, "https://h/p?a=b");
		failing_begin(&f);
		ret = ping_url(&url, PING_END, 7, "r");
		failing_end(&f);
		if (ret == 0)
			assert_string_equal(url.at, "https://h/p/7?a=b&rid=r");
		else
			assert_true(f.failed);
		buf_release(&url);
	}
	assert_true(f.nth > 2);
}

/* A command alone, since a transfer would wait for its next attempt at many of the turns. */
static void
tell__reports_each_target(void **state)
{
	struct scratch *s = *state;
	struct alert alerts[] = { ALERT(ALERT_OPENED, "7", "m") };
	struct alert_list list = { alerts, 1, 0 };
	struct failing f = { .dense = 100 };
	struct told told;
	struct notify_sink sink = { told_over, &told };
	int existed;
	size_t n;

	OK(s, setting_set(&s->db, SETTING_NOTIFY, "{\"Command\": [\"/bin/true\"]}", &existed, &s->e));
	while (failing_next(&f)) {
		told = (struct told){ .calls = 0 };
		failing_begin(&f);
		n = notify_tell(&s->db, &list, &the_from, &sink);
		failing_end(&f);
		/* Either it was told, or at least one call says why not. */
		if (strstr(told.text, "took it") == NULL && !f.failed)
			fail_msg("allocation %ld: %s", f.nth, told.text);
		if (n == 0 || told.calls == 0 || (size_t)told.calls != n)
			fail_msg("allocation %ld: %zu, %d calls: %s", f.nth, n, told.calls, told.text);
	}
	assert_true(f.nth > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(body__is_whole_or_not_there),
		cmocka_unit_test(ping_url__is_whole_or_as_it_was),
		cmocka_unit_test_setup_teardown(tell__reports_each_target, scratch_open, scratch_end),
	};
	cJSON_Hooks hooks = { allocate, free };

	cJSON_InitHooks(&hooks);
	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
