/*
 * Memory that runs out: the Nth allocation fails, ours or SQLite's, once or
 * from then on, for every N. Whatever was under way ends with an error of its own, leaks nothing, and
 * leaves a database that the next run can use.
 */
#include "scratch.h"

#include "../failing.h"
#include "store/catalog.h"
#include "store/changes.h"
#include "store/health.h"
#include "store/items.h"
#include "store/keys.h"
#include "store/ledger.h"
#include "store/runlog.h"

#define NOW "2026-11-23T07:00:00.000Z"

/* In the C library's place, for SQLite: none of these databases has to survive a power cut, and a disk is slow. */
int
fsync(int fd)
{
	(void)fd;
	return 0;
}

int
fdatasync(int fildes)
{
	(void)fildes;
	return 0;
}

static int
see_row(void *arg, const struct catalog_row *row, struct err *e)
{
	(void)arg;
	(void)row;
	(void)e;
	return 0;
}

static int
see_cells(void *arg, int n, const char *const *cells, struct err *e)
{
	(void)arg;
	(void)e;
	assert_true(n > 0);
	/* A job's number, as text. */
	assert_non_null(cells[0]);
	return 0;
}

static int
init_and_open(struct scratch *s)
{
	int from, to;

	return db_init(s->path, &from, &to, &s->e) == -1 || db_open(&s->db, s->path, &s->e) == -1 ? -1 : 0;
}

static int
use_catalog(struct scratch *s)
{
	struct catalog_job job = { .type = 1, .name = (char *)"Sync", .definition = (char *)"{}", .rules = (char *)"" };
	struct db *db = &s->db;
	char *definition;
	int64_t n;
	int i;

	if (catalog_system_set(db, "ris", "{}", &i, &s->e) == -1 || catalog_system(db, "ris", &definition, &s->e) == -1)
		return -1;
	free(definition);
	if (catalog_job_install(db, &job, &n, &i, &s->e) == -1 || catalog_job(db, "Sync", &job, &s->e) == -1)
		return -1;
	catalog_job_release(&job);
	if (catalog_client_add(db, 1, "", "{}", 1, &s->e) == -1)
		return -1;
	n = sqlite3_last_insert_rowid(db->handle);
	return catalog_client_enable(db, n, 0, 0, &s->e) == -1 || catalog_rows(db, 1, see_row, NULL, &n, &s->e) == -1 ||
	        catalog_list(db, SQL_LIST_JOBS, see_cells, NULL, &s->e) == -1 ||
	        catalog_client_remove(db, sqlite3_last_insert_rowid(db->handle), 0, &s->e) == -1
	    ? -1
	    : 0;
}

static int
use_keys(struct scratch *s)
{
	unsigned char hash[KEYS_HASH];
	enum keys_verdict verdict;
	int64_t id;
	int was;

	sqlite3_randomness(sizeof(hash), hash);
	if (keys_add(&s->db, hash, "*", "", NULL, &id, &s->e) == -1 ||
	    keys_check(&s->db, hash, 1, "Sync", NOW, &verdict, &id, &s->e) == -1)
		return -1;
	assert_int_equal(verdict, KEYS_OK);
	return keys_used(&s->db, id, NOW, &s->e) == -1 || keys_revoke(&s->db, id, &was, &s->e) == -1 ? -1 : 0;
}

