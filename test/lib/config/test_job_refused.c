#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "config/job.h"
#include "fixture.h"

/* Each stands in an otherwise good definition; its text begins with the path of the wrong key. */
static const struct bad {
	const char *more, *message;
} bads[] = {
	/* The root. */
	{ "\"Fetchh\": {}", "Fetchh: unknown key; did you mean Fetch?" },
	{ "\"BaseURl\": \"x\"", "BaseURl: unknown key; did you mean BaseUrl?" },
	{ "\"Zzzzzzzz\": {}", "Zzzzzzzz: unknown key; known here: JobType, Name, " },
	{ "\"Name\": \"Y\"", "Name: given twice; remove one" },
	{ "\"Description\": 1", "Description: give a string, found a number" },
	{ "\"System\": \"\"", "System: is empty" },
	{ "\"Fetch\": []", "Fetch: give an object, found an array" },
	{ "\"Fetch\": \"/x\"", "Fetch: give an object, found a string" },
	{ "\"Ack\": false", "Ack: give an object, found false" },
	{ "\"MaxDegreeOfParallelism\": 0", "MaxDegreeOfParallelism: give a whole number from 1 to 1024, found 0" },
	{ "\"MaxDegreeOfParallelism\": 1025",
	    "MaxDegreeOfParallelism: give a whole number from 1 to 1024, found 1025" },
	{ "\"MaxAttempts\": 0", "MaxAttempts: give a whole number from 1 to 1000, found 0" },
	{ "\"MaxAttempts\": 1001", "MaxAttempts: give a whole number from 1 to 1000, found 1001" },
	{ "\"RuleTimeout\": 0.5", "RuleTimeout: give seconds, from 1 to 3600, found 0.5" },
	{ "\"RuleTimeout\": 3601", "RuleTimeout: give seconds, from 1 to 3600, found 3601" },
	{ "\"Alerts\": 3", "Alerts: give an object, found a number" },
	{ "\"Alerts\": {\"ConsecutiveFailure\": 3}",
	    "Alerts.ConsecutiveFailure: unknown key; did you mean ConsecutiveFailures?" },
	{ "\"Alerts\": {\"ConsecutiveFailures\": 0}", "Alerts.ConsecutiveFailures: give a whole number from 1" },
	{ "\"Alerts\": {\"MinProcessedRatio\": 1.01}",
	    "Alerts.MinProcessedRatio: give a number from 0 to 1, found 1.01" },
	{ "\"Alerts\": {\"MinProcessedRatio\": -0.1}",
	    "Alerts.MinProcessedRatio: give a number from 0 to 1, found -0.1" },
	{ "\"Alerts\": {\"RemindAfter\": -1}", "Alerts.RemindAfter: give a whole number from 0" },
	{ "\"Alerts\": {\"RemindAfter\": \"1d\"}", "Alerts.RemindAfter: give a whole number from 0" },
	{ "\"Timeout\": 0", "Timeout: give seconds, above 0 and up to 86400, found 0" },
	{ "\"Auth\": {\"Bearer\": \"s3cret\"}", "Auth.Bearer: " },
	{ "\"Headers\": {\"Host\": \"x\"}", "Headers.Host: cannot be set here" },
	/* Fetch. */
	{ "\"Fetch\": {\"Formt\": 1}", "Fetch.Formt: unknown key; did you mean Format?" },
	{ "\"Fetch\": {\"Method\": \"PUT\"}", "Fetch.Method: give one of GET, POST, found \"PUT\"" },
	{ "\"Fetch\": {\"Method\": \"get\"}", "Fetch.Method: give one of GET, POST, found \"get\"" },
	{ "\"Fetch\": {\"Method\": 1}", "Fetch.Method: give one of GET, POST, found 1" },
	{ "\"Fetch\": {\"Method\": {}}", "Fetch.Method: give one of GET, POST, found an object" },
	{ "\"Fetch\": {\"Path\": 1}", "Fetch.Path: give a string, found a number" },
	{ "\"Fetch\": {\"Path\": \"/x?y=1\"}", "Fetch.Path: holds a ? or #; put parameters into Fetch.Query" },
	{ "\"Fetch\": {\"Path\": \"/x#y\"}", "Fetch.Path: holds a ? or #" },
	{ "\"Fetch\": {\"Path\": \"/x\\ny\"}", "Fetch.Path: holds a control character" },
	{ "\"Fetch\": {\"Path\": \"/{Id}\"}", "Fetch.Path: {Id} is known to Ack alone" },
	{ "\"Fetch\": {\"Path\": \"/{Ids}\"}", "Fetch.Path: {Ids} is known to Ack alone" },
	{ "\"Fetch\": {\"Query\": []}", "Fetch.Query: give an object, found an array" },
	{ "\"Fetch\": {\"Query\": {\"a\": []}}",
	    "Fetch.Query.a: give a string, a number, true, false or null, found an array" },
	{ "\"Fetch\": {\"Query\": {\"a\": \"{Ids}\"}}", "Fetch.Query.a: {Ids} is known to Ack alone" },
	{ "\"Fetch\": {\"Query\": {\"a\": \"x\\u0000\"}}", "Fetch.Query.a: holds a NUL character" },
	{ "\"Fetch\": {\"Query\": {\"\": \"x\"}}", "Fetch.Query: a parameter has no name" },
	{ "\"Fetch\": {\"Query\": {\"a\\ud800\": \"x\"}}", "Fetch.Query: holds half of a surrogate pair" },
	{ "\"Fetch\": {\"Query\": {\"a\": \"x\", \"\\u0061\": \"y\"}}", "Fetch.Query.\\u0061: given twice" },
	{ "\"Fetch\": {\"Body\": {}}", "Fetch.Body: goes with \"Method\": \"POST\" alone" },
	{ "\"Fetch\": {\"Method\": \"POST\", \"Body\": {\"x\": [\"{Id}\"]}}",
	    "Fetch.Body: {Id} is known to Ack alone" },
	{ "\"Fetch\": {\"Method\": \"POST\", \"Body\": {\"x\": [[1, {\"y\": 1, \"y\": 2}]]}}",
	    "Fetch.Body.x[0][1].y: given twice" },
	{ "\"Fetch\": {\"Format\": \"xml\"}", "Fetch.Format: give one of json, ndjson, found \"xml\"" },
	{ "\"Fetch\": {\"Items\": \"items\"}", "Fetch.Items: " },
	{ "\"Fetch\": {\"Items\": 1}", "Fetch.Items: give a string, found a number" },
	{ "\"Fetch\": {\"Items\": \"/x\", \"Format\": \"ndjson\"}", "Fetch.Items: with \"Format\": \"ndjson\"" },
	{ "\"Fetch\": {\"ItemId\": \"\"}", "Fetch.ItemId: is empty" },
	{ "\"Fetch\": {\"ItemId\": \"id\"}", "Fetch.ItemId: " },
	{ "\"Fetch\": {\"ItemVersion\": \"\"}", "Fetch.ItemVersion: is empty" },
	{ "\"Fetch\": {\"ItemVersion\": \"/~2\"}", "Fetch.ItemVersion: " },
	/* Fetch.Pages. */
	{ "\"Fetch\": {\"Pages\": true}", "Fetch.Pages: give an object, found true" },
	{ "\"Fetch\": {\"Pages\": {}}", "Fetch.Pages: give one of Next, Link, Cursor, Offset, Page" },
	{ "\"Fetch\": {\"Pages\": {\"Size\": 5}}", "Fetch.Pages: give one of Next, Link, Cursor, Offset, Page" },
	{ "\"Fetch\": {\"Pages\": {\"Link\": true, \"Next\": \"/n\"}}", "Fetch.Pages: give one of Next, Link, Cursor" },
	{ "\"Fetch\": {\"Pages\": {\"Nxt\": \"/n\"}}", "Fetch.Pages.Nxt: unknown key; did you mean Next?" },
	{ "\"Fetch\": {\"Pages\": {\"Link\": false}}", "Fetch.Pages.Link: give true" },
	{ "\"Fetch\": {\"Pages\": {\"Link\": 1}}", "Fetch.Pages.Link: give true or false, found 1" },
	{ "\"Fetch\": {\"Pages\": {\"Link\": true, \"Size\": 1}}",
	    "Fetch.Pages.Size: does not go with Link; remove it" },
	{ "\"Fetch\": {\"Items\": \"/i\", \"Pages\": {\"Next\": \"/n\", \"Param\": \"p\"}}",
	    "Fetch.Pages.Param: does not go with Next" },
	{ "\"Fetch\": {\"Pages\": {\"Offset\": \"o\", \"First\": 1}}", "Fetch.Pages.First: does not go with Offset" },
	{ "\"Fetch\": {\"Pages\": {\"Page\": \"p\", \"Param\": \"x\"}}", "Fetch.Pages.Param: does not go with Page" },
	{ "\"Fetch\": {\"Items\": \"/i\", \"Pages\": {\"Next\": \"\"}}", "Fetch.Pages.Next: is empty" },
	{ "\"Fetch\": {\"Items\": \"/i\", \"Pages\": {\"Next\": \"n\"}}", "Fetch.Pages.Next: " },
	{ "\"Fetch\": {\"Items\": \"/i\", \"Pages\": {\"Cursor\": 1}}",
	    "Fetch.Pages.Cursor: give a string, found a number" },
	{ "\"Fetch\": {\"Items\": \"/i\", \"Pages\": {\"Cursor\": \"/c\", \"Param\": \"\"}}",
	    "Fetch.Pages.Param: is empty" },
	{ "\"Fetch\": {\"Pages\": {\"Next\": \"/n\"}}", "Fetch.Pages.Next: stands beside the items" },
	{ "\"Fetch\": {\"Pages\": {\"Cursor\": \"/n\"}}", "Fetch.Pages.Cursor: stands beside the items" },
	{ "\"Fetch\": {\"Format\": \"ndjson\", \"Pages\": {\"Cursor\": \"/n\"}}",
	    "Fetch.Pages.Cursor: an ndjson answer" },
	{ "\"Fetch\": {\"Pages\": {\"Offset\": \"o\", \"Size\": 0}}",
	    "Fetch.Pages.Size: give a whole number from 1 to 1000000, found 0" },
	{ "\"Fetch\": {\"Pages\": {\"Offset\": \"o\", \"Limit\": 5}}",
	    "Fetch.Pages.Limit: give a string, found a number" },
	{ "\"Fetch\": {\"Pages\": {\"Page\": \"p\", \"First\": -1}}", "Fetch.Pages.First: give a whole number from 0" },
	{ "\"Fetch\": {\"Pages\": {\"Page\": 1}}", "Fetch.Pages.Page: give a string, found a number" },
	/* Ack. */
	{ "\"Ack\": {\"Metod\": \"PUT\"}", "Ack.Metod: unknown key; did you mean Method?" },
	{ "\"Ack\": {\"Method\": \"GET\"}", "Ack.Method: give one of POST, PUT, PATCH, DELETE, found \"GET\"" },
	{ "\"Ack\": {\"Path\": 1}", "Ack.Path: give a string, found a number" },
	{ "\"Ack\": {\"Path\": \"/x#y\"}", "Ack.Path: holds a #" },
	{ "\"Ack\": {\"Path\": \"/{Ids}\"}", "Ack.Path: {Ids} is an array" },
	{ "\"Ack\": {\"Path\": \"/{Id}\"}", "Ack.Path: {Id} is known with \"Batch\": 1 alone, found Batch 500" },
	{ "\"Ack\": {\"Body\": {\"a\": \"{Id}\", \"b\": \"{Ids}\"}}",
	    "Ack.Body: {Id} is known with \"Batch\": 1 alone, found Batch 500; {Ids}" },
	{ "\"Ack\": {\"Body\": {}}", "Ack.Body: does not say which items it is for; put {Ids} into it" },
	{ "\"Ack\": {\"Body\": null}", "Ack.Body: does not say which items it is for" },
	{ "\"Ack\": {\"Body\": {\"{Ids}\": 1}}", "Ack.Body: does not say which items it is for" },
	{ "\"Ack\": {\"Batch\": 0}", "Ack.Batch: give a whole number from 1 to 10000, found 0" },
	{ "\"Ack\": {\"Batch\": 10001}", "Ack.Batch: give a whole number from 1 to 10000, found 10001" },
	{ "\"Ack\": {\"Batch\": 1, \"Body\": null}", "Ack: does not say which item it is for" },
	{ "\"Ack\": {\"Batch\": 1, \"Body\": {\"id\": 7}}", "Ack: does not say which item it is for" },
	{ "\"Ack\": {\"Rejected\": \"rejected\"}", "Ack.Rejected: " },
	{ "\"Ack\": {\"Rejected\": []}", "Ack.Rejected: give a string, found an array" },
};

