#include "scratch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/schema.h"

static mode_t
mode_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		fail_msg("%s is not there", path);
	return st.st_mode & 07777;
}

static void
init(struct scratch *s, const char *path, int want_from)
{
	int from = -2, to = -2;

	OK(s, db_init(path, &from, &to, &s->e));
	assert_int_equal(from, want_from);
	assert_int_equal(to, schema_newest);
	OK(s, db_open(&s->db, path, &s->e));
}

static void
init__makes_the_file_its_owners_alone_whatever_the_umask(void **state)
{
	static const mode_t masks[] = { 0, 022, 077, 0277 };
	struct scratch *s = *state;
	char path[200], beside[220];
	mode_t before;
	size_t i;

	for (i = 0; i < N(masks); i++) {
		snprintf(path, sizeof(path), "%s/%zu.db", s->folder, i);
		before = umask(masks[i]);
		init(s, path, 0);
		umask(before);
		assert_int_equal(mode_of(path), 0600);
		scratch_sql(s->db.handle, "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[]')");
		snprintf(beside, sizeof(beside), "%s-wal", path);
		assert_int_equal(mode_of(beside), 0600);
		snprintf(beside, sizeof(beside), "%s-shm", path);
		assert_int_equal(mode_of(beside), 0600);
		db_close(&s->db);
	}
}

static void
init__makes_missing_folders(void **state)
{
	struct scratch *s = *state;
	char path[200], folder[200];

	snprintf(path, sizeof(path), "%s/a//b/../c/jobrun.db", s->folder);
	init(s, path, 0);
	snprintf(folder, sizeof(folder), "%s/a", s->folder);
	assert_int_equal(mode_of(folder), 0700);
	snprintf(folder, sizeof(folder), "%s/a/c", s->folder);
	assert_int_equal(mode_of(folder), 0700);
	/* What the connection calls it has no detours. */
	snprintf(path, sizeof(path), "%s/a/c/jobrun.db", s->folder);
	assert_string_equal(s->db.path, path);
}

static void
init__takes_names_that_a_uri_would_read_otherwise(void **state)
{
	static const char *const names[] = { "a?mode=memory", "a#b", "a%20b", "a b", "a?vfs=none&cache=shared",
		"file:a", "file:a?mode=ro", ":memory:", "-a" };
	struct scratch *s = *state;
	char path[200], old[200];
	size_t i;

	assert_non_null(getcwd(old, sizeof(old)));
	assert_int_equal(chdir(s->folder), 0);
	for (i = 0; i < N(names); i++) {
		init(s, names[i], 0);
		snprintf(path, sizeof(path), "%s/%s", s->folder, names[i]);
		assert_string_equal(s->db.path, path);
		scratch_sql(s->db.handle, "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[]')");
		db_close(&s->db);
		assert_true(mode_of(path) == 0600);
		OK(s, db_open(&s->db, path, &s->e));
		assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_JOB_CONFIG"), 1);
		db_close(&s->db);
	}
	assert_int_equal(chdir(old), 0);
}

static void
init__again_changes_nothing(void **state)
{
	struct scratch *s = *state;

	init(s, s->path, 0);
	scratch_sql(s->db.handle, "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[]')");
	db_close(&s->db);
	init(s, s->path, schema_newest);
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_JOB_CONFIG"), 1);
	assert_int_equal(scratch_number(s->db.handle, "PRAGMA application_id"), DB_APPLICATION_ID);
	assert_int_equal(scratch_number(s->db.handle, "PRAGMA user_version"), schema_newest);
	assert_string_equal(scratch_text(s->db.handle, "PRAGMA journal_mode"), "wal");
	assert_string_equal(scratch_text(s->db.handle, "PRAGMA integrity_check"), "ok");
}

