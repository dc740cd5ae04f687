#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "config/job.h"
#include "config/notify.h"
#include "fixture.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
parse(struct notify_config *c, const char *text)
{
	struct err e = ERR_INIT;

	if (notify_config_parse(c, text, strlen(text), &e) == -1)
		fail_msg("%s: %s", text, e.text);
}

static void
parse__reads_every_key(void **state)
{
	struct notify_config c;
	const struct notify_target *t;

	(void)state;
	parse(&c,
	    "[{\"Url\": \"https://Hooks.example/a?b=c\", \"Format\": \"slack\", \"Timeout\": 2.5, \"ConnectTimeout\": 1,"
	    " \"Auth\": {\"Bearer\": \"env:T\"}, \"Headers\": {\"X-A\": \"1\"}, \"CaFile\": \"/ca.pem\","
	    " \"Proxy\": \"http://p:3128\"},"
	    " {\"Url\": \"http://h/\", \"AllowHttp\": true, \"Format\": \"alertmanager\"},"
	    " {\"Command\": [\"/bin/mail\", \"-s\", \"a b\\n$(c)\", \"\"], \"Timeout\": 3}]");
	assert_int_equal(c.n, 3);
	t = &c.targets[0];
	assert_string_equal(t->url, "https://Hooks.example/a?b=c");
	assert_int_equal(t->format, NOTIFY_SLACK);
	assert_int_equal(t->settings.timeout_ms, 2500);
	assert_int_equal(t->settings.connect_timeout_ms, 1000);
	assert_int_equal(t->settings.auth.kind, AUTH_BEARER);
	assert_string_equal(t->settings.auth.secret, "env:T");
	assert_string_equal(t->settings.headers[0].name, "X-A");
	assert_string_equal(t->settings.ca_file, "/ca.pem");
	assert_string_equal(t->settings.proxy, "http://p:3128");
	assert_null(t->command);
	assert_int_equal(c.targets[1].format, NOTIFY_ALERTMANAGER);
	t = &c.targets[2];
	assert_null(t->url);
	assert_string_equal(t->command[0], "/bin/mail");
	assert_string_equal(t->command[2], "a b\n$(c)");
	assert_string_equal(t->command[3], "");
	assert_null(t->command[4]);
	assert_int_equal(t->settings.timeout_ms, 3000);
	notify_config_release(&c);
}

static void
parse__gives_the_defaults(void **state)
{
	struct notify_config c;

	(void)state;
	parse(&c, " {\"Url\": \"cred:chat.url\"}\n");
	assert_int_equal(c.n, 1);
	assert_int_equal(c.targets->format, NOTIFY_JSON);
	assert_int_equal(c.targets->settings.timeout_ms, 10000);
	assert_int_equal(c.targets->settings.retries, 2);
	notify_config_release(&c);
	assert_int_equal(c.n, 0);
	notify_config_release(&c);
}

static void
name__shows_no_more_of_a_url_than_its_host(void **state)
{
	static const struct {
		const char *text, *name, *shown;
	} rows[] = {
		{ "{\"Url\": \"https://Hooks.example/services/s3cret?k=s3cret\"}", "Notify (https://hooks.example)",
		    "https://hooks.example" },
		{ "[{\"Url\": \"https://h:8443/s3cret\"}]", "Notify[0] (https://h:8443)", "https://h:8443" },
		{ "{\"Url\": \"https://h:443/\"}", "Notify (https://h)", "https://h" },
		{ "{\"Url\": \"http://127.0.0.1:80/x\"}", "Notify (http://127.0.0.1)", "http://127.0.0.1" },
		{ "{\"Url\": \"http://127.0.0.1:443/x\"}", "Notify (http://127.0.0.1:443)", "http://127.0.0.1:443" },
		{ "{\"Url\": \"https://[fe80::1]/x\"}", "Notify (https://[fe80::1])", "https://[fe80::1]" },
		{ "{\"Url\": \"env:SLACK_URL\"}", "Notify (env:SLACK_URL)", "env:SLACK_URL" },
		{ "{\"Command\": [\"/bin/page\", \"s3cret\"]}", "Notify (/bin/page)", "/bin/page" },
	};
	struct notify_config c;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		parse(&c, rows[i].text);
		assert_string_equal(c.targets->name, rows[i].name);
		assert_string_equal(c.targets->shown, rows[i].shown);
		notify_config_release(&c);
	}
}

