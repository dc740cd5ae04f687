/* The authorizer alone, under statements that the first word would stop already: it is the second wall. */
#include "fixture.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "rules/sandbox.h"

static int
run(struct fixture *f, struct sandbox *box, const char *text, int64_t ms)
{
	int rc;

	sandbox_enter(box, clock_mono_ms() + ms);
	rc = sqlite3_exec(f->db.handle, text, NULL, NULL, NULL);
	sandbox_leave(box);
	return rc;
}

static void
sandbox__refuses(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "ATTACH ':memory:' AS other", "only read and write rows" },
		{ "DETACH main", "only read and write rows" },
		{ "PRAGMA foreign_keys = OFF", "pragmas (foreign_keys)" },
		{ "PRAGMA user_version", "pragmas (user_version)" },
		{ "PRAGMA page_size = 512", "pragmas (page_size)" },
		{ "SELECT * FROM pragma_table_info('record')", "pragma_table_info" },
		{ "SELECT count(*) FROM pragma_database_list", "pragma_database_list" },
		{ "BEGIN", "only read and write rows" },
		{ "COMMIT", "only read and write rows" },
		{ "END", "only read and write rows" },
		{ "ROLLBACK", "only read and write rows" },
		{ "SAVEPOINT a", "only read and write rows" },
		{ "RELEASE a", "only read and write rows" },
		{ "VACUUM INTO '/nowhere/copy'", "only read and write rows" },
		{ "CREATE TABLE t (a)", "sqlite_master" },
		{ "CREATE TEMP TABLE t (a)", "sqlite_temp_master" },
		{ "CREATE TABLE t AS SELECT 1", "sqlite_master" },
		{ "CREATE VIEW v AS SELECT 1", "sqlite_master" },
		{ "CREATE TEMP VIEW v AS SELECT 1", "sqlite_temp_master" },
		{ "CREATE INDEX i ON record (status)", "sqlite_master" },
		{ "CREATE TRIGGER r AFTER INSERT ON record BEGIN SELECT 1; END", "only read and write rows" },
		{ "CREATE TEMP TRIGGER r AFTER INSERT ON record BEGIN SELECT 1; END", "only read and write rows" },
		{ "CREATE VIRTUAL TABLE ft USING fts5(a)", "sqlite_master" },
		{ "DROP TABLE record", "sqlite_master" },
		{ "ALTER TABLE record ADD COLUMN b", "only read and write rows" },
		{ "ALTER TABLE record RENAME TO APP_X", "only read and write rows" },
		{ "REINDEX", "only read and write rows" },
		{ "ANALYZE", "sqlite_master" },
		{ "DELETE FROM sqlite_master", "" },
		{ "UPDATE sqlite_schema SET sql = ''", "" },
		{ "UPDATE sqlite_sequence SET seq = 0", "sqlite_sequence" },
		{ "INSERT INTO APP_ITEM VALUES ('2', 'applied')", "APP_ITEM: it is jobrun's own" },
		{ "INSERT INTO app_item VALUES ('2', 'applied')", "jobrun's own" },
		{ "UPDATE \"App_Item\" SET State = 'acked'", "jobrun's own" },
		{ "DELETE FROM [APP_ITEM]", "jobrun's own" },
		{ "REPLACE INTO main.APP_ITEM VALUES ('1', '')", "jobrun's own" },
		{ "INSERT INTO temp.spare VALUES (1)", "temp.spare" },
		{ "SELECT Hash FROM APP_JOB_KEY", "APP_JOB_KEY" },
		{ "SELECT count(*) FROM app_job_key", "configuration" },
		{ "SELECT rowid FROM APP_EXTERNAL_SYSTEM", "APP_EXTERNAL_SYSTEM" },
		{ "DELETE FROM got WHERE 1 IN (SELECT Id FROM APP_JOB_CONFIG)", "APP_JOB_CONFIG" },
		{ "SELECT * FROM shows_keys", "(in the trigger or view shows_keys)" },
		{ "SELECT sql FROM sqlite_stmt", "sqlite_stmt" },
		{ "SELECT load_extension('x')", "load_extension()" },
		{ "SELECT fts3_tokenizer('simple')", "fts3_tokenizer()" },
	};
	struct fixture *f = *state;
	struct sandbox box;
	size_t i;
	int rc;

	assert_int_equal(sandbox_init(&box, f->db.handle, &f->why), 0);
	sql(f,
	    "CREATE TEMP TABLE spare (a); CREATE VIEW shows_keys AS SELECT Hash FROM APP_JOB_KEY;"
	    "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)");
	for (i = 0; i < COUNT(cases); i++) {
		rc = run(f, &box, cases[i].text, 1000);
		if (rc == SQLITE_OK)
			fail_msg("%s: let through", cases[i].text);
		if (strstr(box.why, cases[i].why) == NULL)
			fail_msg("%s: \"%s\", wanted \"%s\"", cases[i].text, box.why, cases[i].why);
	}
	sandbox_release(&box);
}

