#include "fixture.h"

#include "base/bounds.h"

#define APPLIED "UPDATE record SET status = 'DONE' WHERE id = :id;"

static void
apply__runs_every_rule_in_order(void **state)
{
	struct fixture *f = *state;

	rules(f,
	    "INSERT INTO got VALUES ('a', :id); UPDATE got SET value = value + 1 WHERE name = 'a';"
	    " INSERT INTO got SELECT 'b', value * 10 FROM got;");
	assert_int_equal(apply(f, "{\"id\": 4}"), RULES_APPLIED);
	sql(f, "COMMIT");
	assert_string_equal(value(f, "SELECT group_concat(value) FROM got"), "'5,50'");
}

static void
apply__a_row_rejects(void **state)
{
	static const struct {
		const char *rule, *text;
	} cases[] = {
		{ "SELECT 'no such record: ' || :id WHERE NOT EXISTS (SELECT 1 FROM record WHERE id = :id);",
		    "known: no such record: 70" },
		{ "SELECT NULL;", "known: rejected" },
		{ "SELECT '';", "known: rejected" },
		{ "SELECT 42, 'second column';", "known: 42" },
		{ "VALUES ('first row'), ('second row');", "known: first row" },
		{ "INSERT INTO got VALUES ('x', 1) RETURNING 'as a row';", "known: as a row" },
		{ "SELECT x'ff41c3';",
		    "known: \xef\xbf\xbd"
		    "A\xef\xbf\xbd" },
		{ "SELECT 'a' || char(0) || 'b';",
		    "known: a\xef\xbf\xbd"
		    "b" },
		{ "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;", "known: 1" },
	};
	struct fixture *f = *state;
	char text[500];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		if (!sqlite3_get_autocommit(f->db.handle))
			sql(f, "COMMIT");
		snprintf(text, sizeof(text), "INSERT INTO got VALUES ('trace', 1);\n-- known\n%s", cases[i].rule);
		rules(f, text);
		reject_twice(f, "{\"id\": 70}");
		assert_int_equal(f->why.kind, ERR_ITEM);
		assert_string_equal(f->why.code, "rule_rejected");
		assert_string_equal(f->why.text, cases[i].text);
		assert_string_equal(value(f, "SELECT count(*) FROM got"), "0");
	}
}

static void
apply__cuts_a_long_reason_between_characters(void **state)
{
	struct fixture *f = *state;
	size_t len;

	rules(f, "-- n\nSELECT 'x' || replace(hex(zeroblob(3000)), '0', 'ü');");
	assert_int_equal(apply(f, "{}"), RULES_REJECTED);
	len = strlen(f->why.text);
	assert_in_range(len, sizeof(f->why.text) - 3, sizeof(f->why.text) - 1);
	assert_string_equal(f->why.text + len - 2, "ü");
}

