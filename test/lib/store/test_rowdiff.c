#include "scratch.h"

#include "base/bounds.h"
#include "store/changes.h"

static const char schema[] = "CREATE TABLE record (id INTEGER PRIMARY KEY, status TEXT, author TEXT);"
                             "CREATE TABLE pair (a TEXT, b INTEGER, note, PRIMARY KEY (a, b)) WITHOUT ROWID;"
                             "CREATE TABLE loose (x, twice AS (x * 2), stored AS (x + 1) STORED, y);"
                             "INSERT INTO record VALUES (1, 'OPEN', NULL), (2, 'OPEN', 'Bell');"
                             "INSERT INTO pair VALUES ('k', 7, 'old');"
                             "INSERT INTO loose (x, y) VALUES (5, 'five')";

/* What one item with these statements shows, line by line. */
static const char *
shown(struct scratch *s, struct changes *c, const char *sql)
{
	static char text[20000];
	struct rowdiff_lines lines;
	size_t i, at = 0;

	scratch_sql(s->db.handle, sql);
	changes_keep(c);
	assert_int_equal(changes_item(c, &lines), 1);
	text[0] = '\0';
	for (i = 0; i < lines.n; i++)
		at +=
		    (size_t)snprintf(text + at, sizeof(text) - at, "%s %s\n", lines.at[i].operation, lines.at[i].text);
	if (lines.hidden > 0)
		snprintf(text + at, sizeof(text) - at, "%zu hidden\n", lines.hidden);
	rowdiff_lines_release(&lines);
	return text;
}

static void
rowdiff__tells_what_an_item_changes(void **state)
{
	struct scratch *s = *state;
	static const struct {
		const char *sql, *expected, *reason;
	} rows[] = {
		{ "UPDATE record SET status = 'DONE', author = 'Rossi' WHERE id = 1",
		    "update record id 1: status 'OPEN' -> 'DONE', author NULL -> 'Rossi'\n",
		    "columns that differ alone" },
		{ "INSERT INTO record (id, status) VALUES (3, 'NEW')", "insert record id 3: status 'NEW'\n",
		    "no NULLs of a new row" },
		{ "DELETE FROM record WHERE id = 2", "delete record id 2: status 'OPEN', author 'Bell'\n",
		    "a row that goes" },
		{ "UPDATE record SET status = 'A' WHERE id = 1; UPDATE record SET status = 'B' WHERE id = 1",
		    "update record id 1: status 'DONE' -> 'B'\n", "two changes of a row are one" },
		{ "INSERT INTO record VALUES (9, 'X', NULL); UPDATE record SET author = 'Y' WHERE id = 9",
		    "insert record id 9: status 'X', author 'Y'\n", "made, then changed" },
		{ "INSERT INTO record VALUES (8, 'X', NULL); DELETE FROM record WHERE id = 8", "",
		    "made and deleted is nothing" },
		{ "UPDATE record SET status = status WHERE id = 1", "", "written as it was" },
		{ "UPDATE record SET status = 'A' WHERE id = 1; DELETE FROM record WHERE id = 1",
		    "delete record id 1: status 'B', author 'Rossi'\n", "changed, then deleted: as it was before" },
		{ "UPDATE pair SET note = x'0102' WHERE a = 'k'",
		    "update pair a 'k', b 7: note 'old' -> a blob of 2 bytes\n", "a key of two columns, a blob" },
		{ "UPDATE loose SET y = 2.5", "update loose row 1: y 'five' -> 2.5\n",
		    "no key; generated columns between" },
		{ "UPDATE loose SET x = 6", "update loose row 1: x 5 -> 6, stored 6 -> 7\n",
		    "a stored generated column" },
		{ "INSERT OR REPLACE INTO pair VALUES ('k', 7, 'new')",
		    "delete pair a 'k', b 7: note a blob of 2 bytes\ninsert pair a 'k', b 7: note 'new'\n",
		    "replaced" },
		{ "SELECT 1", "", "nothing" },
	};
	struct changes *c;
	const char *text;
	size_t i;

	scratch_sql(s->db.handle, schema);
	assert_non_null(c = changes_new(&s->db, 100, &s->e));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(text = shown(s, c, rows[i].sql), rows[i].expected) != 0)
			fail_msg("%s:\n%s\nnot:\n%s", rows[i].reason, text, rows[i].expected);
	changes_free(c);
}

static void
rowdiff__has_its_limits(void **state)
{
	struct scratch *s = *state;
	struct rowdiff_lines lines;
	struct changes *c;
	const char *text;
	int i;

	scratch_sql(s->db.handle, schema);
	assert_non_null(c = changes_new(&s->db, 3, &s->e));
	text = shown(s, c, "INSERT INTO record (id, status) VALUES (20, replace(hex(zeroblob(40)), '00', 'äb'))");
	assert_non_null(strstr(text, "bäbäb…'"));
	text = shown(s, c,
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
	    " INSERT INTO pair SELECT 'many', i, NULL FROM n");
	assert_non_null(strstr(text, "10 hidden\n"));
	/* A third item is kept, a fourth is not. */
	for (i = 0; i < 2; i++) {
		scratch_sql(s->db.handle, "UPDATE record SET author = 'Z' || id || random() WHERE id = 1");
		changes_keep(c);
	}
	assert_int_equal(changes_item(c, &lines), 1);
	assert_int_equal(lines.n, 1);
	rowdiff_lines_release(&lines);
	assert_int_equal(changes_item(c, &lines), 0);
	changes_free(c);
}

static void
rowdiff__forgets_what_did_not_stay(void **state)
{
	struct scratch *s = *state;
	struct rowdiff_lines lines;
	struct changes *c;

	scratch_sql(s->db.handle, schema);
	assert_non_null(c = changes_new(&s->db, 10, &s->e));
	/* A rejected item. */
	scratch_sql(s->db.handle, "UPDATE record SET author = 'A'");
	changes_drop(c);
	assert_string_equal(shown(s, c, "DELETE FROM pair"), "delete pair a 'k', b 7: note 'old'\n");
	/* A transaction that is tried again. */
	scratch_sql(s->db.handle, "DELETE FROM loose");
	changes_keep(c);
	scratch_sql(s->db.handle, "DELETE FROM record");
	changes_forget(c);
	assert_int_equal(changes_item(c, &lines), 0);
	assert_string_equal(shown(s, c, "INSERT INTO loose (x) VALUES (1)"), "insert loose row 1: x 1, stored 2\n");
	changes_free(c);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(rowdiff__tells_what_an_item_changes),
		CASE(rowdiff__has_its_limits),
		CASE(rowdiff__forgets_what_did_not_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
