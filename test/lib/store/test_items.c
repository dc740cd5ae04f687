#include <time.h>

#include "scratch.h"

#include "base/bounds.h"
#include "base/buf.h"
#include "store/items.h"

/* Of two clients, one of them in two groups; 'z' and 104 are there twice. */
static const char books[] =
    "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status) VALUES (1, '', 'ok');"
    "INSERT INTO APP_ITEM (JobType, ClientId, GroupId, ItemId, ItemVersion, IdQuoted, State, Attempts, RunId, At) VALUES"
    " (1, '7', 'a', '1', '', 0, 'acked', 0, 1, '2026-11-20'),"
    " (1, '7', 'a', '2', '', 0, 'applied', 0, 1, '2026-11-20'),"
    " (1, '7', 'a', '104', 'v1', 0, 'parked', 5, 1, '2026-11-20'),"
    " (1, '7', 'a', '104', 'v2', 1, 'failed', 2, 3, '2026-11-22'),"
    " (1, '7', 'a', '3', '', 0, 'failed', 0, 2, '2026-11-22'),"
    " (1, '7', 'b', 'z', '', 1, 'parked', 5, 1, '2026-11-20'),"
    " (1, '8', 'a', 'z', '', 1, 'parked', 5, 1, '2026-11-23'),"
    " (1, '8', 'a', char(55, 0, 56), '', 1, 'failed', 1, 1, '2026-11-20'),"
    " (2, '7', 'a', '104', '', 0, 'parked', 5, 1, '2026-11-20');"
    "INSERT INTO APP_EXCEPTION_LOG (At, RunId, JobType, ClientId, GroupId, ItemId, Stage, Code, Message) VALUES"
    " ('', 1, 1, '7', 'a', '104', 'rules', 'c', 'first'), ('', 1, 1, '7', 'a', '104', 'rules', 'c', 'last'),"
    " ('', 1, 2, '7', 'a', '104', 'rules', 'c', 'other job'), ('', 1, 1, '7', 'c', '9', 'ack', 'c', 'pruned'),"
    " ('', 1, 1, '7', 'a', NULL, 'fetch', 'c', 'the client''s own');";

static int
open_books(void **state)
{
	return scratch_books(state, books);
}

static int
take(void *arg, const struct items_row *row, struct err *e)
{
	(void)e;
	return buf_addf(arg, "%s/%s/%s;", row->client, row->group, row->id);
}

static const char *const seven[] = { "7" }, *const both[] = { "8", "7" };

static void
items__lists_and_counts_what_is_chosen(void **state)
{
	static const struct {
		enum items_state state;
		struct items_choice choice;
		int64_t limit;
		const char *rows;
		int64_t n; /* -1: not counted */
	} rows[] = {
		{ ITEMS_PARKED, { .job_type = 1 }, -1, "7/a/104;7/b/z;8/a/z;", 3 },
		{ ITEMS_PARKED, { .job_type = 1 }, 2, "7/a/104;7/b/z;", 3 },
		{ ITEMS_PARKED, { .job_type = 1, .group = "a" }, -1, "7/a/104;8/a/z;", 2 },
		{ ITEMS_PARKED, { .job_type = 1, .since = "2026-11-21" }, -1, "8/a/z;", 1 },
		{ ITEMS_PARKED, { .job_type = 1, .clients = seven, .n_clients = 1 }, -1, "7/a/104;7/b/z;", 2 },
		{ ITEMS_PARKED, { .job_type = 2, .clients = both, .n_clients = 2 }, -1, "7/a/104;", 1 },
		{ ITEMS_PARKED, { .job_type = 3 }, -1, "", 0 },
		{ ITEMS_FAILED, { .job_type = 1 }, -1, "7/a/104;7/a/3;8/a/7;", 3 },
		{ ITEMS_FAILED, { .job_type = 1, .since = "2026-11-21", .group = "a" }, 1, "7/a/104;", 2 },
		{ ITEMS_APPLIED, { .job_type = 1 }, -1, "7/a/2;", 1 },
		{ ITEMS_ACKED, { .job_type = 1, .clients = both, .n_clients = 2 }, -1, "7/a/1;", -1 },
		{ ITEMS_ACKED, { .job_type = 1, .clients = both, .n_clients = 1 }, -1, "", -1 },
		{ ITEMS_ACKED, { .job_type = 1 }, -1, "", -1 },
	};
	struct scratch *s = *state;
	struct buf b;
	int64_t n;
	size_t i;

	buf_init(&b, 1000);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&b);
		OK(s, items_list(&s->db, rows[i].state, &rows[i].choice, rows[i].limit, take, &b, &s->e));
		if (strcmp(buf_text(&b), rows[i].rows) != 0)
			fail_msg("row %zu: %s, not %s", i, buf_text(&b), rows[i].rows);
		if (rows[i].n == -1)
			continue;
		OK(s, items_count(&s->db, rows[i].state, &rows[i].choice, &n, &s->e));
		if (n != rows[i].n)
			fail_msg("row %zu: %d, not %d", i, (int)n, (int)rows[i].n);
	}
	buf_release(&b);
}

