#include "fixture.h"

#include "run/heal.h"

#define NOW "2026-11-23T08:00:00.000Z"

static _Alignas(8) char room[LOCK_ROOM];
static const struct ledger_client who = { 1, "1", "0" };
static const struct ledger_key item = { .id = "7", .id_len = 1, .version = "v", .version_len = 1 };

/* The run that is under way dies in the rules of that item; the next one heals it. */
static void
die_and_heal(struct fixture *f, struct heal *h)
{
	f->request.room = room;
	suspect_begin(room, f->run.id, &who, &item);
	OK(&f->s, heal_write(h, &f->request, NOW, &f->s.e));
	heal_settled(&f->request);
	end_run(f);
	begin_run(f);
}

static const char *
item_state(struct fixture *f)
{
	return scratch_text(f->rival,
	    "SELECT State || Attempts || ' ' || RunId FROM APP_ITEM WHERE ItemId = '7' AND ItemVersion = 'v'");
}

static const char *
deaths(struct fixture *f)
{
	return scratch_text(f->rival,
	    "SELECT ifnull(group_concat(RunId || '/' || Attempt), '') FROM APP_EXCEPTION_LOG"
	    " WHERE Code = 'rule_crash' AND Stage = 'rules' AND ItemId = '7' AND ClientId = '1' AND GroupId = '0'");
}

static void
heal__parks_an_item_at_its_third_death(void **state)
{
	struct fixture *f = *state;
	struct heal h = { .runs = 0 };

	die_and_heal(f, &h);
	assert_int_equal(h.runs, 1);
	assert_int_equal(h.deaths, 1);
	assert_string_equal(item_state(f), "(none)");
	die_and_heal(f, &h);
	assert_int_equal(h.deaths, 2);
	assert_string_equal(item_state(f), "(none)");
	die_and_heal(f, &h);
	assert_int_equal(h.deaths, 3);
	assert_string_equal(item_state(f), "parked3 3");
	assert_string_equal(deaths(f), "1/1,2/2,3/3");
	/* Whatever its rules would do now: it is not in them. */
	die_and_heal(f, &h);
	assert_int_equal(h.deaths, 0);
	assert_string_equal(item_state(f), "parked3 3");
	assert_int_equal(scratch_number(f->rival, "SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'crashed'"), 4);
}

static void
heal__forgets_deaths_once_the_item_went_through(void **state)
{
	struct fixture *f = *state;
	struct heal h = { .runs = 0 };
	struct visit *v;

	die_and_heal(f, &h);
	die_and_heal(f, &h);
	v = begin_visit(f, 0);
	OK(&f->s, give(v, "{\"id\": 7, \"v\": \"v\", \"bad\": \"no\"}", &f->s.e));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_string_equal(item_state(f), "failed1 3");
	/* That run, too, may die later on, with a page that is older than its commit. */
	die_and_heal(f, &h);
	assert_int_equal(h.deaths, 0);
	die_and_heal(f, &h);
	assert_int_equal(h.deaths, 1);
	assert_string_equal(item_state(f), "failed1 3");
	v = begin_visit(f, 0);
	OK(&f->s, give(v, "{\"id\": 7, \"v\": \"v\"}", &f->s.e));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_string_equal(item_state(f), "applied1 5");
	die_and_heal(f, &h);
	assert_int_equal(h.deaths, 0);
	assert_string_equal(deaths(f), "1/1,2/2,4/1");
}

/* A page of a run that ended, of another job type, or of none, accuses nobody. */
static void
heal__believes_a_page_of_a_dead_run_alone(void **state)
{
	struct fixture *f = *state;
	struct heal h = { .runs = 0 };
	int64_t run = f->run.id;

	die_and_heal(f, &h);
	f->request.room = room;
	suspect_begin(room, run, &who, &item);
	OK(&f->s, heal_write(&h, &f->request, NOW, &f->s.e));
	assert_int_equal(h.deaths, 0);
	assert_int_equal(h.runs, 1);
	suspect_begin(room, 999, &who, &item);
	OK(&f->s, heal_write(&h, &f->request, NOW, &f->s.e));
	assert_int_equal(h.deaths, 0);
	scratch_sql(f->rival, "UPDATE APP_JOB_RUN SET Status = 'running', FinishedAt = NULL, JobType = 2");
	suspect_begin(room, run, &who, &item);
	OK(&f->s, heal_write(&h, &f->request, NOW, &f->s.e));
	assert_int_equal(h.deaths, 0);
	assert_string_equal(deaths(f), "1/1");
	f->request.room = NULL;
	OK(&f->s, heal_write(&h, &f->request, NOW, &f->s.e));
	assert_int_equal(h.deaths, 0);
}

/* The rules of each item that is given, and of no other, are at work between. */
static void
writer__leaves_no_suspect_behind(void **state)
{
	struct fixture *f = *state;
	struct visit *v = begin_visit(f, 0);
	struct suspect found;

	f->request.room = room;
	memset(room, 0, sizeof(room));
	OK(&f->s, give(v, "{\"id\": 1}", &f->s.e));
	OK(&f->s, give(v, "{\"id\": 2, \"bad\": \"no\"}", &f->s.e));
	OK(&f->s, give(v, "{\"id\": 3, \"poison\": 1}", &f->s.e));
	OK(&f->s, writer_commit(f->run.writer, &f->s.e));
	assert_int_equal(suspect_read(room, &found), 0);
	assert_memory_equal(room, "jobrun\0\1", 8);
}

static void
heal__tells_who_it_may_have_been(void **state)
{
	struct fixture *f = *state;

	die_and_heal(f, &f->run.healed);
	heal_tell(&f->run);
	assert_int_equal(f->failed_items, 1);
	assert_string_equal(
	    f->last, "7: the process of run 1 died while the rules were at work on this item; it is tried again");
	die_and_heal(f, &f->run.healed);
	die_and_heal(f, &f->run.healed);
	heal_tell(&f->run);
	assert_string_equal(f->last,
	    "7: the process of run 3 died while the rules were at work on this item,"
	    " as others did before it in a row: parked");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(heal__parks_an_item_at_its_third_death),
		TEST(heal__forgets_deaths_once_the_item_went_through),
		TEST(heal__believes_a_page_of_a_dead_run_alone),
		TEST(writer__leaves_no_suspect_behind),
		TEST(heal__tells_who_it_may_have_been),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
