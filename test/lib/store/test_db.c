#include "scratch.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "store/schema.h"
#include "store/wal.h"

static void
db_begin__waits_for_a_busy_database_and_then_gives_up(void **state)
{
	struct scratch *s = *state;
	sqlite3 *platform = scratch_platform(s->path);
	int64_t begun;

	scratch_sql(platform, "BEGIN IMMEDIATE");
	sqlite3_busy_timeout(s->db.handle, 300);
	begun = clock_mono_ms();
	REFUSED(s, db_begin(&s->db, &s->e), ERR_TRY_LATER, "beginning a transaction");
	assert_in_range(clock_mono_ms() - begun, 250, 5000);
	assert_string_equal(s->e.code, "database");
	assert_non_null(strstr(s->e.text, "try later"));
	assert_non_null(strstr(s->e.text, s->path));
	db_rollback(&s->db);
	scratch_sql(platform, "ROLLBACK");
	sqlite3_close(platform);
	OK(s, db_begin(&s->db, &s->e));
	OK(s, db_commit(&s->db, &s->e));
}

static void
db_begin__writes_to_no_file_that_was_replaced(void **state)
{
	struct scratch *s = *state;
	sqlite3 *another;
	char aside[160];

	snprintf(aside, sizeof(aside), "%s.old", s->path);
	assert_int_equal(rename(s->path, aside), 0);
	REFUSED(s, db_begin(&s->db, &s->e), ERR_DATABASE, "was removed or replaced while it was in use");
	another = scratch_platform(s->path);
	scratch_sql(another, "CREATE TABLE another (id)");
	sqlite3_close(another);
	REFUSED(s, db_begin(&s->db, &s->e), ERR_DATABASE, "was removed or replaced while it was in use");
	assert_int_equal(rename(aside, s->path), 0);
	err_clear(&s->e);
	OK(s, db_begin(&s->db, &s->e));
	db_rollback(&s->db);
}

static void
db__commits_and_rolls_back(void **state)
{
	static const char insert[] = "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[]')";
	struct scratch *s = *state;

	OK(s, db_begin(&s->db, &s->e));
	scratch_sql(s->db.handle, insert);
	db_rollback(&s->db);
	OK(s, db_begin(&s->db, &s->e));
	scratch_sql(s->db.handle, insert);
	OK(s, db_commit(&s->db, &s->e));
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_JOB_CONFIG"), 1);
	/* Nothing open: nothing to do, and no complaint; nor without a connection. */
	db_rollback(&s->db);
	db_close(&s->db);
	db_rollback(&s->db);
	db_close(&s->db);
}

static void
db_commit__of_a_full_disk_says_what_to_do(void **state)
{
	struct scratch *s = *state;

	scratch_sql(s->db.handle, "PRAGMA max_page_count = 1");
	OK(s, db_begin(&s->db, &s->e));
	if (sqlite3_exec(s->db.handle,
	        "WITH n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
	        " INSERT INTO APP_JOB_CONFIG (JobType, Configuration) SELECT i, hex(zeroblob(1000)) FROM n",
	        NULL, NULL, NULL) != SQLITE_FULL)
		fail_msg("not full");
	assert_int_equal(db_err(&s->db, &s->e, "adding clients"), -1);
	assert_int_equal(s->e.kind, ERR_DATABASE);
	assert_non_null(strstr(s->e.text, "adding clients: "));
	assert_non_null(strstr(s->e.text, "make room on its disk"));
	db_rollback(&s->db);
}

