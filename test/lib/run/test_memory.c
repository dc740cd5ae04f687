/*
 * Memory that runs out while a run applies, acknowledges and heals: the Nth allocation fails, ours or SQLite's, once or
 * from then on. It is said, what is committed is whole, and nothing is left out in silence.
 */
#include "fixture.h"

#include "../failing.h"
#include "run/ack.h"
#include "run/heal.h"

#define NOW "2026-11-23T08:00:00.000Z"

/* In the C library's place, for SQLite: no database here has to survive a power cut. */
int
fdatasync(int fildes)
{
	(void)fildes;
	return 0;
}

/* One item is taken, the next is rejected, the ack of the third is refused: each of them is on record. */
static int
visit_one_client(struct fixture *f)
{
	static const char *const items[] = { "{\"id\": 1}", "{\"id\": 2, \"bad\": \"no\"}", "{\"id\": 3}" };
	struct err *e = &f->s.e;
	struct visit *v = visit_new(&f->run, &f->clients[0], e);
	size_t i;

	if (v == NULL)
		return -1;
	TAILQ_INSERT_TAIL(&f->run.visits, v, entry);
	v->state = VISIT_FETCH;
	for (i = 0; i < N(items); i++)
		if (give(v, items[i], e) == -1)
			return -1;
	if (writer_commit(f->run.writer, e) == -1 ||
	    ledger_owed_read(&f->s.db, &v->who, NULL, 10, &v->ack.batch, e) == -1)
		return -1;
	assert_int_equal(v->ack.batch.n, 2);
	if ((v->ack.refused = calloc(2, sizeof(bool))) == NULL)
		return err_memory(e);
	v->ack.refused[1] = true;
	if (ack_take(v, e) == -1)
		return -1;
	v->ack.over = true;
	v->state = VISIT_DONE;
	if (f->run.fatal.kind == ERR_NONE)
		return writer_commit(f->run.writer, e);
	*e = f->run.fatal;
	return -1;
}

static void
expect_nothing_by_halves(struct fixture *f, const struct failing *failing, int ret)
{
	assert_int_not_equal(sqlite3_get_autocommit(f->s.db.handle), 0);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM note"),
	    scratch_number(f->rival, "SELECT count(*) FROM APP_ITEM WHERE State <> 'failed'"));
	if (ret == -1 && (!failing->failed || strcmp(f->s.e.code, "no_memory") != 0))
		fail_msg("allocation %ld: %s: %s", failing->nth, f->s.e.code, f->s.e.text);
	if (ret == -1)
		return;
	assert_string_equal(
	    scratch_text(
	        f->rival, "SELECT group_concat(ItemId || State, ' ') FROM (SELECT * FROM APP_ITEM ORDER BY ItemId)"),
	    "1acked 2failed 3applied");
	assert_string_equal(
	    scratch_text(f->rival,
	        "SELECT group_concat(ItemId || Code, ' ') FROM (SELECT * FROM APP_EXCEPTION_LOG ORDER BY ItemId)"),
	    "2rule_rejected 3ack_rejected");
	assert_string_equal(
	    scratch_text(f->rival, "SELECT Processed || Errors || Acked || Owed FROM APP_REQUEST_LOG"), "2111");
}

/* What was written goes, and another run begins. */
static void
start_over(struct fixture *f)
{
	end_run(f);
	scratch_sql(f->rival,
	    "DELETE FROM note; DELETE FROM APP_ITEM; DELETE FROM APP_EXCEPTION_LOG; DELETE FROM APP_REQUEST_LOG;"
	    " DELETE FROM APP_CLIENT; DELETE FROM APP_JOB_RUN");
	scratch_sql(f->s.db.handle, "DROP TABLE IF EXISTS temp.SEEN");
	err_clear(&f->run.fatal);
	err_clear(&f->s.e);
	begin_run(f);
}

static void
memory__runs_out_in_a_visit(void **state)
{
	struct fixture *f = *state;
	int spared, ret;

	for (spared = 0; spared < 2; spared++) {
		struct failing failing = { .dense = spared ? 0 : 100 };

		failing_spare_sqlite(spared);
		while (failing_next(&failing)) {
			start_over(f);
			failing_begin(&failing);
			ret = visit_one_client(f);
			failing_end(&failing);
			expect_nothing_by_halves(f, &failing, ret);
		}
	}
}

/* Nothing is kept; what would have changed is told of each item, or the run ends. */
static void
memory__runs_out_in_a_dry_run(void **state)
{
	struct fixture *f = *state;
	struct failing failing = { .dense = 100 };
	struct visit *v;
	int ret;

	failing_spare_sqlite(false);
	while (failing_next(&failing)) {
		start_over(f);
		v = begin_visit(f, 0);
		failing_begin(&failing);
		ret = give(v, "{\"id\": 1}", &f->s.e);
		if (ret == 0)
			ret = writer_commit(f->run.writer, &f->s.e);
		failing_end(&failing);
		/* Its own tables made the prepared ROLLBACK old: without memory the end of the connection does it. */
		db_rollback(&f->s.db);
		assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM note"), 0);
		if (ret == -1 && (!failing.failed || strcmp(f->s.e.code, "no_memory") != 0))
			fail_msg("allocation %ld: %s: %s", failing.nth, f->s.e.code, f->s.e.text);
		if (ret == 0)
			assert_int_equal(v->tally.processed, 1);
	}
}

/* A run died in an item's rules: its row ends, and the death is on record, or neither. */
static void
memory__runs_out_while_the_next_run_heals(void **state)
{
	static _Alignas(8) char room[LOCK_ROOM];
	static const struct ledger_client who = { 1, "1", "0" };
	static const struct ledger_key item = { .id = "7", .id_len = 1, .version = "v", .version_len = 1 };
	struct fixture *f = *state;
	struct failing failing = { .dense = 100 };
	int ret;

	failing_spare_sqlite(false);
	while (failing_next(&failing)) {
		struct heal h = { .runs = 0 };

		start_over(f);
		f->request.room = room;
		suspect_begin(room, f->run.id, &who, &item);
		OK(&f->s, db_begin(&f->s.db, &f->s.e));
		failing_begin(&failing);
		ret = heal_write(&h, &f->request, NOW, &f->s.e);
		failing_end(&failing);
		if (ret == -1 && (!failing.failed || strcmp(f->s.e.code, "no_memory") != 0))
			fail_msg("allocation %ld: %s: %s", failing.nth, f->s.e.code, f->s.e.text);
		if (ret == -1) {
			db_rollback(&f->s.db);
			continue;
		}
		OK(&f->s, db_commit(&f->s.db, &f->s.e));
		assert_string_equal(scratch_text(f->rival, "SELECT group_concat(Status) FROM APP_JOB_RUN"), "crashed");
		assert_string_equal(
		    scratch_text(f->rival, "SELECT group_concat(ItemId || Code) FROM APP_EXCEPTION_LOG"),
		    "7rule_crash");
	}
	f->request.room = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(memory__runs_out_in_a_visit),
		cmocka_unit_test_setup_teardown(memory__runs_out_in_a_dry_run, fixture_setup_dry, fixture_end),
		TEST(memory__runs_out_while_the_next_run_heals),
	};

	failing_sqlite();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
