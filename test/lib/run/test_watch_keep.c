#include "watched.h"

#include "../failing.h"

/* Watches at that time: what changed, "1 overdue opened; " each. */
static const char *
watched(struct scratch *s, int64_t now)
{
	static char text[2000];
	struct watch w = { .n = 0 };
	size_t i, at = 0;

	text[0] = '\0';
	OK(s, watch_look(&w, &s->db, 0, -1, now, &s->e));
	OK(s, watch_keep(&w, &s->db, now, &s->e));
	for (i = 0; i < w.changed.n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s %s %s; ", w.changed.at[i].client,
		    w.changed.at[i].kind, w.changed.at[i].change);
	watch_release(&w);
	return text;
}

static void
watch_keep__opens_reminds_and_resolves(void **state)
{
	struct scratch *s = *state;

	install(s, "[{\"ClientId\": 1, \"SendFrequency\": 60}, {\"ClientId\": 2, \"SendFrequency\": 60}]");
	sql(s,
	    "INSERT INTO APP_ALERT (JobType, ClientId, GroupId, Kind, Message, OpenedAt, RemindedAt) VALUES (1, '1', '0',"
	    " 'consecutive_failures', 'of a run', '%s', '%s')",
	    ago(100000), ago(100000));
	ran(s, 100, 1, "ok");
	visited(s, "1", 100, "ok");
	visited(s, "2", 100, "ok");
	assert_string_equal(watched(s, NOW), "1 overdue opened; 2 overdue opened; ");
	assert_string_equal(
	    scratch_text(s->db.handle, "SELECT count(*) || coalesce(max(RunId), '-') FROM APP_ALERT"), "3-");
	assert_string_equal(watched(s, NOW + MINUTE), "");
	assert_string_equal(watched(s, NOW + 22 * MINUTE), " no_run opened; ");
	assert_string_equal(watched(s, NOW + 1439 * MINUTE), "");
	assert_string_equal(watched(s, NOW + 1441 * MINUTE), "1 overdue reminded; 2 overdue reminded; ");
	/* Paused: it stays, and nobody is reminded. Switched off: there is nothing more to say. */
	sql(s, "INSERT INTO APP_HOLD (JobType, ClientId, GroupId, Reason, HeldAt) VALUES (1, '1', '0', 'moves', '%s')",
	    ago(-1441));
	sql(s,
	    "UPDATE APP_JOB_CONFIG SET Configuration = '[{\"ClientId\": 1, \"SendFrequency\": 60}, {\"ClientId\": 2,"
	    " \"Enabled\": false}]'");
	assert_string_equal(watched(s, NOW + 1442 * MINUTE), " no_run resolved; 2 overdue resolved; ");
	assert_string_equal(watched(s, NOW + 10000 * MINUTE), "");
	sql(s, "DELETE FROM APP_HOLD");
	ran(s, -10000, 1, "ok");
	visited(s, "1", -10000, "ok");
	assert_string_equal(watched(s, NOW + 10001 * MINUTE), "1 overdue resolved; ");
	assert_int_equal(scratch_number(s->db.handle,
	                     "SELECT count(*) FROM APP_ALERT WHERE ResolvedAt IS NULL AND Message = 'of a run'"),
	    1);
	assert_non_null(strstr(scratch_text(s->db.handle, "SELECT Message FROM APP_ALERT WHERE ClientId = '2'"),
	    "the client is switched off; it was: overdue since"));
}

static void
watch_keep__holds_all_while_the_job_is_held(void **state)
{
	struct scratch *s = *state;

	install(s, "[{\"ClientId\": 1, \"SendFrequency\": 60}]");
	ran(s, 1000, 1, "ok");
	visited(s, "1", 1000, "ok");
	assert_string_equal(watched(s, NOW), " no_run opened; 1 overdue opened; ");
	sql(s, "INSERT INTO APP_HOLD (JobType, Reason, HeldAt) VALUES (1, 'migration', '%s')", ago(0));
	assert_string_equal(watched(s, NOW + MINUTE), "");
	assert_string_equal(watched(s, NOW + 2000 * MINUTE), " held opened; ");
	sql(s, "DELETE FROM APP_HOLD");
	assert_string_equal(watched(s, NOW + 2001 * MINUTE), " held resolved;  no_run reminded; 1 overdue reminded; ");
}