static void
db_is_failure__tells_the_database_from_a_statement(void **state)
{
	static const struct {
		int rc;
		bool failure;
	} rows[] = {
		{ SQLITE_FULL, true },
		{ SQLITE_IOERR_FSYNC, true },
		{ SQLITE_IOERR, true },
		{ SQLITE_CORRUPT, true },
		{ SQLITE_CORRUPT_INDEX, true },
		{ SQLITE_NOTADB, true },
		{ SQLITE_CANTOPEN, true },
		{ SQLITE_READONLY_DBMOVED, true },
		{ SQLITE_BUSY, true },
		{ SQLITE_BUSY_SNAPSHOT, true },
		{ SQLITE_NOMEM, true },
		{ SQLITE_PROTOCOL, true },
		{ SQLITE_OK, false },
		{ SQLITE_ROW, false },
		{ SQLITE_DONE, false },
		{ SQLITE_ERROR, false },
		{ SQLITE_CONSTRAINT_UNIQUE, false },
		{ SQLITE_MISMATCH, false },
		{ SQLITE_TOOBIG, false },
		{ SQLITE_INTERRUPT, false },
		{ SQLITE_ABORT, false },
		{ SQLITE_AUTH, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++)
		if (db_is_failure(rows[i].rc) != rows[i].failure)
			fail_msg("%d", rows[i].rc);
}

static void
db_step__gives_rows_and_names_what_failed(void **state)
{
	struct scratch *s = *state;
	sqlite3_stmt *st = db_stmt(&s->db, SQL_USER_VERSION, &s->e), *foreign;

	assert_non_null(st);
	assert_int_equal(db_step(&s->db, st, &s->e), 1);
	assert_int_equal(sqlite3_column_int(st, 0), schema_newest);
	assert_int_equal(db_step(&s->db, st, &s->e), 0);
	assert_ptr_equal(db_stmt(&s->db, SQL_USER_VERSION, &s->e), st);
	OK(s, db_run(&s->db, st, &s->e));

	assert_int_equal(
	    sqlite3_prepare_v2(s->db.handle, "SELECT abs(-9223372036854775808)", -1, &foreign, NULL), SQLITE_OK);
	REFUSED(s, db_run(&s->db, foreign, &s->e), ERR_DATABASE, "running a statement: ");
	assert_non_null(strstr(s->e.text, "integer overflow (SQLite 1)"));
	sqlite3_finalize(foreign);
}

static void
db_bytes__binds_every_byte_and_null(void **state)
{
	struct scratch *s = *state;
	sqlite3_stmt *st;

	assert_int_equal(
	    sqlite3_prepare_v2(s->db.handle, "SELECT hex(?1), ?2 IS NULL, ?3 IS NULL, typeof(?1)", -1, &st, NULL),
	    SQLITE_OK);
	db_bytes(st, 1, "a\0b", 3);
	db_bytes(st, 2, NULL, 0);
	db_text(st, 3, NULL);
	assert_int_equal(db_step(&s->db, st, &s->e), 1);
	assert_string_equal((const char *)sqlite3_column_text(st, 0), "610062");
	assert_int_equal(sqlite3_column_int(st, 1), 1);
	assert_int_equal(sqlite3_column_int(st, 2), 1);
	assert_string_equal((const char *)sqlite3_column_text(st, 3), "text");
	sqlite3_finalize(st);
}

static void
db_hurry__waits_no_longer_than_a_second(void **state)
{
	struct scratch *s = *state;
	sqlite3 *platform = scratch_platform(s->path);
	int64_t begun;

	scratch_sql(platform, "BEGIN IMMEDIATE");
	db_hurry(&s->db);
	begun = clock_mono_ms();
	REFUSED(s, db_begin(&s->db, &s->e), ERR_TRY_LATER, "beginning a transaction");
	assert_in_range(clock_mono_ms() - begun, 900, BOUND_BUSY_MS - 1);
	sqlite3_close(platform);
}

/* Writes a page and more. */
static void
write_some(struct scratch *s)
{
	OK(s, db_begin(&s->db, &s->e));
	scratch_sql(s->db.handle,
	    "WITH n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
	    " INSERT INTO APP_JOB_CONFIG (JobType, Configuration) SELECT i, hex(zeroblob(4000)) FROM n");
	OK(s, db_commit(&s->db, &s->e));
}

/* While someone reads it grows; then it is moved into the database, and begun anew. */
static void
db_commit__tells_how_long_the_log_is(void **state)
{
	struct scratch *s = *state;
	sqlite3 *platform = scratch_platform(s->path);
	int64_t before;
	int i;

	/* 25 MB in all. */
	for (i = 0; i < 10; i++)
		write_some(s);
	before = wal_bytes(&s->db);
	assert_in_range(before, 1, 20 * 1024 * 1024);
	scratch_sql(platform, "BEGIN; SELECT count(*) FROM APP_JOB_CONFIG");
	for (i = 0; i < 10; i++, before = wal_bytes(&s->db)) {
		write_some(s);
		assert_in_range(wal_bytes(&s->db) - before, 1, 8 * 1024 * 1024);
	}
	assert_in_range(wal_bytes(&s->db), 20 * 1024 * 1024, BOUND_LOG_BYTES);
	scratch_sql(platform, "COMMIT");
	write_some(s);
	write_some(s);
	assert_in_range(wal_bytes(&s->db), 1, 8 * 1024 * 1024);
	sqlite3_close(platform);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(db_begin__waits_for_a_busy_database_and_then_gives_up),
		CASE(db_begin__writes_to_no_file_that_was_replaced),
		CASE(db__commits_and_rolls_back),
		CASE(db_hurry__waits_no_longer_than_a_second),
		CASE(db_commit__tells_how_long_the_log_is),
		CASE(db_commit__of_a_full_disk_says_what_to_do),
		CASE(db_is_failure__tells_the_database_from_a_statement),
		CASE(db_step__gives_rows_and_names_what_failed),
		CASE(db_bytes__binds_every_byte_and_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