static void
check_refused(const char *text, const char *message)
{
	struct err e = ERR_INIT;
	struct job job;

	if (job_parse(&job, text, strlen(text), &e) != -1)
		fail_msg("%s passes", text);
	assert_begins(e.text, message, text);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_null(strstr(e.text, "s3cret"));
}

static void
parse__refuses_with_the_path(void **state)
{
	struct buf text;
	size_t i;

	(void)state;
	buf_init(&text, 10000);
	for (i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		buf_clear(&text);
		buf_addf(&text, "{\"JobType\":2,\"Name\":\"X\",\"Rules\":\"rules.sql\",\"BaseUrl\":\"https://h\",%s}",
		    bads[i].more);
		check_refused(text.at, bads[i].message);
	}
	buf_release(&text);
}

static void
parse__wants_type_name_and_rules(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "{\"Name\":\"X\",\"Rules\":\"r\"}", "JobType: missing" },
		{ "{\"JobType\":null,\"Name\":\"X\",\"Rules\":\"r\"}", "JobType: missing" },
		{ "{\"JobType\":1,\"Rules\":\"r\"}", "Name: missing" },
		{ "{\"JobType\":1,\"Name\":\"X\"}", "Rules: missing" },
		{ "{\"JobType\":0}", "JobType: give a whole number from 1 to 2147483647, found 0" },
		{ "{\"JobType\":2147483648}", "JobType: give a whole number from 1 to 2147483647, found 2147483648" },
		{ "{\"JobType\":1e3}", "JobType: give a whole number from 1 to 2147483647, found 1e3" },
		{ "{\"JobType\":\"1\"}", "JobType: give a whole number from 1 to 2147483647, found \"1\"" },
		{ "{\"Name\":\"7\"}", "Name: give a word that begins with a letter" },
		{ "{\"Name\":\"-x\"}", "Name: give a word that begins with a letter" },
		{ "{\"Name\":\"a b\"}", "Name: give a word that begins with a letter" },
		{ "{\"Name\":\"ä\"}", "Name: give a word that begins with a letter" },
		{ "{\"Name\":\"\"}", "Name: is empty" },
		{ "{\"Name\":\"a2345678901234567890123456789012345678901234567890123456789012345\"}",
		    "Name: is 65 bytes long; at most 64 are allowed" },
		{ "{\"Rules\":\"a/b\"}", "Rules: give the name of a file beside job.json, without a slash" },
		{ "{\"Rules\":\"..\"}", "Rules: give the name of a file beside job.json" },
		{ "{\"Rules\":\".\"}", "Rules: give the name of a file beside job.json" },
		{ "{\"Rules\":7}", "Rules: give a string, found a number" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_refused(cases[i].text, cases[i].message);
}

