#include "fixture.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "notify/body.h"

#define NOW "2026-11-23T10:00:00.000Z"
#define HOUR_LATER "2026-11-23T11:00:00.000Z"

static void
write_body(enum notify_format format, const struct alert *at, size_t n, struct buf *out)
{
	struct alert_list alerts = { (struct alert *)(uintptr_t)at, n, 0 };
	struct err e = ERR_INIT;
	int64_t now_ms;

	assert_int_equal(clock_parse(NOW, &now_ms), 0);
	buf_init(out, BOUND_NOTIFY_BYTES);
	if (body_write(format, &alerts, &the_from, now_ms, 3600000, out, &e) == -1)
		fail_msg("%s", e.text);
}

static void
assert_body(enum notify_format format, const struct alert *at, size_t n, const char *expected)
{
	struct buf out;

	write_body(format, at, n, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void
json__has_every_key(void **state)
{
	struct alert alerts[] = {
		ALERT(ALERT_OPENED, "7", "3 \"runs\" <b>\nin a row\t\xff"),
		ALERT(NULL, "8", "unchanged"),
		ALERT(ALERT_RESOLVED, "", "gone"),
	};

	(void)state;
	/* A job's own, of watch, and the job is gone. */
	alerts[2].group = TEXT("");
	alerts[2].run = 0;
	alerts[2].job = NULL;
	alerts[2].kind = TEXT(ALERT_ABSENT);
	alerts[2].resolved_at = TEXT(RESOLVED_AT);
	assert_body(NOTIFY_JSON, alerts, 3,
	    "{\"version\":\"1.2.3\",\"host\":\"etl1\",\"alerts\":["
	    "{\"id\":12,\"change\":\"opened\",\"kind\":\"consecutive_failures\",\"severity\":\"ticket\",\"job\":\"Sync\","
	    "\"job_type\":1,\"client\":\"7\",\"group\":\"10\",\"message\":\"3 \\\"runs\\\" <b>\\\\nin a row\\\\t\\\\xff\","
	    "\"opened_at\":\"" OPENED_AT "\",\"resolved_at\":null,\"run\":55},"
	    "{\"id\":12,\"change\":\"resolved\",\"kind\":\"no_run\",\"severity\":\"page\",\"job\":null,"
	    "\"job_type\":1,\"client\":null,\"group\":null,\"message\":\"gone\","
	    "\"opened_at\":\"" OPENED_AT "\",\"resolved_at\":\"" RESOLVED_AT "\",\"run\":null}"
	    "],\"omitted\":0}\n");
}

static void
slack__escapes_its_markup(void **state)
{
	struct alert alerts[] = {
		ALERT(ALERT_OPENED, "<7>", "a & b <!channel>\nc \xe2\x80\xae"),
		ALERT(ALERT_RESOLVED, "8", "was bad"),
		ALERT(ALERT_OPENED, "", "late"),
		ALERT(NOTIFY_TEST, "", "arrives"),
	};

	(void)state;
	alerts[2].job = NULL;
	alerts[3].job = NULL;
	alerts[3].job_type = 0;
	assert_body(NOTIFY_SLACK, alerts, 4,
	    "{\"text\":\"*jobrun on etl1*: 2 opened, 1 resolved, 1 test"
	    "\\n\u2022 opened: Sync, client &lt;7&gt;, group 10: a &amp; b &lt;!channel&gt;\\\\nc \\\\u{202e}"
	    "\\n\u2022 resolved: Sync, client 8, group 10: was bad"
	    "\\n\u2022 opened: job type 1: late"
	    "\\n\u2022 test: all jobs: arrives\"}\n");
}

static void
alertmanager__labels_stay_the_same_until_it_is_resolved(void **state)
{
	struct alert alerts[] = {
		ALERT(ALERT_OPENED, "7", "3 in a row"),
		ALERT(ALERT_REMINDED, "7", "5 in a row"),
		ALERT(ALERT_RESOLVED, "7", "was bad"),
		ALERT(ALERT_OPENED, "", "late"),
		ALERT(NOTIFY_TEST, "", "arrives"),
	};

#define LABELS                                                                                               \
	"{\"labels\":{\"alertname\":\"JobrunConsecutiveFailures\",\"severity\":\"ticket\",\"job\":\"Sync\"," \
	"\"client\":\"7\",\"group\":\"10\"},\"annotations\":"                                                \
	"{\"summary\":\"Sync, client 7, group 10: consecutive failures\",\"description\":"

	(void)state;
	alerts[2].resolved_at = TEXT(RESOLVED_AT);
	alerts[3].job = NULL;
	alerts[4].kind = TEXT(NOTIFY_TEST);
	assert_body(NOTIFY_ALERTMANAGER, alerts, 5,
	    "[" LABELS "\"3 in a row\",\"host\":\"etl1\"},\"startsAt\":\"" OPENED_AT "\",\"endsAt\":\"" HOUR_LATER
	    "\"}," LABELS "\"5 in a row\",\"host\":\"etl1\"},\"startsAt\":\"" OPENED_AT "\",\"endsAt\":\"" HOUR_LATER
	    "\"}," LABELS "\"was bad\",\"host\":\"etl1\"},\"startsAt\":\"" OPENED_AT "\",\"endsAt\":\"" RESOLVED_AT
	    "\"},"
	    "{\"labels\":{\"alertname\":\"JobrunConsecutiveFailures\",\"severity\":\"ticket\",\"job\":\"1\"},"
	    "\"annotations\":{\"summary\":\"job type 1: consecutive failures\",\"description\":\"late\",\"host\":\"etl1\"},"
	    "\"startsAt\":\"" OPENED_AT "\",\"endsAt\":\"" HOUR_LATER "\"},"
	    "{\"labels\":{\"alertname\":\"JobrunTest\",\"severity\":\"info\",\"job\":\"Sync\"},"
	    "\"annotations\":{\"summary\":\"Sync: test\",\"description\":\"arrives\",\"host\":\"etl1\"},"
	    "\"startsAt\":\"" OPENED_AT "\",\"endsAt\":\"2026-11-23T10:05:00.000Z\"}]\n");
}

static size_t
count(const char *text, const char *word)
{
	size_t n = 0;

	while ((text = strstr(text, word)) != NULL) {
		n++;
		text++;
	}
	return n;
}

static void
bodies__have_a_ceiling_and_say_so(void **state)
{
	static const struct {
		enum notify_format format;
		const char *word, *rest;
		size_t n;
	} rows[] = {
		{ NOTIFY_JSON, "\"change\"", "\"omitted\":7}", BOUND_NOTIFY_ALERTS },
		{ NOTIFY_SLACK, "\u2022", "\\nand 977 more: jobrun alerts\"}", BOUND_NOTIFY_LINES },
		{ NOTIFY_ALERTMANAGER, "\"startsAt\"", "}]", BOUND_NOTIFY_ALERTS },
	};
	struct alert *alerts = calloc(BOUND_NOTIFY_ALERTS + 7, sizeof(*alerts)), one = ALERT(ALERT_OPENED, "7", "m");
	char *message = malloc(BOUND_MESSAGE * 3 + 1);
	struct buf out;
	size_t i;

	(void)state;
	assert_non_null(alerts);
	assert_non_null(message);
	memset(message, 'x', BOUND_MESSAGE * 3);
	message[BOUND_MESSAGE * 3] = '\0';
	one.message = message;
	for (i = 0; i < BOUND_NOTIFY_ALERTS + 7; i++)
		alerts[i] = one;
	for (i = 0; i < N(rows); i++) {
		write_body(rows[i].format, alerts, BOUND_NOTIFY_ALERTS + 7, &out);
		assert_int_equal(count(out.at, rows[i].word), rows[i].n);
		assert_non_null(strstr(out.at, rows[i].rest));
		assert_true(out.len < rows[i].n * (BOUND_MESSAGE + 500) + 100);
		buf_release(&out);
	}
	free(alerts);
	free(message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json__has_every_key),
		cmocka_unit_test(slack__escapes_its_markup),
		cmocka_unit_test(alertmanager__labels_stay_the_same_until_it_is_resolved),
		cmocka_unit_test(bodies__have_a_ceiling_and_say_so),
	};

	return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
