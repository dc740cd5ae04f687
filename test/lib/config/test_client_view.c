#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/client.h"
#include "fixture.h"

static void
assert_value(struct json_value v, const char *expected)
{
	if (expected == NULL) {
		assert_int_equal(v.kind, JSON_ABSENT);
		return;
	}
	assert_int_equal(v.len, strlen(expected));
	assert_memory_equal(v.at, expected, v.len);
	assert_int_equal(v.kind, json_value_of(expected, v.len).kind);
}

/* A view of one entry over a job and a system. */
struct fixture {
	struct job job;
	struct client client;
	struct client_view view;
};

static int
look(struct fixture *f, const char *system, const char *job, const char *client, struct client_override override,
    struct err *e)
{
	char text[1000];

	snprintf(text, sizeof(text), "{\"JobType\":2,\"Name\":\"X\",\"Rules\":\"r\",\"System\":\"ris\"%s}", job);
	if (job_parse(&f->job, text, strlen(text), e) == -1)
		fail_msg("%s", e->text);
	if (client_parse(&f->client, 3, "/ro\"w", "999", client, strlen(client), e) == -1)
		fail_msg("%s", e->text);
	return client_view_init(&f->view, &f->client, &f->job, system, &override, e);
}

static void
look_away(struct fixture *f)
{
	client_view_release(&f->view);
	client_release(&f->client);
	job_release(&f->job);
}

static void
view__gives_values_by_key(void **state)
{
	static const struct {
		const char *client;
		struct client_override override;
		const char *name, *expected, *reason;
	} cases[] = {
		{ "{\"ClientId\": 9007199254740993}", { -1, -1 }, "ClientId", "9007199254740993", "as it is written" },
		{ "{\"ClientId\": 1}", { -1, -1 }, "GroupId", "0", "the default" },
		{ "{\"ClientId\": 1, \"GroupId\": null}", { -1, -1 }, "GroupId", "0", "null is absent" },
		{ "{\"ClientId\": 1, \"GroupId\": \"a\"}", { -1, -1 }, "GroupId", "\"a\"", "its own" },
		{ "{\"ClientId\": 1}", { -1, -1 }, "Route", "\"/ro\\\"w\"", "the row's, as JSON" },
		{ "{\"ClientId\": 1, \"Route\": \"/own\"}", { -1, -1 }, "Route", "\"/own\"", "its own" },
		{ "{\"ClientId\": 1, \"Route\": \"\"}", { -1, -1 }, "Route", "\"/ro\\\"w\"", "empty is absent" },
		{ "{\"ClientId\": 1, \"Days\": 30}", { -1, -1 }, "Days", "30", "its own" },
		{ "{\"ClientId\": 1, \"Days\": 30}", { 0, -1 }, "Days", "0", "the run's" },
		{ "{\"ClientId\": 1}", { 7, 2026 }, "Days", "7", "the run's, with none of its own" },
		{ "{\"ClientId\": 1, \"Year\": 2025}", { 7, 2026 }, "Year", "2026", "the run's" },
		{ "{\"ClientId\": 1, \"Year\": 2025}", { 7, -1 }, "Year", "2025", "its own" },
		{ "{\"ClientId\": 1}", { -1, -1 }, "Days", NULL, "none at all" },
		{ "{\"ClientId\": 1}", { -1, -1 }, "Year", NULL, "none at all" },
		{ "{\"ClientId\": 1, \"Site\": [1, {}]}", { -1, -1 }, "Site", "[1, {}]", "any key" },
		{ "{\"ClientId\": 1, \"S\\u0069te\": true}", { -1, -1 }, "Site", "true", "however it is spelled" },
		{ "{\"ClientId\": 1, \"Site\": null}", { -1, -1 }, "Site", NULL, "null is absent" },
		{ "{\"ClientId\": 1}", { -1, -1 }, "clientid", NULL, "case matters" },
	};
	struct err e = ERR_INIT;
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (look(&f, NULL, "", cases[i].client, cases[i].override, &e) == -1)
			fail_msg("%s: %s", cases[i].reason, e.text);
		assert_value(client_view_get(&f.view, cases[i].name, strlen(cases[i].name)), cases[i].expected);
		look_away(&f);
	}
}