static void
apply__a_failing_statement_rejects(void **state)
{
	static const struct {
		const char *rule, *text;
	} cases[] = {
		{ "UPDATE record SET status = 'BAD';", "CHECK constraint failed" },
		{ "INSERT INTO record VALUES (7, 'x');", "UNIQUE constraint failed: record.id" },
		{ "INSERT INTO record VALUES ('seven', 'x');", "datatype mismatch" },
		{ "UPDATE record SET status = x'00';", "cannot store BLOB value in TEXT column" },
		{ "SELECT abs(-9223372036854775808);", "integer overflow" },
		{ "SELECT json('{');", "malformed JSON" },
		{ "INSERT INTO child VALUES (1, 999);", "FOREIGN KEY constraint failed" },
		{ "INSERT INTO watched VALUES ('stop');", "the watch says no" },
		{ "SELECT length(randomblob(1000000000));", "string or blob too big" },
		{ "SELECT length(zeroblob(1000000000));", "string or blob too big" },
		{ "SELECT length(replace(hex(zeroblob(1000000)), '0', hex(zeroblob(100))));",
		    "string or blob too big" },
		{ "WITH RECURSIVE n(i, x) AS (SELECT 1, zeroblob(10000000) UNION ALL SELECT i + 1, randomblob(10000000) FROM n)"
		  " SELECT i FROM n ORDER BY x;",
		    "needs more memory than a rule may have" },
		{ "INSERT INTO deep VALUES (0);", "too many levels of trigger recursion" },
		{ "SELECT 'abc' LIKE replace(hex(zeroblob(600)), '0', '_');", "LIKE or GLOB pattern too complex" },
	};
	struct fixture *f = *state;
	char text[500];
	size_t i;

	sql(f,
	    "CREATE TABLE child (id INTEGER PRIMARY KEY, record INTEGER REFERENCES record) STRICT;"
	    "CREATE TABLE watched (a TEXT); CREATE TRIGGER watch BEFORE INSERT ON watched BEGIN"
	    " SELECT RAISE(ABORT, 'the watch says no'); END;"
	    "CREATE TABLE deep (n INTEGER); CREATE TRIGGER deeper AFTER INSERT ON deep BEGIN"
	    " INSERT INTO deep VALUES (NEW.n + 1); END; PRAGMA recursive_triggers = ON;");
	for (i = 0; i < COUNT(cases); i++) {
		if (!sqlite3_get_autocommit(f->db.handle))
			sql(f, "COMMIT");
		snprintf(text, sizeof(text), "INSERT INTO got VALUES ('trace', 1);\n-- tries\n%s", cases[i].rule);
		assert_int_equal(compile_timed(f, text, 20000), 0);
		assert_int_equal(apply(f, "{}"), RULES_ROLLED_BACK);
		assert_true(sqlite3_get_autocommit(f->db.handle));
		assert_has(f->why.text, cases[i].text);
		if (apply(f, "{}") == RULES_APPLIED)
			fail_msg("%s: applied", cases[i].rule);
		assert_int_equal(f->why.kind, ERR_ITEM);
		assert_string_equal(f->why.code, "rule_failed");
		assert_has(f->why.text, "tries: ");
		assert_has(f->why.text, cases[i].text);
		assert_string_equal(value(f, "SELECT count(*) FROM got"), "0");
	}
	assert_string_equal(value(f, "SELECT group_concat(status) FROM record"), "'OPEN,OPEN,OPEN'");
}

#define CHECKED                                                                      \
	"-- is allowed\nSELECT 'forbidden' WHERE :status = 'FORBIDDEN';\n"           \
	"UPDATE record SET status = :status WHERE id = :id;\n-- is known\n"          \
	"SELECT 'unknown' WHERE NOT EXISTS (SELECT 1 FROM record WHERE id = :id);\n" \
	"INSERT INTO got VALUES (:status, :id);"

/* Of the transaction what 7 and 9 wrote, and what was written before them; of the rejected items nothing. */
static void
assert_others_stay(struct fixture *f)
{
	sql(f, "COMMIT");
	assert_string_equal(value(f, "SELECT group_concat(id || status) FROM record"), "'7DONE,8OPEN,9DONE'");
	assert_string_equal(value(f, "SELECT group_concat(value) FROM got"), "'7,9'");
	assert_string_equal(value(f, "SELECT State FROM APP_ITEM"), "'failed'");
}

/* Most are rejected by a check that stands before whatever writes: there is nothing to undo. */
static void
apply__what_has_not_written_is_rejected_alone(void **state)
{
	struct fixture *f = *state;

	rules(f, CHECKED);
	sql(f, "BEGIN IMMEDIATE; UPDATE APP_ITEM SET State = 'failed'");
	assert_int_equal(apply(f, "{\"id\": 7, \"status\": \"DONE\"}"), RULES_APPLIED);
	assert_int_equal(apply(f, "{\"id\": 8, \"status\": \"FORBIDDEN\"}"), RULES_REJECTED);
	assert_string_equal(f->why.text, "is allowed: forbidden");
	assert_int_equal(apply(f, "{\"id\": 8, \"status\": \"\\ud800\"}"), RULES_REJECTED);
	assert_int_equal(apply(f, "{\"id\": 9, \"status\": \"DONE\"}"), RULES_APPLIED);
	assert_others_stay(f);
}

static void
apply__what_has_written_takes_the_transaction_with_it(void **state)
{
	struct fixture *f = *state;

	rules(f, CHECKED);
	assert_int_equal(apply(f, "{\"id\": 7, \"status\": \"DONE\"}"), RULES_APPLIED);
	assert_int_equal(apply(f, "{\"id\": 70, \"status\": \"DONE\"}"), RULES_ROLLED_BACK);
	assert_string_equal(f->why.text, "is known: unknown");
	assert_true(sqlite3_get_autocommit(f->db.handle));
	assert_string_equal(value(f, "SELECT group_concat(status) FROM record"), "'OPEN,OPEN,OPEN'");
	assert_string_equal(value(f, "SELECT count(*) FROM got"), "0");
}

