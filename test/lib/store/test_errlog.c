#include "scratch.h"

#include "base/buf.h"
#include "base/err.h"
#include "store/errlog.h"

/* Two jobs, three runs, five errors; client 7 is in two groups. */
static const char books[] =
    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, InstalledAt) VALUES (1, 'Sync', '{}', '', '');"
    "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status) VALUES (1, '', 'ok'), (1, '', 'ok'), (2, '', 'ok');"
    "INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, GroupId, StartedAt, Status) VALUES"
    " (1, 1, '7', 'a', '2026-11-20T07', 'ok'), (1, 1, '7', 'b', '2026-11-20T07', 'ok'), (1, 1, '8', 'a', '2026-11-20T07', 'ok'),"
    " (2, 1, '7', 'a', '2026-11-22T07', 'ok'), (3, 2, '7', 'a', '2026-11-23T07', 'ok');"
    "INSERT INTO APP_EXCEPTION_LOG (At, RunId, JobType, ClientId, GroupId, ItemId, Stage, Code, Message, Attempt) VALUES"
    " ('2026-11-20T07:01', 1, 1, '7', 'a', '104', 'rules', 'c', 'one', 1),"
    " ('2026-11-20T07:02', 1, 1, '8', 'a', NULL, 'fetch', 'c', 'two', 0),"
    " ('2026-11-22T07:01', 2, 1, '7', 'a', '104', 'rules', 'c', 'three', 2),"
    " ('2026-11-22T07:02', 2, 1, '7', 'b', '104', 'rules', 'c', 'four', 1),"
    " ('2026-11-23T07:01', 3, 2, '7', 'a', char(55, 0, 56), 'rules', 'd', 'five', 1);";

static int
open_books(void **state)
{
	return scratch_books(state, books);
}

static int
take(void *arg, const struct errlog_row *row, struct err *e)
{
	(void)e;
	return buf_addf(arg, "%s;", row->message);
}

static int
take_one(void *arg, const struct errlog_row *row, struct err *e)
{
	buf_addf(arg, "%s;", row->message);
	return err_set(e, ERR_INTERNAL, "enough", "enough");
}

static int
take_visit(void *arg, const struct errlog_visit *visit, struct err *e)
{
	(void)e;
	return buf_addf(arg, "%d %s %s %d;", (int)visit->job_type, visit->client, visit->group, (int)visit->run);
}

static const char *const seven[] = { "7" }, *const both[] = { "8", "7" }, *const odd[] = { "\"", "\xff", "7\\" };

static void
errlog__reads_what_is_chosen_newest_first(void **state)
{
	static const struct {
		struct errlog_choice choice;
		int64_t limit;
		const char *rows;
	} rows[] = {
		{ { 0 }, -1, "five;four;three;two;one;" },
		{ { 0 }, 2, "five;four;" },
		{ { .since = "2026-11-22" }, -1, "five;four;three;" },
		{ { .since = "2027" }, -1, "" },
		{ { .job_type = 1 }, -1, "four;three;two;one;" },
		{ { .job_type = 1, .clients = seven, .n_clients = 1 }, -1, "four;three;one;" },
		{ { .job_type = 1, .clients = seven, .n_clients = 1, .since = "2026-11-22" }, -1, "four;three;" },
		{ { .job_type = 1, .clients = seven, .n_clients = 1, .group = "a" }, 1, "three;" },
		{ { .clients = both, .n_clients = 2 }, -1, "five;four;three;two;one;" },
		{ { .clients = seven, .n_clients = 1 }, 3, "five;four;three;" },
		{ { .clients = odd, .n_clients = 3 }, -1, "" },
		{ { .group = "b" }, -1, "four;" },
		{ { .run = 2 }, -1, "four;three;" },
		{ { .run = 2, .job_type = 2 }, -1, "" },
		{ { .run = 1, .clients = seven, .n_clients = 1 }, -1, "one;" },
		{ { .run = 1, .since = "2026-11-20T07:02" }, -1, "two;" },
		{ { .run = 9 }, -1, "" },
	};
	struct scratch *s = *state;
	struct buf b;
	size_t i, len;

	buf_init(&b, 1000);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&b);
		OK(s, errlog_newest(&s->db, &rows[i].choice, rows[i].limit, take, &b, &s->e));
		if (strcmp(buf_text(&b), rows[i].rows) != 0)
			fail_msg("row %zu: %s, not %s", i, buf_text(&b), rows[i].rows);
		if (rows[i].limit != -1)
			continue;
		/* All of them in any order: as long, and each is there. */
		len = b.len;
		buf_clear(&b);
		OK(s, errlog_all(&s->db, &rows[i].choice, take, &b, &s->e));
		assert_int_equal(b.len, len);
	}
	buf_release(&b);
}

static int
check_all(void *arg, const struct errlog_row *row, struct err *e)
{
	(void)e;
	if (strcmp(row->message, "five") == 0) {
		assert_null(row->job);
		assert_int_equal(row->item_len, 3);
		assert_memory_equal(row->item, "7\0008", 3);
	} else if (strcmp(row->message, "two") == 0) {
		assert_string_equal(row->job, "Sync");
		assert_null(row->item);
		assert_string_equal(row->stage, "fetch");
	} else if (strcmp(row->message, "three") == 0) {
		assert_string_equal(row->at, "2026-11-22T07:01");
		assert_int_equal(row->run, 2);
		assert_int_equal(row->job_type, 1);
		assert_string_equal(row->client, "7");
		assert_string_equal(row->group, "a");
		assert_string_equal(row->item, "104");
		assert_string_equal(row->code, "c");
		assert_int_equal(row->attempt, 2);
	}
	++*(int *)arg;
	return 0;
}