static void
view__has_no_route_where_none_is_given(void **state)
{
	static const char text[] = "{\"ClientId\": 1}";
	struct client_override none = { -1, -1 };
	struct err e = ERR_INIT;
	struct fixture f;

	(void)state;
	assert_int_equal(look(&f, NULL, "", text, none, &e), 0);
	client_view_release(&f.view);
	free(f.client.route);
	f.client.route = NULL;
	assert_int_equal(client_view_init(&f.view, &f.client, &f.job, NULL, &none, &e), 0);
	assert_value(client_view_get(&f.view, "Route", 5), NULL);
	assert_value(client_view_get(&f.view, "GroupId", 7), "0");
	look_away(&f);
}

static void
view__lays_client_over_job_over_system(void **state)
{
	struct client_override none = { -1, -1 };
	struct err e = ERR_INIT;
	struct fixture f;

	(void)state;
	assert_int_equal(
	    look(&f,
	        "{\"BaseUrl\": \"https://a\", \"Timeout\": 1, \"Retries\": 1, \"RateLimit\": 1, \"Auth\": {\"Bearer\": \"env:A\"}}",
	        ",\"Timeout\": 2, \"Retries\": 2", "{\"ClientId\": 7, \"Timeout\": 3}", none, &e),
	    0);
	assert_string_equal(f.view.settings.base_url, "https://a");
	assert_int_equal(f.view.settings.timeout_ms, 3000);
	assert_int_equal(f.view.settings.retries, 2);
	assert_true(f.view.settings.rate_limit == 1);
	assert_int_equal(f.view.settings.connect_timeout_ms, 10000);
	assert_int_equal(f.view.settings.auth.level, LEVEL_SYSTEM);
	assert_int_equal(settings_check(&f.view.settings, "", NULL, &e), 0);
	assert_ptr_equal(f.view.client, &f.client);
	look_away(&f);
}

static void
view__tells_what_is_wrong_at_which_level(void **state)
{
	struct client_override none = { -1, -1 };
	struct err e = ERR_INIT;
	struct fixture f;

	(void)state;
	assert_int_equal(look(&f, "{\"Timeout\": \"x\"}", "", "{\"ClientId\": 7}", none, &e), -1);
	assert_begins(e.text, "system ris: Timeout: give seconds", "the job's system");
	look_away(&f);
	assert_int_equal(look(&f, "{\"Timeout\": 1", "", "{\"ClientId\": 7, \"System\": \"own\"}", none, &e), -1);
	assert_begins(e.text, "system own: ", "the client's system");
	look_away(&f);
	assert_int_equal(look(&f, "{\"Timeout\": 1, \"Timeout\": 2}", "", "{\"ClientId\": 7}", none, &e), -1);
	assert_begins(e.text, "system ris: Timeout: given twice", "written past jobrun");
	look_away(&f);
}

static void
system__is_the_entrys_own_or_none(void **state)
{
	static const struct {
		const char *client, *expected;
	} cases[] = {
		{ "{\"ClientId\": 7}", NULL },
		{ "{\"ClientId\": 7, \"System\": null}", NULL },
		{ "{\"ClientId\": 7, \"System\": \"r\\u0069s\"}", "ris" },
	};
	struct err e = ERR_INIT;
	struct client c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(client_parse(&c, 0, NULL, NULL, cases[i].client, strlen(cases[i].client), &e), 0);
		assert_int_equal(c.system != NULL, cases[i].expected != NULL);
		if (c.system != NULL)
			assert_string_equal(c.system, cases[i].expected);
		client_release(&c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(view__gives_values_by_key),
		cmocka_unit_test(view__has_no_route_where_none_is_given),
		cmocka_unit_test(view__lays_client_over_job_over_system),
		cmocka_unit_test(view__tells_what_is_wrong_at_which_level),
		cmocka_unit_test(system__is_the_entrys_own_or_none),
	};

	return cmocka_run_group_tests_name("client_view", tests, NULL, NULL);
}