/* Once one of them had to be undone. */
static void
apply__others_of_the_transaction_stay(void **state)
{
	struct fixture *f = *state;

	rules(f, CHECKED);
	assert_int_equal(apply(f, "{\"id\": 70, \"status\": \"DONE\"}"), RULES_ROLLED_BACK);
	sql(f, "BEGIN IMMEDIATE; UPDATE APP_ITEM SET State = 'failed'");
	assert_int_equal(apply(f, "{\"id\": 7, \"status\": \"DONE\"}"), RULES_APPLIED);
	assert_int_equal(apply(f, "{\"id\": 8, \"status\": \"BAD\"}"), RULES_REJECTED);
	assert_int_equal(apply(f, "{\"id\": 8, \"status\": \"FORBIDDEN\"}"), RULES_REJECTED);
	assert_int_equal(apply(f, "{\"id\": 70, \"status\": \"DONE\"}"), RULES_REJECTED);
	assert_string_equal(f->why.text, "is known: unknown");
	assert_int_equal(apply(f, "{\"id\": 9, \"status\": \"DONE\"}"), RULES_APPLIED);
	assert_others_stay(f);
}

/* They cost their work: after so many that went well without being needed, they are left out again. */
static void
apply__savepoints_end_with_what_they_were_for(void **state)
{
	struct fixture *f = *state;
	int i;

	rules(f, CHECKED);
	assert_int_equal(apply(f, "{\"id\": 70, \"status\": \"DONE\"}"), RULES_ROLLED_BACK);
	for (i = 0; i < BOUND_RULE_GUARDED - 1; i++)
		assert_int_equal(apply(f, "{\"id\": 7, \"status\": \"DONE\"}"), RULES_APPLIED);
	assert_int_equal(apply(f, "{\"id\": 70, \"status\": \"DONE\"}"), RULES_REJECTED);
	assert_int_equal(apply(f, "{\"id\": 70, \"status\": \"DONE\"}"), RULES_ROLLED_BACK);
}

static void
apply__raise_fail_and_or_fail_leave_no_trace(void **state)
{
	struct fixture *f = *state;

	rules(f, "INSERT OR FAIL INTO record VALUES (100, 'x'), (101, 'x'), (7, 'x');");
	reject_twice(f, "{}");
	assert_string_equal(value(f, "SELECT count(*) FROM record"), "3");
	sql(f, "COMMIT; CREATE TRIGGER r AFTER UPDATE ON record WHEN NEW.id = 8 BEGIN SELECT RAISE(FAIL, 'no'); END");
	rules(f, "UPDATE record SET status = 'x';");
	reject_twice(f, "{}");
	assert_string_equal(value(f, "SELECT count(*) FROM record WHERE status = 'x'"), "0");
}

static void
apply__deferred_foreign_keys_must_hold_at_the_items_end(void **state)
{
	struct fixture *f = *state;

	sql(f,
	    "CREATE TABLE child (id INTEGER PRIMARY KEY, record INTEGER REFERENCES record DEFERRABLE INITIALLY DEFERRED)");
	rules(f,
	    "-- adds the child\nINSERT INTO child VALUES (:id, :id);\n-- adds the parent\n"
	    "INSERT INTO record SELECT :id, 'NEW' WHERE :whole;\nSELECT 1 WHERE 0;");
	assert_int_equal(apply(f, "{\"id\": 100, \"whole\": true}"), RULES_APPLIED);
	reject_twice(f, "{\"id\": 101, \"whole\": false}");
	assert_string_equal(f->why.code, "rule_failed");
	assert_string_equal(
	    f->why.text, "adds the child: FOREIGN KEY constraint failed (deferred, and not mended by the item's end)");
	assert_int_equal(apply(f, "{\"id\": 102, \"whole\": true}"), RULES_APPLIED);
	sql(f, "COMMIT");
	assert_string_equal(value(f, "SELECT group_concat(id) FROM child"), "'100,102'");
}

/* The platform's schema changes while a run is on: SQLite prepares the rules anew, still in the sandbox. */
static void
apply__the_sandbox_holds_for_rules_prepared_anew(void **state)
{
	struct fixture *f = *state;

	rules(f, "-- marks\nUPDATE record SET status = 'DONE' WHERE id = :id;");
	assert_int_equal(apply(f, "{\"id\": 7}"), RULES_APPLIED);
	sql(f, "COMMIT; CREATE TRIGGER cheats AFTER UPDATE ON record BEGIN UPDATE APP_ITEM SET State = 'acked'; END");
	reject_twice(f, "{\"id\": 8}");
	assert_string_equal(f->why.code, "rule_failed");
	assert_string_equal(
	    f->why.text, "marks: rules may not write APP_ITEM: it is jobrun's own (in the trigger or view cheats)");
	assert_string_equal(value(f, "SELECT State FROM APP_ITEM"), "'applied'");
	sql(f, "COMMIT; DROP TRIGGER cheats");
	assert_int_equal(apply(f, "{\"id\": 9}"), RULES_APPLIED);
	sql(f, "COMMIT; ALTER TABLE record RENAME COLUMN status TO state");
	assert_int_equal(apply(f, "{\"id\": 8}"), RULES_REJECTED);
	assert_string_equal(f->why.text, "marks: no such column: status");
}

