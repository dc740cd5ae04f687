#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "config/job.h"
#include "fixture.h"

/* The contract's own example, comments and all. */
static const char example[] =
    "{\n"
    "  \"JobType\": 1,\n"
    "  \"Name\": \"SyncCompletedRecords\",\n"
    "  \"Description\": \"Completed records, from the external system back into the platform\",\n"
    "  \"System\": \"ris\",                       // a row of APP_EXTERNAL_SYSTEM; its keys may also stand here\n"
    "  \"Fetch\": {\n"
    "    \"Method\": \"GET\",                     // or POST, with \"Body\"\n"
    "    \"Path\": \"{Route}\",\n"
    "    \"Query\": {                           // a parameter whose template names an absent key is left out\n"
    "      \"clientId\": \"{ClientId}\", \"groupId\": \"{GroupId}\",\n"
    "      \"script\": \"{Script}\", \"days\": \"{Days}\", \"year\": \"{Year}\"\n"
    "    },\n"
    "    \"Format\": \"json\",                    // or \"ndjson\"\n"
    "    \"Items\": \"\",                         // JSON Pointer (RFC 6901) to the array; \"\" = the whole answer\n"
    "    \"ItemId\": \"/id\",\n"
    "    \"ItemVersion\": \"/updatedAt\",         // optional: the same id with another version is a new item\n"
    "    \"Pages\": null                        // or {\"Next\": \"/next\"}: a URL or path in the answer,\n"
    "                                         //    {\"Link\": true}: the Link header's rel=\"next\" (RFC 8288)\n"
    "  },\n"
    "  \"Rules\": \"rules.sql\",\n"
    "  \"Ack\": {                               // null: this system wants none\n"
    "    \"Method\": \"POST\", \"Path\": \"{Route}/ack\",\n"
    "    \"Body\": { \"clientId\": \"{ClientId}\", \"groupId\": \"{GroupId}\", \"ids\": \"{Ids}\" },\n"
    "    \"Batch\": 500,                        // 1: one request an item, and {Id} may stand in Path\n"
    "    \"Rejected\": \"/rejected\"              // optional: pointer to the ids that the system refused\n"
    "  },\n"
    "  /* how\n"
    "     much */\n"
    "  \"MaxDegreeOfParallelism\": 6,\n"
    "  \"MaxAttempts\": 5,\n"
    "  \"Alerts\": { \"ConsecutiveFailures\": 3, \"MinProcessedRatio\": 0.95 }\n"
    "}\n";

static void
parse(struct job *job, const char *text)
{
	struct err e = ERR_INIT;

	if (job_parse(job, text, strlen(text), &e) == -1)
		fail_msg("%s\n%s", text, e.text);
}

/* A job with this much more in it. */
static void
parse_with(struct job *job, const char *more)
{
	struct buf text;

	buf_init(&text, 10000);
	buf_addf(&text, "{\"JobType\":2,\"Name\":\"X\",\"Rules\":\"rules.sql\",\"BaseUrl\":\"https://h\",%s}", more);
	parse(job, text.at);
	buf_release(&text);
}

/* Everything that has a default. */
static void
assert_defaults(const struct job *job)
{
	static const char *const query[][2] = {
		{ "clientId", "{ClientId}" },
		{ "groupId", "{GroupId}" },
		{ "script", "{Script}" },
		{ "days", "{Days}" },
		{ "year", "{Year}" },
	};
	static const char body[] = "{ \"clientId\": \"{ClientId}\", \"groupId\": \"{GroupId}\", \"ids\": \"{Ids}\" }";
	size_t i;

	assert_string_equal(job->fetch.method, "GET");
	assert_string_equal(job->fetch.path, "{Route}");
	assert_int_equal(job->fetch.n_query, 5);
	for (i = 0; i < 5; i++) {
		assert_string_equal(job->fetch.query[i].name, query[i][0]);
		assert_string_equal(job->fetch.query[i].value, query[i][1]);
	}
	assert_int_equal(job->fetch.body.kind, JSON_ABSENT);
	assert_int_equal(job->fetch.format, STREAM_JSON);
	assert_int_equal(job->fetch.items.n, 0);
	assert_int_equal(job->fetch.item_id.n, 1);
	assert_string_equal(job->fetch.item_id.token[0], "id");
	assert_int_equal(job->fetch.pages.plan.kind, PAGES_NONE);
	assert_string_equal(job->rules, "rules.sql");
	assert_true(job->ack.wanted);
	assert_string_equal(job->ack.method, "POST");
	assert_string_equal(job->ack.path, "{Route}/ack");
	assert_int_equal(job->ack.body.kind, JSON_OBJECT);
	assert_int_equal(job->ack.body.len, strlen(body));
	assert_memory_equal(job->ack.body.at, body, strlen(body));
	assert_int_equal(job->ack.batch, 500);
	assert_int_equal(job->parallel, 6);
	assert_int_equal(job->max_attempts, 5);
	assert_int_equal(job->rule_timeout_ms, 5000);
	assert_int_equal(job->alerts.consecutive_failures, 3);
	assert_true(job->alerts.min_processed_ratio == 0.95);
	assert_int_equal(job->alerts.remind_after, 1440);
}

