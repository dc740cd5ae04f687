#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "config/settings.h"
#include "fixture.h"

/* All levels in turn; NULL: nothing there. */
static void
lay(struct settings *s, const char *system, const char *job, const char *client)
{
	const char *const texts[] = { system, job, client };
	struct err e = ERR_INIT;
	size_t i;

	settings_init(s);
	for (i = 0; i < 3; i++)
		if (texts[i] != NULL && apply_json(s, texts[i], LEVEL_SYSTEM + (enum settings_level)i, &e) == -1)
			fail_msg("%s: %s", texts[i], e.text);
}

static void
init__gives_the_defaults(void **state)
{
	struct settings s;

	(void)state;
	settings_init(&s);
	assert_null(s.base_url);
	assert_int_equal(s.auth.kind, AUTH_NONE);
	assert_int_equal(s.n_headers, 0);
	assert_int_equal(s.timeout_ms, 30000);
	assert_int_equal(s.connect_timeout_ms, 10000);
	assert_int_equal(s.retries, 4);
	assert_true(s.rate_limit == 0);
	assert_int_equal(s.max_item_bytes, 4 * 1024 * 1024);
	assert_null(s.ca_file);
	assert_null(s.proxy);
	assert_false(s.allow_http);
	settings_release(&s);
}

static void
apply__reads_every_key(void **state)
{
	struct settings s;

	(void)state;
	lay(&s,
	    "{\"BaseUrl\": \"https://Ris.example/api//\", \"Auth\": {\"Basic\": {\"User\": \"u\", \"Password\": \"env:P\"}},"
	    " \"Headers\": {\"X-One\": \"1\", \"x-two\": \"zwei ü\"}, \"Timeout\": 0.0001, \"ConnectTimeout\": 2.5, \"Retries\": 0,"
	    " \"RateLimit\": 0.5, \"MaxItemBytes\": 67108864, \"CaFile\": \"/etc/ca.pem\","
	    " \"Proxy\": \"http://proxy:3128\", \"AllowHttp\": true, \"Other\": {}}",
	    NULL, NULL);
	assert_string_equal(s.base_url, "https://Ris.example/api");
	assert_int_equal(s.auth.kind, AUTH_BASIC);
	assert_string_equal(s.auth.name, "u");
	assert_string_equal(s.auth.secret, "env:P");
	assert_string_equal(s.auth.origin, "https://ris.example:443");
	assert_int_equal(s.auth.level, LEVEL_SYSTEM);
	assert_int_equal(s.n_headers, 2);
	assert_string_equal(s.headers[1].value, "zwei ü");
	assert_int_equal(s.timeout_ms, 1);
	assert_int_equal(s.connect_timeout_ms, 2500);
	assert_int_equal(s.retries, 0);
	assert_true(s.rate_limit == 0.5);
	assert_int_equal(s.max_item_bytes, BOUND_ITEM_BYTES_MOST);
	assert_string_equal(s.ca_file, "/etc/ca.pem");
	assert_string_equal(s.proxy, "http://proxy:3128");
	assert_true(s.allow_http);
	settings_release(&s);
}

static void
apply__nearer_wins_key_by_key(void **state)
{
	struct settings s;

	(void)state;
	lay(&s,
	    "{\"BaseUrl\": \"https://a\", \"Timeout\": 5, \"Retries\": 1, \"RateLimit\": 3, \"Proxy\": \"http://p:1\","
	    " \"Headers\": {\"X-A\": \"a\", \"X-B\": \"b\", \"X-C\": \"c\"}, \"CaFile\": \"/a\", \"AllowHttp\": true}",
	    "{\"Timeout\": 6, \"Headers\": {\"x-a\": \"job\", \"X-D\": \"d\", \"X-E\": null}, \"RateLimit\": null}",
	    "{\"Timeout\": 7, \"Proxy\": \"\", \"Headers\": {\"X-B\": null}, \"Retries\": null, \"CaFile\": null, \"AllowHttp\": false}");
	assert_string_equal(s.base_url, "https://a");
	assert_int_equal(s.timeout_ms, 7000);
	assert_int_equal(s.retries, 1);
	assert_true(s.rate_limit == 0);
	assert_null(s.proxy);
	assert_null(s.ca_file);
	assert_false(s.allow_http);
	assert_int_equal(s.n_headers, 3);
	assert_string_equal(s.headers[0].name, "x-a");
	assert_string_equal(s.headers[0].value, "job");
	assert_string_equal(s.headers[1].name, "X-D");
	assert_string_equal(s.headers[2].name, "X-C");
	settings_release(&s);
}

