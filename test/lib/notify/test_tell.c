#include "../store/scratch.h"
#include "fixture.h"

#include "../http/fixture.h"
#include "base/bounds.h"
#include "store/catalog.h"
#include "store/setting.h"

#define OK_ANSWER ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", END_CLOSE)

enum { ALL, OWN, BAD, TWICE };
static const struct route routes[] = {
	[ALL] = { "/all", { OK_ANSWER } },
	[OWN] = { "/own", { OK_ANSWER } },
	[BAD] = { "/s3cret/bad", { ANSWER("HTTP/1.1 404 No\r\nContent-Length: 11\r\n\r\n/bad/s3cret", END_CLOSE) } },
	[TWICE] = { "/twice", { ANSWER("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", END_CLOSE), OK_ANSWER } },
};

/* "@" in a definition is the server's host and port. */
static void
fill(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; *text != '\0' && n + 30 < size; text++) {
		if (*text == '@')
			n += (size_t)snprintf(out + n, size - n, "127.0.0.1:%d", server.port);
		else
			out[n++] = *text;
	}
	out[n] = '\0';
}

static void
set_all(struct scratch *s, const char *notify)
{
	char text[2000];
	int existed;

	fill(notify, text, sizeof(text));
	OK(s, setting_set(&s->db, SETTING_NOTIFY, text, &existed, &s->e));
}

static void
install(struct scratch *s, int64_t type, const char *name, const char *keys)
{
	char text[2000], definition[2000];
	struct catalog_job job = { .type = type, .name = TEXT("x"), .rules = TEXT("SELECT 1;") };
	int64_t version;
	int changed;

	snprintf(text, sizeof(text),
	    "{\"JobType\": %d, \"Name\": \"%s\", \"Rules\": \"r\", \"BaseUrl\": \"https://h\"%s}", (int)type, name,
	    keys);
	fill(text, definition, sizeof(definition));
	job.name = (char *)(uintptr_t)name;
	job.definition = definition;
	OK(s, catalog_job_install(&s->db, &job, &version, &changed, &s->e));
}

static size_t
tell(struct scratch *s, const struct alert *at, size_t n, struct told *told)
{
	struct alert_list alerts = { (struct alert *)(uintptr_t)at, n, 0 };
	struct notify_sink sink = { .over = told_over };

	*told = (struct told){ .calls = 0 };
	sink.arg = told;
	return notify_tell(&s->db, &alerts, &the_from, &sink);
}

