#include "scratch.h"

#include "base/buf.h"
#include "base/clock.h"
#include "store/model.h"

/* 2026-01-01T00:00:00.000Z */
#define NOW_MS 1767225600000

/* A platform's database, and a model of it. */
struct here {
	struct scratch s;
	struct model m;
	struct buf rows, skipped;
};

static int
set_up(void **state)
{
	struct here *h;
	int from, to;

	if ((h = calloc(1, sizeof(*h))) == NULL || scratch_make(h->s.folder) == -1)
		return -1;
	*state = h;
	snprintf(h->s.path, sizeof(h->s.path), "%s/jobrun.db", h->s.folder);
	buf_init(&h->rows, 4096);
	buf_init(&h->skipped, 4096);
	return db_init(h->s.path, &from, &to, &h->s.e) == 0 && db_open(&h->s.db, h->s.path, &h->s.e) == 0 &&
	        model_init(&h->m, NOW_MS, &h->s.e) == 0
	    ? 0
	    : -1;
}

static int
tear_down(void **state)
{
	struct here *h = *state;

	model_release(&h->m);
	db_close(&h->s.db);
	buf_release(&h->rows);
	buf_release(&h->skipped);
	scratch_remove(h->s.folder);
	free(h);
	return 0;
}

static void
skipped(void *arg, const char *what, const char *why)
{
	struct here *h = arg;

	assert_int_equal(buf_addf(&h->skipped, "%s: %s;", what, why), 0);
}

static void
copy(struct here *h)
{
	OK(&h->s, model_copy(&h->m, &h->s.db, skipped, h, &h->s.e));
	OK(&h->s, model_begin(&h->m, &h->s.e));
}

static void
expect_rows(struct here *h, const char *sql, const char *rows)
{
	size_t used;

	buf_clear(&h->rows);
	OK(&h->s, model_statement(&h->m.db, sql, strlen(sql), &h->rows, &used, &h->s.e));
	assert_string_equal(buf_text(&h->rows), rows);
}

static void
run(struct here *h, const char *sql)
{
	size_t used;

	OK(&h->s, model_statement(&h->m.db, sql, strlen(sql), NULL, &used, &h->s.e));
}

static void
model__copies_what_the_platform_has_and_no_row_of_it(void **state)
{
	struct here *h = *state;
	size_t used = 0;

	scratch_sql(h->s.db.handle,
	    "CREATE VIEW done AS SELECT id FROM record WHERE status = 'DONE';"
	    "CREATE TABLE journal (id, at);"
	    "CREATE TABLE record (id INTEGER PRIMARY KEY AUTOINCREMENT, status TEXT CHECK (status <> ''));"
	    "CREATE UNIQUE INDEX one ON record (status) WHERE status = 'OPEN';"
	    "CREATE TRIGGER write AFTER INSERT ON record BEGIN INSERT INTO journal VALUES (new.id, 'x'); END;"
	    "INSERT INTO record (status) VALUES ('DONE'), ('OPEN'); ANALYZE;"
	    "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[]')");
	copy(h);
	assert_string_equal(buf_text(&h->skipped), "");
	expect_rows(h, "SELECT count(*) AS n FROM record", "n 0\n");
	expect_rows(h, "SELECT count(*) AS n FROM APP_JOB_CONFIG", "n 0\n");
	run(h, "INSERT INTO record (status) VALUES ('DONE')");
	expect_rows(h, "SELECT * FROM done, journal", "id 1, id 1, at 'x'\n");
	run(h, "INSERT INTO record (status) VALUES ('OPEN')");
	REFUSED(&h->s,
	    model_statement(&h->m.db, "INSERT INTO record (status) VALUES ('OPEN')", 43, NULL, &used, &h->s.e),
	    ERR_CONFIG, "UNIQUE constraint failed");
	REFUSED(&h->s, model_statement(&h->m.db, "INSERT INTO record (status) VALUES ('')", 39, NULL, &used, &h->s.e),
	    ERR_CONFIG, "CHECK constraint failed");
	/* Nothing of it came to the platform's own. */
	assert_int_equal(scratch_number(h->s.db.handle, "SELECT count(*) FROM record"), 2);
}