static void
apply__reads_each_auth(void **state)
{
	static const struct {
		const char *json;
		enum auth_kind kind;
		const char *name, *secret;
	} cases[] = {
		{ "{\"Auth\": {\"Bearer\": \"cred:token\"}}", AUTH_BEARER, NULL, "cred:token" },
		{ "{\"Auth\": {\"Basic\": {\"User\": \"u\", \"Password\": \"file:/p\"}, \"Bearer\": null}}", AUTH_BASIC,
		    "u", "file:/p" },
		{ "{\"Auth\": {\"Header\": {\"Name\": \"X-Api-Key\", \"Value\": \"env:K\"}}}", AUTH_HEADER, "X-Api-Key",
		    "env:K" },
		{ "{\"Auth\": {\"Header\": {\"Name\": \"Authorization\", \"Value\": \"env:K\"}}}", AUTH_HEADER,
		    "Authorization", "env:K" },
		{ "{\"Auth\": null}", AUTH_NONE, NULL, NULL },
	};
	struct settings s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* Each over another one, so that nothing of that is left. */
		lay(&s,
		    "{\"BaseUrl\": \"https://a\", \"Auth\": {\"Basic\": {\"User\": \"old\", \"Password\": \"env:OLD\"}}}",
		    NULL, cases[i].json);
		assert_int_equal(s.auth.kind, cases[i].kind);
		if (cases[i].name != NULL)
			assert_string_equal(s.auth.name, cases[i].name);
		else
			assert_null(s.auth.name);
		if (cases[i].secret != NULL)
			assert_string_equal(s.auth.secret, cases[i].secret);
		else
			assert_null(s.auth.secret);
		settings_release(&s);
	}
}

/* "" in message: it passes. */
static void
check__binds_a_secret_to_its_origin(void **state)
{
	static const struct {
		const char *system, *job, *client, *message, *reason;
	} cases[] = {
		{ "{\"BaseUrl\": \"https://a\", \"Auth\": {\"Bearer\": \"env:A\"}}", NULL, NULL, "",
		    "written together" },
		{ "{\"BaseUrl\": \"https://a\", \"Auth\": {\"Bearer\": \"env:A\"}}", NULL,
		    "{\"BaseUrl\": \"https://b\"}",
		    "Auth: written in the system for https://a:443, it is not sent to https://b:443", "another host" },
		{ "{\"BaseUrl\": \"https://a\", \"Auth\": {\"Bearer\": \"env:A\"}}",
		    "{\"BaseUrl\": \"https://a:8443\"}", NULL, "Auth: written in the system", "another port" },
		{ "{\"BaseUrl\": \"https://localhost\", \"Auth\": {\"Bearer\": \"env:A\"}}", NULL,
		    "{\"BaseUrl\": \"http://localhost:443\"}", "Auth: written in the system", "another scheme" },
		{ "{\"BaseUrl\": \"https://a\", \"Auth\": {\"Bearer\": \"env:A\"}}", NULL,
		    "{\"BaseUrl\": \"https://A:443/other\"}", "", "the same origin, spelled otherwise" },
		{ "{\"BaseUrl\": \"https://a\", \"Auth\": {\"Bearer\": \"env:A\"}}", NULL,
		    "{\"Auth\": {\"Bearer\": \"env:B\"}, \"BaseUrl\": \"https://b\"}", "", "the client brings both" },
		{ "{\"BaseUrl\": \"https://a\"}", "{\"Auth\": {\"Bearer\": \"env:A\"}}", "{\"BaseUrl\": \"https://b\"}",
		    "Auth: written in the job for https://a:443", "the job wrote it for the system's" },
		{ "{\"Auth\": {\"Bearer\": \"env:A\"}}", "{\"BaseUrl\": \"https://a\"}", NULL, "",
		    "it belongs to the first that comes" },
		{ "{\"Auth\": {\"Bearer\": \"env:A\"}}", "{\"BaseUrl\": \"https://a\"}", "{\"BaseUrl\": \"https://b\"}",
		    "Auth: written in the system for https://a:443", "and to no later one" },
		{ "{\"BaseUrl\": \"https://a\", \"Auth\": {\"Bearer\": \"env:A\"}}", NULL,
		    "{\"BaseUrl\": \"https://b\", \"Auth\": null}", "", "none is sent" },
		{ "{\"BaseUrl\": \"https://a\"}", NULL,
		    "{\"BaseUrl\": \"https://b\", \"Auth\": {\"Bearer\": \"env:A\"}}", "", "the client's own" },
		{ NULL,
		    "{\"BaseUrl\": \"https://a\", \"Auth\": {\"Header\": {\"Name\": \"X-K\", \"Value\": \"env:A\"}}}",
		    "{\"Headers\": {\"x-k\": \"v\"}}", "Auth: Headers sends a X-K too", "two of one name" },
		{ NULL, "{\"Timeout\": 1}", NULL,
		    "BaseUrl: there is none; give one in the system, the job or the client", "none" },
		{ "{\"BaseUrl\": \"http://a\"}", NULL, NULL, "BaseUrl: plain http is refused but for loopback",
		    "plain http" },
		{ "{\"BaseUrl\": \"HTTP://a\"}", NULL, NULL, "BaseUrl: plain http is refused but for loopback",
		    "however it is spelled" },
		{ "{\"BaseUrl\": \"http://a\", \"AllowHttp\": true}", NULL, NULL, "", "allowed" },
		{ "{\"BaseUrl\": \"http://127.0.0.1:8080\"}", NULL, NULL, "", "loopback" },
		{ "{\"BaseUrl\": \"https://a\", \"AllowHttp\": true}", "{\"AllowHttp\": false}",
		    "{\"BaseUrl\": \"http://a\"}", "BaseUrl: plain http is refused", "the nearer AllowHttp" },
	};
	struct err e = ERR_INIT;
	struct settings s;
	size_t i;
	int ret;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		lay(&s, cases[i].system, cases[i].job, cases[i].client);
		err_clear(&e);
		ret = settings_check(&s, "", NULL, &e);
		assert_begins(e.text, cases[i].message, cases[i].reason);
		if (ret != (cases[i].message[0] == '\0' ? 0 : -1))
			fail_msg("case %zu (%s): %s", i, cases[i].reason, e.text);
		settings_release(&s);
	}
}

