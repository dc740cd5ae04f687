/*
 * All faults of a definition at once, each with its path; none that is but another one's consequence.
 */
#include "fixture.h"

#include <stdio.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "config/client.h"
#include "config/field.h"
#include "config/job.h"
#include "config/notify.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* Each line of begins is how one of the faults begins, in their order, and there are no others. */
static void
assert_faults(const struct faults *faults, const char *begins, const char *what)
{
	const char *line = begins, *end;
	size_t i;

	for (i = 0; i < faults->n; i++, line = end + (*end != '\0')) {
		end = line + strcspn(line, "\n");
		assert_int_equal(faults->at[i].kind, ERR_CONFIG);
		if (line == end || strncmp(faults->at[i].text, line, (size_t)(end - line)) != 0)
			fail_msg("%s\n  says:    %s\n  not: %.*s…", what, faults->at[i].text, (int)(end - line), line);
	}
	if (*line != '\0')
		fail_msg("%s\n  does not say: %s", what, line);
}

static void
job__tells_all_its_faults(void **state)
{
	static const struct {
		const char *text, *faults;
	} cases[] = {
		{ "{\"JobType\": 1, \"Name\": \"N\", \"Rules\": \"r\"}", "" },
		{ "{\"JobType\": 1, \"Name\": \"N\", \"Rules\": \"r\", \"Timeot\": 3, \"MaxAttempts\": 0,"
		  " \"Fetch\": {\"Mehod\": 1, \"Path\": \"/a?b\"}, \"Alerts\": {\"RemindAfter\": \"x\", \"Bogus\": 1}, \"Bogus\": 1}",
		    "Timeot: unknown key; did you mean Timeout?\n"
		    "Bogus: unknown key; known here: \n"
		    "Fetch.Mehod: unknown key; did you mean Method?\n"
		    "Fetch.Path: holds a ? or #\n"
		    "MaxAttempts: give a whole number from 1 to 1000, found 0\n"
		    "Alerts.Bogus: unknown key\n"
		    "Alerts.RemindAfter: give a whole number" },
		/* What is no object has no keys, missing or not. */
		{ "{\"JobType\": 1,", "job.json: no valid JSON at line 1" },
		{ "", "job.json: no valid JSON" },
		{ "/* {}", "job.json: " },
		{ "[]", "give an object, found an array" },
		/* Missing is what is not there, not what is wrong. */
		{ "{}", "JobType: missing\nName: missing\nRules: missing" },
		{ "{\"JobType\": \"1\", \"Name\": 1, \"Rules\": \"a/b\"}",
		    "JobType: give a whole number\nName: give a string\nRules: give the name of a file" },
		/* Settings are among the keys. */
		{ "{\"JobType\": 1, \"Name\": \"N\", \"Rules\": \"r\", \"BaseUrl\": 1, \"Retries\": -1,"
		  " \"Auth\": {\"Basic\": {\"Usr\": \"u\", \"Password\": \"plain\"}, \"Bogus\": 1},"
		  " \"Headers\": {\"Host\": \"a\", \"X-A\": 1, \"X-B\": \"b\", \"x-b\": \"b\"}}",
		    "BaseUrl: give a string\n"
		    "Auth.Bogus: unknown key\n"
		    "Auth.Basic.Usr: unknown key; did you mean User?\n"
		    "Auth.Basic.Password: a secret is never written here\n"
		    "Headers.Host: cannot be set here\n"
		    "Headers.X-A: give a string\n"
		    "Headers.x-b: given twice, in upper and lower case\n"
		    "Retries: give a whole number" },
		/* The parts of a query and of a command, too. */
		{ "{\"JobType\": 1, \"Name\": \"N\", \"Rules\": \"r\", \"Fetch\": {\"Query\": {\"\": 1, \"a\": [], \"b\": {}, \"c\": 1}},"
		  " \"Notify\": [{\"Url\": 1, \"Format\": \"x\"}, 7, {\"Command\": [\"a\", 1, 2]}, {\"Ulr\": \"\"}, {}],"
		  " \"Ping\": {\"Url\": \"http://h.example\", \"Timeout\": \"x\"}}",
		    "Fetch.Query: a parameter has no name\n"
		    "Fetch.Query.a: give a string, a number\n"
		    "Fetch.Query.b: give a string, a number\n"
		    "Notify[0].Url: give a string\n"
		    "Notify[0].Format: give one of\n"
		    "Notify[1]: give an object\n"
		    "Notify[2].Command[0]: give an absolute path\n"
		    "Notify[2].Command[1]: give a string\n"
		    "Notify[2].Command[2]: give a string\n"
		    "Notify[3].Ulr: unknown key; did you mean Url?\n"
		    "Notify[4]: give one of Url, Command\n"
		    "Ping.Timeout: give seconds\n"
		    "Ping.Url: plain http is refused" },
		/* Keys are judged together when each is fine alone. */
		{ "{\"JobType\": 1, \"Name\": \"N\", \"Rules\": \"r\", \"Fetch\": {\"Body\": {}, \"Format\": \"ndjson\","
		  " \"Items\": \"/i\", \"Pages\": {\"Next\": \"/n\", \"Size\": 5, \"First\": 0}}, \"Ack\": {\"Body\": null}}",
		    "Fetch.Pages.Size: does not go with Next\n"
		    "Fetch.Pages.First: does not go with Next\n"
		    "Ack.Body: does not say which items it is for" },
		{ "{\"JobType\": 1, \"Name\": \"N\", \"Rules\": \"r\", \"Fetch\": {\"Body\": {}, \"Format\": \"ndjson\","
		  " \"Items\": \"/i\", \"Pages\": {\"Next\": \"/n\"}}, \"Ack\": {\"Batch\": 0, \"Body\": null}}",
		    "Fetch.Body: goes with\nFetch.Items: with\nFetch.Pages.Next: an ndjson answer\nAck.Batch: give" },
		{ "{\"JobType\": 1, \"Name\": \"N\", \"Rules\": \"r\", \"Fetch\": {\"Pages\": {\"Nxt\": \"/n\", \"Size\": 0}}}",
		    "Fetch.Pages.Nxt: unknown key; did you mean Next?\nFetch.Pages.Size: give a whole number" },
		/* Keys given twice, however deep. */
		{ "{\"JobType\": 1, \"Name\": \"N\", \"Rules\": \"r\", \"Name\": \"M\", \"Rules\": \"s\","
		  " \"Fetch\": {\"Query\": {\"a\": 1, \"a\": 2}, \"Query\": {}}, \"Retries\": -1}",
		    "Name: given twice\nRules: given twice\nFetch.Query: given twice\nFetch.Query.a: given twice\n"
		    "Retries: give a whole number" },
	};
	struct job job;
	char first[200];
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		struct faults faults = { 0 };
		struct err e = ERR_INIT;
		int ret = job_parse_all(&job, cases[i].text, strlen(cases[i].text), &faults, &e);

		assert_faults(&faults, cases[i].faults, cases[i].text);
		assert_int_equal(ret, faults.n > 0 ? -1 : 0);
		job_release(&job);
		faults_release(&faults);
		/* The first one is what the others say who want but that. */
		if (ret == -1) {
			assert_int_equal(job_parse(&job, cases[i].text, strlen(cases[i].text), &e), -1);
			assert_int_equal(job_try(&job, cases[i].text, strlen(cases[i].text), &e), 0);
			snprintf(first, sizeof(first), "%.*s", (int)strcspn(cases[i].faults, "\n"), cases[i].faults);
			assert_begins(e.text, first, cases[i].text);
		}
	}
}