static int
reverse(void *arg, int n, const void *a, int m, const void *b)
{
	(void)arg;
	return -memcmp(a, b, (size_t)(n < m ? n : m));
}

static void
model__makes_virtual_tables_and_tells_what_it_cannot_make(void **state)
{
	struct here *h = *state;

	sqlite3_create_collation(h->s.db.handle, "BACKWARDS", SQLITE_UTF8, NULL, reverse);
	scratch_sql(h->s.db.handle,
	    "CREATE TABLE record (id INTEGER PRIMARY KEY, words TEXT);"
	    "CREATE VIRTUAL TABLE found USING fts5(words, content='record', content_rowid='id');"
	    "CREATE INDEX odd ON record (words COLLATE BACKWARDS);"
	    "CREATE INDEX even ON record (words);"
	    "CREATE TRIGGER find AFTER INSERT ON record BEGIN"
	    " INSERT INTO found (rowid, words) VALUES (new.id, new.words); END");
	copy(h);
	assert_string_equal(buf_text(&h->skipped), "index odd: no such collation sequence: BACKWARDS;");
	run(h, "INSERT INTO record VALUES (7, 'a broken wrist')");
	expect_rows(h, "SELECT rowid FROM found WHERE found MATCH 'wrist'", "rowid 7\n");
	expect_rows(h, "SELECT name FROM sqlite_schema WHERE name IN ('odd', 'even')", "name 'even'\n");
}

static void
model__begins_each_case_anew(void **state)
{
	struct here *h = *state;
	size_t used;

	OK(&h->s, model_statement(&h->m.base, "CREATE TABLE note (id)", 22, NULL, &used, &h->s.e));
	OK(&h->s, model_begin(&h->m, &h->s.e));
	run(h, "INSERT INTO note VALUES (1)");
	run(h, "DROP TABLE APP_ITEM");
	OK(&h->s, model_begin(&h->m, &h->s.e));
	expect_rows(h, "SELECT (SELECT count(*) FROM note) + (SELECT count(*) FROM APP_ITEM) AS n", "n 0\n");
	expect_rows(h, "PRAGMA foreign_keys", "foreign_keys 1\n");
}

static void
model__has_a_clock_that_stands_still(void **state)
{
	struct here *h = *state;

	OK(&h->s, model_begin(&h->m, &h->s.e));
	run(h, "CREATE TABLE note (at DEFAULT CURRENT_TIMESTAMP)");
	run(h, "INSERT INTO note DEFAULT VALUES");
	expect_rows(h, "SELECT at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS now, julianday('now') AS days FROM note",
	    "at '2026-01-01 00:00:00', now '2026-01-01T00:00:00.000Z', days 2461041.5\n");
	/* Others have their own. */
	assert_int_equal(scratch_number(h->s.db.handle, "SELECT strftime('%s', 'now') = '1767225600'"), 0);
}

static void
model__writes_rows_that_read_as_sql(void **state)
{
	static const struct {
		const char *sql, *rows;
	} cases[] = {
		{ "SELECT 1 AS a, -9223372036854775808 AS b", "a 1, b -9223372036854775808\n" },
		{ "SELECT 1.0 AS a, 0.1 AS b, 1e300 AS c", "a 1.0, b 0.1, c 1.0e+300\n" },
		{ "SELECT NULL AS a, '' AS b, 'NULL' AS c", "a NULL, b '', c 'NULL'\n" },
		{ "SELECT 'it''s ''so''' AS a", "a 'it''s ''so'''\n" },
		{ "SELECT 'two' || char(10) || 'lines' || char(27) || '[31m' AS a", "a 'two\\nlines\\x1b[31m'\n" },
		{ "SELECT x'00ff' AS a, zeroblob(0) AS b", "a X'00ff', b X''\n" },
		{ "SELECT 'café' AS \"a b\"", "a b 'café'\n" },
		{ "SELECT value FROM json_each('[3, 1, 2]') ORDER BY value", "value 1\nvalue 2\nvalue 3\n" },
		{ "SELECT 1 AS a WHERE 0", "" },
	};
	struct here *h = *state;
	size_t i;

	OK(&h->s, model_begin(&h->m, &h->s.e));
	for (i = 0; i < N(cases); i++)
		expect_rows(h, cases[i].sql, cases[i].rows);
}