static void
parse__reads_the_contracts_example(void **state)
{
	struct job job;

	(void)state;
	parse(&job, example);
	assert_defaults(&job);
	assert_int_equal(job.type, 1);
	assert_string_equal(job.name, "SyncCompletedRecords");
	assert_string_equal(job.description, "Completed records, from the external system back into the platform");
	assert_string_equal(job.system, "ris");
	assert_true(job.fetch.has_version);
	assert_string_equal(job.fetch.item_version.token[0], "updatedAt");
	assert_true(job.ack.has_rejected);
	assert_string_equal(job.ack.rejected.token[0], "rejected");
	assert_int_equal(job.root.kind, JSON_OBJECT);
	job_release(&job);
	job_release(&job);
}

static void
parse__gives_the_same_defaults_to_the_least(void **state)
{
	static const char *const least[] = {
		"{\"JobType\":2,\"Name\":\"X\",\"Rules\":\"rules.sql\",\"BaseUrl\":\"https://h\"}",
		"{\"JobType\":2,\"Name\":\"X\",\"Rules\":\"rules.sql\",\"Fetch\":{},\"Ack\":{},\"Alerts\":{}}",
		"{\"JobType\":2,\"Name\":\"X\",\"Rules\":\"rules.sql\",\"Description\":null,\"System\":null,\"Fetch\":null,\"Alerts\":null,"
		"\"MaxAttempts\":null,\"MaxDegreeOfParallelism\":null,\"RuleTimeout\":null}",
		"{\"JobType\":2,\"Name\":\"X\",\"Rules\":\"rules.sql\",\"Fetch\":{\"Method\":null,\"Path\":null,\"Body\":null,"
		"\"Format\":null,\"Items\":null,\"ItemId\":null,\"ItemVersion\":null},"
		"\"Ack\":{\"Method\":null,\"Path\":null,\"Batch\":null,\"Rejected\":null}}",
	};
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(least) / sizeof(least[0]); i++) {
		parse(&job, least[i]);
		assert_defaults(&job);
		assert_int_equal(job.type, 2);
		assert_string_equal(job.name, "X");
		assert_string_equal(job.description, "");
		assert_null(job.system);
		assert_false(job.fetch.has_version);
		assert_false(job.ack.has_rejected);
		job_release(&job);
	}
}

static void
parse__reads_every_key(void **state)
{
	struct job job;

	(void)state;
	parse_with(&job,
	    "\"Fetch\": {\"Method\": \"POST\", \"Path\": \"/q/{Route}\", \"Body\": [\"{Days}\", 1.50],"
	    " \"Query\": {\"a b\": \"{Year}\", \"n\": 1.50, \"t\": true, \"f\": false, \"gone\": null, \"big\": 18446744073709551616},"
	    " \"Format\": \"ndjson\", \"ItemId\": \"/a/b~1c\"},"
	    " \"Ack\": {\"Method\": \"DELETE\", \"Path\": \"/r/{Id}?x=1\", \"Body\": null, \"Batch\": 1},"
	    " \"MaxDegreeOfParallelism\": 1024, \"MaxAttempts\": 1000, \"RuleTimeout\": 1.5,"
	    " \"Alerts\": {\"ConsecutiveFailures\": 1, \"MinProcessedRatio\": 1, \"RemindAfter\": 0}, \"Timeout\": 5, \"Auth\": {\"Bearer\": \"env:T\"}");
	assert_string_equal(job.fetch.method, "POST");
	assert_string_equal(job.fetch.path, "/q/{Route}");
	assert_int_equal(job.fetch.body.len, strlen("[\"{Days}\", 1.50]"));
	assert_memory_equal(job.fetch.body.at, "[\"{Days}\", 1.50]", job.fetch.body.len);
	assert_int_equal(job.fetch.n_query, 5);
	assert_string_equal(job.fetch.query[0].name, "a b");
	assert_string_equal(job.fetch.query[1].value, "1.50");
	assert_string_equal(job.fetch.query[2].value, "true");
	assert_string_equal(job.fetch.query[3].value, "false");
	assert_string_equal(job.fetch.query[4].value, "18446744073709551616");
	assert_int_equal(job.fetch.format, STREAM_NDJSON);
	assert_int_equal(job.fetch.item_id.n, 2);
	assert_string_equal(job.fetch.item_id.token[1], "b/c");
	assert_string_equal(job.ack.method, "DELETE");
	assert_string_equal(job.ack.path, "/r/{Id}?x=1");
	assert_int_equal(job.ack.body.kind, JSON_ABSENT);
	assert_int_equal(job.ack.batch, 1);
	assert_int_equal(job.parallel, 1024);
	assert_int_equal(job.max_attempts, 1000);
	assert_int_equal(job.rule_timeout_ms, 1500);
	assert_int_equal(job.alerts.consecutive_failures, 1);
	assert_true(job.alerts.min_processed_ratio == 1);
	assert_int_equal(job.alerts.remind_after, 0);
	job_release(&job);
}