static int
use_ledger(struct scratch *s)
{
	static const struct ledger_client who = { 1, "7", "0" };
	struct ledger_key key = { .id_len = 4 };
	struct ledger_owed owed = { 0 };
	struct ledger_row row;
	int64_t n;
	char id[16];
	int i, ret = -1;

	if (db_begin(&s->db, &s->e) == -1)
		return -1;
	for (i = 0; i < 100; i++) {
		snprintf(id, sizeof(id), "%04d", i);
		key.id = id;
		if (ledger_find(&s->db, &who, &key, &row, &s->e) == -1 ||
		    ledger_put(&s->db, &who, &key, LEDGER_APPLIED, 0, 1, NOW, &s->e) == -1)
			goto out;
	}
	if (db_commit(&s->db, &s->e) == -1 || ledger_owed_read(&s->db, &who, NULL, 1000, &owed, &s->e) == -1 ||
	    ledger_acked(&s->db, &who, &key, 1, NOW, &s->e) == -1 || ledger_owe(&s->db, &who, &key, &s->e) == -1 ||
	    ledger_count_owed(&s->db, &who, &n, &s->e) == -1)
		goto out;
	assert_int_equal(owed.n, 100);
	assert_int_equal(n, 100);
	ret = 0;
out:
	db_rollback(&s->db);
	ledger_owed_release(&owed);
	return ret;
}

/* No item is passed over. */
static int
use_held(struct scratch *s)
{
	static const struct ledger_client who = { 1, "8", "0" };
	static const enum ledger_state held[] = { LEDGER_FAILED, LEDGER_PARKED, LEDGER_PARKED };
	static const char *const ids[] = { "1", "2", "3" };
	static struct ledger_gap gap;
	struct ledger_key key = { .id_len = 1 };
	struct ledger_row row;
	int64_t n;
	size_t i;

	gap.client = NULL;
	for (i = 0; i < N(ids); i++) {
		key.id = ids[i];
		if (ledger_put(&s->db, &who, &key, held[i], 3, 1, NOW, &s->e) == -1 ||
		    ledger_look(&s->db, &who, &key, &gap, &row, &s->e) == -1)
			return -1;
		assert_int_equal(row.state, held[i]);
	}
	if (items_retry(&s->db, &(struct items_held){ .job_type = 1 }, &n, &s->e) == -1)
		return -1;
	assert_int_equal(n, N(ids));
	return 0;
}

/* Of what use_ledger left. */
static int
read_owed(struct scratch *s)
{
	static const struct ledger_client who = { 1, "7", "0" };
	struct ledger_owed owed = { 0 };
	int ret = ledger_owed_read(&s->db, &who, NULL, 1000, &owed, &s->e);

	if (ret == 0)
		assert_int_equal(owed.n, 100);
	ledger_owed_release(&owed);
	return ret;
}

static int
use_logs(struct scratch *s)
{
	struct runlog_run run = { .job_type = 1, .started_at = NOW, .finished_at = NOW, .status = "ok" };
	struct runlog_request visit = { .job_type = 1, .client = "7", .group = "0", .started_at = NOW, .status = "ok" };
	struct runlog_exception error = {
		.job_type = 1, .at = NOW, .client = "7", .group = "0", .stage = "ack", .code = "", .message = ""
	};
	int64_t n;

	if (runlog_heal(&s->db, 1, NOW, &n, &s->e) == -1 || runlog_begin(&s->db, &run, &s->e) == -1)
		return -1;
	visit.run = error.run = run.id;
	return runlog_request(&s->db, &visit, &s->e) == -1 || runlog_exception(&s->db, &error, &s->e) == -1 ||
	        runlog_end(&s->db, &run, &s->e) == -1 || runlog_last_success(&s->db, 1, "7", "0", &n, &s->e) == -1
	    ? -1
	    : 0;
}

/* A sound database is never called damaged. */
static int
use_health(struct scratch *s)
{
	struct health h;

	if (health_read(&h, &s->db, INT64_MAX, &s->e) == -1)
		return -1;
	assert_null(h.damage);
	health_release(&h);
	return 0;
}

static int
use_changes(struct scratch *s)
{
	struct changes *c = changes_new(&s->db, 3, &s->e);
	int ret = c == NULL ? -1 : 0;

	if (c != NULL && sqlite3_exec(s->db.handle, "INSERT INTO platform VALUES (1)", NULL, NULL, NULL) != SQLITE_OK)
		ret = db_err(&s->db, &s->e, "inserting");
	changes_free(c);
	return ret;
}