static int
check_104(void *arg, const struct items_row *row, struct err *e)
{
	int *n = arg;

	(void)e;
	assert_string_equal(row->client, "7");
	assert_string_equal(row->group, "a");
	assert_string_equal(row->id, "104");
	assert_int_equal(row->id_len, 3);
	assert_string_equal(row->version, *n == 0 ? "v1" : "v2");
	assert_int_equal(row->version_len, 2);
	assert_int_equal(row->quoted, *n);
	assert_string_equal(row->state, *n == 0 ? "parked" : "failed");
	assert_int_equal(row->attempts, *n == 0 ? 5 : 2);
	assert_int_equal(row->run, *n == 0 ? 1 : 3);
	assert_string_equal(row->at, *n == 0 ? "2026-11-20" : "2026-11-22");
	/* The last error of the id. */
	assert_string_equal(row->message, "last");
	assert_string_equal(row->stage, "rules");
	assert_string_equal(row->code, "c");
	++*n;
	return 0;
}

static int
check_none(void *arg, const struct items_row *row, struct err *e)
{
	(void)e;
	assert_null(row->stage);
	assert_null(row->message);
	++*(int *)arg;
	return 0;
}

static void
items__hands_out_every_column_of_every_version(void **state)
{
	struct scratch *s = *state;
	int n = 0;

	OK(s, items_of(&s->db, 1, "7", "a", "104", check_104, &n, &s->e));
	assert_int_equal(n, 2);
	OK(s, items_of(&s->db, 1, "7", "b", "z", check_none, &n, &s->e));
	assert_int_equal(n, 3);
	OK(s, items_of(&s->db, 1, "7", "b", "104", check_none, &n, &s->e));
	assert_int_equal(n, 3);
}

static int
take_group(void *arg, const char *group, struct err *e)
{
	(void)e;
	return buf_addf(arg, "%s;", group);
}

static int
take_no_group(void *arg, const char *group, struct err *e)
{
	(void)arg;
	return err_set(e, ERR_USAGE, "enough", "not %s", group);
}

static void
items__knows_the_groups_that_have_an_item(void **state)
{
	static const struct {
		const char *client, *item, *groups;
	} rows[] = {
		{ "7", "104", "a;" },
		{ "7", "z", "b;" },
		{ "7", NULL, "a;b;c;" },
		{ "7", "9", "c;" },
		{ "7", "10", "" },
		{ "9", NULL, "" },
	};
	struct scratch *s = *state;
	struct buf b;
	size_t i;

	buf_init(&b, 1000);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&b);
		OK(s, items_groups(&s->db, 1, rows[i].client, rows[i].item, take_group, &b, &s->e));
		assert_string_equal(buf_text(&b), rows[i].groups);
	}
	buf_release(&b);
	REFUSED(s, items_groups(&s->db, 1, "7", NULL, take_no_group, NULL, &s->e), ERR_USAGE, "not a");
}

