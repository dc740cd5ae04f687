#include "fixture.h"

static void
expect_told(struct trial_here *h, const char *told)
{
	OK(&h->s, try(h));
	assert_string_equal(buf_text(&h->told), told);
}

static void
trial__passes_what_comes_out_as_expected(void **state)
{
	struct trial_here *h = *state;

	expect_told(h, "passed one\n");
	assert_int_equal(h->count.passed, 1);
	assert_int_equal(h->count.failed, 0);
}

static void
trial__shows_what_is_otherwise(void **state)
{
	struct trial_here *h = *state;
	char expected[600];

	put(h, "test/one/answer.json", "[{\"id\": 1, \"text\": \"b\"}, {\"id\": 2}]");
	snprintf(expected, sizeof(expected),
	    "failed one\n--- %s/test/one/after.txt\n+++ what came out\n@@ -7,4 +7,4 @@\n"
	    " 2: rejected: check its text: no text\n \n -- notes\n"
	    "-id 1, text 'a', at '2026-01-01T00:00:00.000Z', run 1, made '2026-01-01 00:00:00'\n"
	    "+id 1, text 'b', at '2026-01-01T00:00:00.000Z', run 1, made '2026-01-01 00:00:00'\n",
	    h->s.folder);
	expect_told(h, expected);
	assert_int_equal(h->count.passed, 0);
	assert_int_equal(h->count.failed, 1);
}

static void
trial__updates_what_is_expected_when_told_to(void **state)
{
	struct trial_here *h = *state;

	h->plan.update = true;
	expect_told(h, "passed one\n");
	put(h, "test/one/answer.json", "[{\"id\": 3, \"text\": \"c\"}]");
	put(h, "test/two/answer.json", "[]");
	expect_told(h, "updated one\nupdated two\n");
	assert_int_equal(h->count.passed, 2);
	h->plan.update = false;
	expect_told(h, "passed one\npassed two\n");
}

static void
trial__tries_the_cases_in_order_and_one_alone_if_asked(void **state)
{
	static const char *const names[] = { "b", "a", "c-d", ".hidden" };
	struct trial_here *h = *state;
	char path[64];
	size_t i;

	h->plan.update = true;
	for (i = 0; i < N(names); i++) {
		snprintf(path, sizeof(path), "test/%s/answer.json", names[i]);
		put(h, path, "[]");
	}
	put(h, "test/README", "not a case");
	OK(&h->s, try(h));
	h->plan.update = false;
	expect_told(h, "passed a\npassed b\npassed c-d\npassed one\n");
	h->plan.only = "c-d";
	expect_told(h, "passed c-d\n");
	h->plan.only = "c-e";
	REFUSED(&h->s, try(h), ERR_USAGE, "/test has no case c-e; did you mean c-d");
	h->plan.only = "../test/a";
	REFUSED(&h->s, try(h), ERR_USAGE, "has no case");
}

static void
trial__of_a_folder_without_cases_is_none(void **state)
{
	struct trial_here *h = *state;
	char path[128];

	snprintf(path, sizeof(path), "%s/test", h->s.folder);
	scratch_remove(path);
	expect_told(h, "");
	assert_int_equal(h->count.passed + h->count.failed, 0);
	mkdir(path, 0777);
	expect_told(h, "");
	assert_int_equal(h->count.passed + h->count.failed, 0);
}

static void
trial__ends_at_a_signal(void **state)
{
	struct trial_here *h = *state;

	put(h, "test/two/answer.json", "[]");
	h->signal = SIGTERM;
	h->plan.update = true;
	assert_int_equal(try(h), 1);
	/* What came out by then means nothing: it is neither told nor kept. */
	assert_string_equal(buf_text(&h->told), "");
	h->signal = 0;
	h->plan.update = false;
	h->plan.only = "one";
	expect_told(h, "passed one\n");
}

static void
trial__takes_the_platforms_tables_from_a_database(void **state)
{
	struct trial_here *h = *state;
	int from, to;

	OK(&h->s, db_init(h->s.path, &from, &to, &h->s.e));
	OK(&h->s, db_open(&h->s.db, h->s.path, &h->s.e));
	scratch_sql(h->s.db.handle, SCHEMA "INSERT INTO note (id) VALUES (9)");
	h->plan.schema_path = NULL;
	h->plan.platform = &h->s.db;
	expect_told(h, "passed one\n");
	/* And leaves it as it is. */
	assert_int_equal(scratch_number(h->s.db.handle, "SELECT count(*) FROM note"), 1);
	assert_int_equal(scratch_number(h->s.db.handle, "SELECT count(*) FROM APP_JOB_RUN"), 0);
	scratch_sql(h->s.db.handle, "DROP TABLE note");
	REFUSED(&h->s, try(h), ERR_CONFIG, "no such table: note");
	assert_int_equal(h->count.failed, 0);
}

