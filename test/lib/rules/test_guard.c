/* The functions that ask before they begin: the same answers as SQLite's own, unless they would take too long. */
#include <bsd/string.h>

#include "fixture.h"

#include "base/clock.h"
#include "rules/guard.h"
#include "rules/sandbox.h"

static const char *const calls[] = { "instr(%s, %s)", "replace(%s, %s, 'x')", "replace('aXbX', %s, %s)", "trim(%s, %s)",
	"ltrim(%s, %s)", "rtrim(%s, %s)", "typeof(instr(%s, %s))", "typeof(replace(%s, %s, 1))",
	"typeof(trim(%s, %s))" };

static void
guard__answers_as_sqlite_does(void **state)
{
	static const char *const values[] = { "NULL", "''", "'a'", "'aXbX'", "'X'", "'  ab '", "' '", "'éüé'", "'é'",
		"12", "1.50", "x''", "x'6158'", "x'00ff'", "char(0)", "'a' || char(0) || 'b'", "9223372036854775807",
		"'🙂a🙂'", "zeroblob(3)" };
	struct fixture *f = *state;
	struct sandbox box = { .on = true };
	struct guard *guard;
	sqlite3 *plain = f->db.handle, *guarded;
	char expected[sizeof(f->text)], call[200], query[300];
	size_t i, j, k;

	assert_int_equal(sqlite3_open(":memory:", &guarded), SQLITE_OK);
	assert_non_null(guard = guard_new(&box, guarded, &f->why));
	for (i = 0; i < COUNT(calls); i++)
		for (j = 0; j < COUNT(values); j++)
			for (k = 0; k < COUNT(values); k++) {
				snprintf(call, sizeof(call), calls[i], values[j], values[k]);
				snprintf(query, sizeof(query), "SELECT %s", call);
				strlcpy(expected, value(f, query), sizeof(expected));
				f->db.handle = guarded;
				if (strcmp(value(f, query), expected) != 0)
					fail_msg("%s is %s, not %s", call, f->text, expected);
				f->db.handle = plain;
			}
	guard_forget(guard);
	assert_int_equal(sqlite3_close(guarded), SQLITE_OK);
}

static void
guard__refuses_what_would_take_hours(void **state)
{
	static const char *const hours[] = {
		"SELECT trim(printf('%.*c', 1000000, 'a'), printf('%.*c', 1000000, 'b') || 'a');",
		"SELECT ltrim(printf('%.*c', 1000000, 'a'), printf('%.*c', 1000000, 'b') || 'a');",
		"SELECT rtrim(printf('%.*c', 1000000, 'a'), printf('%.*c', 1000000, 'b') || 'a');",
		"SELECT instr(printf('%.*c', 4000000, 'a'), printf('%.*c', 2000000, 'a') || 'b');",
		"SELECT replace(printf('%.*c', 4000000, 'a'), printf('%.*c', 2000000, 'a') || 'b', 'x');",
		"INSERT INTO trimmed (t) VALUES (printf('%.*c', 1000000, 'a'));",
	};
	struct fixture *f = *state;
	int64_t start;
	size_t i;

	sql(f,
	    "CREATE TABLE trimmed (t, u); CREATE TRIGGER trims AFTER INSERT ON trimmed BEGIN UPDATE trimmed SET u ="
	    " trim(new.t, printf('%.*c', 1000000, 'b')); END;");
	for (i = 0; i < COUNT(hours); i++) {
		if (compile_timed(f, hours[i], 60000) == -1)
			fail_msg("%s: %s", hours[i], f->why.text);
		start = clock_mono_ms();
		assert_in_range(apply(f, "{\"id\": 7}"), RULES_REJECTED, RULES_ROLLED_BACK);
		assert_in_range(clock_mono_ms() - start, 0, 5000);
		assert_string_equal(f->why.code, "rule_failed");
		assert_has(f->why.text, "texts as long as these two");
	}
	/* What a rule may ask is answered, and nobody else is asked. */
	assert_int_equal(
	    compile_timed(f, "INSERT INTO got SELECT 'n', instr(printf('%.*c', 1000000, 'a') || 'b', 'b');", 60000), 0);
	assert_int_equal(apply(f, "{\"id\": 7}"), RULES_APPLIED);
	assert_string_equal(value(f, "SELECT value FROM got"), "1000001");
	assert_string_equal(
	    value(f, "SELECT instr(printf('%.*c', 100000, 'a'), printf('%.*c', 10000, 'a') || 'b')"), "0");
}

/* A connection outlives its rules, and may get others. */
static void
guard__outlives_its_sandbox(void **state)
{
	struct fixture *f = *state;
	int i;

	for (i = 0; i < 3; i++) {
		rules(f, "SELECT 'no' WHERE trim(:id, '7') <> '';");
		assert_int_equal(apply(f, "{\"id\": 7}"), RULES_APPLIED);
		sql(f, "ROLLBACK");
	}
	rules_free(f->rules);
	f->rules = NULL;
	assert_string_equal(value(f, "SELECT trim('xax', 'x')"), "'a'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(guard__answers_as_sqlite_does, setup, teardown),
		cmocka_unit_test_setup_teardown(guard__refuses_what_would_take_hours, setup, teardown),
		cmocka_unit_test_setup_teardown(guard__outlives_its_sandbox, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
