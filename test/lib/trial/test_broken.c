/*
 * Cases that cannot be tried: each says which file, and what is wrong with it, on one line.
 */
#include "fixture.h"

static void
case__that_is_broken_says_what_is_wrong(void **state)
{
	static const struct {
		const char *file, *text; /* NULL: it is not there */
		const char *message;     /* behind the case's folder and a slash; or "=" and the whole */
	} cases[] = {
		{ "answer.json", NULL, "answer.json is missing" },
		{ "answer.json", "[{\"id\": 1},\n]", "answer.json: no valid JSON at line 2, column 1" },
		{ "answer.json", "", "answer.json: no valid JSON" },
		{ "answer.json", "[] // none", "answer.json: no valid JSON" },
		{ "answer-2.json", "[]", "answer-2.json was never asked for" },
		{ "ack.json", "nothing", "ack.json: no valid JSON" },
		{ "client.json", "{\"ClientId\": true}", "client.json: client: ClientId: " },
		{ "client.json", "{\"ClientId\": 1,}", "client.json: client: no valid JSON" },
		{ "client.json", "", "client.json: client: no valid JSON" },
		{ "client.json", "{\"ClientId\": 1 /* }", "client.json: " },
		{ "client.json", "{\"ClientId\": 1, \"BaseUrl\": \"http://ris.example\"}",
		    "client.json: BaseUrl: plain http" },
		{ "before.sql", "INSERT INTO note (id) VALUES (1);\n\nINSERT INTO notes VALUES (1);",
		    "before.sql:3:1: no such table: notes" },
		{ "before.sql", "SELECT 1,\n,2;", "before.sql:2:1: near \",\": syntax error" },
		{ "before.sql", "INSERT INTO note (id) VALUES (:id)", "before.sql:1:1: :id is a parameter" },
		{ "before.sql", "BEGIN;\nDELETE FROM note;", "before.sql: a transaction is open at its end" },
		{ "before.sql", "ATTACH 'x' AS y;", "before.sql:1:1: too many attached databases" },
		{ "before.sql", "DELETE FROM note; /* and", "before.sql:1:19: this comment never ends" },
		{ "before.sql", "SELECT '\xff';", "before.sql:1:9: a byte that is not valid UTF-8" },
		{ "after.sql", "SELECT id FROM note;\n-- tidy\nDELETE FROM note;",
		    "after.sql:3:1: only queries may stand here" },
		{ "after.sql", "SELECT words FROM note", "after.sql:1:8: no such column: words" },
		{ "after.txt", NULL, "after.txt is missing: --update writes it" },
		{ "afters.sql", "", "afters.sql is no file of a case; did you mean after.sql?" },
		{ "answers.json", "", "answers.json is no file of a case; did you mean answer.json?" },
		{ "answer-1.json", "", "answer-1.json is no file of a case; did you mean answer.json?" },
		{ "answer.ndjson", "", NULL },
		{ "notes.md", "", NULL },
		{ "before.sql~", "", NULL },
		{ ".before.sql.swp", "", NULL },
	};
	char name[64], expected[400];
	size_t i;

	for (i = 0; i < N(cases); i++) {
		struct trial_here *h;

		assert_int_equal(trial_set_up(state), 0);
		h = *state;
		snprintf(name, sizeof(name), "test/one/%s", cases[i].file);
		put(h, name, cases[i].text);
		OK(&h->s, try(h));
		if (cases[i].message == NULL)
			snprintf(expected, sizeof(expected), "passed one\n");
		else
			snprintf(
			    expected, sizeof(expected), "broken one\n%s/test/one/%s", h->s.folder, cases[i].message);
		if (strncmp(buf_text(&h->told), expected, strlen(expected)) != 0)
			fail_msg("%s: %s\nin place of: %s", cases[i].file, buf_text(&h->told), expected);
		if (cases[i].message != NULL &&
		    strchr(h->told.at + strlen("broken one\n"), '\n') != h->told.at + h->told.len - 1)
			fail_msg("%s: more than one line: %s", cases[i].file, h->told.at);
		assert_int_equal(h->count.failed, cases[i].message != NULL);
		trial_tear_down(state);
	}
}

