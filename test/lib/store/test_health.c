#include "scratch.h"

#include <sys/stat.h>

#include "store/health.h"

#define MOST (1024 * 1024)

static void
health__of_a_sound_database(void **state)
{
	struct scratch *s = *state;
	struct health h;

	OK(s, health_read(&h, &s->db, MOST, &s->e));
	assert_true(h.version > 0);
	assert_true(h.wal);
	assert_int_equal(h.mode, 0600);
	assert_true(h.bytes > 0 && h.bytes <= MOST);
	assert_true(h.free_bytes > 0);
	assert_true(h.looked);
	assert_null(h.damage);
	assert_int_equal(h.orphans, 0);
	health_release(&h);
}

static void
health__mode_and_orphans(void **state)
{
	struct scratch *s = *state;
	sqlite3 *platform = scratch_platform(s->path);
	struct health h;

	scratch_sql(platform,
	    "INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, StartedAt, Status) VALUES (9, 1, '1', '', 'ok');"
	    "INSERT INTO APP_EXCEPTION_LOG (At, RunId, JobType, ClientId, Stage, Code, Message)"
	    " VALUES ('', 9, 1, '', 'config', '', ''), ('', 9, 1, '', 'config', '', '')");
	sqlite3_close(platform);
	assert_int_equal(chmod(s->path, 0644), 0);
	OK(s, health_read(&h, &s->db, MOST, &s->e));
	assert_int_equal(h.mode, 0644);
	assert_int_equal(h.orphans, 3);
	health_release(&h);
}

static void
health__damage_is_found_in_a_small_file_alone(void **state)
{
	struct scratch *s = *state;
	sqlite3 *platform = scratch_platform(s->path);
	struct health h;

	scratch_sql(platform,
	    "CREATE TABLE t (x); INSERT INTO t VALUES (1); PRAGMA writable_schema = ON;"
	    "UPDATE sqlite_schema SET sql = 'CREATE TABLE t (x CHECK (x = 2))' WHERE name = 't'");
	sqlite3_close(platform);
	OK(s, health_read(&h, &s->db, MOST, &s->e));
	assert_non_null(h.damage);
	assert_non_null(strstr(h.damage, "t"));
	health_release(&h);
	OK(s, health_read(&h, &s->db, 4096, &s->e));
	assert_false(h.looked);
	assert_null(h.damage);
	health_release(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(health__of_a_sound_database, scratch_open, scratch_end),
		cmocka_unit_test_setup_teardown(health__mode_and_orphans, scratch_open, scratch_end),
		cmocka_unit_test_setup_teardown(
		    health__damage_is_found_in_a_small_file_alone, scratch_open, scratch_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