static void
errlog__hands_out_every_column(void **state)
{
	struct scratch *s = *state;
	int n = 0;

	OK(s, errlog_all(&s->db, &(struct errlog_choice){ 0 }, check_all, &n, &s->e));
	assert_int_equal(n, 5);
}

static void
errlog__reads_one_items_rows(void **state)
{
	struct scratch *s = *state;
	struct buf b;

	buf_init(&b, 1000);
	OK(s, errlog_item(&s->db, 1, "7", "a", "104", 10, take, &b, &s->e));
	assert_string_equal(b.at, "three;one;");
	buf_clear(&b);
	OK(s, errlog_item(&s->db, 1, "7", "a", "104", 1, take, &b, &s->e));
	assert_string_equal(b.at, "three;");
	buf_clear(&b);
	OK(s, errlog_item(&s->db, 1, "7", "a", "10", 10, take, &b, &s->e));
	OK(s, errlog_item(&s->db, 2, "7", "a", "104", 10, take, &b, &s->e));
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

static void
errlog__knows_who_was_visited(void **state)
{
	static const struct {
		struct errlog_choice choice;
		const char *visits;
	} rows[] = {
		{ { 0 }, "1 7 a 2;1 7 b 1;1 8 a 1;2 7 a 3;" },
		{ { .since = "2026-11-22" }, "1 7 a 2;2 7 a 3;" },
		{ { .job_type = 1, .group = "a" }, "1 7 a 2;1 8 a 1;" },
		{ { .clients = both, .n_clients = 1 }, "1 8 a 1;" },
		{ { .run = 1 }, "1 7 a 1;1 7 b 1;1 8 a 1;" },
		{ { .run = 1, .clients = seven, .n_clients = 1, .group = "b" }, "1 7 b 1;" },
		{ { .run = 9 }, "" },
	};
	struct scratch *s = *state;
	struct buf b;
	size_t i;

	buf_init(&b, 1000);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&b);
		OK(s, errlog_visits(&s->db, &rows[i].choice, take_visit, &b, &s->e));
		assert_string_equal(buf_text(&b), rows[i].visits);
	}
	buf_release(&b);
}

static void
errlog__knows_a_runs_job(void **state)
{
	struct scratch *s = *state;
	int64_t type;

	OK(s, errlog_run(&s->db, 3, &type, &s->e));
	assert_int_equal(type, 2);
	assert_int_equal(errlog_run(&s->db, 4, &type, &s->e), 1);
}

static void
errlog__stops_where_it_is_told_to_and_fails_with_its_table(void **state)
{
	static const struct errlog_choice any = { .clients = seven, .n_clients = 1 };
	struct scratch *s = *state;
	int64_t type;
	struct buf b;

	buf_init(&b, 1000);
	REFUSED(s, errlog_newest(&s->db, &any, -1, take_one, &b, &s->e), ERR_INTERNAL, "enough");
	REFUSED(s, errlog_all(&s->db, &any, take_one, &b, &s->e), ERR_INTERNAL, "enough");
	REFUSED(s, errlog_item(&s->db, 1, "7", "a", "104", 9, take_one, &b, &s->e), ERR_INTERNAL, "enough");
	assert_string_equal(b.at, "five;five;three;");
	scratch_sql(s->db.handle,
	    "DROP TABLE APP_EXCEPTION_LOG; DROP TABLE APP_CLIENT; DROP TABLE APP_REQUEST_LOG; DROP TABLE APP_JOB_RUN");
	REFUSED(s, errlog_newest(&s->db, &any, -1, take, &b, &s->e), ERR_DATABASE, "reading the errors");
	REFUSED(s, errlog_item(&s->db, 1, "7", "a", "104", 9, take, &b, &s->e), ERR_DATABASE, "an item's errors");
	REFUSED(s, errlog_visits(&s->db, &any, take_visit, &b, &s->e), ERR_DATABASE, "who was visited");
	REFUSED(s, errlog_run(&s->db, 1, &type, &s->e), ERR_DATABASE, "looking a run up");
	buf_release(&b);
}

/* Each list by the index that fits: none reads rows that it does not want, but for clients among those of an age. */
static void
errlog__reads_by_index(void **state)
{
	static const struct {
		enum sql_id id;
		const char *plan;
	} rows[] = {
		{ SQL_ERRORS_SINCE, "SEARCH x USING INDEX APP_EXCEPTION_LOG_At (At>?)" },
		{ SQL_ERRORS_RUN, "SEARCH x USING INDEX APP_EXCEPTION_LOG_RunId (RunId=?)" },
		{ SQL_ERRORS_CLIENTS, "SEARCH x USING INDEX APP_EXCEPTION_LOG_Item (JobType=? AND ClientId=?)" },
		{ SQL_VISITED_RUN, "SEARCH l USING INDEX APP_REQUEST_LOG_RunId (RunId=?)" },
	};
	struct scratch *s = *state;
	char plan[2048];
	size_t i;

	for (i = 0; i < N(rows); i++) {
		scratch_plan(s->db.handle, sql_text(rows[i].id), plan, sizeof(plan));
		if (strstr(plan, rows[i].plan) == NULL || strstr(plan, "TEMP B-TREE") != NULL)
			fail_msg("%s: %s", sql_text(rows[i].id), plan);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_books, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(errlog__reads_what_is_chosen_newest_first),
		CASE(errlog__hands_out_every_column),
		CASE(errlog__reads_one_items_rows),
		CASE(errlog__knows_who_was_visited),
		CASE(errlog__knows_a_runs_job),
		CASE(errlog__stops_where_it_is_told_to_and_fails_with_its_table),
		CASE(errlog__reads_by_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
