#include "scratch.h"

#include "store/changes.h"

/* "record 1/2/0;" for each table touched: inserted, updated, deleted. */
static const char *
told(const struct changes *c)
{
	static char text[512];
	struct changes_table t;
	size_t i, at = 0;

	text[0] = '\0';
	for (i = 0; changes_table(c, i, &t); i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s %lld/%lld/%lld;", t.name,
		    (long long)t.inserted, (long long)t.updated, (long long)t.deleted);
	return text;
}

static void
changes__count_what_is_kept_and_settled(void **state)
{
	struct scratch *s = *state;
	struct changes *c;

	scratch_sql(s->db.handle, "CREATE TABLE record (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE task (id)");
	assert_non_null(c = changes_new(&s->db, 0, &s->e));
	scratch_sql(
	    s->db.handle, "INSERT INTO record VALUES (1, 'a'), (2, 'b'); UPDATE record SET name = 'c' WHERE id = 2");
	changes_keep(c);
	assert_string_equal(told(c), "record 0/0/0;");
	scratch_sql(s->db.handle, "INSERT INTO task VALUES (1); DELETE FROM record WHERE id = 1");
	changes_drop(c);
	changes_settle(c);
	assert_string_equal(told(c), "record 2/1/0;task 0/0/0;");

	scratch_sql(s->db.handle, "DELETE FROM record");
	changes_keep(c);
	scratch_sql(s->db.handle, "INSERT INTO task VALUES (1)");
	changes_forget(c);
	changes_settle(c);
	assert_string_equal(told(c), "record 2/1/0;task 0/0/0;");

	scratch_sql(s->db.handle, "DELETE FROM task");
	changes_keep(c);
	changes_settle(c);
	assert_string_equal(told(c), "record 2/1/0;task 0/0/2;");
	changes_free(c);
}

static void
changes__count_no_update_that_changes_nothing(void **state)
{
	struct scratch *s = *state;
	struct changes *c;

	scratch_sql(s->db.handle,
	    "CREATE TABLE record (id INTEGER PRIMARY KEY, name TEXT, size REAL, body BLOB);"
	    "INSERT INTO record VALUES (1, 'a', 1.5, x'00'), (2, NULL, 2, NULL);"
	    "CREATE TABLE pair (a, b, PRIMARY KEY (a)) WITHOUT ROWID; INSERT INTO pair VALUES (1, 'x')");
	assert_non_null(c = changes_new(&s->db, 0, &s->e));
	scratch_sql(s->db.handle,
	    "UPDATE record SET name = name, size = size, body = body; UPDATE record SET name = 'a' WHERE id = 1;"
	    "UPDATE pair SET b = 'x'");
	changes_keep(c);
	changes_settle(c);
	assert_string_equal(told(c), "");
	/* Another type is another value, and so is none. */
	scratch_sql(s->db.handle,
	    "UPDATE record SET name = '' WHERE id = 2; UPDATE record SET body = x'01' WHERE id = 1;"
	    "UPDATE record SET name = 'b', size = size; UPDATE pair SET b = x'78'");
	changes_keep(c);
	changes_settle(c);
	assert_string_equal(told(c), "record 0/4/0;pair 0/1/0;");
	changes_free(c);
}

static void
changes__count_neither_jobruns_tables_nor_temporary_ones(void **state)
{
	struct scratch *s = *state;
	struct changes *c;

	scratch_sql(s->db.handle, "CREATE TEMP TABLE scrap (id); CREATE TABLE app_user (id); CREATE TABLE other (id)");
	assert_non_null(c = changes_new(&s->db, 0, &s->e));
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[]');"
	    "INSERT INTO scrap VALUES (1); INSERT INTO app_user VALUES (1); INSERT INTO other VALUES (1)");
	changes_keep(c);
	changes_settle(c);
	assert_string_equal(told(c), "other 1/0/0;");
	changes_free(c);
	/* The hook is gone with it. */
	scratch_sql(s->db.handle, "INSERT INTO other VALUES (2)");
	changes_free(NULL);
}

static void
changes__hold_any_number_of_tables(void **state)
{
	struct scratch *s = *state;
	struct changes_table t;
	struct changes *c;
	char sql[128];
	int i;

	assert_non_null(c = changes_new(&s->db, 0, &s->e));
	for (i = 0; i < 100; i++) {
		snprintf(sql, sizeof(sql), "CREATE TABLE t%d (id); INSERT INTO t%d VALUES (1)", i, i);
		scratch_sql(s->db.handle, sql);
	}
	changes_keep(c);
	changes_settle(c);
	for (i = 0; changes_table(c, (size_t)i, &t); i++)
		assert_true(t.inserted >= 1);
	assert_true(i >= 100);
	changes_free(c);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(changes__count_what_is_kept_and_settled),
		CASE(changes__count_no_update_that_changes_nothing),
		CASE(changes__count_neither_jobruns_tables_nor_temporary_ones),
		CASE(changes__hold_any_number_of_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