static void
system__is_read_and_kept(void **state)
{
	static const char good[] = "{\"BaseUrl\": \"https://ris.example/\", \"Auth\": {\"Bearer\": \"env:T\"}}",
	                  bad[] = "{\"BaseUrl\": \"https://ris.example\", \"Timeot\": 3}";
	struct err e = ERR_INIT;
	struct settings s;

	(void)state;
	assert_int_equal(settings_read_system(&s, "ris", good, strlen(good), NULL, &e), 0);
	assert_string_equal(s.base_url, "https://ris.example");
	assert_string_equal(s.auth.secret, "env:T");
	assert_int_equal(s.auth.level, LEVEL_SYSTEM);
	settings_release(&s);
	assert_int_equal(settings_read_system(&s, "ris", bad, strlen(bad), NULL, &e), -1);
	assert_string_equal(e.text, "system ris: Timeot: unknown key; did you mean Timeout?");
	assert_null(s.base_url);
}

static void
copy__is_deep(void **state)
{
	struct settings from, to;
	struct err e = ERR_INIT;

	(void)state;
	lay(&from,
	    "{\"BaseUrl\": \"https://a\", \"Auth\": {\"Basic\": {\"User\": \"u\", \"Password\": \"env:P\"}}, \"Headers\": {\"X-A\": \"1\"},"
	    " \"CaFile\": \"/c\", \"Proxy\": \"http://p\", \"Timeout\": 9}",
	    NULL, NULL);
	assert_int_equal(settings_copy(&to, &from, &e), 0);
	settings_release(&from);
	assert_string_equal(to.base_url, "https://a");
	assert_string_equal(to.auth.name, "u");
	assert_string_equal(to.auth.secret, "env:P");
	assert_string_equal(to.auth.origin, "https://a:443");
	assert_string_equal(to.headers[0].value, "1");
	assert_string_equal(to.ca_file, "/c");
	assert_string_equal(to.proxy, "http://p");
	assert_int_equal(to.timeout_ms, 9000);
	settings_release(&to);
}

static void
keys__are_known(void **state)
{
	const char *const *keys;
	size_t n, i;

	(void)state;
	keys = settings_keys(&n);
	assert_int_equal(n, 11);
	for (i = 0; i < n; i++)
		assert_true(settings_is_key(keys[i], strlen(keys[i])));
	assert_false(settings_is_key("baseurl", 7));
	assert_false(settings_is_key("BaseUrl2", 8));
	assert_true(settings_is_key("BaseUrl2", 7));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(init__gives_the_defaults),
		cmocka_unit_test(apply__reads_every_key),
		cmocka_unit_test(apply__nearer_wins_key_by_key),
		cmocka_unit_test(apply__reads_each_auth),
		cmocka_unit_test(check__binds_a_secret_to_its_origin),
		cmocka_unit_test(system__is_read_and_kept),
		cmocka_unit_test(copy__is_deep),
		cmocka_unit_test(keys__are_known),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
