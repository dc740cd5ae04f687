#include "scratch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NOBODY 65534

static void
open__sets_what_the_house_relies_on(void **state)
{
	static const struct {
		const char *pragma, *value;
	} rows[] = {
		{ "PRAGMA journal_mode", "wal" },
		{ "PRAGMA synchronous", "2" },
		{ "PRAGMA foreign_keys", "1" },
		{ "PRAGMA cell_size_check", "1" },
		{ "PRAGMA mmap_size", "0" },
		{ "PRAGMA temp_store", "2" },
		{ "PRAGMA trusted_schema", "1" }, /* else a platform's CHECK (json_valid(…)) fails every item */
		{ "PRAGMA busy_timeout", "30000" },
		{ "PRAGMA wal_autocheckpoint", "0" }, /* store/wal.h does it */
		{ "PRAGMA journal_size_limit", "67108864" },
	};
	static const struct {
		int option, on;
	} options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0 },
	};
	struct scratch *s = *state;
	size_t i;
	int on;

	for (i = 0; i < N(rows); i++)
		if (strcmp(scratch_text(s->db.handle, rows[i].pragma), rows[i].value) != 0)
			fail_msg("%s: %s", rows[i].pragma, scratch_text(s->db.handle, rows[i].pragma));
	for (i = 0; i < N(options); i++) {
		assert_int_equal(sqlite3_db_config(s->db.handle, options[i].option, -1, &on), SQLITE_OK);
		assert_int_equal(on, options[i].on);
	}
}

/* Written by the platform, with SQLite as Debian ships it; run when a rule of ours touches the table. */
static void
open__runs_what_a_platforms_schema_holds(void **state)
{
	struct scratch *s = *state;
	sqlite3 *platform = scratch_platform(s->path);

	scratch_sql(platform,
	    "CREATE TABLE record (id INTEGER PRIMARY KEY, doc TEXT CHECK (json_valid(doc)),"
	    " code TEXT AS (doc ->> '$.code'));"
	    "CREATE INDEX record_code ON record (json_extract(doc, '$.code'));"
	    "CREATE TABLE task (note TEXT DEFAULT \"new\");"
	    "CREATE TRIGGER record_added AFTER INSERT ON record BEGIN"
	    " INSERT INTO task (note) VALUES (json_extract(NEW.doc, '$.code') || ' added'); END;");
	sqlite3_close(platform);
	db_close(&s->db);
	OK(s, db_open(&s->db, s->path, &s->e));
	scratch_sql(
	    s->db.handle, "INSERT INTO record (doc) VALUES ('{\"code\":\"A7\"}'); INSERT INTO task DEFAULT VALUES");
	assert_string_equal(scratch_text(s->db.handle, "SELECT group_concat(note) FROM task"), "A7 added,new");
}

static void
open__says_what_is_missing(void **state)
{
	struct scratch *s = *state;
	char path[200];

	db_close(&s->db);
	snprintf(path, sizeof(path), "%s/none.db", s->folder);
	REFUSED(s, db_open(&s->db, path, &s->e), ERR_INPUT, "there is no database at");
	assert_non_null(strstr(s->e.text, "jobrun init"));
	assert_int_equal(access(path, F_OK), -1);
	assert_null(s->db.handle);
	assert_null(s->db.path);

	REFUSED(s, db_open(&s->db, s->folder, &s->e), ERR_INPUT, "no regular file");
	REFUSED(s, db_open(&s->db, "/dev/null", &s->e), ERR_INPUT, "no regular file");
	snprintf(path, sizeof(path), "%s/x", s->path);
	REFUSED(s, db_open(&s->db, path, &s->e), ERR_INPUT, "Not a directory");
	snprintf(path, sizeof(path), "%s/fifo", s->folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	REFUSED(s, db_open(&s->db, path, &s->e), ERR_INPUT, "no regular file");
	snprintf(path, sizeof(path), "%s/empty", s->folder);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	REFUSED(s, db_open(&s->db, path, &s->e), ERR_CONFIG, "is empty: jobrun init");
}

static void
open__refuses_a_path_that_sqlite_cannot_hold(void **state)
{
	struct scratch *s = *state;
	char path[1000];
	size_t i;
	int from, to;

	snprintf(path, sizeof(path), "%s", s->folder);
	for (i = 0; i < 5; i++) {
		strlcat(path, "/", sizeof(path));
		memset(path + strlen(path), 'x', 100);
	}
	strlcat(path, "/jobrun.db", sizeof(path));
	REFUSED(s, db_init(path, &from, &to, &s->e), ERR_INPUT, "SQLite opens no path of");
}

/* The file's bytes; at most a megabyte. */
static size_t
read_bytes(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, out, size);

	close(fd);
	return n > 0 ? (size_t)n : 0;
}