static int
compare(void *arg, int n, const void *a, int m, const void *b)
{
	(void)arg;
	return memcmp(a, b, (size_t)(n < m ? n : m));
}

static void
trial__tells_what_of_the_platform_it_lacks(void **state)
{
	struct trial_here *h = *state;
	int from, to;

	OK(&h->s, db_init(h->s.path, &from, &to, &h->s.e));
	OK(&h->s, db_open(&h->s.db, h->s.path, &h->s.e));
	sqlite3_create_collation(h->s.db.handle, "CLINIC", SQLITE_UTF8, NULL, compare);
	scratch_sql(h->s.db.handle, SCHEMA "CREATE INDEX sorted ON note (text COLLATE CLINIC)");
	h->plan.schema_path = NULL;
	h->plan.platform = &h->s.db;
	expect_told(h,
	    "note the platform's index sorted is not in the tests: no such collation sequence: CLINIC\npassed one\n");
}

static void
trial__hands_out_pages_in_order(void **state)
{
	static const struct {
		const char *pages, *first, *second, *requests;
	} cases[] = {
		{ "{\"Next\": \"/next\"}", "{\"items\": [{\"id\": 1, \"text\": \"a\"}], \"next\": \"/more?p=2\"}",
		    "{\"items\": [{\"id\": 2, \"text\": \"b\"}]}", "GET /notes\nGET /more?p=2\n" },
		{ "{\"Cursor\": \"/next\", \"Param\": \"c\"}",
		    "{\"items\": [{\"id\": 1, \"text\": \"a\"}], \"next\": \"x\"}",
		    "{\"items\": [{\"id\": 2, \"text\": \"b\"}], \"next\": null}", "GET /notes\nGET /notes?c=x\n" },
		{ "{\"Link\": true}", "{\"items\": [{\"id\": 1, \"text\": \"a\"}]}",
		    "{\"items\": [{\"id\": 2, \"text\": \"b\"}]}", "GET /notes\nGET /notes?page=2\n" },
		{ "{\"Offset\": \"o\", \"Limit\": \"l\", \"Size\": 5}", "{\"items\": [{\"id\": 1, \"text\": \"a\"}]}",
		    "{\"items\": [{\"id\": 2, \"text\": \"b\"}]}",
		    "GET /notes?o=0&l=5\nGET /notes?o=1&l=5\nGET /notes?o=2&l=5\n" },
		{ "{\"Page\": \"p\", \"First\": 1, \"Limit\": \"l\", \"Size\": 5}",
		    "{\"items\": [{\"id\": 1, \"text\": \"a\"}]}", "{\"items\": [{\"id\": 2, \"text\": \"b\"}]}",
		    "GET /notes?p=1&l=5\nGET /notes?p=2&l=5\nGET /notes?p=3&l=5\n" },
	};
	struct trial_here *h = *state;
	char job[600], expected[600];
	size_t i;

	put(h, "test/one/after.sql", NULL);
	for (i = 0; i < N(cases); i++) {
		snprintf(job, sizeof(job),
		    "{\"JobType\": 7, \"Name\": \"Notes\", \"Rules\": \"rules.sql\", \"Ack\": null,"
		    " \"Fetch\": {\"Path\": \"/notes\", \"Query\": {}, \"Items\": \"/items\", \"Pages\": %s}}",
		    cases[i].pages);
		snprintf(expected, sizeof(expected), "-- requests\n%s\n-- items\n1: applied\n2: applied\n",
		    cases[i].requests);
		put(h, "job.json", job);
		put(h, "test/one/answer.json", cases[i].first);
		put(h, "test/one/answer-2.json", cases[i].second);
		put(h, "test/one/after.txt", expected);
		expect_told(h, "passed one\n");
	}
}

