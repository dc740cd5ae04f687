#include "fixture.h"

#include "base/bounds.h"

static void
compile__refuses(void **state)
{
	static const struct {
		const char *text, *place, *message;
	} cases[] = {
		{ "", "rules.sql: ", "not one statement" },
		{ "-- nothing here\n", "rules.sql: ", "not one statement" },
		{ ";;", "rules.sql: ", "not one statement" },
		/* What the first word gives away. */
		{ "ATTACH 'f' AS f;", "rules.sql:1:1: ", "may not attach" },
		{ "DETACH f;", "rules.sql:1:1: ", "may not detach" },
		{ "PRAGMA foreign_keys = OFF;", "rules.sql:1:1: ", "may not use pragmas" },
		{ "PRAGMA data_version;", "rules.sql:1:1: ", "may not use pragmas" },
		{ "VACUUM;", "rules.sql:1:1: ", "may not vacuum" },
		{ "VACUUM INTO '/tmp/copy.db';", "rules.sql:1:1: ", "may not vacuum" },
		{ "BEGIN;", "rules.sql:1:1: ", "may not begin transactions" },
		{ "SELECT 1 WHERE 0;\n  COMMIT;", "rules.sql:2:3: ", "may not end transactions" },
		{ "END TRANSACTION;", "rules.sql:1:1: ", "may not end transactions" },
		{ "ROLLBACK;", "rules.sql:1:1: ", "may not roll back" },
		{ "SAVEPOINT a;", "rules.sql:1:1: ", "may not set savepoints" },
		{ "RELEASE a;", "rules.sql:1:1: ", "may not release savepoints" },
		{ "CREATE TABLE t (a);", "rules.sql:1:1: ", "may not create" },
		{ "CREATE TEMP TABLE t (a);", "rules.sql:1:1: ", "may not create" },
		{ "create view v as select 1;", "rules.sql:1:1: ", "may not create" },
		{ "CREATE TRIGGER r AFTER INSERT ON record BEGIN SELECT 1; END;", "rules.sql:1:1: ", "may not create" },
		{ "CREATE VIRTUAL TABLE v USING fts5(a);", "rules.sql:1:1: ", "may not create" },
		{ "CREATE INDEX i ON record (status);", "rules.sql:1:1: ", "may not create" },
		{ "DROP TABLE record;", "rules.sql:1:1: ", "may not drop" },
		{ "ALTER TABLE record ADD COLUMN b;", "rules.sql:1:1: ", "may not alter" },
		{ "REINDEX;", "rules.sql:1:1: ", "may not reindex" },
		{ "ANALYZE;", "rules.sql:1:1: ", "may not analyze" },
		{ "EXPLAIN SELECT 1;", "rules.sql:1:1: ", "EXPLAIN runs nothing" },
		{ "EXPLAIN QUERY PLAN SELECT 1;", "rules.sql:1:1: ", "EXPLAIN runs nothing" },
		{ "; ;/* x */ VACUUM;", "rules.sql:1:12: ", "may not vacuum" },
		{ "SELCT 1;", "rules.sql:1:1: ", "did you mean SELECT?" },
		{ "(SELECT 1);", "rules.sql:1:1: ", "a rule begins with" },
		/* What hides inside. */
		{ "INSERT INTO APP_ITEM VALUES ('2', 'acked');",
		    "rules.sql:1:1: ", "may not write APP_ITEM: it is jobrun's own" },
		{ "UPDATE aPp_item SET State = 'acked';", "rules.sql:1:1: ", "jobrun's own" },
		{ "DELETE FROM \"APP_ITEM\";", "rules.sql:1:1: ", "jobrun's own" },
		{ "WITH x AS (SELECT 1) DELETE FROM APP_ITEM;", "rules.sql:1:1: ", "jobrun's own" },
		{ "DELETE FROM sqlite_schema;", "rules.sql:1:1: ", "may not be modified" },
		{ "UPDATE sqlite_schema SET sql = '';", "rules.sql:1:1: ", "may not be modified" },
		{ "SELECT Hash FROM APP_JOB_KEY;", "rules.sql:1:1: ", "may not read APP_JOB_KEY" },
		{ "SELECT 1 WHERE EXISTS (SELECT 1 FROM app_external_system);", "rules.sql:1:1: ", "configuration" },
		{ "SELECT count(*) FROM APP_JOB_CONFIG;", "rules.sql:1:1: ", "may not read APP_JOB_CONFIG" },
		{ "SELECT 'x' WHERE x'aa' IN APP_JOB_KEY;", "rules.sql:1:1: ", "may not read APP_JOB_KEY" },
		{ "SELECT * FROM shows_keys;", "rules.sql:1:1: ", "(in the trigger or view shows_keys)" },
		{ "SELECT * FROM pragma_table_info('record');", "rules.sql:1:1: ", "may not read pragma_table_info" },
		{ "SELECT load_extension('evil.so');", "rules.sql:1:8: ", "may not call load_extension()" },
		{ "SELECT fts3_tokenizer('simple', x'00');", "rules.sql:1:8: ", "may not call fts3_tokenizer()" },
		{ "INSERT INTO traced VALUES (1);", "rules.sql:1:1: ", "(in the trigger or view marks_acked)" },
		/* What the authorizer is not asked of: the compiled program tells. */
		{ "INSERT INTO key_copy SELECT * FROM APP_JOB_KEY;", "rules.sql:1:1: ", "may not read APP_JOB_KEY" },
		{ "SELECT 1 FROM got NATURAL JOIN APP_JOB_CONFIG;", "rules.sql:1:1: ", "may not read APP_JOB_CONFIG" },
		{ "SELECT 1 FROM key_copy JOIN APP_JOB_KEY USING (Hash);",
		    "rules.sql:1:1: ", "may not read APP_JOB_KEY" },
		/* What does not compile. */
		{ "SELECT 1 WHERE 0;\n\n-- über\nSELECT 'ü', FROM record;", "rules.sql:4:13: ", "syntax error" },
		{ "SELECT 1 FROM recrod;",
		    "rules.sql:1:1: ", "no such table: recrod (the platform's tables must be there" },
		{ "SELECT 1 FROM record\nWHERE ident = 1;", "rules.sql:2:7: ", "(an item's field is written :name" },
		{ "SELECT 1 FROM record WHERE status = \"OPEN\";", "rules.sql:1:37: ", "no such column: OPEN" },
		{ "SELECT (1", "rules.sql:1:1: ", "incomplete input (does a ) or a ; lack?)" },
		{ "SELECT 'open", "rules.sql:1:8: ", "unrecognized token" },
		{ "SELECT 1 WHERE 0;\nSELECT 1; /* for ever", "rules.sql:2:11: ", "close it with */" },
		{ "SELECT 1;\n-- \xff\n", "rules.sql:2:4: ", "save the file as UTF-8" },
		/* Parameters. */
		{ "SELECT ?;", "rules.sql:1:8: ", "? has no name" },
		{ "SELECT 1\nWHERE ?1;", "rules.sql:2:7: ", "?1 has no name" },
		{ "SELECT '$itme', $itme;", "rules.sql:1:17: ", "no parameter $itme: did you mean $item?" },
		{ "SELECT $ITEM;", "rules.sql:1:8: ", "did you mean $item?" },
		{ "SELECT $patientNumber;",
		    "rules.sql:1:8: ", "an item's field is :patientNumber, a client's key @patientNumber" },
	};
	struct fixture *f = *state;
	size_t i;

	sql(f,
	    "CREATE VIEW shows_keys AS SELECT Hash FROM APP_JOB_KEY;"
	    "CREATE TABLE key_copy (KeyId INTEGER PRIMARY KEY, Hash BLOB) STRICT; CREATE TABLE traced (a);"
	    "CREATE TRIGGER marks_acked AFTER INSERT ON traced BEGIN UPDATE APP_ITEM SET State = 'acked'; END;");
	for (i = 0; i < COUNT(cases); i++) {
		if (compile(f, cases[i].text) != -1 || f->rules != NULL)
			fail_msg("%s: let through", cases[i].text);
		assert_int_equal(f->why.kind, ERR_CONFIG);
		if (strncmp(f->why.text, cases[i].place, strlen(cases[i].place)) != 0 ||
		    strstr(f->why.text, cases[i].message) == NULL)
			fail_msg("%s: \"%s\", wanted \"%s… %s\"", cases[i].text, f->why.text, cases[i].place,
			    cases[i].message);
	}
	assert_string_equal(value(f, "SELECT State FROM APP_ITEM"), "'applied'");
}

