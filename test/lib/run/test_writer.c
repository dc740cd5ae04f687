#include "fixture.h"

#include "base/bounds.h"
#include "run/ack.h"

static void
writer__counts_items_once_they_are_committed(void **state)
{
	static const char *const items[] = { "{\"id\": 1}", "{\"id\": \"1\"}", "{\"id\": 1}",
		"{\"id\": 2, \"bad\": \"no\"}", "{\"id\": 2, \"bad\": \"no\"}", "{\"no\": 1}", "[]",
		"{\"id\": 1, \"v\": 2}", "{\"id\": 1, \"id\": 1}" };
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);
	size_t i;

	for (i = 0; i < N(items); i++)
		OK(&f->s, give(v, items[i], &f->s.e));
	assert_string_equal(tally_text(&v->tally), "0 0 0 0 0 0 0");
	assert_int_equal(v->uncommitted, N(items));
	assert_int_equal(f->failed_items, 0);
	assert_true(writer_waiting(f->run.writer));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_string_equal(tally_text(&v->tally), "9 3 2 4 0 0 0");
	assert_int_equal(v->uncommitted, 0);
	assert_int_equal(f->failed_items, 4);
	assert_false(writer_waiting(f->run.writer));
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM note"), 3);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ITEM WHERE State = 'applied'"), 3);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ITEM WHERE State = 'failed'"), 1);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_EXCEPTION_LOG"), 4);
}

/* What is known of the ledger is good for one transaction: between two of them a person may mend something. */
static void
writer__looks_again_in_each_transaction(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);

	OK(&f->s, give(v, "{\"id\": 1}", &f->s.e));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	scratch_sql(f->rival,
	    "INSERT INTO APP_ITEM SELECT JobType, ClientId, GroupId, '2', ItemVersion, IdQuoted, State, Attempts, RunId, At"
	    " FROM APP_ITEM");
	OK(&f->s, give(v, "{\"id\": 2}", &f->s.e));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_string_equal(tally_text(&v->tally), "2 1 1 0 0 0 0");
}

static void
writer__applies_again_what_a_poisoned_item_undid(void **state)
{
	static const char *const items[] = { "{\"id\": 1}", "{\"id\": 2, \"bad\": \"no\"}",
		"{\"id\": 3, \"poison\": 1}", "{\"id\": 4}", "{\"id\": 5, \"poison\": 1}", "{\"id\": 6, \"poison\": 1}",
		"{\"id\": 7}", "{\"id\": 3, \"poison\": 1}" };
	struct fixture *f = *state;
	struct visit *one = begin_visit(f, 0), *two = begin_visit(f, 1);
	size_t i;

	for (i = 0; i < N(items); i++)
		OK(&f->s, give(i % 2 == 0 ? one : two, items[i], &f->s.e));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	/* 3 is given twice to one client: a duplicate only there. */
	assert_string_equal(tally_text(&one->tally), "4 2 0 2 0 0 0");
	assert_string_equal(tally_text(&two->tally), "4 1 0 3 0 0 0");
	assert_int_equal(f->failed_items, 5);
	assert_string_equal(
	    scratch_text(f->rival, "SELECT group_concat(id || '/' || client) FROM note"), "1/1,4/2,7/1");
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_EXCEPTION_LOG WHERE Attempt = 1"), 5);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ITEM WHERE Attempts = 1"), 5);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ITEM WHERE State = 'applied'"), 3);
}

static void
writer__parks_after_so_many_runs(void **state)
{
	static const char *const tallies[] = { "2 0 1 1 0 0 0", "2 0 1 1 0 0 0", "2 0 0 0 2 0 0" };
	struct fixture *f = *state;
	struct visit *v;
	size_t i;

	for (i = 0; i < N(tallies); i++) {
		v = begin_visit(f, 0);
		OK(&f->s, give(v, "{\"id\": 1, \"poison\": 1}", &f->s.e));
		OK(&f->s, give(v, "{\"id\": 1, \"poison\": 1}", &f->s.e));
		OK(&f->s, writer_commit(f->run.writer, &f->s.e));
		assert_string_equal(tally_text(&v->tally), tallies[i]);
		end_run(f);
		begin_run(f);
	}
	assert_string_equal(scratch_text(f->rival, "SELECT State || Attempts FROM APP_ITEM"), "parked2");
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_EXCEPTION_LOG"), 2);
}

/* The first transaction ends at the poisoned item and is committed; the second cannot begin. */
static void
writer__keeps_what_was_committed_when_the_database_fails(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);
	struct err e = ERR_INIT;

	OK(&f->s, give(v, "{\"id\": 1}", &f->s.e));
	OK(&f->s, give(v, "{\"id\": 2, \"bad\": \"no\"}", &f->s.e));
	OK(&f->s, give(v, "{\"id\": 3, \"poison\": 1}", &f->s.e));
	OK(&f->s, give(v, "{\"id\": 4, \"bad\": \"no\"}", &f->s.e));
	OK(&f->s, give(v, "{\"id\": 5}", &f->s.e));
	f->lock_at = 2;
	assert_int_equal(writer_commit(f->run.writer, &e), -1);
	assert_int_equal(e.kind, ERR_TRY_LATER);
	assert_string_equal(tally_text(&v->tally), "3 1 0 2 0 0 0");
	assert_int_equal(v->uncommitted, 2);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ITEM"), 3);
	run_fatal(&f->run, &e);
	scratch_sql(f->rival, "ROLLBACK");
}