static void
trial__reads_ndjson(void **state)
{
	struct trial_here *h = *state;

	put(h, "job.json",
	    "{\"JobType\": 7, \"Name\": \"Notes\", \"Rules\": \"rules.sql\", \"Ack\": null,"
	    " \"Fetch\": {\"Path\": \"/notes\", \"Query\": {}, \"Format\": \"ndjson\"}}");
	put(h, "test/one/answer.json", NULL);
	put(h, "test/one/answer.ndjson", "{\"id\": \"x\\u0007\", \"text\": \"a\"}\n{\"id\": 2, \"text\": \"b\"");
	put(h, "test/one/after.sql", NULL);
	put(h, "test/one/after.txt",
	    "-- requests\nGET /notes\n\n-- items\nx\\x07: applied\n\n"
	    "-- client\nfailed in fetch: the answer breaks off at byte 52 (line 2), inside an object, near:"
	    " \"}\\n{\"id\": 2, \"text\": \"b\" (gave up after 1 attempt)\n");
	expect_told(h, "passed one\n");
}

static void
trial__tells_what_became_of_each_item(void **state)
{
	struct trial_here *h = *state;

	put(h, "job.json",
	    "{\"JobType\": 7, \"Name\": \"Notes\", \"Rules\": \"rules.sql\", \"MaxAttempts\": 3,"
	    " \"Ack\": {\"Path\": \"/ack\", \"Body\": \"{Ids}\", \"Rejected\": \"/no\"},"
	    " \"Fetch\": {\"Path\": \"/notes\", \"Query\": {}, \"ItemVersion\": \"/v\"}}");
	put(h, "test/one/before.sql",
	    "INSERT INTO note (id) VALUES ('taken');\n"
	    "INSERT INTO APP_ITEM (JobType, ClientId, ItemId, State, Attempts, RunId, At) VALUES\n"
	    "(7, '1', '1', 'acked', 0, 0, ''), (7, '1', '2', 'parked', 3, 0, ''), (7, '1', '3', 'applied', 0, 0, '');");
	put(h, "test/one/answer.json",
	    "[{\"id\": 1, \"text\": \"a\"}, {\"id\": 2, \"text\": \"a\"}, {\"id\": \"taken\", \"text\": \"a\"}, 7,"
	    " {\"id\": 5, \"v\": \"x y\", \"text\": \"a\"}, {\"id\": 5, \"v\": \"x y\", \"text\": \"a\"},"
	    " {\"id\": 6, \"text\": \"a\"}]");
	put(h, "test/one/ack.json", "{\"no\": [6]}");
	put(h, "test/one/after.sql",
	    "SELECT count(*) AS n FROM note; -- what is left of the line\n\n-- none\nSELECT 1 WHERE 0;");
	put(h, "test/one/after.txt",
	    "-- requests\nPOST /ack [3]\nGET /notes\nPOST /ack [1,5,6]\n\n-- items\n1: duplicate\n2: parked\n"
	    "taken: failed (rule_failed): keep it: UNIQUE constraint failed: note.id\n"
	    "#4: failed (item_no_object): it is a number, not an object\n"
	    "5 (version x y): applied, acknowledged\n5 (version x y): duplicate\n6: applied, not acknowledged\n\n"
	    "-- query 1\nn 3\n\n-- none\n(no rows)\n");
	expect_told(h, "passed one\n");
}

static void
trial__needs_no_system_and_no_secret(void **state)
{
	struct trial_here *h = *state;

	put(h, "job.json",
	    "{\"JobType\": 7, \"Name\": \"Notes\", \"Rules\": \"rules.sql\", \"System\": \"nowhere\","
	    " \"Auth\": {\"Bearer\": \"env:JOBRUN_TEST_NO_SUCH_SECRET\"}, \"RateLimit\": 0.001,"
	    " \"Fetch\": {\"Path\": \"/notes\", \"Query\": {}}, \"Ack\": {\"Path\": \"/ack\"}}");
	expect_told(h, "passed one\n");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TRIAL_TEST(trial__passes_what_comes_out_as_expected),
		TRIAL_TEST(trial__shows_what_is_otherwise),
		TRIAL_TEST(trial__updates_what_is_expected_when_told_to),
		TRIAL_TEST(trial__tries_the_cases_in_order_and_one_alone_if_asked),
		TRIAL_TEST(trial__of_a_folder_without_cases_is_none),
		TRIAL_TEST(trial__ends_at_a_signal),
		TRIAL_TEST(trial__takes_the_platforms_tables_from_a_database),
		TRIAL_TEST(trial__tells_what_of_the_platform_it_lacks),
		TRIAL_TEST(trial__hands_out_pages_in_order),
		TRIAL_TEST(trial__reads_ndjson),
		TRIAL_TEST(trial__tells_what_became_of_each_item),
		TRIAL_TEST(trial__needs_no_system_and_no_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