static void
parse__refuses_with_the_path(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "", "Notify: " },
		{ "{", "Notify: " },
		{ "7", "Notify: give an object, or an array of objects, found a number" },
		{ "null", "Notify: give an object, or an array of objects, found null" },
		{ "\"https://h/s3cret\"", "Notify: give an object, or an array of objects, found a string" },
		{ "[]", "Notify: is empty; give a target" },
		{ "[7]", "Notify[0]: give an object, found a number" },
		{ "[{\"Url\": \"https://h\"}, null]", "Notify[1]: give an object, found null" },
		{ "{}", "Notify: give one of Url, Command" },
		{ "{\"Url\": null}", "Notify: give one of Url, Command" },
		{ "{\"Url\": \"https://h\", \"Command\": [\"/c\"]}", "Notify: give one of Url, Command" },
		{ "{\"Url\": \"https://h\", \"Url\": \"https://h\"}", "Notify.Url: given twice" },
		{ "{\"Urll\": \"https://h/s3cret\"}", "Notify.Urll: unknown key; did you mean Url?" },
		{ "{\"BaseUrl\": \"https://h/s3cret\"}", "Notify.BaseUrl: unknown key" },
		{ "{\"Url\": \"https://h\", \"Retries\": 5}", "Notify.Retries: unknown key" },
		{ "{\"Url\": 7}", "Notify.Url: give a string, found a number" },
		{ "{\"Url\": \"\"}", "Notify.Url: give an http or https URL or, since such a URL is often a secret," },
		{ "{\"Url\": \"h/s3cret\"}", "Notify.Url: give an http or https URL or" },
		{ "{\"Url\": \"ftp://h/s3cret\"}", "Notify.Url: give an http or https URL or" },
		{ "{\"Url\": \"https:///s3cret\"}", "Notify.Url: not an http or https URL" },
		{ "{\"Url\": \"https://u:s3cret@h\"}", "Notify.Url: the URL holds a user name or a password" },
		{ "{\"Url\": \"https://h/s3cret x\"}", "Notify.Url: the URL holds a blank or a control character" },
		{ "{\"Url\": \"http://h/s3cret\"}", "Notify.Url: plain http is refused but for loopback; use https" },
		{ "{\"Url\": \"http://h/s3cret\", \"AllowHttp\": false}", "Notify.Url: plain http is refused" },
		{ "{\"Url\": \"env:\"}", "Notify.Url: after env: must come the name of an environment variable" },
		{ "{\"Url\": \"file:s3cret\"}", "Notify.Url: after file: must come a path from the root" },
		{ "{\"Url\": \"cred:../s3cret\"}", "Notify.Url: after cred: must come the name of a file" },
		{ "{\"Url\": \"https://h\", \"Format\": \"Slack\"}",
		    "Notify.Format: give one of json, slack, alertmanager, found \"Slack\"" },
		{ "{\"Url\": \"https://h\", \"Timeout\": 0}", "Notify.Timeout: give seconds, above 0" },
		{ "[{\"Url\": \"https://h\"}, {\"Url\": \"https://h\", \"Auth\": {\"Bearer\": \"s3cret\"}}]",
		    "Notify[1].Auth.Bearer: a secret is never written here" },
		{ "{\"Url\": \"https://h\", \"Headers\": {\"Host\": \"x\"}}", "Notify.Headers.Host: cannot be set" },
		{ "{\"Url\": \"https://h\", \"Auth\": {\"Header\": {\"Name\": \"X-K\", \"Value\": \"env:K\"}},"
		  " \"Headers\": {\"x-k\": \"1\"}}",
		    "Notify.Auth: Headers sends a X-K too" },
		{ "{\"Url\": \"https://h\", \"CaFile\": \"ca.pem\"}", "Notify.CaFile: give an absolute path" },
		{ "{\"Command\": \"/bin/true\"}",
		    "Notify.Command: give an array: the command's path and its arguments, found a string" },
		{ "{\"Command\": []}", "Notify.Command: is empty; give the command's path and its arguments" },
		{ "{\"Command\": [\"mail\"]}", "Notify.Command[0]: give an absolute path" },
		{ "{\"Command\": [\"\"]}", "Notify.Command[0]: is empty" },
		{ "[{\"Command\": [\"/bin/mail\", 7]}]", "Notify[0].Command[1]: give a string, found a number" },
		{ "{\"Command\": [\"/bin/mail\", \"a\\u0000b\"]}", "Notify.Command[1]: holds a NUL character" },
		{ "{\"Command\": [\"/bin/mail\"], \"Format\": \"slack\"}",
		    "Notify: only Timeout goes with Command; remove \"Format\"" },
		{ "{\"Command\": [\"/bin/mail\"], \"AllowHttp\": true}",
		    "Notify: only Timeout goes with Command; remove \"AllowHttp\"" },
	};
	struct notify_config c;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		if (notify_config_parse(&c, rows[i].text, strlen(rows[i].text), &e) != -1)
			fail_msg("%s passes", rows[i].text);
		assert_begins(e.text, rows[i].message, rows[i].text);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_null(strstr(e.text, "s3cret"));
		assert_int_equal(c.n, 0);
		assert_null(c.targets);
	}
}