static void
open__refuses_what_it_cannot_use_and_leaves_it_alone(void **state)
{
	static const struct {
		const char *sql, *words;
	} rows[] = {
		{ "PRAGMA application_id = 42", "another program's database (application_id 42)" },
		{ "PRAGMA application_id = 0", "has no tables of jobrun's yet: jobrun init" },
		{ "PRAGMA user_version = 1000", "schema version 1000, and this jobrun knows up to" },
		{ "PRAGMA user_version = 2147483647", "schema version 2147483647" },
		{ "PRAGMA user_version = -5", "schema version -5" },
		{ "PRAGMA user_version = 0", "schema version 0, and this jobrun needs" },
	};
	static char before[1 << 20], after[1 << 20];
	struct scratch *s = *state;
	sqlite3 *platform;
	size_t i, n;
	int from, to;

	for (i = 0; i < N(rows); i++) {
		db_close(&s->db);
		unlink(s->path);
		OK(s, db_init(s->path, &from, &to, &s->e));
		platform = scratch_platform(s->path);
		scratch_sql(platform, rows[i].sql);
		sqlite3_close(platform);
		n = read_bytes(s->path, before, sizeof(before));
		REFUSED(s, db_open(&s->db, s->path, &s->e), ERR_CONFIG, rows[i].words);
		assert_int_equal(read_bytes(s->path, after, sizeof(after)), n);
		assert_memory_equal(before, after, n);
	}
}

/* The newer jobrun died before its log was written back: only the log says that it is newer. */
static void
open__sees_a_newer_version_that_is_still_in_the_log(void **state)
{
	static char before[1 << 20], after[1 << 20];
	struct scratch *s = *state;
	sqlite3 *platform = scratch_platform(s->path);
	char wal[200];
	size_t n, n_wal;
	int from, to, on = 0;

	db_close(&s->db);
	sqlite3_db_config(platform, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &on);
	scratch_sql(platform, "PRAGMA user_version = 1000");
	sqlite3_close(platform);
	snprintf(wal, sizeof(wal), "%s-wal", s->path);
	n = read_bytes(s->path, before, sizeof(before));
	n_wal = read_bytes(wal, after, sizeof(after));
	assert_true(n_wal > 0);
	REFUSED(s, db_open(&s->db, s->path, &s->e), ERR_CONFIG, "schema version 1000");
	REFUSED(s, db_init(s->path, &from, &to, &s->e), ERR_CONFIG, "schema version 1000");
	assert_int_equal(read_bytes(s->path, after, sizeof(after)), n);
	assert_memory_equal(before, after, n);
	assert_int_equal(read_bytes(wal, after, sizeof(after)), n_wal);
}