static void
init__takes_an_empty_file_and_the_platforms_database_in(void **state)
{
	struct scratch *s = *state;
	sqlite3 *platform;

	close(open(s->path, O_CREAT | O_WRONLY, 0640));
	init(s, s->path, 0);
	assert_int_equal(mode_of(s->path), 0640);
	db_close(&s->db);
	unlink(s->path);

	platform = scratch_platform(s->path);
	scratch_sql(platform,
	    "CREATE TABLE record (id INTEGER PRIMARY KEY); INSERT INTO record VALUES (7);"
	    "CREATE TABLE APP_USER (id INTEGER PRIMARY KEY)");
	/* It stays connected, as platforms do. */
	init(s, s->path, 0);
	assert_int_equal(scratch_number(s->db.handle, "SELECT id FROM record"), 7);
	scratch_sql(platform, "INSERT INTO record VALUES (8)");
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM record"), 2);
	sqlite3_close(platform);
}

static void
init__follows_a_symbolic_link_to_a_file_but_not_to_nothing(void **state)
{
	struct scratch *s = *state;
	char link[200];
	int from, to;

	init(s, s->path, 0);
	db_close(&s->db);
	snprintf(link, sizeof(link), "%s/link.db", s->folder);
	assert_int_equal(symlink("jobrun.db", link), 0);
	init(s, link, schema_newest);
	assert_string_equal(s->db.path, s->path);
	db_close(&s->db);
	unlink(s->path);
	REFUSED(s, db_init(link, &from, &to, &s->e), ERR_INPUT, "symbolic link to nothing");
	assert_int_equal(access(s->path, F_OK), -1);
}

/* The file's bytes, to see that they are the same afterwards; at most a megabyte. */
static size_t
read_bytes(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, out, size);

	close(fd);
	return n > 0 ? (size_t)n : 0;
}

static void
init__refuses_what_is_not_ours_and_leaves_it_alone(void **state)
{
	static const struct {
		const char *sql, *words;
	} rows[] = {
		{ "PRAGMA application_id = 42", "another program's database (application_id 42)" },
		{ "PRAGMA user_version = 3", "user_version 3 of another program's" },
		{ "CREATE TABLE app_item (id INTEGER)", "001_jobrun.sql: table APP_ITEM already exists" },
		{ "CREATE VIEW APP_JOB_RUN AS SELECT 1", "already exists" },
		{ "PRAGMA application_id = 0x6a6f6272; PRAGMA user_version = 1000",
		    "schema version 1000, and this jobrun" },
		{ "PRAGMA application_id = 0x6a6f6272; PRAGMA user_version = -1",
		    "schema version -1, and this jobrun" },
	};
	static char before[1 << 20], after[1 << 20];
	struct scratch *s = *state;
	sqlite3 *platform;
	size_t i, n;
	int from, to;

	for (i = 0; i < N(rows); i++) {
		platform = scratch_platform(s->path);
		scratch_sql(platform, "CREATE TABLE record (id INTEGER PRIMARY KEY)");
		scratch_sql(platform, rows[i].sql);
		sqlite3_close(platform);
		n = read_bytes(s->path, before, sizeof(before));
		REFUSED(s, db_init(s->path, &from, &to, &s->e), ERR_CONFIG, rows[i].words);
		assert_int_equal(read_bytes(s->path, after, sizeof(after)), n);
		assert_memory_equal(before, after, n);
		unlink(s->path);
	}
}

static void
init__refuses_what_is_no_database(void **state)
{
	struct scratch *s = *state;
	char path[200];
	int from, to, fd;

	fd = open(s->path, O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "name;number\n", 12), 12);
	close(fd);
	REFUSED(s, db_init(s->path, &from, &to, &s->e), ERR_CONFIG, "is no SQLite database");
	snprintf(path, sizeof(path), "%s/sub/x.db", s->path);
	REFUSED(s, db_init(path, &from, &to, &s->e), ERR_INPUT, "Not a directory");
	REFUSED(s, db_init(s->folder, &from, &to, &s->e), ERR_INPUT, "is no regular file");
	REFUSED(s, db_init("", &from, &to, &s->e), ERR_INPUT, "path is empty");
	REFUSED(s, db_init("/proc/none/x.db", &from, &to, &s->e), ERR_INPUT, "/proc/none");
}