static void
watch_keep__takes_no_lock_when_nothing_changes(void **state)
{
	struct scratch *s = *state;
	sqlite3 *rival = scratch_platform(s->path);

	install(s, "[{\"ClientId\": 1, \"SendFrequency\": 60}]");
	ran(s, 100, 1, "ok");
	visited(s, "1", 100, "ok");
	assert_string_equal(watched(s, NOW), "1 overdue opened; ");
	sqlite3_busy_timeout(s->db.handle, 20);
	scratch_sql(rival, "BEGIN IMMEDIATE");
	assert_string_equal(watched(s, NOW + MINUTE), "");
	scratch_sql(rival, "ROLLBACK");
	sqlite3_close(rival);
}

static void
watch__fails_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	struct watch w = { .n = 0 };

	install(s, "[{\"ClientId\": 1}]");
	OK(s, watch_look(&w, &s->db, 0, -1, NOW, &s->e));
	sql(s, "ALTER TABLE APP_ALERT RENAME TO GONE");
	REFUSED(s, watch_keep(&w, &s->db, NOW, &s->e), ERR_DATABASE, "alert");
	watch_release(&w);
	sql(s, "ALTER TABLE GONE RENAME TO APP_ALERT; PRAGMA foreign_keys = OFF; DROP TABLE APP_JOB_RUN");
	REFUSED(s, watch_look(&w, &s->db, 0, -1, NOW, &s->e), ERR_DATABASE, "run");
	watch_release(&w);
}

static void
watch__fails_when_memory_is_out(void **state)
{
	struct scratch *s = *state;
	struct failing f = { 0 };
	struct watch w;
	int ret;

	install(s, "[{\"ClientId\": 1, \"SendFrequency\": 60}, {\"ClientId\": 2}]");
	ran(s, 1000, 1, "ok");
	visited(s, "1", 1000, "ok");
	sql(s, "INSERT INTO APP_HOLD (JobType, Reason, HeldAt) VALUES (2, 'migration', '%s')", ago(2000));
	sql(s,
	    "INSERT INTO APP_ITEM (JobType, ClientId, ItemId, State, RunId, At) VALUES (1, '2', 'a', 'applied', 1, '%s')",
	    ago(1000));
	while (failing_next(&f)) {
		/* All is opened anew, and something resolved. */
		sql(s,
		    "DELETE FROM APP_ALERT; INSERT INTO APP_ALERT (JobType, Kind, Message, OpenedAt, RemindedAt)"
		    " VALUES (1, 'slow_run', 'm', '%s', '%s')",
		    ago(1000), ago(1000));
		w = (struct watch){ .n = 0 };
		failing_begin(&f);
		ret = watch_look(&w, &s->db, 0, -1, NOW, &s->e);
		if (ret == 0)
			ret = watch_keep(&w, &s->db, NOW, &s->e);
		failing_end(&f);
		watch_release(&w);
		assert_true(f.failed ? ret == -1 && s->e.kind == ERR_INTERNAL : ret == 0);
		assert_int_equal(sqlite3_get_autocommit(s->db.handle), 1);
	}
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_ALERT WHERE ResolvedAt IS NULL"), 2);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(watch_keep__opens_reminds_and_resolves),
		CASE(watch_keep__holds_all_while_the_job_is_held),
		CASE(watch_keep__takes_no_lock_when_nothing_changes),
		CASE(watch__fails_when_the_database_fails),
		CASE(watch__fails_when_memory_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