static void
open__does_not_drop_the_locks_of_a_connection_beside_it(void **state)
{
	struct scratch *s = *state;
	struct db second;
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0 };
	int status, fd;
	pid_t child;

	/* An open reader holds a lock on the file: another process must still see it after a second look. */
	scratch_sql(s->db.handle, "BEGIN; SELECT count(*) FROM APP_ITEM");
	OK(s, db_open(&second, s->path, &s->e));
	db_close(&second);
	if ((child = fork()) == 0) {
		fd = open(s->path, O_RDWR);
		_exit(fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	db_rollback(&s->db);
}

static void
open__refuses_a_file_of_two_names(void **state)
{
	struct scratch *s = *state;
	char name[160];
	struct db db;
	int from, to;

	snprintf(name, sizeof(name), "%s.too", s->path);
	assert_int_equal(link(s->path, name), 0);
	REFUSED(s, db_open(&db, s->path, &s->e), ERR_INPUT, "has 2 names (hard links)");
	REFUSED(s, db_open(&db, name, &s->e), ERR_INPUT, "has 2 names (hard links)");
	REFUSED(s, db_open_read(&db, name, &s->e), ERR_INPUT, "has 2 names (hard links)");
	REFUSED(s, db_init(name, &from, &to, &s->e), ERR_INPUT, "has 2 names (hard links)");
	assert_int_equal(unlink(name), 0);
	err_clear(&s->e);
	OK(s, db_open(&db, s->path, &s->e));
	db_close(&db);
}

static void
open__tells_a_damaged_file_from_a_foreign_one(void **state)
{
	static const struct {
		off_t cut; /* -1: not cut */
		off_t at;  /* where rubbish is written */
		enum err_kind kind;
		const char *words, *reason;
	} rows[] = {
		{ 1, -1, ERR_CONFIG, "is no SQLite database", "a byte of it" },
		{ 99, -1, ERR_CONFIG, "is no SQLite database", "almost a header" },
		{ -1, 0, ERR_CONFIG, "is no SQLite database", "another first line" },
		{ -1, 16, ERR_DATABASE, "restore a backup", "a page size that is none" },
		{ -1, 100, ERR_DATABASE, "restore a backup", "rubbish behind the header" },
	};
	static char rubbish[4096];
	struct scratch *s = *state;
	size_t i;
	int from, to, fd;

	memset(rubbish, 0xa5, sizeof(rubbish));
	for (i = 0; i < N(rows); i++) {
		db_close(&s->db);
		unlink(s->path);
		OK(s, db_init(s->path, &from, &to, &s->e));
		fd = open(s->path, O_RDWR);
		if (rows[i].cut != -1)
			assert_int_equal(ftruncate(fd, rows[i].cut), 0);
		if (rows[i].at != -1)
			assert_int_equal(
			    pwrite(fd, rubbish, rows[i].at == 16 ? 2 : 2000, rows[i].at), rows[i].at == 16 ? 2 : 2000);
		close(fd);
		err_clear(&s->e);
		if (db_open(&s->db, s->path, &s->e) != -1 || s->e.kind != rows[i].kind ||
		    strstr(s->e.text, rows[i].words) == NULL)
			fail_msg("%s: kind %d: %s", rows[i].reason, (int)s->e.kind, s->e.text);
	}
}

/* Runs one attempt to open as nobody: its error comes back through a pipe. */
static void
open_as_nobody(struct scratch *s, const char *path)
{
	int status, ends[2];
	struct db db;
	pid_t child;

	err_clear(&s->e);
	assert_int_equal(pipe(ends), 0);
	if ((child = fork()) == 0) {
		if (setegid(NOBODY) == -1 || seteuid(NOBODY) == -1)
			_exit(2);
		if (db_open(&db, path, &s->e) == 0)
			_exit(0);
		_exit(write(ends[1], &s->e, sizeof(s->e)) == sizeof(s->e) ? 1 : 3);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_int_equal(read(ends[0], &s->e, sizeof(s->e)), sizeof(s->e));
	close(ends[0]);
	close(ends[1]);
}

static void
open__says_which_permission_is_missing(void **state)
{
	struct scratch *s = *state;

	if (geteuid() != 0) {
		print_message("only root can become somebody else\n");
		skip();
	}
	db_close(&s->db);
	chmod(s->folder, 0755);
	chmod(s->path, 0600);
	open_as_nobody(s, s->path);
	assert_int_equal(s->e.kind, ERR_INPUT);
	assert_non_null(strstr(s->e.text, "cannot read the database"));
	assert_non_null(strstr(s->e.text, "Permission denied"));

	chmod(s->path, 0644);
	open_as_nobody(s, s->path);
	assert_int_equal(s->e.kind, ERR_DATABASE);
	assert_non_null(strstr(s->e.text, "must be able to write it"));

	/* It may write the file, but can make no -wal beside it. */
	chmod(s->path, 0666);
	open_as_nobody(s, s->path);
	assert_int_equal(s->e.kind, ERR_DATABASE);
	assert_non_null(strstr(s->e.text, "its folder"));

	chmod(s->folder, 0700);
	open_as_nobody(s, s->path);
	assert_int_equal(s->e.kind, ERR_INPUT);
	assert_non_null(strstr(s->e.text, "Permission denied"));
}

/* Each byte of the file turned over in turn may be refused or go unseen, but must not crash or hang. */
static void
open__survives_every_kind_of_damage(void **state)
{
	static char image[1 << 20];
	struct scratch *s = *state;
	size_t n, at;
	uint32_t seed = 1;
	int i, fd;

	db_close(&s->db);
	n = read_bytes(s->path, image, sizeof(image));
	assert_true(n > 4096);
	for (i = 0; i < 300; i++) {
		at = i < 108 ? (size_t)i : (seed = seed * 1664525 + 1013904223) % n;
		fd = open(s->path, O_RDWR | O_TRUNC);
		image[at] = (char)~image[at];
		assert_int_equal(write(fd, image, n), n);
		image[at] = (char)~image[at];
		close(fd);
		err_clear(&s->e);
		if (db_open(&s->db, s->path, &s->e) == 0)
			db_close(&s->db);
		else if (s->e.text[0] == '\0' || s->e.kind == ERR_INTERNAL)
			fail_msg("byte %zu: \"%s\"", at, s->e.text);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(open__sets_what_the_house_relies_on),
		CASE(open__runs_what_a_platforms_schema_holds),
		CASE(open__says_what_is_missing),
		CASE(open__refuses_a_path_that_sqlite_cannot_hold),
		CASE(open__refuses_what_it_cannot_use_and_leaves_it_alone),
		CASE(open__sees_a_newer_version_that_is_still_in_the_log),
		CASE(open__does_not_drop_the_locks_of_a_connection_beside_it),
		CASE(open__refuses_a_file_of_two_names),
		CASE(open__tells_a_damaged_file_from_a_foreign_one),
		CASE(open__says_which_permission_is_missing),
		CASE(open__survives_every_kind_of_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