static void
items_retry__changes_what_is_meant_and_nothing_else(void **state)
{
	static const struct {
		struct items_held held;
		int64_t n;
		const char *left; /* held with attempts counted, or parked */
	} rows[] = {
		{ { 1, NULL, NULL, NULL }, 5, "2/7/a/104" },
		{ { 1, "7", NULL, NULL }, 3, "1/8/a/nul,1/8/a/z,2/7/a/104" },
		{ { 1, NULL, "b", NULL }, 1, "1/7/a/104,1/7/a/104,1/8/a/nul,1/8/a/z,2/7/a/104" },
		{ { 1, "7", "a", NULL }, 2, "1/7/b/z,1/8/a/nul,1/8/a/z,2/7/a/104" },
		{ { 1, "7", "a", "104" }, 2, "1/7/b/z,1/8/a/nul,1/8/a/z,2/7/a/104" },
		{ { 1, "8", "a", "z" }, 1, "1/7/a/104,1/7/a/104,1/7/b/z,1/8/a/nul,2/7/a/104" },
		{ { 1, "7", "a", "3" }, 0, "1/7/a/104,1/7/a/104,1/7/b/z,1/8/a/nul,1/8/a/z,2/7/a/104" },
		{ { 1, "7", "a", "1" }, 0, "1/7/a/104,1/7/a/104,1/7/b/z,1/8/a/nul,1/8/a/z,2/7/a/104" },
		{ { 3, NULL, NULL, NULL }, 0, "1/7/a/104,1/7/a/104,1/7/b/z,1/8/a/nul,1/8/a/z,2/7/a/104" },
	};
	struct scratch *s = *state;
	int64_t n;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		scratch_sql(s->db.handle,
		    "DELETE FROM APP_ITEM; DELETE FROM APP_EXCEPTION_LOG; DELETE FROM APP_JOB_RUN;"
		    "DELETE FROM sqlite_sequence");
		scratch_sql(s->db.handle, books);
		OK(s, items_retry(&s->db, &rows[i].held, &n, &s->e));
		assert_int_equal(n, rows[i].n);
		assert_string_equal(
		    scratch_text(s->db.handle,
		        "SELECT group_concat(Row) FROM (SELECT JobType || '/' || ClientId || '/' || GroupId || '/' ||"
		        " iif(length(ItemId) < length(CAST(ItemId AS BLOB)), 'nul', ItemId) AS Row FROM APP_ITEM WHERE State = 'parked' OR"
		        " (State = 'failed' AND Attempts > 0) ORDER BY JobType, ClientId, GroupId, ItemId, ItemVersion)"),
		    rows[i].left);
		assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_ITEM"), 9);
		/* What is applied is never touched; what is tried anew keeps the run that tried it. */
		assert_string_equal(scratch_text(s->db.handle,
		                        "SELECT group_concat(State || At) FROM APP_ITEM WHERE ItemId IN ('1', '2')"),
		    "acked2026-11-20,applied2026-11-20");
		assert_string_equal(
		    scratch_text(s->db.handle, "SELECT group_concat(RunId) FROM APP_ITEM WHERE ItemId = '104'"),
		    "1,3,1");
	}
}

/* As on a slow disk: each change takes a millisecond. */
static int
slow(unsigned kind, void *arg, void *st, void *sql)
{
	static const struct timespec millisecond = { 0, 1000000 };

	(void)kind;
	(void)arg;
	(void)st;
	if (strncmp(sql, "UPDATE APP_ITEM", 15) == 0)
		nanosleep(&millisecond, NULL);
	return 0;
}

static int
count_commit(void *arg)
{
	++*(int *)arg;
	return 0;
}

/* Other programs write to the same file: many small transactions, however many items there are. */
static void
items_retry__holds_the_write_lock_for_a_moment_only(void **state)
{
	struct scratch *s = *state;
	struct items_held all = { .job_type = 5 };
	int commits = 0;
	int64_t n;

	scratch_sql(s->db.handle,
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
	    " INSERT INTO APP_ITEM (JobType, ClientId, ItemId, State, Attempts, RunId, At)"
	    " SELECT 5, i % 100, i, CASE i % 2 WHEN 0 THEN 'parked' ELSE 'failed' END, 5, 1, '' FROM n");
	sqlite3_trace_v2(s->db.handle, SQLITE_TRACE_STMT, slow, NULL);
	sqlite3_commit_hook(s->db.handle, count_commit, &commits);
	OK(s, items_retry(&s->db, &all, &n, &s->e));
	assert_int_equal(n, 300);
	assert_in_range(commits, 300 / (BOUND_BATCH_HOLD_MS + 1), 300);
	assert_int_equal(scratch_number(s->db.handle,
	                     "SELECT count(*) FROM APP_ITEM WHERE JobType = 5 AND State = 'failed' AND"
	                     " Attempts = 0 AND At > '2026'"),
	    300);
	OK(s, items_retry(&s->db, &all, &n, &s->e));
	assert_int_equal(n, 0);
}

