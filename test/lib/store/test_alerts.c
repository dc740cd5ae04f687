#include "scratch.h"

#include "store/alerts.h"

#define T1 "2026-11-23T07:00:00.000Z"
#define T2 "2026-11-23T08:00:00.000Z"
#define T3 "2026-11-23T09:00:00.000Z"

/* What struct alert borrows is not const there. */
static struct alert
alert_of(int64_t job_type, const char *client, const char *kind, const char *change, const char *message)
{
	return (struct alert){
		.job_type = job_type,
		.run = 5,
		.client = (char *)(uintptr_t)client,
		.group = (char *)(uintptr_t)(client[0] != '\0' ? "10" : ""),
		.kind = (char *)(uintptr_t)kind,
		.message = (char *)(uintptr_t)message,
		.change = change,
	};
}

/* Writes it in a transaction of its own; its id in *id. */
static int
write_one(struct scratch *s, struct alert a, const char *now, int64_t *id)
{
	int ret;

	OK(s, db_begin(&s->db, &s->e));
	ret = alerts_write(&s->db, &a, now, &s->e);
	OK(s, db_commit(&s->db, &s->e));
	if (id != NULL)
		*id = a.id;
	return ret;
}

static const char *
list_text(struct alert_list *list)
{
	static char text[2000];
	size_t i, at = 0;

	text[0] = '\0';
	for (i = 0; i < list->n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s/%s/%s/%s/%s%s;", list->at[i].client,
		    list->at[i].group, list->at[i].kind, list->at[i].message, list->at[i].opened_at + 11,
		    list->at[i].resolved_at != NULL ? "!" : "");
	alert_list_release(list);
	return text;
}

static const char *
all_open(struct scratch *s, int64_t job_type)
{
	struct alert_list list = { 0 };

	OK(s, alerts_read_open(&s->db, job_type, &list, &s->e));
	return list_text(&list);
}

static void
alerts_write__opens_one_of_a_kind(void **state)
{
	struct scratch *s = *state;
	int64_t id = 0, again = 0;

	assert_int_equal(write_one(s, alert_of(1, "7", ALERT_FAILURES, ALERT_OPENED, "three"), T1, &id), 0);
	assert_true(id > 0);
	assert_int_equal(write_one(s, alert_of(1, "7", ALERT_FAILURES, ALERT_OPENED, "four"), T2, &again), 1);
	assert_int_equal(write_one(s, alert_of(1, "7", ALERT_RATIO, ALERT_OPENED, "half"), T2, NULL), 0);
	assert_int_equal(write_one(s, alert_of(2, "7", ALERT_RATIO, ALERT_OPENED, "another job"), T2, NULL), 0);
	assert_string_equal(all_open(s, 1),
	    "7/10/consecutive_failures/three/07:00:00.000Z;"
	    "7/10/processed_ratio/half/08:00:00.000Z;");
	assert_string_equal(scratch_text(s->db.handle,
	                        "SELECT RunId || '|' || RemindedAt || '|' || coalesce(ResolvedAt, '-') FROM APP_ALERT"),
	    "5|" T1 "|-");
}

static void
alerts_read_open__is_in_the_order_of_strcmp(void **state)
{
	static const char *const clients[] = { "b", "10", "", "9", "a", "Z" };
	struct scratch *s = *state;
	struct alert_list list = { 0 };
	size_t i;

	for (i = 0; i < N(clients); i++) {
		write_one(s, alert_of(1, clients[i], ALERT_RATIO, ALERT_OPENED, "m"), T1, NULL);
		write_one(s, alert_of(1, clients[i], ALERT_FAILURES, ALERT_OPENED, "m"), T1, NULL);
	}
	OK(s, alerts_read_open(&s->db, 1, &list, &s->e));
	assert_int_equal(list.n, 2 * N(clients));
	for (i = 1; i < list.n; i++)
		assert_true(strcmp(list.at[i - 1].client, list.at[i].client) < 0 ||
		    (strcmp(list.at[i - 1].client, list.at[i].client) == 0 &&
		        strcmp(list.at[i - 1].kind, list.at[i].kind) < 0));
	alert_list_release(&list);
}

static void
alerts_write__changes_an_open_one_once(void **state)
{
	struct scratch *s = *state;
	struct alert a = alert_of(1, "7", ALERT_FAILURES, ALERT_OPENED, "three");
	char t1[] = T1;
	int64_t id;

	write_one(s, a, T1, &id);
	a.id = id;
	a.reminded_at = t1;
	a.change = NULL;
	assert_int_equal(write_one(s, a, T2, NULL), 0);
	assert_string_equal(scratch_text(s->db.handle, "SELECT Message FROM APP_ALERT"), "three");
	a.message = (char *)(uintptr_t) "four";
	a.reworded = true;
	assert_int_equal(write_one(s, a, T2, NULL), 0);
	assert_string_equal(scratch_text(s->db.handle, "SELECT Message || RemindedAt FROM APP_ALERT"), "four" T1);
	a.change = ALERT_REMINDED;
	assert_int_equal(write_one(s, a, T2, NULL), 0);
	assert_string_equal(scratch_text(s->db.handle, "SELECT OpenedAt || RemindedAt FROM APP_ALERT"), T1 T2);
	/* Another program that read it before cannot remind once more. */
	assert_int_equal(write_one(s, a, T3, NULL), 1);
	assert_string_equal(scratch_text(s->db.handle, "SELECT RemindedAt FROM APP_ALERT"), T2);
	a.change = ALERT_RESOLVED;
	assert_int_equal(write_one(s, a, T3, NULL), 0);
	assert_int_equal(write_one(s, a, T3, NULL), 1);
	assert_string_equal(scratch_text(s->db.handle, "SELECT ResolvedAt FROM APP_ALERT"), T3);
	assert_string_equal(all_open(s, 1), "");
	/* And then a new one may open. */
	assert_int_equal(write_one(s, alert_of(1, "7", ALERT_FAILURES, ALERT_OPENED, "anew"), T3, NULL), 0);
	assert_string_equal(all_open(s, 1), "7/10/consecutive_failures/anew/09:00:00.000Z;");
}