static void
compile__accepts(void **state)
{
	static const char *const cases[] = {
		"SELECT 1 WHERE 0",
		"\xef\xbb\xbf-- with a byte order mark\r\nSELECT 1 WHERE 0;\r\n",
		"INSERT OR IGNORE INTO record VALUES (:id, @Key);",
		"REPLACE INTO record VALUES (1, 'a');",
		"VALUES (1);",
		"WITH a AS (SELECT 1) SELECT * FROM a WHERE 0;",
		"INSERT INTO got SELECT 'i', value FROM json_each($item, '$.list');",
		"UPDATE record SET status = :status WHERE id = :id RETURNING 'x';",
		"SELECT 'seen' WHERE EXISTS (SELECT 1 FROM APP_ITEM WHERE ItemId = :id AND State = 'failed');",
		"INSERT INTO counted (at) VALUES ($now);",
		"SELECT 1 WHERE 0; -- the end\n/* really */",
		"SELECT $item, $run, $now, $job, $user WHERE 0;",
	};
	struct fixture *f = *state;
	size_t i;

	sql(f, "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT)");
	for (i = 0; i < COUNT(cases); i++)
		rules(f, cases[i]);
}

static void
compile__names_rules_by_their_comments(void **state)
{
	struct fixture *f = *state;

	rules(f,
	    "-- Rules for tests\n\n-- the record is known\nSELECT 1 WHERE 0;\nSELECT 1 WHERE 0; -- its own\n"
	    "/* closes it */ UPDATE record SET status = 'x' WHERE 0;");
	assert_int_equal(rules_count(f->rules), 3);
	assert_string_equal(rules_name(f->rules, 0), "the record is known");
	assert_string_equal(rules_name(f->rules, 1), "rule 2");
	assert_string_equal(rules_name(f->rules, 2), "closes it");
}