static void
items__fail_with_their_table(void **state)
{
	static const struct items_choice choice = { .job_type = 1, .clients = seven, .n_clients = 1 };
	struct scratch *s = *state;
	int64_t n;

	scratch_sql(s->db.handle, "DROP TABLE APP_ITEM");
	REFUSED(s, items_list(&s->db, ITEMS_PARKED, &choice, 1, take, NULL, &s->e), ERR_DATABASE, "the parked items");
	REFUSED(s, items_count(&s->db, ITEMS_FAILED, &choice, &n, &s->e), ERR_DATABASE, "counting the failed items");
	REFUSED(s, items_of(&s->db, 1, "7", "a", "1", take, NULL, &s->e), ERR_DATABASE, "reading an item");
	REFUSED(s, items_groups(&s->db, 1, "7", "1", take_group, NULL, &s->e), ERR_DATABASE, "the groups of a client");
	REFUSED(s, items_retry(&s->db, &(struct items_held){ .job_type = 1 }, &n, &s->e), ERR_DATABASE, "failed items");
	assert_int_equal(sqlite3_get_autocommit(s->db.handle), 1);
}

static void
items__read_by_index(void **state)
{
	static const struct {
		enum sql_id id;
		const char *plan;
	} rows[] = {
		{ SQL_ITEMS_PARKED, "SEARCH i USING INDEX APP_ITEM_Held (JobType=? AND State=?)" },
		{ SQL_ITEMS_FAILED, "SEARCH i USING INDEX APP_ITEM_Held (JobType=? AND State=?)" },
		{ SQL_ITEMS_APPLIED, "SEARCH i USING INDEX APP_ITEM_Owed (JobType=?)" },
		{ SQL_ITEMS_ACKED, "SEARCH i USING PRIMARY KEY (JobType=? AND ClientId=?)" },
		{ SQL_ITEMS_PARKED,
		    "SEARCH y USING COVERING INDEX APP_EXCEPTION_LOG_Item (JobType=? AND ClientId=? AND "
		    "GroupId=? AND ItemId=?)" },
		{ SQL_ITEMS_COUNT_PARKED, "SEARCH i USING COVERING INDEX APP_ITEM_Held (JobType=? AND State=?)" },
		{ SQL_ITEMS_COUNT_FAILED, "SEARCH i USING COVERING INDEX APP_ITEM_Held (JobType=? AND State=?)" },
		{ SQL_ITEMS_COUNT_APPLIED, "SEARCH i USING COVERING INDEX APP_ITEM_Owed (JobType=?)" },
	};
	struct scratch *s = *state;
	char plan[2048];
	size_t i;

	for (i = 0; i < N(rows); i++) {
		scratch_plan(s->db.handle, sql_text(rows[i].id), plan, sizeof(plan));
		if (strstr(plan, rows[i].plan) == NULL || strstr(plan, "TEMP B-TREE") != NULL)
			fail_msg("%s: %s", sql_text(rows[i].id), plan);
	}
	/* From group to group, by two indexes: nothing of it is as long as the ledger. */
	scratch_plan(s->db.handle, sql_text(SQL_ITEMS_GROUPS), plan, sizeof(plan));
	assert_non_null(strstr(plan, "SEARCH t USING PRIMARY KEY (JobType=? AND ClientId=? AND GroupId>?)"));
	assert_non_null(strstr(
	    plan, "SEARCH t USING COVERING INDEX APP_EXCEPTION_LOG_Item (JobType=? AND ClientId=? AND GroupId>?)"));
	assert_null(strstr(plan, "SCAN t;"));
	assert_null(strstr(plan, "SCAN t USING"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_books, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(items__lists_and_counts_what_is_chosen),
		CASE(items__hands_out_every_column_of_every_version),
		CASE(items__knows_the_groups_that_have_an_item),
		CASE(items_retry__changes_what_is_meant_and_nothing_else),
		CASE(items_retry__holds_the_write_lock_for_a_moment_only),
		CASE(items__fail_with_their_table),
		CASE(items__read_by_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