static void
sandbox__lets_pass(void **state)
{
	static const char *const cases[] = {
		"SELECT * FROM APP_ITEM",
		"SELECT name FROM sqlite_schema",
		"SELECT value FROM json_each('[1,2]')",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) INSERT INTO got SELECT 'n', i FROM n",
		"INSERT INTO counted DEFAULT VALUES",
		"INSERT INTO words VALUES ('a b c')",
		"SELECT * FROM words WHERE words MATCH 'b'",
		"INSERT INTO words3 VALUES ('a b c')",
		"INSERT INTO boxes VALUES (1, 2, 3)",
		"UPDATE record SET status = upper(status) WHERE id = 7",
		"DELETE FROM got",
		"INSERT INTO record VALUES (7, 'x') ON CONFLICT (id) DO UPDATE SET status = 'y'",
	};
	struct fixture *f = *state;
	struct sandbox box;
	size_t i;

	sql(f,
	    "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);"
	    "CREATE VIRTUAL TABLE words USING fts5(text); CREATE VIRTUAL TABLE words3 USING fts3(text);"
	    "CREATE VIRTUAL TABLE boxes USING rtree(id, low, high);");
	assert_int_equal(sandbox_init(&box, f->db.handle, &f->why), 0);
	for (i = 0; i < COUNT(cases); i++)
		if (run(f, &box, cases[i], 1000) != SQLITE_OK)
			fail_msg("%s: %s; %s", cases[i], sqlite3_errmsg(f->db.handle), box.why);
	sandbox_release(&box);
}

static void
sandbox__is_open_until_entered_and_after_it_is_left(void **state)
{
	struct fixture *f = *state;
	struct sandbox box;
	int length;

	assert_int_equal(sandbox_init(&box, f->db.handle, &f->why), 0);
	length = sqlite3_limit(f->db.handle, SQLITE_LIMIT_LENGTH, -1);
	sql(f, "BEGIN; UPDATE APP_ITEM SET State = 'acked'; COMMIT");
	assert_int_equal(run(f, &box, "BEGIN", 1000), SQLITE_AUTH);
	assert_int_equal(sqlite3_limit(f->db.handle, SQLITE_LIMIT_LENGTH, -1), length);
	assert_int_equal(sqlite3_limit(f->db.handle, SQLITE_LIMIT_ATTACHED, -1), 10);
	assert_int_equal(sqlite3_hard_heap_limit64(-1), 0);
	assert_int_equal(sqlite3_soft_heap_limit64(-1), 0);
	sql(f, "SAVEPOINT a; RELEASE a; ATTACH ':memory:' AS other; DETACH other; SELECT Hash FROM APP_JOB_KEY");
	sandbox_release(&box);
	sandbox_release(&box);
	sql(f, "DROP TABLE APP_ITEM");
}

static void
sandbox__stops_at_the_deadline(void **state)
{
	static const char endless[] =
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
	struct fixture *f = *state;
	struct sandbox box;
	int64_t start = clock_mono_ms();

	assert_int_equal(sandbox_init(&box, f->db.handle, &f->why), 0);
	assert_int_equal(run(f, &box, endless, 50), SQLITE_INTERRUPT);
	assert_true(box.expired);
	assert_in_range(clock_mono_ms() - start, 50, 1000);
	assert_int_equal(run(f, &box, "SELECT 1", 50), SQLITE_OK);
	assert_false(box.expired);
	sandbox_release(&box);
}

static void
sandbox__cannot_be_laid_within_a_transaction_that_uses_files(void **state)
{
	struct fixture *f = *state;
	struct sandbox box;

	sql(f, "CREATE TEMP TABLE spare (a); BEGIN; INSERT INTO spare VALUES (1)");
	assert_int_equal(sandbox_init(&box, f->db.handle, &f->why), -1);
	assert_int_equal(f->why.kind, ERR_DATABASE);
	sql(f, "ROLLBACK");
}

static void
sandbox__first_words(void **state)
{
	(void)state;
	assert_null(sandbox_refuses("select", 6));
	assert_null(sandbox_refuses("With", 4));
	assert_null(sandbox_refuses("VALUES(1)", 6));
	assert_has(sandbox_refuses("vacuum", 6), "may not vacuum");
	assert_has(sandbox_refuses("EXPLAIN", 7), "no rule");
	assert_has(sandbox_refuses("", 0), "begins with SELECT");
	assert_has(sandbox_refuses("SELECTED", 8), "begins with SELECT");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sandbox__refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(sandbox__lets_pass, setup, teardown),
		cmocka_unit_test_setup_teardown(sandbox__is_open_until_entered_and_after_it_is_left, setup, teardown),
		cmocka_unit_test_setup_teardown(sandbox__stops_at_the_deadline, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    sandbox__cannot_be_laid_within_a_transaction_that_uses_files, setup, teardown),
		cmocka_unit_test(sandbox__first_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