/* A full batch is committed to make room for one more; if that fails, there is none. */
static void
writer__takes_no_more_than_a_batch_when_the_database_fails(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);
	struct err e = ERR_INIT;
	char item[40];
	int i;

	for (i = 0; i < BOUND_BATCH_ITEMS; i++) {
		snprintf(item, sizeof(item), "{\"id\": %d}", i);
		OK(&f->s, give(v, item, &f->s.e));
	}
	scratch_sql(f->rival, "BEGIN IMMEDIATE");
	assert_int_equal(give(v, "{\"id\": \"more\"}", &e), -1);
	assert_int_equal(e.kind, ERR_TRY_LATER);
	assert_int_equal(v->uncommitted, BOUND_BATCH_ITEMS);
	run_fatal(&f->run, &e);
	scratch_sql(f->rival, "ROLLBACK");
}

/* As slow rules do, the poisoned item ends the transaction; what waits behind it would begin another. */
static void
writer__drops_what_waits_when_the_run_is_told_to_end(void **state)
{
	struct fixture *f = *state;
	struct visit *one = begin_visit(f, 0), *two = begin_visit(f, 1);

	OK(&f->s, give(one, "{\"id\": 1}", &f->s.e));
	OK(&f->s, give(one, "{\"id\": 2, \"poison\": 1}", &f->s.e));
	OK(&f->s, give(two, "{\"id\": 3}", &f->s.e));
	OK(&f->s, give(two, "{\"id\": 4, \"poison\": 1}", &f->s.e));
	f->signal = SIGTERM;
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_string_equal(tally_text(&one->tally), "2 1 0 1 0 0 0");
	assert_string_equal(tally_text(&two->tally), "0 0 0 0 0 0 0");
	assert_false(one->stopped);
	assert_true(two->stopped);
	assert_int_equal(two->uncommitted, 0);
	assert_false(writer_waiting(f->run.writer));
	/* What comes behind it must not overtake it. */
	OK(&f->s, give(one, "{\"id\": 5}", &f->s.e));
	assert_int_equal(one->uncommitted, 0);
	assert_true(one->stopped);
	assert_false(writer_waiting(f->run.writer));
	assert_string_equal(scratch_text(f->rival, "SELECT group_concat(id) FROM note"), "1");
}

/* One transaction's worth is applied: whoever waits for it waits no longer than any other does. */
static void
writer__commits_what_fits_when_the_run_is_told_to_end(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);

	OK(&f->s, give(v, "{\"id\": 1}", &f->s.e));
	OK(&f->s, give(v, "{\"id\": 2}", &f->s.e));
	f->signal = SIGTERM;
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_string_equal(tally_text(&v->tally), "2 2 0 0 0 0 0");
	assert_false(v->stopped);
}

/* Whatever libcurl still hands out in the same step: the database was waited for once. */
static void
writer__takes_nothing_more_once_the_run_has_failed(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);
	struct err e = ERR_INIT, why = ERR_INIT;

	OK(&f->s, give(v, "{\"id\": 1}", &f->s.e));
	err_set(&e, ERR_TRY_LATER, "database", "busy for 30 seconds");
	run_fatal(&f->run, &e);
	assert_int_equal(give(v, "{\"id\": 2}", &why), -1);
	assert_string_equal(why.text, e.text);
	assert_int_equal(v->uncommitted, 1);
	assert_int_equal(writer_commit(f->run.writer, &why), -1);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ITEM"), 0);
}

static void
writer__commits_a_full_batch_by_itself(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);
	char item[64];
	size_t i;

	for (i = 0; i <= BOUND_BATCH_ITEMS; i++) {
		snprintf(item, sizeof(item), "{\"id\": %zu%s}", i, i % 3 == 0 ? ", \"bad\": \"no\"" : "");
		OK(&f->s, give(v, item, &f->s.e));
	}
	assert_string_equal(tally_text(&v->tally), "4000 2666 0 1334 0 0 0");
	assert_int_equal(v->uncommitted, 1);
	assert_int_equal(f->failed_items, BOUND_SHOWN_ERRORS);
}

/* In the books of the run as soon as it is on record, and there once. */
static void
writer__counts_a_visit_that_is_done_once(void **state)
{
	struct fixture *f = *state;
	struct visit *one = begin_visit(f, 0), *two = begin_visit(f, 1);

	OK(&f->s, give(one, "{\"id\": 1}", &f->s.e));
	OK(&f->s, give(two, "{\"id\": 1}", &f->s.e));
	one->state = VISIT_DONE;
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_int_equal(one->state, VISIT_DONE);
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_int_equal(one->state, VISIT_GONE);
	assert_int_equal(two->state, VISIT_FETCH);
	assert_int_equal(f->ended, 1);
	assert_string_equal(tally_text(&f->summary.tally), "1 1 0 0 0 0 1");
	assert_string_equal(total_text(f), "2 2 0 0 0 0 1");
	assert_string_equal(
	    scratch_text(f->rival, "SELECT ClientId || Status || Processed || Owed FROM APP_REQUEST_LOG"), "1ok11");
	assert_false(writer_waiting(f->run.writer));
}

