/*
 * Each allocation fails, the first, the second and so on until all succeed: never a crash, never a leak (under ASan),
 * always an honest answer.
 */
#include "../failing.h"
#include "fixture.h"

static struct json_value
get_key(void *arg, const char *name, size_t len)
{
	static const char value_text[] =
	    "\"a\\nlong text that needs a buffer, and then some more room than it had at first\"";

	(void)arg;
	(void)name;
	(void)len;
	return json_value_of(value_text, sizeof(value_text) - 1);
}

static const char many[] =
    "-- a name of its own\nINSERT INTO got VALUES (:a, :b), (:c, @D), (:e, $item), (:f, :g), (@H, @I),"
    " (:j, :k), (:l, :m), (:n, :o), (:p, :q), ($now, $user); SELECT 1 WHERE :r;";

/* 1: all succeeded; 0: something failed, and said so. */
static int
go_through(struct fixture *f)
{
	static const char item[] = "{\"a\": \"x\\ty\", \"b\": 2}";
	struct rules_client client = { .get = get_key, .user = "admin" };
	enum rules_verdict verdict;
	size_t twice;

	if (compile(f, many) == -1 || rules_set_client(f->rules, &client, &f->why) == -1) {
		assert_true(f->why.kind == ERR_INTERNAL);
		assert_string_equal(f->why.code, "no_memory");
		return 0;
	}
	if (json_members_read(&f->members, json_value_of(item, sizeof(item) - 1), &twice) == -1)
		return 0;
	sql(f, "BEGIN");
	err_clear(&f->why);
	verdict = rules_apply(f->rules, json_value_of(item, sizeof(item) - 1), &f->members, NOW, &f->why);
	sql(f, "ROLLBACK");
	if (verdict == RULES_APPLIED)
		return 1;
	assert_int_equal(verdict, RULES_DATABASE);
	assert_string_equal(f->why.code, "no_memory");
	return 0;
}

static void
memory__each_allocation_fails(void **state)
{
	struct fixture *f = *state;
	struct failing turn = { 0 };
	int done;

	while (failing_next(&turn)) {
		failing_begin(&turn);
		done = go_through(f);
		failing_end(&turn);
		assert_true(done || turn.failed);
	}
	assert_true(turn.nth >= 14);
}

/* SQLite's own allocations, by its heap limit: while the rules are made ready, outside the sandbox's own bound. */
static void
memory__sqlite_runs_short(void **state)
{
	struct fixture *f = *state;
	sqlite3_int64 room;
	int result = -1, failures = 0;

	sqlite3_close(f->db.handle);
	assert_int_equal(sqlite3_open(":memory:", &f->db.handle), SQLITE_OK);
	for (room = 0; result == -1 && room < 1000000; room += 200) {
		sqlite3_hard_heap_limit64(sqlite3_memory_used() + room + 1);
		result = compile(f, "SELECT 1 WHERE 0");
		sqlite3_hard_heap_limit64(0);
		sqlite3_soft_heap_limit64(0);
		if (result == -1) {
			assert_int_equal(f->why.kind, ERR_INTERNAL);
			failures++;
		}
	}
	assert_int_equal(result, 0);
	assert_in_range(failures, 5, 5000);
}

/* Far from the bound that a rule has, memory that runs out is no rule's doing: the item is not rejected for it. */
static void
memory__a_machine_without_it_rejects_no_item(void **state)
{
	static const char item[] = "{\"a\": \"x\"}";
	struct fixture *f = *state;
	struct failing turn = { 0 };
	enum rules_verdict verdict;
	size_t twice;
	int failures = 0;

	assert_int_equal(compile(f, "INSERT INTO got SELECT :a, group_concat(hex(randomblob(1000))) FROM got;"), 0);
	while (failing_next(&turn)) {
		assert_int_equal(json_members_read(&f->members, json_value_of(item, sizeof(item) - 1), &twice), 0);
		sql(f, "BEGIN; INSERT INTO got VALUES ('a', 1), ('b', 2), ('c', 3)");
		err_clear(&f->why);
		failing_begin(&turn);
		failing_spare_sqlite(false);
		verdict = rules_apply(f->rules, json_value_of(item, sizeof(item) - 1), &f->members, NOW, &f->why);
		failing_end(&turn);
		failing_spare_sqlite(true);
		if (!sqlite3_get_autocommit(f->db.handle))
			sql(f, "ROLLBACK");
		if (verdict != RULES_APPLIED) {
			assert_true(turn.failed);
			assert_int_equal(verdict, RULES_DATABASE);
			assert_string_equal(f->why.code, "no_memory");
			failures++;
		}
	}
	assert_in_range(failures, 5, 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(memory__each_allocation_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(memory__sqlite_runs_short, setup, teardown),
		cmocka_unit_test_setup_teardown(memory__a_machine_without_it_rejects_no_item, setup, teardown),
	};

	failing_sqlite();
	failing_spare_sqlite(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
