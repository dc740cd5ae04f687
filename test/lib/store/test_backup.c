#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>

#include "../failing.h"
#include "base/bounds.h"
#include "store/backup.h"

static volatile sig_atomic_t no_signal;

/* "folder/name" of this test's folder; valid until the next call. */
static const char *
in_folder(const struct scratch *s, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	return path;
}

/* How many files of the folder begin like this, a pattern of glob(3). */
static int
count_files(const struct scratch *s, const char *begins)
{
	char pattern[300];
	glob_t found;
	int n;

	snprintf(pattern, sizeof(pattern), "%s/%s*", s->folder, begins);
	n = glob(pattern, GLOB_PERIOD, NULL, &found) == 0 ? (int)found.gl_pathc : 0;
	globfree(&found);
	return n;
}

static void
backup_write__copies_what_stands_in_the_log_too(void **state)
{
	struct scratch *s = *state;
	struct backup backup;
	struct stat st;
	sqlite3 *copy;

	scratch_sql(s->db.handle, "CREATE TABLE note (n); INSERT INTO note VALUES (7)");
	OK(s, backup_write(&s->db, in_folder(s, "copy.db"), &no_signal, &backup, &s->e));
	assert_int_equal(stat(backup.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, backup.bytes);
	assert_int_equal(backup.pages * 4096, backup.bytes);
	assert_int_equal(count_files(s, "copy"), 1);
	copy = scratch_platform(backup.path);
	assert_string_equal(scratch_text(copy, "SELECT n FROM note"), "7");
	assert_string_equal(scratch_text(copy, "PRAGMA journal_mode"), "delete");
	assert_int_equal(scratch_number(copy, "PRAGMA application_id"), DB_APPLICATION_ID);
	sqlite3_close(copy);
	backup_release(&backup);
	/* And the database goes on. */
	OK(s, db_begin(&s->db, &s->e));
	OK(s, db_commit(&s->db, &s->e));
}

static void
backup_write__writes_over_nothing(void **state)
{
	static const struct {
		const char *name, *words;
	} cases[] = {
		{ "there.db", "there already" },
		{ "jobrun.db", "the database uses itself" },
		{ "../%s/jobrun.db-wal", "the database uses itself" },
		{ "jobrun.db-shm", "the database uses itself" },
		{ "jobrun.db-journal", "the database uses itself" },
		{ "jobrun.db.job17.lock", "the database uses itself" },
		{ "link.db", "there already" },
		{ "none/x.db", "No such file" },
		{ "there.db/x.db", "Not a directory" },
		{ "", "no file's name" },
		{ ".", "no file's name" },
		{ "..", "no file's name" },
	};
	struct scratch *s = *state;
	struct backup backup;
	char name[200];
	size_t i;

	close(open(in_folder(s, "there.db"), O_CREAT | O_WRONLY, 0600));
	assert_int_equal(symlink("nowhere", in_folder(s, "link.db")), 0);
	for (i = 0; i < N(cases); i++) {
		snprintf(name, sizeof(name), cases[i].name, strrchr(s->folder, '/') + 1);
		REFUSED(
		    s, backup_write(&s->db, in_folder(s, name), &no_signal, &backup, &s->e), ERR_INPUT, cases[i].words);
		assert_null(backup.path);
	}
	assert_int_equal(count_files(s, "there"), 1);
	/* One that only begins alike is another file. */
	OK(s, backup_write(&s->db, in_folder(s, "jobrun.db.bak"), &no_signal, &backup, &s->e));
	backup_release(&backup);
}

static void
backup_write__leaves_nothing_when_told_to_end(void **state)
{
	struct scratch *s = *state;
	volatile sig_atomic_t signal = SIGTERM;
	struct backup backup;

	assert_int_equal(backup_write(&s->db, in_folder(s, "copy.db"), &signal, &backup, &s->e), 1);
	assert_int_equal(count_files(s, "copy"), 0);
	OK(s, db_begin(&s->db, &s->e));
	db_rollback(&s->db);
}

/* Another connection commits before each page of the log is read: it stands in for the busiest of writers. */
static sqlite3 *writer;

static int
write_more(void *arg)
{
	scratch_sql(writer, "INSERT INTO note VALUES (randomblob(100))");
	++*(int *)arg;
	return 0;
}

static void
backup_write__is_of_one_moment(void **state)
{
	struct scratch *s = *state;
	struct backup backup;
	sqlite3 *copy;
	int commits = 0;

	scratch_sql(s->db.handle,
	    "CREATE TABLE note (n); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)"
	    " INSERT INTO note SELECT zeroblob(2000) FROM n");
	writer = scratch_platform(s->path);
	sqlite3_busy_timeout(writer, 1000);
	/* Called while the copy is checked: it has no part in what is copied. */
	sqlite3_progress_handler(s->db.handle, 1, write_more, &commits);
	OK(s, backup_write(&s->db, in_folder(s, "copy.db"), &no_signal, &backup, &s->e));
	sqlite3_progress_handler(s->db.handle, 0, NULL, NULL);
	sqlite3_close(writer);
	copy = scratch_platform(backup.path);
	assert_true(scratch_number(copy, "SELECT count(*) FROM note") >= 8000);
	assert_string_equal(scratch_text(copy, "PRAGMA integrity_check"), "ok");
	sqlite3_close(copy);
	backup_release(&backup);
}

static void
backup_write__ends_well_when_memory_is_out(void **state)
{
	struct scratch *s = *state;
	struct failing f = { .nth = 0 };
	struct backup backup;
	char path[256];
	int ret, turn = 0;

	while (failing_next(&f)) {
		snprintf(path, sizeof(path), "%s/copy%d.db", s->folder, turn++);
		err_clear(&s->e);
		failing_begin(&f);
		ret = backup_write(&s->db, path, &no_signal, &backup, &s->e);
		failing_end(&f);
		if (ret != (f.failed ? -1 : 0))
			fail_msg("allocation %ld: %d, %s", f.nth, ret, s->e.text);
		if (access(path, F_OK) != (f.failed ? -1 : 0))
			fail_msg("allocation %ld: a file is there, or is not", f.nth);
		backup_release(&backup);
	}
	assert_int_equal(count_files(s, ".*tmp"), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(backup_write__copies_what_stands_in_the_log_too),
		CASE(backup_write__writes_over_nothing),
		CASE(backup_write__leaves_nothing_when_told_to_end),
		CASE(backup_write__is_of_one_moment),
		CASE(backup_write__ends_well_when_memory_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