static void
alerts_read__narrows(void **state)
{
	static const char *const seven[] = { "7", "8" };
	static const struct {
		struct alert_choice choice;
		const char *want, *reason;
	} cases[] = {
		{ { .most = 10 }, "9/10/k/c/09:00:00.000Z;7/10/k/b/08:00:00.000Z;//k/a/07:00:00.000Z;",
		    "open ones, newest first" },
		{ { .resolved = true, .most = 10 },
		    "9/10/k/c/09:00:00.000Z;7/10/k/b/08:00:00.000Z;//k/a/07:00:00.000Z;7/10/k/gone/07:00:00.000Z!;",
		    "resolved ones behind them" },
		{ { .resolved = true, .most = 2 }, "9/10/k/c/09:00:00.000Z;7/10/k/b/08:00:00.000Z;", "so many" },
		{ { .job_type = 2, .most = 10 }, "9/10/k/c/09:00:00.000Z;", "a job's" },
		{ { .clients = seven, .n_clients = 2, .most = 10 }, "7/10/k/b/08:00:00.000Z;", "some clients'" },
		{ { .group = "11", .most = 10 }, "", "a group's" },
		{ { .group = "10", .since = T2, .most = 10 }, "9/10/k/c/09:00:00.000Z;7/10/k/b/08:00:00.000Z;",
		    "a time's" },
	};
	struct scratch *s = *state;
	struct alert gone = alert_of(1, "7", "k", ALERT_OPENED, "gone");
	char t1[] = T1;
	size_t i;

	write_one(s, gone, T1, &gone.id);
	gone.change = ALERT_RESOLVED;
	gone.reminded_at = t1;
	write_one(s, gone, T2, NULL);
	write_one(s, alert_of(1, "", "k", ALERT_OPENED, "a"), T1, NULL);
	write_one(s, alert_of(1, "7", "k", ALERT_OPENED, "b"), T2, NULL);
	write_one(s, alert_of(2, "9", "k", ALERT_OPENED, "c"), T3, NULL);
	for (i = 0; i < N(cases); i++) {
		struct alert_list list = { 0 };
		const char *got;

		OK(s, alerts_read(&s->db, &cases[i].choice, &list, &s->e));
		if (strcmp(got = list_text(&list), cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].reason, got);
	}
}

static void
alerts_read__knows_the_job_by_name(void **state)
{
	struct scratch *s = *state;
	struct alert_list list = { 0 };

	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, InstalledAt) VALUES (1, 'Notes', '', '', '')");
	write_one(s, alert_of(1, "7", "k", ALERT_OPENED, "m"), T1, NULL);
	write_one(s, alert_of(2, "7", "k", ALERT_OPENED, "m"), T1, NULL);
	OK(s, alerts_read_open(&s->db, 1, &list, &s->e));
	OK(s, alerts_read_open(&s->db, 2, &list, &s->e));
	assert_int_equal(list.n, 2);
	assert_string_equal(list.at[0].job, "Notes");
	assert_int_equal(list.at[0].run, 5);
	assert_null(list.at[1].job);
	assert_null(list.at[1].change);
	alert_list_release(&list);
}

static void
alerts__fail_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	struct alert_choice choice = { .most = 1 };
	struct alert opened = alert_of(1, "7", "k", ALERT_OPENED, "m"), resolved = opened;
	struct alert_list list = { 0 };

	resolved.change = ALERT_RESOLVED;
	scratch_sql(s->db.handle, "DROP TABLE APP_ALERT");
	REFUSED(s, alerts_read_open(&s->db, 1, &list, &s->e), ERR_DATABASE, "reading the open alerts");
	REFUSED(s, alerts_read(&s->db, &choice, &list, &s->e), ERR_DATABASE, "listing the alerts");
	REFUSED(s, alerts_write(&s->db, &opened, T1, &s->e), ERR_DATABASE, "opening an alert");
	REFUSED(s, alerts_write(&s->db, &resolved, T1, &s->e), ERR_DATABASE, "changing an alert");
	assert_int_equal(list.n, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(alerts_write__opens_one_of_a_kind),
		CASE(alerts_read_open__is_in_the_order_of_strcmp),
		CASE(alerts_write__changes_an_open_one_once),
		CASE(alerts_read__narrows),
		CASE(alerts_read__knows_the_job_by_name),
		CASE(alerts__fail_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