static void
case__whose_folder_holds_what_the_job_does_not_ask_for_is_broken(void **state)
{
	static const struct {
		const char *job, *file, *text, *message;
	} cases[] = {
		{ "\"Ack\": null", "ack.json", "{}", "ack.json was never asked for: nothing was acknowledged" },
		{ "\"Ack\": null, \"Fetch\": {\"Format\": \"ndjson\"}", "answer.json", "[]",
		    "answer.ndjson is missing" },
		{ "\"Ack\": null, \"Fetch\": {\"Items\": \"/items\", \"Pages\": {\"Next\": \"/next\"}}", "answer.json",
		    "{\"items\": [{\"id\": 1}], \"next\": \"/p2\"}",
		    "answer-2.json is missing: the answer before it names a next page" },
		{ "\"Ack\": null, \"Fetch\": {\"Path\": \"/{Tenant}\"}", "answer.json", "[]",
		    "client.json: Path /{Tenant}: this client has no Tenant" },
	};
	char job[400], expected[400], name[64];
	size_t i;

	for (i = 0; i < N(cases); i++) {
		struct trial_here *h;

		assert_int_equal(trial_set_up(state), 0);
		h = *state;
		snprintf(job, sizeof(job), "{\"JobType\": 7, \"Name\": \"Notes\", \"Rules\": \"rules.sql\", %s}",
		    cases[i].job);
		put(h, "job.json", job);
		put(h, "test/one/client.json", "{\"ClientId\": 1, \"Route\": \"/notes\"}");
		snprintf(name, sizeof(name), "test/one/%s", cases[i].file);
		put(h, name, cases[i].text);
		OK(&h->s, try(h));
		snprintf(expected, sizeof(expected), "broken one\n%s/test/one/%s", h->s.folder, cases[i].message);
		if (strncmp(buf_text(&h->told), expected, strlen(expected)) != 0)
			fail_msg("%s: %s\nin place of: %s", cases[i].file, buf_text(&h->told), expected);
		trial_tear_down(state);
	}
}

/* One broken case does not keep the others from being tried. */
static void
case__that_is_broken_leaves_the_others_alone(void **state)
{
	struct trial_here *h = *state;

	put(h, "test/a/answer.json", "no JSON");
	put(h, "test/b/answer.json", "[]");
	put(h, "test/b/before.sql", "DROP TABLE note; DROP TABLE APP_JOB_CONFIG;");
	OK(&h->s, try(h));
	assert_non_null(strstr(h->told.at, "broken a\n"));
	assert_non_null(strstr(h->told.at, "broken b\n"));
	assert_non_null(strstr(h->told.at, "passed one\n"));
	assert_int_equal(h->count.passed, 1);
	assert_int_equal(h->count.failed, 2);
}

static void
trial__cannot_begin_without_what_all_cases_need(void **state)
{
	static const struct {
		const char *file, *text, *words;
		enum err_kind kind;
	} cases[] = {
		{ "rules.sql", "SELECT 1\nFROM notes;", "/rules.sql:1:1: no such table: notes", ERR_CONFIG },
		{ "rules.sql", "-- nothing", "/rules.sql: not one statement", ERR_CONFIG },
		{ "schema.sql", NULL, "/schema.sql: there is no such file", ERR_INPUT },
		{ "schema.sql", "CREATE TABLE note (id);\n.tables", "/schema.sql:2:1: near \".\": syntax error",
		    ERR_CONFIG },
		{ "schema.sql", "CREATE TABLE APP_ITEM (id);", "table APP_ITEM already exists", ERR_CONFIG },
	};
	size_t i;

	for (i = 0; i < N(cases); i++) {
		struct trial_here *h;

		assert_int_equal(trial_set_up(state), 0);
		h = *state;
		put(h, cases[i].file, cases[i].text);
		REFUSED(&h->s, try(h), cases[i].kind, cases[i].words);
		assert_int_equal(h->count.passed + h->count.failed, 0);
		trial_tear_down(state);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(case__that_is_broken_says_what_is_wrong),
		cmocka_unit_test(case__whose_folder_holds_what_the_job_does_not_ask_for_is_broken),
		TRIAL_TEST(case__that_is_broken_leaves_the_others_alone),
		cmocka_unit_test(trial__cannot_begin_without_what_all_cases_need),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