static void
compile__refuses_text_with_nul(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rules_compile(&f->rules, &f->db, "SELECT\0 1", 9, "r.sql", TIMEOUT_MS, &f->why), -1);
	assert_has(f->why.text, "r.sql:1:7: a byte that is not valid UTF-8 text");
}

static void
compile__bounds_size_statements_and_parameters(void **state)
{
	struct fixture *f = *state;
	size_t room = BOUND_RULES_BYTES + 100, i;
	char *text = calloc(1, room), *end = text;

	assert_non_null(text);
	memset(text, ' ', BOUND_RULES_BYTES + 1);
	assert_int_equal(compile(f, text), -1);
	assert_has(f->why.text, "rules.sql: larger than 262144 bytes");

	for (i = 0; i <= BOUND_RULES_STATEMENTS; i++)
		end += sprintf(end, "SELECT 1 WHERE 0;\n");
	*end = '\0';
	assert_int_equal(compile(f, text), -1);
	assert_has(f->why.text, "rules.sql:101:1: more than 100 statements");
	text[BOUND_RULES_STATEMENTS * strlen("SELECT 1 WHERE 0;\n")] = '\0';
	rules(f, text);

	end = text + sprintf(text, "SELECT 1 WHERE :a0");
	for (i = 1; i <= BOUND_RULES_PARAMETERS; i++)
		end += sprintf(end, "%s:a%zu", i % 400 == 0 ? ";\nSELECT 1 WHERE " : " OR ", i);
	assert_int_equal(compile(f, text), -1);
	assert_has(f->why.text, "rules.sql:3:");
	assert_has(f->why.text, "more than 1000 different parameters");
	*strrchr(text, ' ') = '\0';
	*strrchr(text, ' ') = '\0';
	rules(f, text);
	free(text);
}

static void
compile__leaves_the_connection_free(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(compile(f, "BEGIN"), -1);
	sql(f, "CREATE TABLE later (a); DROP TABLE later; DELETE FROM APP_JOB_KEY");
	rules(f, "SELECT 1 WHERE 0");
	sql(f, "CREATE TABLE later (a); DROP TABLE later; DELETE FROM APP_ITEM");
	rules_free(f->rules);
	f->rules = NULL;
	sql(f, "DROP TABLE APP_ITEM");
	rules_free(NULL);
}

/* Corrupts the schema's page, so that the first look at it fails. */
static void
compile__tells_a_failing_database_from_bad_rules(void **state)
{
	struct fixture *f = *state;
	char name[] = "/tmp/jobrun-test-XXXXXX", garbage[4096];
	int fd = mkstemp(name);
	FILE *file;

	assert_true(fd >= 0);
	file = fdopen(fd, "wb");
	assert_non_null(file);
	memset(garbage, 0x5a, sizeof(garbage));
	assert_int_equal(fwrite(garbage, 1, sizeof(garbage), file), sizeof(garbage));
	fclose(file);
	sqlite3_close(f->db.handle);
	assert_int_equal(sqlite3_open(name, &f->db.handle), SQLITE_OK);
	assert_int_equal(compile(f, "SELECT 1"), -1);
	assert_int_equal(f->why.kind, ERR_DATABASE);
	unlink(name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(compile__refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(compile__accepts, setup, teardown),
		cmocka_unit_test_setup_teardown(compile__names_rules_by_their_comments, setup, teardown),
		cmocka_unit_test_setup_teardown(compile__refuses_text_with_nul, setup, teardown),
		cmocka_unit_test_setup_teardown(compile__bounds_size_statements_and_parameters, setup, teardown),
		cmocka_unit_test_setup_teardown(compile__leaves_the_connection_free, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    compile__tells_a_failing_database_from_bad_rules, setup_empty, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