static void
model__refuses_what_no_case_may_do(void **state)
{
	static const struct {
		const char *sql;
		bool query;
		const char *words;
		size_t at;
	} cases[] = {
		{ "SELECT 1,, 2", false, "syntax error", 9 },
		{ "SELECT 1 FROM nowhere", false, "no such table: nowhere", 0 },
		{ "SELECT $now", false, "$now is a parameter", 0 },
		{ "SELECT ?", true, "? is a parameter", 0 },
		{ "DELETE FROM APP_ITEM", true, "only queries", 0 },
		{ "CREATE TABLE x (a)", true, "only queries", 0 },
		{ "DELETE FROM APP_ITEM RETURNING ItemId", true, "only queries", 0 },
		{ "ATTACH ':memory:' AS other", false, "too many attached databases", 0 },
		{ "VACUUM INTO '/tmp/jobrun-no-such-copy'", false, "too many attached databases", 0 },
		{ "SELECT load_extension('x')", false, "not authorized", 0 },
		{ "PRAGMA writable_schema = 1", true, "only queries", 0 },
	};
	struct here *h = *state;
	size_t i, used;

	OK(&h->s, model_begin(&h->m, &h->s.e));
	for (i = 0; i < N(cases); i++) {
		buf_clear(&h->rows);
		err_clear(&h->s.e);
		used = 99;
		if (model_statement(&h->m.db, cases[i].sql, strlen(cases[i].sql), cases[i].query ? &h->rows : NULL,
		        &used, &h->s.e) != -1)
			fail_msg("not refused: %s", cases[i].sql);
		if (h->s.e.kind != ERR_CONFIG || strstr(h->s.e.text, cases[i].words) == NULL || used != cases[i].at)
			fail_msg("%s: at %zu: %s", cases[i].sql, used, h->s.e.text);
	}
	assert_int_equal(access("/tmp/jobrun-no-such-copy", F_OK), -1);
}

static void
model__takes_statements_one_by_one(void **state)
{
	static const char sql[] = "SELECT 1 AS a; SELECT 2 AS b";
	struct here *h = *state;
	size_t used;

	OK(&h->s, model_begin(&h->m, &h->s.e));
	OK(&h->s, model_statement(&h->m.db, sql, strlen(sql), &h->rows, &used, &h->s.e));
	assert_int_equal(used, strlen("SELECT 1 AS a;"));
	OK(&h->s, model_statement(&h->m.db, sql + used, strlen(sql) - used, &h->rows, &used, &h->s.e));
	assert_string_equal(h->rows.at, "a 1\nb 2\n");
	run(h, "BEGIN");
	assert_true(model_is_open(&h->m.db));
	run(h, "ROLLBACK");
	assert_false(model_is_open(&h->m.db));
}

static void
model__stops_at_a_full_buffer(void **state)
{
	static const char sql[] = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
	struct here *h = *state;
	size_t used = 0;

	OK(&h->s, model_begin(&h->m, &h->s.e));
	REFUSED(&h->s, model_statement(&h->m.db, sql, strlen(sql), &h->rows, &used, &h->s.e), ERR_CONFIG,
	    "its rows take more than 4096 bytes");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    model__copies_what_the_platform_has_and_no_row_of_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    model__makes_virtual_tables_and_tells_what_it_cannot_make, set_up, tear_down),
		cmocka_unit_test_setup_teardown(model__begins_each_case_anew, set_up, tear_down),
		cmocka_unit_test_setup_teardown(model__has_a_clock_that_stands_still, set_up, tear_down),
		cmocka_unit_test_setup_teardown(model__writes_rows_that_read_as_sql, set_up, tear_down),
		cmocka_unit_test_setup_teardown(model__refuses_what_no_case_may_do, set_up, tear_down),
		cmocka_unit_test_setup_teardown(model__takes_statements_one_by_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(model__stops_at_a_full_buffer, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
