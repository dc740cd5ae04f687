#include <stdio.h>

#include "base/bounds.h"
#include "config/request.h"
#include "fixture.h"

/* One client of a job, at a system. */
struct fixture_request {
	struct job job;
	struct client client;
	struct client_view view;
	struct buf url, body;
};

static void
look(struct fixture_request *f, const char *job, const char *client)
{
	static const char system[] = "{\"BaseUrl\": \"https://ris.example/base/\"}";
	struct client_override none = { -1, -1 };
	struct err e = ERR_INIT;
	char text[1000];

	*f = (struct fixture_request){ 0 };
	snprintf(text, sizeof(text), "{\"JobType\":2,\"Name\":\"X\",\"Rules\":\"r\",\"System\":\"ris\"%s}", job);
	if (job_parse(&f->job, text, strlen(text), &e) == -1 ||
	    client_parse(&f->client, 3, "/api/x", NULL, client, strlen(client), &e) == -1 ||
	    client_view_init(&f->view, &f->client, &f->job, system, &none, &e) == -1)
		fail_msg("%s", e.text);
	buf_init(&f->url, 1000);
	buf_init(&f->body, 1000);
}

static void
look_away(struct fixture_request *f)
{
	client_view_release(&f->view);
	client_release(&f->client);
	job_release(&f->job);
	buf_release(&f->url);
	buf_release(&f->body);
}

static void
request__is_rendered_for_a_client(void **state)
{
	static const struct {
		const char *job, *client, *url, *body, *reason;
	} cases[] = {
		{ "", "{\"ClientId\": 1, \"Days\": 3}", "https://ris.example/base/api/x?clientId=1&groupId=0&days=3",
		    "", "the default query, without what is absent" },
		{ ",\"Fetch\":{\"Path\":\"x/{ClientId}\",\"Query\":null}", "{\"ClientId\": \"a b\"}",
		    "https://ris.example/base/x/a%20b", "", "a path gets its slash" },
		{ ",\"Fetch\":{\"Path\":\"y\",\"Query\":{\"a b\":\"{Site}\",\"c\":\"d\"}}", "{\"ClientId\": 1}",
		    "https://ris.example/base/y?c=d", "", "the first parameter is left out" },
		{ ",\"Fetch\":{\"Method\":\"POST\",\"Query\":{},\"Body\":{\"c\":\"{ClientId}\",\"s\":\"{Site}\"}}",
		    "{\"ClientId\": 1}", "https://ris.example/base/api/x", "{\"c\":1,\"s\":null}", "a body" },
	};
	struct fixture_request f;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		look(&f, cases[i].job, cases[i].client);
		if (request_fetch(&f.job, &f.view, &f.url, &f.body, &e) == -1)
			fail_msg("%s: %s", cases[i].reason, e.text);
		assert_string_equal(buf_text(&f.url), cases[i].url);
		assert_string_equal(buf_text(&f.body), cases[i].body);
		look_away(&f);
	}
}

static void
request__says_what_the_client_lacks(void **state)
{
	static const struct {
		const char *job, *client, *text;
	} cases[] = {
		{ ",\"Fetch\":{\"Path\":\"/{Site}\"}", "{\"ClientId\": 1}", "Path /{Site}: this client has no Site" },
		{ "", "{\"ClientId\": 1, \"Script\": []}", "Query.script: {Script} is an array" },
		{ ",\"Fetch\":{\"Path\":\"/{Site}\"}", "{\"ClientId\": 1, \"Site\": {}}", "{Site} is an object" },
	};
	struct fixture_request f;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err_clear(&e);
		look(&f, cases[i].job, cases[i].client);
		assert_int_equal(request_fetch(&f.job, &f.view, &f.url, &f.body, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_begins(e.text, cases[i].text, cases[i].client);
		look_away(&f);
	}
}

static void
request__answer_is_read_as_the_job_says(void **state)
{
	struct fixture_request f;
	struct stream_plan plan;

	(void)state;
	look(&f, ",\"Fetch\":{\"Items\":\"/items\",\"Pages\":{\"Next\":\"/next\"}}",
	    "{\"ClientId\":1,\"MaxItemBytes\":99}");
	plan = request_answer(&f.job, &f.view);
	assert_int_equal(plan.format, STREAM_JSON);
	assert_ptr_equal(plan.items, &f.job.fetch.items);
	assert_ptr_equal(plan.capture, &f.job.fetch.pages.pointer);
	assert_int_equal(plan.max_item, 99);
	assert_int_equal(plan.max_items, BOUND_ANSWER_ITEMS);
	look_away(&f);
	look(&f, ",\"Fetch\":{\"Format\":\"ndjson\",\"Pages\":{\"Link\":true}}", "{\"ClientId\":1}");
	plan = request_answer(&f.job, &f.view);
	assert_int_equal(plan.format, STREAM_NDJSON);
	assert_null(plan.capture);
	look_away(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request__is_rendered_for_a_client),
		cmocka_unit_test(request__says_what_the_client_lacks),
		cmocka_unit_test(request__answer_is_read_as_the_job_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