/*
 * Runs work with its Nth allocation failing, for every N, on a new database, or on one that each run leaves usable;
 * ours_alone: SQLite's own neither fail nor count.
 */
static void
torture(struct scratch *s, int (*work)(struct scratch *s), bool fresh, bool ours_alone)
{
	/* Of SQLite's thousands a share will do. */
	struct failing f = { .dense = ours_alone ? 0 : 600 };
	int ret;

	failing_spare_sqlite(ours_alone);
	if (!fresh) {
		OK(s, init_and_open(s));
		scratch_sql(s->db.handle, "CREATE TABLE IF NOT EXISTS platform (id)");
		db_close(&s->db);
	}
	while (failing_next(&f)) {
		if (fresh)
			unlink(s->path);
		else if (db_open(&s->db, s->path, &s->e) == -1)
			fail_msg("before allocation %ld fails: %s", f.nth, s->e.text);
		err_clear(&s->e);
		failing_begin(&f);
		ret = work(s);
		failing_end(&f);
		if (ret == -1 && (!f.failed || s->e.kind != ERR_INTERNAL))
			fail_msg("allocation %ld: kind %d: \"%s\"", f.nth, (int)s->e.kind, s->e.text);
		db_close(&s->db);
	}
	assert_true(ours_alone || f.nth > 1);
	OK(s, init_and_open(s));
	assert_string_equal(scratch_text(s->db.handle, "PRAGMA integrity_check"), "ok");
	db_close(&s->db);
}

static void
memory__runs_out_while_anything_is_done(void **state)
{
	static const struct {
		int (*work)(struct scratch *s);
		bool fresh;
	} rows[] = {
		{ init_and_open, true },
		{ use_catalog, false },
		{ use_keys, false },
		{ use_ledger, false },
		{ read_owed, false },
		{ use_held, false },
		{ use_logs, false },
		{ use_changes, false },
		{ use_health, false },
	};
	size_t i;

	for (i = 0; i < N(rows); i++) {
		torture(*state, rows[i].work, rows[i].fresh, false);
		torture(*state, rows[i].work, rows[i].fresh, true);
	}
}

/* Bytes that no NUL ends: SQLite wants memory for one when they are read as a text. */
static void
memory__runs_out_while_a_row_is_read(void **state)
{
	struct scratch *s = *state;
	struct failing f = { 0 };
	sqlite3_stmt *st;
	int got;

	failing_spare_sqlite(false);
	OK(s, init_and_open(s));
	while (failing_next(&f)) {
		assert_int_equal(
		    sqlite3_prepare_v2(s->db.handle, "SELECT CAST(x'616263' AS TEXT)", -1, &st, NULL), SQLITE_OK);
		failing_begin(&f);
		got = db_step(&s->db, st, &s->e);
		failing_end(&f);
		if (got == 1)
			assert_string_equal((const char *)sqlite3_column_text(st, 0), "abc");
		else
			assert_true(f.failed && s->e.kind == ERR_INTERNAL);
		sqlite3_finalize(st);
	}
	assert_true(f.nth > 1);
	db_close(&s->db);
}

/* The first rollback of a connection, with no memory at all: nothing stays open. */
static void
memory__is_not_needed_to_roll_back(void **state)
{
	struct failing all = { .nth = 1, .for_good = true };
	struct scratch *s = *state;

	failing_spare_sqlite(false);
	OK(s, init_and_open(s));
	OK(s, db_begin(&s->db, &s->e));
	failing_begin(&all);
	db_rollback(&s->db);
	failing_end(&all);
	assert_int_not_equal(sqlite3_get_autocommit(s->db.handle), 0);
	db_close(&s->db);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(memory__runs_out_while_anything_is_done, scratch_folder, scratch_end),
		cmocka_unit_test_setup_teardown(memory__runs_out_while_a_row_is_read, scratch_folder, scratch_end),
		cmocka_unit_test_setup_teardown(memory__is_not_needed_to_roll_back, scratch_folder, scratch_end),
	};

	failing_sqlite();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
