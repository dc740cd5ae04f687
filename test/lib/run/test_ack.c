#include "fixture.h"

#include "base/bounds.h"
#include "run/ack.h"

/* n items of a visit are applied, and their ack is answered. */
static void
answer(struct fixture *f, struct visit *v, const char *prefix, size_t n)
{
	struct ledger_key last = { .id = prefix, .id_len = strlen(prefix), .version = "" };
	char item[64];
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(item, sizeof(item), "{\"id\": \"%s%05zu\"}", prefix, i);
		OK(&f->s, give(v, item, &f->s.e));
	}
	v->state = VISIT_FETCH;
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	OK(&f->s, ledger_owed_read(&f->s.db, &v->who, &last, (int64_t)n, &v->ack.batch, &f->s.e));
	assert_int_equal(v->ack.batch.n, n);
	free(v->ack.refused);
	v->ack.refused = calloc(n, sizeof(bool));
	assert_non_null(v->ack.refused);
	v->state = VISIT_ACK;
	OK(&f->s, ack_take(v, &f->s.e));
}

/* A commit each would cost more than all else; what is due at last is due by itself. */
static void
writer__lets_marks_wait_for_company(void **state)
{
	struct fixture *f = *state;
	struct visit *one = begin_visit(f, 0), *two = begin_visit(f, 1);

	answer(f, one, "a", 2);
	assert_false(writer_waiting(f->run.writer));
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ITEM WHERE State = 'acked'"), 0);
	/* With somebody else's items. */
	OK(&f->s, give(two, "{\"id\": 1}", &f->s.e));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_int_equal(one->tally.acked, 2);
	assert_int_equal(one->ack.marks.n, 0);
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_ITEM WHERE State = 'acked'"), 2);
	/* After a while. */
	answer(f, one, "b", 2);
	assert_false(writer_waiting(f->run.writer));
	one->ack.marks_since -= BOUND_ACK_MARKS_MS;
	assert_true(writer_waiting(f->run.writer));
	/* When the pass is over. */
	one->ack.marks_since += BOUND_ACK_MARKS_MS;
	one->ack.over = true;
	assert_true(writer_waiting(f->run.writer));
	one->ack.over = false;
	/* When there are many of all clients together. */
	answer(f, two, "c", BOUND_ACK_MARKS - 1);
	one->ack.marks_since = two->ack.marks_since = INT64_MAX;
	assert_int_equal(one->ack.marks.n, 0);
	assert_false(writer_waiting(f->run.writer));
	OK(&f->s, ledger_owed_add(&one->ack.marks, &two->ack.batch.at[0], &f->s.e));
	assert_true(writer_waiting(f->run.writer));
}

/* Marks and row in one transaction: the row counts what stands there with it. */
static void
writer__marks_the_last_acks_with_the_request_row(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);

	answer(f, v, "a", BOUND_BATCH_ROWS + 5);
	v->state = VISIT_DONE;
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_int_equal(v->state, VISIT_GONE);
	assert_int_equal(f->summary.tally.acked, BOUND_BATCH_ROWS + 5);
	assert_string_equal(
	    scratch_text(f->rival, "SELECT Status || ' ' || Acked || ' ' || Owed FROM APP_REQUEST_LOG"), "ok 1005 0");
}

/* What is offered again behind an answered ack is owed again: the mark of before is written first. */
static void
visit_advance__marks_old_acks_before_it_fetches(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);

	answer(f, v, "a", 2);
	v->state = VISIT_OWED;
	v->ack.over = true;
	OK(&f->s, visit_advance(v, &f->s.e));
	assert_int_equal(v->state, VISIT_OWED);
	assert_null(v->transfer);
	assert_true(writer_waiting(f->run.writer));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writer__lets_marks_wait_for_company),
		TEST(writer__marks_the_last_acks_with_the_request_row),
		TEST(visit_advance__marks_old_acks_before_it_fetches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