static void
parse__reads_each_kind_of_pages(void **state)
{
	static const struct {
		const char *pages;
		enum pages_kind kind;
		const char *token, *param, *limit;
		int64_t first, size;
	} cases[] = {
		{ "null", PAGES_NONE, NULL, NULL, NULL, 0, 0 },
		{ "{\"Next\": \"/next\"}", PAGES_NEXT, "next", NULL, NULL, 1, 500 },
		{ "{\"Link\": true, \"Next\": null}", PAGES_LINK, NULL, NULL, NULL, 1, 500 },
		{ "{\"Cursor\": \"/c\", \"Param\": \"after\"}", PAGES_CURSOR, "c", "after", NULL, 1, 500 },
		{ "{\"Cursor\": \"/c\"}", PAGES_CURSOR, "c", "cursor", NULL, 1, 500 },
		{ "{\"Offset\": \"from\", \"Limit\": \"n\", \"Size\": 20}", PAGES_OFFSET, NULL, "from", "n", 1, 20 },
		{ "{\"Offset\": \"offset\"}", PAGES_OFFSET, NULL, "offset", "limit", 1, 500 },
		{ "{\"Offset\": \"offset\", \"Limit\": null}", PAGES_OFFSET, NULL, "offset", NULL, 1, 500 },
		{ "{\"Page\": \"p\", \"First\": 0, \"Limit\": \"n\", \"Size\": 1}", PAGES_PAGE, NULL, "p", "n", 0, 1 },
		{ "{\"Page\": \"page\"}", PAGES_PAGE, NULL, "page", "per_page", 1, 500 },
	};
	char more[300];
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct job_pages *pages = &job.fetch.pages;

		snprintf(more, sizeof(more), "\"Fetch\": {\"Items\": \"/items\", \"Pages\": %s}", cases[i].pages);
		parse_with(&job, more);
		assert_int_equal(pages->plan.kind, cases[i].kind);
		assert_int_equal(pages->pointer.n, cases[i].token != NULL);
		if (cases[i].token != NULL)
			assert_string_equal(pages->pointer.token[0], cases[i].token);
		assert_int_equal(pages->plan.param != NULL, cases[i].param != NULL);
		if (cases[i].param != NULL)
			assert_string_equal(pages->plan.param, cases[i].param);
		assert_int_equal(pages->plan.limit != NULL, cases[i].limit != NULL);
		if (cases[i].limit != NULL)
			assert_string_equal(pages->plan.limit, cases[i].limit);
		assert_int_equal(pages->plan.first, cases[i].first);
		assert_int_equal(pages->plan.size, cases[i].size);
		job_release(&job);
	}
}

static void
parse__reads_each_ack(void **state)
{
	static const struct {
		const char *ack;
		bool wanted;
	} cases[] = {
		{ "null", false },
		{ "{\"Batch\": 1}", true },
		{ "{\"Batch\": 1, \"Path\": \"/{Id}\", \"Method\": \"PUT\"}", true },
		{ "{\"Batch\": 1, \"Body\": {\"id\": \"{Id}\"}, \"Method\": \"PATCH\"}", true },
		{ "{\"Batch\": 10000, \"Body\": \"{Ids}\"}", true },
	};
	char more[300];
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(more, sizeof(more), "\"Ack\": %s", cases[i].ack);
		parse_with(&job, more);
		assert_int_equal(job.ack.wanted, cases[i].wanted);
		job_release(&job);
	}
}

static void
parse__takes_no_query_at_all(void **state)
{
	static const char *const none[] = { "{}", "null", "{\"clientId\": null}" };
	char more[100];
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		snprintf(more, sizeof(more), "\"Fetch\": {\"Query\": %s}", none[i]);
		parse_with(&job, more);
		assert_int_equal(job.fetch.n_query, 0);
		job_release(&job);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__reads_the_contracts_example),
		cmocka_unit_test(parse__gives_the_same_defaults_to_the_least),
		cmocka_unit_test(parse__reads_every_key),
		cmocka_unit_test(parse__reads_each_kind_of_pages),
		cmocka_unit_test(parse__reads_each_ack),
		cmocka_unit_test(parse__takes_no_query_at_all),
	};

	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
