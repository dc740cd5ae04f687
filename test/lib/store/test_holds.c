#include "scratch.h"

#include "store/holds.h"

#define T1 "2026-11-23T07:00:00.000Z"
#define T2 "2026-11-23T08:00:00.000Z"

static int
put(struct scratch *s, int64_t job_type, const char *client, const char *group, const char *reason, const char *at)
{
	struct hold hold = { job_type, client, group, reason, at, 1000 };
	int existed = -1;

	OK(s, holds_put(&s->db, &hold, &existed, &s->e));
	return existed;
}

struct seen {
	char text[512];
	int stop_after;
};

static int
see(void *arg, const struct hold *hold, struct err *e)
{
	struct seen *seen = arg;
	size_t at = strlen(seen->text);

	snprintf(seen->text + at, sizeof(seen->text) - at, "%lld,%s,%s,%s,%s,%lld;", (long long)hold->job_type,
	    hold->client, hold->group, hold->reason, hold->held_at, (long long)hold->user_id);
	return --seen->stop_after == 0 ? err_set(e, ERR_INTERNAL, "stop", "enough") : 0;
}

static const char *
all(struct scratch *s, int64_t job_type)
{
	static struct seen seen;

	seen = (struct seen){ .stop_after = 100 };
	OK(s, holds_read(&s->db, job_type, see, &seen, &s->e));
	return seen.text;
}

static void
holds__are_read_with_the_jobs_own_first(void **state)
{
	struct scratch *s = *state;

	assert_string_equal(all(s, 1), "");
	assert_int_equal(put(s, 1, "7", "0", "moves", T1), 0);
	assert_int_equal(put(s, 1, "-7", "0", "moves", T1), 0);
	assert_int_equal(put(s, 1, "", "", "migration", T2), 0);
	assert_int_equal(put(s, 2, "7", "0", "another job", T1), 0);
	assert_string_equal(all(s, 1), "1,,,migration," T2 ",1000;1,-7,0,moves," T1 ",1000;1,7,0,moves," T1 ",1000;");
	assert_string_equal(all(s, 2), "2,7,0,another job," T1 ",1000;");
}

static void
holds_put__changes_the_reason_and_keeps_since_when(void **state)
{
	struct scratch *s = *state;
	struct hold later = { 1, "7", "0", "still moves", T2, 1001 };
	int existed;

	assert_int_equal(put(s, 1, "7", "0", "moves", T1), 0);
	OK(s, holds_put(&s->db, &later, &existed, &s->e));
	assert_int_equal(existed, 1);
	assert_string_equal(all(s, 1), "1,7,0,still moves," T1 ",1001;");
	assert_int_equal(put(s, 1, "7", "1", "another group", T2), 0);
}

static void
holds_remove__takes_that_one_alone(void **state)
{
	static const struct {
		int64_t job_type;
		const char *client, *group;
		int ret;
		const char *left, *reason;
	} cases[] = {
		{ 2, "7", "0", 1, "1,,,r," T1 ",1000;1,7,0,r," T1 ",1000;", "another job" },
		{ 1, "7", "1", 1, "1,,,r," T1 ",1000;1,7,0,r," T1 ",1000;", "another group" },
		{ 1, "7", "0", 0, "1,,,r," T1 ",1000;", "a client's pause" },
		{ 1, "7", "0", 1, "1,,,r," T1 ",1000;", "it is gone already" },
		{ 1, "", "", 0, "", "the job's own" },
	};
	struct scratch *s = *state;
	size_t i;

	put(s, 1, "", "", "r", T1);
	put(s, 1, "7", "0", "r", T1);
	for (i = 0; i < N(cases); i++) {
		if (holds_remove(&s->db, cases[i].job_type, cases[i].client, cases[i].group, &s->e) != cases[i].ret)
			fail_msg("%s", cases[i].reason);
		assert_string_equal(all(s, 1), cases[i].left);
	}
}

static void
holds_read__stops_when_told(void **state)
{
	struct scratch *s = *state;
	struct seen seen = { .stop_after = 1 };

	put(s, 1, "", "", "r", T1);
	put(s, 1, "7", "0", "r", T1);
	REFUSED(s, holds_read(&s->db, 1, see, &seen, &s->e), ERR_INTERNAL, "enough");
	assert_string_equal(seen.text, "1,,,r," T1 ",1000;");
	/* And leaves nothing open behind. */
	OK(s, db_begin(&s->db, &s->e));
	OK(s, db_commit(&s->db, &s->e));
}

static void
holds_find__knows_each_by_client_and_group(void **state)
{
	static const struct {
		const char *client, *group, *reason;
	} cases[] = {
		{ "", "", "migration" },
		{ "7", "0", "moves" },
		{ "7", "10", "burns" },
		{ "a", "0", "sleeps" },
		{ "7", "1", NULL },
		{ "10", "0", NULL },
		{ "", "0", NULL },
	};
	struct scratch *s = *state;
	struct hold_list list = { 0 };
	const struct hold *hold;
	size_t i;

	OK(s, holds_load(&list, &s->db, 1, &s->e));
	assert_null(holds_find(&list, "7", "0"));
	holds_release(&list);
	for (i = 0; i < N(cases) && cases[i].reason != NULL; i++)
		put(s, 1, cases[i].client, cases[i].group, cases[i].reason, T1);
	put(s, 2, "10", "0", "another job", T1);
	OK(s, holds_load(&list, &s->db, 1, &s->e));
	/* They are copies. */
	scratch_sql(s->db.handle, "DELETE FROM APP_HOLD");
	assert_int_equal(list.n, 4);
	for (i = 0; i < N(cases); i++) {
		hold = holds_find(&list, cases[i].client, cases[i].group);
		if (cases[i].reason == NULL) {
			assert_null(hold);
			continue;
		}
		assert_non_null(hold);
		assert_string_equal(hold->client, cases[i].client);
		assert_string_equal(hold->group, cases[i].group);
		assert_string_equal(hold->reason, cases[i].reason);
		assert_string_equal(hold->held_at, T1);
		assert_int_equal(hold->user_id, 1000);
	}
	holds_release(&list);
	assert_int_equal(list.n, 0);
}

static void
holds__fail_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	struct hold hold = { 1, "", "", "r", T1, 0 };
	struct seen seen = { .stop_after = 100 };
	struct hold_list list = { 0 };
	int existed;

	scratch_sql(s->db.handle, "DROP TABLE APP_HOLD");
	REFUSED(s, holds_put(&s->db, &hold, &existed, &s->e), ERR_DATABASE, "looking for a hold");
	REFUSED(s, holds_remove(&s->db, 1, "", "", &s->e), ERR_DATABASE, "releasing a job or a client");
	REFUSED(s, holds_read(&s->db, 1, see, &seen, &s->e), ERR_DATABASE, "reading the holds");
	REFUSED(s, holds_load(&list, &s->db, 1, &s->e), ERR_DATABASE, "reading the holds");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(holds__are_read_with_the_jobs_own_first),
		CASE(holds_put__changes_the_reason_and_keeps_since_when),
		CASE(holds_remove__takes_that_one_alone),
		CASE(holds_read__stops_when_told),
		CASE(holds_find__knows_each_by_client_and_group),
		CASE(holds__fail_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
