#include <time.h>

#include "fixture.h"

#include "base/bounds.h"
#include "base/clock.h"

static void
writer__gathers_while_more_is_to_come(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);
	int64_t left = 0;
	int tries;

	/* A machine that is slow may need more than one try to be in time. */
	for (tries = 0; tries < 100 && left == 0; tries++) {
		OK(&f->s, give(v, "{\"id\": 1}", &f->s.e));
		OK(&f->s, writer_commit(f->run.writer, &f->s.e));
		left = writer_wait(f->run.writer, 1000);
	}
	assert_in_range(left, 1, BOUND_BATCH_GATHER_MS);
	assert_in_range(writer_wait(f->run.writer, 1), 0, 1);
	assert_int_equal(writer_wait(f->run.writer, 0), 0);
	nanosleep(&(struct timespec){ 0, (BOUND_BATCH_GATHER_MS + 1) * 1000000L }, NULL);
	assert_int_equal(writer_wait(f->run.writer, 1000), 0);
}

/* A rest is due half a second after the run began, if it was idle for no piece of that; others shorten it. */
static void
writer__rests_when_others_write(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);
	int64_t begun;

	OK(&f->s, give(v, "{\"id\": 1}", &f->s.e));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	scratch_sql(f->rival, "INSERT INTO note VALUES (0, 0)");
	OK(&f->s, give(v, "{\"id\": 2}", &f->s.e));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	begun = clock_mono_ms();
	while (writer_wait(f->run.writer, 0) == 0 && clock_mono_ms() - begun < 400) {
		OK(&f->s, give(v, "{\"id\": 3}", &f->s.e));
		OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	}
	/* It was the second transaction that saw the other's; without it the rest is due after five times as long. */
	assert_in_range(clock_mono_ms() - begun, 0, 399);
	assert_in_range(writer_wait(f->run.writer, 0), 1, BOUND_REST_MS);
	begun = clock_mono_ms();
	OK(&f->s, give(v, "{\"id\": 4}", &f->s.e));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_true(clock_mono_ms() - begun >= 1);
	assert_int_equal(writer_wait(f->run.writer, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(writer__gathers_while_more_is_to_come, fixture_setup, fixture_end),
		cmocka_unit_test_setup_teardown(writer__rests_when_others_write, fixture_setup, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