/* What ack.c's answered request leaves: refused ones stay owed, are told, and are limited like other failures. */
static void
writer__marks_acks_and_tells_of_those_refused(void **state)
{
	enum { ITEMS = 2 * BOUND_BATCH_ROWS + 10, REFUSED = BOUND_SHOWN_ERRORS + 2 };
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);
	char item[64];
	size_t i;

	for (i = 0; i < ITEMS; i++) {
		snprintf(item, sizeof(item), "{\"id\": %zu}", i);
		OK(&f->s, give(v, item, &f->s.e));
	}
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	OK(&f->s, ledger_owed_read(&f->s.db, &v->who, NULL, ITEMS, &v->ack.batch, &f->s.e));
	assert_int_equal(v->ack.batch.n, ITEMS);
	v->ack.refused = calloc(ITEMS, sizeof(bool));
	assert_non_null(v->ack.refused);
	for (i = 0; i < REFUSED; i++)
		v->ack.refused[i * 100] = true;
	v->state = VISIT_OWED;
	OK(&f->s, ack_take(v, &f->s.e));
	assert_int_equal(v->tally.acked, 0);
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_int_equal(v->ack.marks.n, 0);
	assert_int_equal(v->tally.acked, ITEMS - REFUSED);
	assert_int_equal(f->failed_items, BOUND_SHOWN_ERRORS);
	/* The items that fail afterwards are of the same client. */
	v->state = VISIT_FETCH;
	for (i = 0; i < 5; i++) {
		snprintf(item, sizeof(item), "{\"id\": \"b%zu\", \"bad\": \"no\"}", i);
		OK(&f->s, give(v, item, &f->s.e));
	}
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	v->state = VISIT_DONE;
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_int_equal(f->failed_items, BOUND_SHOWN_ERRORS);
	assert_int_equal(f->hidden, REFUSED + 5 - BOUND_SHOWN_ERRORS);
	assert_int_equal(
	    scratch_number(f->rival, "SELECT count(*) FROM APP_ITEM WHERE State = 'applied'"), (int)REFUSED);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_EXCEPTION_LOG WHERE Code = 'ack_rejected'"),
	    (int)REFUSED);
	assert_string_equal(scratch_text(f->rival, "SELECT Status || Owed FROM APP_REQUEST_LOG"), "degraded12");
}

static void
writer__writes_nothing_in_a_dry_run(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);
	size_t i;

	/* What an earlier batch would have left counts. */
	for (i = 0; i < 2; i++) {
		OK(&f->s, give(v, "{\"id\": 1}", &f->s.e));
		OK(&f->s, give(v, "{\"id\": 2, \"poison\": 1}", &f->s.e));
		OK(&f->s, give(v, "{\"id\": 3, \"bad\": \"no\"}", &f->s.e));
		OK(&f->s, give(v, "{\"id\": 4}", &f->s.e));
		OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	}
	v->state = VISIT_DONE;
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_string_equal(total_text(f), "8 2 4 2 0 0 0");
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM note"), 0);
	assert_int_equal(scratch_number(f->rival,
	                     "SELECT (SELECT count(*) FROM APP_ITEM) + (SELECT count(*) FROM APP_EXCEPTION_LOG) +"
	                     " (SELECT count(*) FROM APP_REQUEST_LOG) + (SELECT count(*) FROM APP_JOB_RUN)"),
	    0);
}

/* Its end was there before the stop: the client is no stopped one. */
static void
visit_stop__leaves_a_fetch_that_is_over_alone(void **state)
{
	struct fixture *f = *state;
	struct visit *one = begin_visit(f, 0), *two = begin_visit(f, 1);

	one->fetch.over = true;
	visit_stop(one, false);
	visit_stop(two, false);
	assert_false(one->stopped);
	assert_true(two->stopped);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writer__counts_items_once_they_are_committed),
		TEST(writer__looks_again_in_each_transaction),
		TEST(writer__applies_again_what_a_poisoned_item_undid),
		TEST(writer__parks_after_so_many_runs),
		TEST(writer__keeps_what_was_committed_when_the_database_fails),
		TEST(writer__takes_no_more_than_a_batch_when_the_database_fails),
		TEST(writer__drops_what_waits_when_the_run_is_told_to_end),
		TEST(writer__commits_what_fits_when_the_run_is_told_to_end),
		TEST(writer__takes_nothing_more_once_the_run_has_failed),
		TEST(writer__commits_a_full_batch_by_itself),
		TEST(writer__counts_a_visit_that_is_done_once),
		TEST(writer__marks_acks_and_tells_of_those_refused),
		cmocka_unit_test_setup_teardown(writer__writes_nothing_in_a_dry_run, fixture_setup_dry, fixture_end),
		TEST(visit_stop__leaves_a_fetch_that_is_over_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