static void
parse__has_its_limits(void **state)
{
	struct notify_config c;
	struct err e = ERR_INIT;
	struct buf text;
	int i;

	(void)state;
	buf_init(&text, 2 * BOUND_CONFIG_BYTES);
	for (i = 0; i <= BOUND_NOTIFY_TARGETS; i++)
		buf_addf(&text, "%s{\"Url\": \"https://h\"}", i == 0 ? "[" : ", ");
	buf_addc(&text, ']');
	assert_int_equal(notify_config_parse(&c, text.at, text.len, &e), -1);
	assert_begins(e.text, "Notify: holds more than 20 targets", "targets");
	buf_clear(&text);
	buf_adds(&text, "{\"Command\": [\"/c\"");
	for (i = 0; i < BOUND_NOTIFY_WORDS; i++)
		buf_adds(&text, ", \"x\"");
	buf_adds(&text, "]}");
	assert_int_equal(notify_config_parse(&c, text.at, text.len, &e), -1);
	assert_begins(e.text, "Notify.Command: holds more than 100 words", "words");
	buf_clear(&text);
	buf_addf(&text, "{\"Url\": \"https://h/%0*d\"}", BOUND_URL, 0);
	assert_int_equal(notify_config_parse(&c, text.at, text.len, &e), -1);
	assert_begins(e.text, "Notify.Url: is longer than 16384 bytes", "a long URL");
	buf_clear(&text);
	buf_addf(&text, "[%*s]", BOUND_CONFIG_BYTES, "");
	assert_int_equal(notify_config_parse(&c, text.at, text.len, &e), -1);
	assert_begins(e.text, "Notify: is 1048578 bytes long; at most 1048576 are allowed", "a long text");
	buf_release(&text);
}

/* A job's keys, behind those that it must have. */
static int
read_job(struct job *job, const char *keys, struct err *e)
{
	struct buf text;
	int ret;

	buf_init(&text, 10000);
	buf_addf(&text, "{\"JobType\":2,\"Name\":\"X\",\"Rules\":\"rules.sql\",\"BaseUrl\":\"https://h\"%s}", keys);
	ret = job_parse(job, text.at, text.len, e);
	buf_release(&text);
	return ret;
}

static void
job__has_its_own_or_none_or_says_nothing(void **state)
{
	static const struct {
		const char *keys;
		bool given;
		size_t n;
	} rows[] = {
		{ "", false, 0 },
		{ ",\"Notify\": null", true, 0 },
		{ ",\"Notify\": {\"Url\": \"https://h\"}", true, 1 },
		{ ",\"Notify\": [{\"Url\": \"https://h\"}, {\"Command\": [\"/c\"]}]", true, 2 },
	};
	struct err e = ERR_INIT;
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		if (read_job(&job, rows[i].keys, &e) == -1)
			fail_msg("%s: %s", rows[i].keys, e.text);
		assert_int_equal(job.notify.given, rows[i].given);
		assert_int_equal(job.notify.config.n, rows[i].n);
		assert_null(job.ping.url);
		job_release(&job);
	}
}

static void
job__has_a_ping(void **state)
{
	struct err e = ERR_INIT;
	struct job job;

	(void)state;
	assert_int_equal(read_job(&job, ",\"Ping\": \"https://hc.example/s3cret\"", &e), 0);
	assert_string_equal(job.ping.url, "https://hc.example/s3cret");
	assert_string_equal(job.ping.name, "Ping (https://hc.example)");
	assert_int_equal(job.ping.settings.retries, 1);
	job_release(&job);
	assert_int_equal(read_job(&job,
	                     ",\"Ping\": {\"Url\": \"http://h/p\", \"AllowHttp\": true, \"Timeout\": 2,"
	                     " \"CaFile\": \"/c\", \"Proxy\": \"http://p\", \"ConnectTimeout\": 1}",
	                     &e),
	    0);
	assert_string_equal(job.ping.name, "Ping (http://h)");
	assert_int_equal(job.ping.settings.timeout_ms, 2000);
	assert_int_equal(job.ping.settings.retries, 1);
	job_release(&job);
	assert_int_equal(read_job(&job, ",\"Ping\": null", &e), 0);
	assert_null(job.ping.url);
	job_release(&job);
}