static void
job__is_what_could_be_read_of_it(void **state)
{
	static const char text[] =
	    "{\"JobType\": 1, \"Name\": 2, \"System\": \"ris\", \"Rules\": \"r.sql\", \"RuleTimeout\": 7,"
	    " \"Bogus\": 1, \"Notify\": [{\"Url\": 1}, {\"Url\": \"https://h.example\"}]}";
	struct faults faults = { 0 };
	struct err e = ERR_INIT;
	struct job job;

	(void)state;
	assert_int_equal(job_parse_all(&job, text, strlen(text), &faults, &e), -1);
	assert_null(job.name);
	assert_string_equal(job.system, "ris");
	assert_string_equal(job.rules, "r.sql");
	assert_int_equal(job.rule_timeout_ms, 7000);
	assert_int_equal(job.notify.config.n, 1);
	assert_string_equal(job.notify.config.targets[0].name, "Notify[1] (https://h.example)");
	job_release(&job);
	faults_release(&faults);
}

static void
system__tells_all_its_faults(void **state)
{
	static const struct {
		const char *text, *faults;
	} cases[] = {
		{ "{\"BaseUr\": \"https://h\", \"Timeout\": -1}",
		    "system ris: BaseUr: unknown key; did you mean BaseUrl?\nsystem ris: Timeout: give seconds" },
		{ "{\"BaseUrl\": \"http://h.example\", \"Timeout\": -1, \"Auth\": {\"Header\": {\"Name\": \"A\", \"Value\": \"env:A\"}},"
		  " \"Headers\": {\"a\": \"b\"}}",
		    "system ris: Timeout: give seconds\nsystem ris: BaseUrl: plain http is refused\n"
		    "system ris: Auth: Headers sends a A too" },
		/* Whether it may be plain http is not known. */
		{ "{\"BaseUrl\": \"http://h.example\", \"AllowHttp\": \"true\"}",
		    "system ris: AllowHttp: give true or false" },
		{ "{\"BaseUrl\"", "system ris: no valid JSON" },
		{ "7", "system ris: give an object" },
	};
	struct settings s;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		struct faults faults = { 0 };
		struct err e = ERR_INIT;

		assert_int_equal(
		    settings_read_system(&s, "ris", cases[i].text, strlen(cases[i].text), &faults, &e), -1);
		assert_faults(&faults, cases[i].faults, cases[i].text);
		settings_release(&s);
		faults_release(&faults);
	}
}