static void
apply__triggers_and_full_text_of_the_platform_work(void **state)
{
	static const char text[] = APPLIED
	    " INSERT INTO words VALUES (:text); INSERT INTO words3 VALUES (:text);\n"
	    "SELECT 'the words are not there' WHERE NOT EXISTS (SELECT 1 FROM words WHERE words MATCH 'liver');";
	struct fixture *f = *state;

	sql(f,
	    "CREATE VIRTUAL TABLE words USING fts5(text); CREATE VIRTUAL TABLE words3 USING fts3(text);"
	    "CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, record INTEGER, at TEXT);"
	    "CREATE TRIGGER keeps AFTER UPDATE ON record BEGIN INSERT INTO history (record) VALUES (NEW.id); END;");
	/* Full text takes its time the first time. */
	assert_int_equal(compile_timed(f, text, 60000), 0);
	assert_int_equal(apply(f, "{\"id\": 7, \"text\": \"The liver is unremarkable\"}"), RULES_APPLIED);
	sql(f, "COMMIT");
	assert_string_equal(value(f, "SELECT record FROM history"), "7");
	assert_string_equal(value(f, "SELECT count(*) FROM words3 WHERE words3 MATCH 'liver'"), "1");
}

static void
apply__the_largest_item_passes(void **state)
{
	struct fixture *f = *state;
	size_t len = BOUND_ITEM_BYTES_MOST;
	char *item = malloc(len + 1);

	assert_non_null(item);
	memset(item, 'x', len);
	memcpy(item, "{\"id\":\"", 7);
	memcpy(item + len - 2, "\"}", 3);
	assert_int_equal(compile_timed(f, "INSERT INTO got VALUES (substr(:id, 1, 3), $item);", 20000), 0);
	assert_int_equal(apply(f, item), RULES_APPLIED);
	assert_string_equal(value(f, "SELECT length(value) FROM got"), "67108864");
	free(item);
}

static void
apply__a_failing_database_is_no_items_fault(void **state)
{
	static const struct {
		const char *limit, *rule;
		int kind;
	} cases[] = {
		{ "PRAGMA max_page_count = 20", "INSERT INTO got SELECT 'x', randomblob(1000000);", ERR_DATABASE },
		{ "PRAGMA query_only = ON", "UPDATE record SET status = 'x';", ERR_DATABASE },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		rules(f, cases[i].rule);
		sql(f, "BEGIN IMMEDIATE");
		sql(f, cases[i].limit);
		assert_int_equal(apply(f, "{}"), RULES_DATABASE);
		assert_int_equal(f->why.kind, cases[i].kind);
		if (!sqlite3_get_autocommit(f->db.handle))
			sql(f, "ROLLBACK");
		sql(f, "PRAGMA query_only = OFF; PRAGMA max_page_count = 1000000");
	}
}

static void
apply__never_outside_a_transaction(void **state)
{
	struct fixture *f = *state;
	struct json_value item = json_value_of("{}", 2);

	rules(f, APPLIED);
	assert_int_equal(rules_apply(f->rules, item, &f->members, NOW, &f->why), RULES_DATABASE);
	assert_int_equal(f->why.kind, ERR_INTERNAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(apply__runs_every_rule_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__a_row_rejects, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__cuts_a_long_reason_between_characters, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__a_failing_statement_rejects, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__what_has_not_written_is_rejected_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__what_has_written_takes_the_transaction_with_it, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__others_of_the_transaction_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__savepoints_end_with_what_they_were_for, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__raise_fail_and_or_fail_leave_no_trace, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    apply__deferred_foreign_keys_must_hold_at_the_items_end, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__the_sandbox_holds_for_rules_prepared_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__triggers_and_full_text_of_the_platform_work, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__the_largest_item_passes, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__a_failing_database_is_no_items_fault, setup, teardown),
		cmocka_unit_test_setup_teardown(apply__never_outside_a_transaction, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