static void
job__refuses_with_the_path(void **state)
{
	static const struct {
		const char *keys, *message;
	} rows[] = {
		{ ",\"Notify\": {\"Urll\": 1}", "Notify.Urll: unknown key; did you mean Url?" },
		{ ",\"Notify\": [{\"Url\": \"http://h\"}]", "Notify[0].Url: plain http is refused" },
		{ ",\"Ping\": 7", "Ping: give a URL, or an object with Url, found a number" },
		{ ",\"Ping\": \"s3cret\"", "Ping: give an http or https URL or" },
		{ ",\"Ping\": \"http://h/s3cret\"", "Ping: plain http is refused" },
		{ ",\"Ping\": {}", "Ping: give one of Url" },
		{ ",\"Ping\": {\"Url\": \"http://h/s3cret\"}", "Ping.Url: plain http is refused" },
		{ ",\"Ping\": {\"Url\": \"https://h\", \"Format\": \"json\"}", "Ping.Format: unknown key" },
		{ ",\"Ping\": {\"Command\": [\"/c\"]}", "Ping.Command: unknown key" },
		{ ",\"Ping\": {\"Url\": \"https://h\", \"Auth\": null}", "Ping.Auth: unknown key" },
	};
	struct err e = ERR_INIT;
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		if (read_job(&job, rows[i].keys, &e) != -1)
			fail_msg("%s passes", rows[i].keys);
		assert_begins(e.text, rows[i].message, rows[i].keys);
		assert_null(strstr(e.text, "s3cret"));
	}
}

static void
url__is_read_from_where_it_is_kept_and_checked_then(void **state)
{
	static const struct {
		const char *value, *more, *message;
	} rows[] = {
		{ "https://h/s3cret", "", NULL },
		{ "http://127.0.0.1:1/s3cret", "", NULL },
		{ "http://h/s3cret", ", \"AllowHttp\": true", NULL },
		{ "http://h/s3cret", "", "env:JOBRUN_TEST_URL: plain http is refused" },
		{ "s3cret", "", "env:JOBRUN_TEST_URL: not a" },
		{ "", "", "env:JOBRUN_TEST_URL is empty" },
		{ "https://h/ s3cret", "", "env:JOBRUN_TEST_URL: " },
	};
	struct err e = ERR_INIT;
	struct notify_config c;
	struct buf text, url;
	size_t i;
	int ret;

	(void)state;
	buf_init(&text, 1000);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&text);
		buf_addf(&text, "{\"Url\": \"env:JOBRUN_TEST_URL\"%s}", rows[i].more);
		parse(&c, text.at);
		setenv("JOBRUN_TEST_URL", rows[i].value, 1);
		buf_init(&url, BOUND_URL);
		err_clear(&e);
		ret = notify_target_url(c.targets, &url, &e);
		assert_int_equal(ret, rows[i].message == NULL ? 0 : -1);
		if (ret == 0)
			assert_string_equal(url.at, rows[i].value);
		else
			assert_begins(e.text, rows[i].message, rows[i].value);
		assert_null(strstr(e.text, "s3cret"));
		buf_wipe(&url);
		notify_config_release(&c);
	}
	parse(&c, "{\"Url\": \"https://h/a?b\"}");
	assert_int_equal(notify_target_url(c.targets, &url, &e), 0);
	assert_string_equal(url.at, "https://h/a?b");
	buf_wipe(&url);
	notify_config_release(&c);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__reads_every_key),
		cmocka_unit_test(parse__gives_the_defaults),
		cmocka_unit_test(name__shows_no_more_of_a_url_than_its_host),
		cmocka_unit_test(parse__refuses_with_the_path),
		cmocka_unit_test(parse__has_its_limits),
		cmocka_unit_test(job__has_its_own_or_none_or_says_nothing),
		cmocka_unit_test(job__has_a_ping),
		cmocka_unit_test(job__refuses_with_the_path),
		cmocka_unit_test(url__is_read_from_where_it_is_kept_and_checked_then),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