static void
parse__says_where_the_json_is_wrong(void **state)
{
	static const struct {
		const char *text, *begin, *place;
	} cases[] = {
		{ "", "job.json: ", "" },
		{ "[]", "give an object, found an array", "" },
		{ "{\n  // one\n  \"JobType\": 1,\n}", "job.json: ", "line 4" },
		{ "{\n  \"JobType\": 01\n}", "job.json: ", "line 2" },
		{ "{} /* never ends", "job.json: ", "" },
		{ "{\"Name\": \"\xff\"}", "job.json: ", "line 1" },
	};
	struct err e = ERR_INIT;
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_refused(cases[i].text, cases[i].begin);
		assert_int_equal(job_parse(&job, cases[i].text, strlen(cases[i].text), &e), -1);
		assert_non_null(strstr(e.text, cases[i].place));
	}
}

static void
parse__refuses_what_is_too_large(void **state)
{
	struct err e = ERR_INIT;
	struct job job;
	struct buf text;

	(void)state;
	buf_init(&text, BOUND_CONFIG_BYTES + 1);
	while (buf_addc(&text, ' ') == 0)
		continue;
	assert_int_equal(job_parse(&job, text.at, text.len, &e), -1);
	assert_begins(e.text, "job.json: is 1048577 bytes long; at most 1048576 are allowed", "too large");
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__refuses_with_the_path),
		cmocka_unit_test(parse__wants_type_name_and_rules),
		cmocka_unit_test(parse__says_where_the_json_is_wrong),
		cmocka_unit_test(parse__refuses_what_is_too_large),
	};

	return cmocka_run_group_tests_name("job_refused", tests, NULL, NULL);
}