/* All at once, with nothing there yet: each must end well, and the schema be made once. */
static void
init__by_many_at_once_ends_well_for_all(void **state)
{
	enum { ROUNDS = 10, MANY = 8 };
	struct scratch *s = *state;
	char path[200];
	int round, i, from, to, status;
	pid_t child[MANY];

	for (round = 0; round < ROUNDS; round++) {
		snprintf(path, sizeof(path), "%s/%d/jobrun.db", s->folder, round);
		for (i = 0; i < MANY; i++) {
			if ((child[i] = fork()) == 0) {
				if (db_init(path, &from, &to, &s->e) == -1)
					print_error("%s\n", s->e.text);
				_exit(to == schema_newest ? 0 : 1);
			}
		}
		for (i = 0; i < MANY; i++) {
			assert_int_equal(waitpid(child[i], &status, 0), child[i]);
			assert_int_equal(status, 0);
		}
		OK(s, db_open(&s->db, path, &s->e));
		assert_string_equal(scratch_text(s->db.handle, "PRAGMA journal_mode"), "wal");
		db_close(&s->db);
	}
}

/* A crash between the schema's commit and the switch to WAL. */
static void
open__mends_a_journal_mode_that_init_did_not_reach(void **state)
{
	struct scratch *s = *state;

	init(s, s->path, 0);
	scratch_sql(s->db.handle, "PRAGMA journal_mode = DELETE");
	db_close(&s->db);
	OK(s, db_open(&s->db, s->path, &s->e));
	assert_string_equal(scratch_text(s->db.handle, "PRAGMA journal_mode"), "wal");
}

/* Copies what is in one file into a new one; damage: with zeros for its first bytes. */
static void
copy_file(const char *from, const char *to, size_t damage)
{
	static char bytes[4 * 1024 * 1024];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	size_t n;

	assert_non_null(in);
	assert_non_null(out);
	n = fread(bytes, 1, sizeof(bytes), in);
	assert_in_range(n, 1, sizeof(bytes) - 1);
	memset(bytes, 0, damage);
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	assert_int_equal(fclose(in), 0);
	assert_int_equal(fclose(out), 0);
}

/* A power cut amid a transaction, before the log was a write-ahead one: the journal has what the file lost. */
static void
init__takes_a_torn_file_whose_journal_mends_it(void **state)
{
	struct scratch *s = *state;
	char from[200], from_journal[220], journal[220];
	sqlite3 *platform;

	snprintf(from, sizeof(from), "%s/platform.db", s->folder);
	snprintf(from_journal, sizeof(from_journal), "%s-journal", from);
	snprintf(journal, sizeof(journal), "%s-journal", s->path);
	platform = scratch_platform(from);
	scratch_sql(platform, "PRAGMA cache_size = 2; CREATE TABLE record (id); INSERT INTO record VALUES (7)");
	/* More than the cache holds: pages go to the file, and those that they replace are synced in the journal. */
	scratch_sql(platform,
	    "BEGIN; CREATE TABLE more (x); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
	    " INSERT INTO more SELECT randomblob(2000) FROM n");
	copy_file(from_journal, journal, 0);
	copy_file(from, s->path, 100);
	sqlite3_close(platform);
	init(s, s->path, 0);
	assert_int_equal(scratch_number(s->db.handle, "SELECT id FROM record"), 7);
	assert_string_equal(scratch_text(s->db.handle, "SELECT count(*) FROM sqlite_schema WHERE name = 'more'"), "0");
	db_close(&s->db);
	/* Without one it is what it looks like. */
	copy_file(from, s->path, 100);
	REFUSED(s, db_open(&s->db, s->path, &s->e), ERR_CONFIG, "is no SQLite database");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_folder, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(init__makes_the_file_its_owners_alone_whatever_the_umask),
		CASE(init__makes_missing_folders),
		CASE(init__takes_names_that_a_uri_would_read_otherwise),
		CASE(init__again_changes_nothing),
		CASE(init__takes_an_empty_file_and_the_platforms_database_in),
		CASE(init__follows_a_symbolic_link_to_a_file_but_not_to_nothing),
		CASE(init__refuses_what_is_not_ours_and_leaves_it_alone),
		CASE(init__refuses_what_is_no_database),
		CASE(init__by_many_at_once_ends_well_for_all),
		CASE(open__mends_a_journal_mode_that_init_did_not_reach),
		CASE(init__takes_a_torn_file_whose_journal_mends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