static void
tell__goes_to_the_nearer(void **state)
{
	struct scratch *s = *state;
	struct alert alerts[] = {
		ALERT(ALERT_OPENED, "1", "of all"),
		ALERT(ALERT_OPENED, "2", "of its own"),
		ALERT(ALERT_OPENED, "3", "of nobody"),
		ALERT(ALERT_RESOLVED, "4", "of all, too"),
		ALERT(NULL, "5", "unchanged"),
		ALERT(ALERT_OPENED, "6", "of a job that is gone"),
	};
	struct told told;

	set_all(s, "{\"Url\": \"http://@/all?k=s3cret\"}");
	install(s, 1, "Plain", "");
	install(s, 2, "Own", ", \"Notify\": {\"Url\": \"http://@/own?k=s3cret\"}");
	install(s, 3, "Nobody", ", \"Notify\": null");
	alerts[1].job_type = 2;
	alerts[2].job_type = 3;
	alerts[4].job_type = 2;
	alerts[5].job_type = 9;
	assert_int_equal(tell(s, alerts, N(alerts), &told), 2);
	assert_int_equal(told.calls, 2);
	assert_int_equal(server.seen->by_route[ALL], 1);
	assert_int_equal(server.seen->by_route[OWN], 1);
	/* One at a time, to see what each was told. */
	assert_int_equal(tell(s, alerts + 1, 1, &told), 1);
	assert_non_null(strstr(server.seen->last, "POST /own?k=s3cret HTTP/1.1\r\n"));
	assert_non_null(strstr(server.seen->last, "\"of its own\""));
	assert_null(strstr(server.seen->last, "\"of all\""));
	assert_null(strstr(told.text, "s3cret"));
	alerts[1].change = NULL;
	assert_int_equal(tell(s, alerts, N(alerts), &told), 1);
	assert_non_null(strstr(server.seen->last, "POST /all?k=s3cret HTTP/1.1\r\n"));
	assert_non_null(strstr(server.seen->last, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(server.seen->last, "\"of all\""));
	assert_non_null(strstr(server.seen->last, "\"of all, too\""));
	assert_non_null(strstr(server.seen->last, "\"of a job that is gone\""));
	assert_null(strstr(server.seen->last, "\"of nobody\""));
	assert_null(strstr(server.seen->last, "\"unchanged\""));
}

static void
tell__is_silent_without_a_change_or_an_audience(void **state)
{
	struct scratch *s = *state;
	struct alert alerts[] = { ALERT(ALERT_OPENED, "1", "m") };
	struct told told;

	assert_int_equal(tell(s, alerts, 1, &told), 0);
	set_all(s, "{\"Url\": \"http://@/all\"}");
	assert_int_equal(tell(s, alerts, 0, &told), 0);
	alerts[0].change = NULL;
	assert_int_equal(tell(s, alerts, 1, &told), 0);
	assert_int_equal(told.calls, 0);
	assert_int_equal(server.seen->requests, 0);
}

static void
tell__says_of_each_whether_it_took_it(void **state)
{
	struct scratch *s = *state;
	struct alert alerts[] = { ALERT(ALERT_OPENED, "1", "m") };
	struct told told;
	char line[200];

	unsetenv("JOBRUN_TEST_URL");
	set_all(s,
	    "[{\"Url\": \"http://@/all?k=s3cret\"}, {\"Url\": \"http://@/s3cret/bad\"}, {\"Url\": \"env:JOBRUN_TEST_URL\"},"
	    " {\"Command\": [\"/bin/sh\", \"-c\", \"echo no mail >&2; exit 9\"]}, {\"Command\": [\"/bin/cat\"]},"
	    " {\"Command\": [\"/nowhere\"]}, {\"Url\": \"http://@/twice\"},"
	    " {\"Url\": \"http://@/all\", \"Auth\": {\"Bearer\": \"env:JOBRUN_TEST_URL\"}}]");
	assert_int_equal(tell(s, alerts, 1, &told), 8);
	assert_int_equal(told.calls, 8);
	snprintf(line, sizeof(line), "Notify[0] (http://127.0.0.1:%d): took it\n", server.port);
	assert_non_null(strstr(told.text, line));
	snprintf(line, sizeof(line), "Notify[1] (http://127.0.0.1:%d): POST http://127.0.0.1:%d answered 404\n",
	    server.port, server.port);
	assert_non_null(strstr(told.text, line));
	assert_non_null(strstr(told.text, "Notify[2] (env:JOBRUN_TEST_URL): env:JOBRUN_TEST_URL: no such variable"));
	assert_non_null(strstr(told.text, "Notify[3] (/bin/sh): ended with exit status 9: no mail\n"));
	assert_non_null(strstr(told.text, "Notify[4] (/bin/cat): took it\n"));
	assert_non_null(strstr(told.text, "Notify[5] (/nowhere): cannot start it: No such file or directory\n"));
	snprintf(line, sizeof(line), "Notify[6] (http://127.0.0.1:%d): took it\n", server.port);
	assert_non_null(strstr(told.text, line));
	assert_int_equal(server.seen->by_route[TWICE], 2);
	assert_non_null(strstr(told.text, "): env:JOBRUN_TEST_URL: no such variable"));
	assert_null(strstr(told.text, "s3cret"));
}

static void
tell__keeps_a_secret_url(void **state)
{
	struct scratch *s = *state;
	struct alert alerts[] = { ALERT(ALERT_OPENED, "1", "m") };
	static const char *const paths[] = { "/all?s3cret", "/s3cret/bad?s3cret", "/own?s3cret s3cret" };
	struct told told;
	char url[100];
	size_t i;

	set_all(s, "{\"Url\": \"env:JOBRUN_TEST_URL\"}");
	for (i = 0; i < N(paths); i++) {
		snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", server.port, paths[i]);
		setenv("JOBRUN_TEST_URL", url, 1);
		assert_int_equal(tell(s, alerts, 1, &told), 1);
		assert_null(strstr(told.text, "s3cret"));
		assert_null(strstr(told.text, "127.0.0.1"));
	}
	/* Nobody is there: not even the host is told. */
	setenv("JOBRUN_TEST_URL", "http://s3cret.localhost:1/s3cret", 1);
	set_all(s, "{\"Url\": \"env:JOBRUN_TEST_URL\", \"AllowHttp\": true, \"ConnectTimeout\": 2}");
	assert_int_equal(tell(s, alerts, 1, &told), 1);
	assert_null(strstr(told.text, "s3cret"));
	assert_non_null(strstr(told.text, "Notify (env:JOBRUN_TEST_URL): POST env:JOBRUN_TEST_URL"));
	assert_int_equal(server.seen->by_route[ALL], 1);
	assert_int_equal(server.seen->by_route[BAD], 1);
}

static void
tell__says_what_is_wrong_with_what_is_stored(void **state)
{
	struct scratch *s = *state;
	struct alert alerts[] = { ALERT(ALERT_OPENED, "1", "m") };
	struct told told;

	set_all(s, "{\"Urll\": \"http://@/all\"}");
	assert_int_equal(tell(s, alerts, 1, &told), 1);
	assert_string_equal(told.text, "Notify: Notify.Urll: unknown key; did you mean Url?\n");
	/* A job whose definition cannot be read: those for all are told. */
	set_all(s, "{\"Url\": \"http://@/all\"}");
	install(s, 1, "Broken", ", \"Notify\": 7");
	assert_int_equal(tell(s, alerts, 1, &told), 1);
	assert_int_equal(server.seen->by_route[ALL], 1);
	scratch_sql(s->db.handle, "DROP TABLE APP_SETTING");
	assert_int_equal(tell(s, alerts, 1, &told), 1);
	assert_non_null(strstr(told.text, "reading a setting"));
}

static void
tell__has_a_ceiling(void **state)
{
	struct scratch *s = *state;
	struct alert alerts[11];
	struct told told = { .calls = 0 };
	struct buf keys;
	char name[20];
	int i, k;

	/* Eleven jobs of twenty targets each, none of which can be asked. */
	unsetenv("JOBRUN_TEST_URL");
	for (i = 0; i < 11; i++) {
		alerts[i] = (struct alert)ALERT(ALERT_OPENED, "1", "m");
		alerts[i].job_type = i + 1;
		buf_init(&keys, 10000);
		for (k = 0; k < BOUND_NOTIFY_TARGETS; k++)
			buf_addf(&keys, "%s{\"Url\": \"env:JOBRUN_TEST_URL\"}", k == 0 ? ", \"Notify\": [" : ", ");
		buf_addc(&keys, ']');
		snprintf(name, sizeof(name), "Job%d", i);
		install(s, i + 1, name, keys.at);
		buf_release(&keys);
	}
	assert_int_equal(tell(s, alerts, 11, &told), 220);
	assert_int_equal(told.calls, 220);
	assert_int_equal(server.seen->requests, 0);
}

static int
begin(void **state)
{
	server_clear(&server);
	return scratch_open(state);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(tell__goes_to_the_nearer),
		CASE(tell__is_silent_without_a_change_or_an_audience),
		CASE(tell__says_of_each_whether_it_took_it),
		CASE(tell__keeps_a_secret_url),
		CASE(tell__says_what_is_wrong_with_what_is_stored),
		CASE(tell__has_a_ceiling),
	};

	fixture_routes(routes, N(routes));
	return cmocka_run_group_tests_name("tell", tests, fixture_begin, fixture_end);
}
