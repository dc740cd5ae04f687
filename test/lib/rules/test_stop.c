/* Rules that do not end, and rules that end more than themselves. */
#include "fixture.h"

#include "base/clock.h"

#define APPLIED "UPDATE record SET status = 'DONE' WHERE id = :id;"

static void
stop__ends_an_endless_read_and_keeps_the_transaction(void **state)
{
	struct fixture *f = *state;
	int64_t start;

	rules(f,
	    "UPDATE record SET status = 'DONE' WHERE id = :id;\n-- counts for ever\n"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE :id = 8 OR i < 9)"
	    " SELECT i FROM n WHERE i < 0;");
	assert_int_equal(apply(f, "{\"id\": 8}"), RULES_ROLLED_BACK);
	assert_int_equal(apply(f, "{\"id\": 7}"), RULES_APPLIED);
	start = clock_mono_ms();
	assert_int_equal(apply(f, "{\"id\": 8}"), RULES_REJECTED);
	assert_in_range(clock_mono_ms() - start, TIMEOUT_MS, TIMEOUT_MS + 1000);
	assert_string_equal(f->why.code, "rule_timeout");
	assert_string_equal(f->why.text, "counts for ever: stopped after 0.150 s (the job's RuleTimeout)");
	assert_int_equal(apply(f, "{\"id\": 9}"), RULES_APPLIED);
	sql(f, "COMMIT");
	assert_string_equal(value(f, "SELECT group_concat(id || status) FROM record"), "'7DONE,8OPEN,9DONE'");
}

/* SQLite cannot stop it amid a function, and it ends without an error: NULL. */
static void
stop__rejects_what_ends_too_late(void **state)
{
	struct fixture *f = *state;

/* There each of millions of reallocations copies 64 MB. */
#if defined(__SANITIZE_ADDRESS__)
	skip();
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
	skip();
#endif
#endif
	rules(f,
	    "UPDATE record SET status = 'DONE' WHERE id = :id;\n-- prints\n"
	    "SELECT 'x' WHERE length(printf('%.*c', 200000000, 'x')) > 1;");
	reject_twice(f, "{\"id\": 7}");
	assert_string_equal(f->why.code, "rule_timeout");
	assert_string_equal(value(f, "SELECT count(*) FROM record WHERE status = 'DONE'"), "0");
}

static void
stop__tells_when_the_whole_transaction_is_gone(void **state)
{
	static const struct {
		const char *rule, *code, *text;
	} cases[] = {
		{ "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO got SELECT 'n', i FROM n;",
		    "rule_timeout", "stopped after 0.150 s" },
		{ "UPDATE OR ROLLBACK record SET status = 'BAD';", "rule_failed", "CHECK constraint failed" },
		{ "INSERT OR ROLLBACK INTO record VALUES (7, 'x');", "rule_failed", "UNIQUE constraint failed" },
		{ "INSERT INTO watched VALUES ('x');", "rule_failed", "the watch rolls back" },
		{ "INSERT INTO loops VALUES (0);", "rule_timeout", "stopped after" },
	};
	struct fixture *f = *state;
	char text[400];
	size_t i;

	sql(f,
	    "CREATE TABLE watched (a); CREATE TRIGGER watch BEFORE INSERT ON watched BEGIN"
	    " SELECT RAISE(ROLLBACK, 'the watch rolls back'); END;"
	    "CREATE TABLE loops (n); CREATE TRIGGER looping AFTER INSERT ON loops BEGIN INSERT INTO got WITH RECURSIVE"
	    " n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'n', i FROM n; END;");
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(text, sizeof(text), APPLIED "\n-- goes too far\n%s", cases[i].rule);
		rules(f, text);
		assert_int_equal(apply(f, "{\"id\": 7}"), RULES_ROLLED_BACK);
		assert_int_equal(f->why.kind, ERR_ITEM);
		assert_string_equal(f->why.code, cases[i].code);
		assert_has(f->why.text, "goes too far: ");
		assert_has(f->why.text, cases[i].text);
		assert_true(sqlite3_get_autocommit(f->db.handle));
		assert_string_equal(value(f, "SELECT count(*) FROM record WHERE status = 'DONE'"), "0");
		/* And the next transaction is as good as any. */
		rules(f, APPLIED);
		assert_int_equal(apply(f, "{\"id\": 8}"), RULES_APPLIED);
		sql(f, "ROLLBACK");
	}
}

static void
interrupts(sqlite3_context *context, int n, sqlite3_value **values)
{
	(void)n;
	(void)values;
	sqlite3_interrupt(sqlite3_context_db_handle(context));
	sqlite3_result_error_code(context, SQLITE_INTERRUPT);
}

static int
setup_interrupts(void **state)
{
	struct fixture *f;

	setup(state);
	f = *state;
	return sqlite3_create_function(f->db.handle, "interrupts", 0, SQLITE_UTF8, NULL, interrupts, NULL, NULL);
}

static void
stop__interrupted_from_outside_is_no_timeout(void **state)
{
	struct fixture *f = *state;

	rules(f, "SELECT interrupts();");
	assert_int_equal(apply(f, "{}"), RULES_REJECTED);
	assert_string_equal(f->why.code, "rule_failed");
	assert_has(f->why.text, "interrupted");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(stop__ends_an_endless_read_and_keeps_the_transaction, setup, teardown),
		cmocka_unit_test_setup_teardown(stop__rejects_what_ends_too_late, setup, teardown),
		cmocka_unit_test_setup_teardown(stop__tells_when_the_whole_transaction_is_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    stop__interrupted_from_outside_is_no_timeout, setup_interrupts, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