static void
notify__tells_all_its_faults(void **state)
{
	static const struct {
		const char *text, *faults;
	} cases[] = {
		{ "{\"Url\": \"nonsense\", \"Format\": \"x\", \"Url\": 7}",
		    "Notify.Url: given twice\nNotify.Url: give an http\nNotify.Format: give one of" },
		{ "[{\"Command\": [\"/c\"], \"Timeout\": 0, \"Retries\": 1}, {\"Command\": [\"/c\"], \"CaFile\": \"/c\", \"Proxy\": \"\"}]",
		    "Notify[0].Retries: unknown key\nNotify[0].Timeout: give seconds\n"
		    "Notify[1]: only Timeout goes with Command; remove \"CaFile\"\n"
		    "Notify[1]: only Timeout goes with Command; remove \"Proxy\"" },
		{ "[", "Notify: no valid JSON" },
		{ "true", "Notify: give an object, or an array" },
	};
	struct notify_config c;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		struct faults faults = { 0 };
		struct err e = ERR_INIT;

		assert_int_equal(notify_config_parse_all(&c, cases[i].text, strlen(cases[i].text), &faults, &e), -1);
		assert_faults(&faults, cases[i].faults, cases[i].text);
		notify_config_release(&c);
		faults_release(&faults);
	}
}

struct heard {
	struct buf text;
	struct client_place place;
};

static int
hear_client(void *arg, struct client *c, struct err *e)
{
	struct heard *heard = arg;

	(void)e;
	(void)buf_addf(&heard->text, "%d client %s\n", (int)heard->place.index, c->id);
	client_release(c);
	return 0;
}

static int
hear_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	struct heard *heard = arg;

	(void)e;
	(void)buf_addf(&heard->text, "%d %s/%s %.*s\n", (int)heard->place.index, id, group,
	    (int)strcspn(why->text, ":;"), why->text);
	return 0;
}

static void
entry__tells_all_its_faults(void **state)
{
	static const char row[] =
	    "[{\"ClientId\": 5, \"GroupId\": [], \"Days\": -1, \"Pilot\": 1, \"Route\": \"/a?\", \"Retries\": \"x\"},"
	    " {\"GroupId\": 2, \"Days\": -1, \"Days\": -2}, {\"ClientId\": 1.5}, {\"ClientId\": 6}, 7]";
	struct heard heard = { .place.index = -1 };
	struct client_sink sink = { hear_client, hear_bad, &heard };
	struct err e = ERR_INIT;

	(void)state;
	buf_init(&heard.text, 4096);
	assert_int_equal(client_read_entries(3, "/row", NULL, row, strlen(row), &sink, &heard.place, &e), 0);
	assert_string_equal(buf_text(&heard.text),
	    "0 5/0 GroupId\n0 5/0 Route\n0 5/0 Days\n0 5/0 Pilot\n0 5/0 Retries\n"
	    "1 /2 Days\n1 /2 ClientId\n1 /2 Days\n"
	    "2 /0 ClientId\n3 client 6\n4 / give an object, such as {\"ClientId\"\n");
	buf_release(&heard.text);
}

static void
faults__are_so_many_at_the_most(void **state)
{
	struct faults faults = { 0 };
	struct err e = ERR_INIT;
	struct settings s;
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, 65536);
	for (i = 0; i < BOUND_FAULTS + 50; i++)
		assert_int_equal(
		    buf_addf(&b, "%s\"zzz%d\": 1, \"zzz%d\": {\"a\": 1, \"a\": 2}", i == 0 ? "{" : ", ", i, i), 0);
	assert_int_equal(buf_adds(&b, "}"), 0);
	assert_int_equal(settings_read_system(&s, "ris", buf_text(&b), b.len, &faults, &e), -1);
	assert_int_equal(faults.n, BOUND_FAULTS + 1);
	assert_begins(faults.at[0].text, "system ris: zzz0: given twice", "the first");
	assert_begins(faults.at[BOUND_FAULTS - 1].text, "system ris: zzz99: given twice", "the last that is told");
	assert_begins(faults.at[BOUND_FAULTS].text, "there is more that is wrong; mend these 100 first", "the rest");
	faults_release(&faults);
	settings_release(&s);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(job__tells_all_its_faults),
		cmocka_unit_test(job__is_what_could_be_read_of_it),
		cmocka_unit_test(system__tells_all_its_faults),
		cmocka_unit_test(notify__tells_all_its_faults),
		cmocka_unit_test(entry__tells_all_its_faults),
		cmocka_unit_test(faults__are_so_many_at_the_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
