#include "../store/scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "run/lock.h"

static volatile sig_atomic_t quiet, interrupted = SIGTERM;

/* Another process's connection, as far as locks on files are concerned. */
static struct db
connect_to(struct scratch *s, const char *path)
{
	struct db db;

	OK(s, db_open(&db, path, &s->e));
	return db;
}

static const char *
lock_file(const struct scratch *s)
{
	static char file[160];

	snprintf(file, sizeof(file), "%s.job7.lock", s->path);
	return file;
}

static void
lock__is_held_once_and_says_by_whom(void **state)
{
	struct scratch *s = *state;
	struct db other = connect_to(s, s->path);
	struct lock first, second;
	struct stat st;
	char pid[32];

	OK(s, lock_take(&first, &s->db, 7, 0, &quiet, &s->e));
	assert_int_equal(stat(lock_file(s), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(pid, sizeof(pid), "pid %ld since 20", (long)getpid());
	REFUSED(s, lock_take(&second, &other, 7, 0, &quiet, &s->e), ERR_TRY_LATER, pid);
	/* Another job's is another byte of the same file. */
	err_clear(&s->e);
	OK(s, lock_take(&second, &other, 8, 0, &quiet, &s->e));
	lock_release(&second);
	lock_release(&first);
	OK(s, lock_take(&second, &other, 7, 0, &quiet, &s->e));
	lock_release(&second);
	db_close(&other);
}

static void
lock__takes_every_job_type_there_can_be(void **state)
{
	static const int64_t types[] = { 0, 1, -1, INT64_MAX, INT64_MIN };
	struct scratch *s = *state;
	struct db other = connect_to(s, s->path);
	struct lock first, second;
	size_t i;

	for (i = 0; i < N(types); i++) {
		err_clear(&s->e);
		OK(s, lock_take(&first, &s->db, types[i], 0, &quiet, &s->e));
		REFUSED(s, lock_take(&second, &other, types[i], 0, &quiet, &s->e), ERR_TRY_LATER, "under way");
		lock_release(&first);
	}
	db_close(&other);
}

static void
lock__outlives_its_file(void **state)
{
	struct scratch *s = *state;
	struct db other = connect_to(s, s->path);
	struct lock first, second;
	int fd;

	OK(s, lock_take(&first, &s->db, 7, 0, &quiet, &s->e));
	assert_int_equal(unlink(lock_file(s)), 0);
	REFUSED(s, lock_take(&second, &other, 7, 0, &quiet, &s->e), ERR_TRY_LATER, "its pid is not known");
	assert_int_equal(access(lock_file(s), F_OK), -1);
	assert_int_equal(lock_is_held(&other, 7), 1);
	/* Another file in its place. */
	fd = open(lock_file(s), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	close(fd);
	REFUSED(s, lock_take(&second, &other, 7, 0, &quiet, &s->e), ERR_TRY_LATER, "under way");
	assert_int_equal(lock_is_held(&other, 7), 1);
	lock_release(&first);
	assert_int_equal(lock_is_held(&other, 7), 0);
	db_close(&other);
}

static void
lock__is_one_whatever_the_database_is_called(void **state)
{
	struct scratch *s = *state;
	struct lock first, second;
	char name[128];
	struct db other;

	snprintf(name, sizeof(name), "%s/link.db", s->folder);
	assert_int_equal(symlink("jobrun.db", name), 0);
	other = connect_to(s, name);
	OK(s, lock_take(&first, &s->db, 7, 0, &quiet, &s->e));
	REFUSED(s, lock_take(&second, &other, 7, 0, &quiet, &s->e), ERR_TRY_LATER, "under way");
	lock_release(&first);
	db_close(&other);
}

static void
lock__is_left_to_a_run_that_has_the_file_alone(void **state)
{
	struct scratch *s = *state;
	struct lock lock;
	int fd = open(lock_file(s), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(lock_is_held(&s->db, 7), 1);
	REFUSED(s, lock_take(&lock, &s->db, 7, 0, &quiet, &s->e), ERR_TRY_LATER, "under way");
	close(fd);
	err_clear(&s->e);
	OK(s, lock_take(&lock, &s->db, 7, 0, &quiet, &s->e));
	lock_release(&lock);
}

static void
lock__leaves_sqlite_its_own(void **state)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = INT64_C(1) << 40 };
	struct scratch *s = *state;
	struct lock lock;
	int status, fd;
	pid_t child;

	/* An open reader holds a lock on the file: another process must still see it when ours is let go. */
	scratch_sql(s->db.handle, "BEGIN; SELECT count(*) FROM APP_ITEM");
	OK(s, lock_take(&lock, &s->db, 7, 0, &quiet, &s->e));
	assert_int_equal(lock_is_held(&s->db, 8), 0);
	lock_release(&lock);
	if ((child = fork()) == 0) {
		fd = open(s->path, O_RDWR | O_CLOEXEC);
		_exit(fcntl(fd, F_GETLK, &all) == 0 && all.l_type != F_UNLCK ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	db_rollback(&s->db);
}

static void
lock__dies_with_its_process(void **state)
{
	struct scratch *s = *state;
	struct lock lock;
	struct db db;
	int ready[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(ready), 0);
	if ((pid = fork()) == 0) {
		if (db_open(&db, s->path, &s->e) != 0 || lock_take(&lock, &db, 7, 0, &quiet, &s->e) != 0)
			_exit(1);
		(void)!write(ready[1], "x", 1);
		pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(lock_is_held(&s->db, 7), 1);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(lock_is_held(&s->db, 7), 0);
	OK(s, lock_take(&lock, &s->db, 7, 0, &quiet, &s->e));
	lock_release(&lock);
	close(ready[0]);
	close(ready[1]);
}

static void
lock__is_none_of_a_database_that_was_replaced(void **state)
{
	struct scratch *s = *state;
	struct lock lock;

	assert_int_equal(unlink(s->path), 0);
	REFUSED(s, lock_take(&lock, &s->db, 7, 0, &quiet, &s->e), ERR_DATABASE, "once more");
	assert_int_equal(close(open(s->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)), 0);
	REFUSED(s, lock_take(&lock, &s->db, 7, 0, &quiet, &s->e), ERR_DATABASE, "removed or replaced");
}

static void
lock__waits_as_long_as_it_is_told(void **state)
{
	struct scratch *s = *state;
	struct db other = connect_to(s, s->path);
	struct lock first, second;
	int64_t began;

	OK(s, lock_take(&first, &s->db, 7, 0, &quiet, &s->e));
	began = clock_mono_ms();
	assert_int_equal(lock_take(&second, &other, 7, 300, &quiet, &s->e), -1);
	assert_true(clock_mono_ms() - began >= 300);
	began = clock_mono_ms();
	assert_int_equal(lock_take(&second, &other, 7, 60000, &interrupted, &s->e), 1);
	assert_true(clock_mono_ms() - began < 5000);
	lock_release(&first);
	db_close(&other);
}

static void
lock__is_seen_held_without_being_taken(void **state)
{
	struct scratch *s = *state;
	struct db other = connect_to(s, s->path), reader;
	struct lock lock;
	int64_t began;

	OK(s, db_open_read(&reader, s->path, &s->e));
	assert_int_equal(lock_is_held(&reader, 7), 0);
	assert_int_equal(access(lock_file(s), F_OK), -1);
	OK(s, lock_take(&lock, &s->db, 7, 0, &quiet, &s->e));
	assert_int_equal(lock_is_held(&reader, 7), 1);
	assert_int_equal(lock_is_held(&reader, 8), 0);
	/* Whoever only looked is gone by the second try. */
	began = clock_mono_ms();
	assert_int_equal(lock_take(&(struct lock){ 0 }, &other, 7, 0, &quiet, &s->e), -1);
	assert_true(clock_mono_ms() - began >= 50);
	lock_release(&lock);
	assert_int_equal(lock_is_held(&reader, 7), 0);
	unlink(lock_file(s));
	assert_int_equal(symlink("nowhere", lock_file(s)), 0);
	assert_int_equal(lock_is_held(&reader, 7), -1);
	db_close(&reader);
	db_close(&other);
}

static void
lock__follows_no_planted_link(void **state)
{
	struct scratch *s = *state;
	struct lock lock;
	char target[128];

	snprintf(target, sizeof(target), "%s/victim", s->folder);
	assert_int_equal(symlink(target, lock_file(s)), 0);
	REFUSED(s, lock_take(&lock, &s->db, 7, 0, &quiet, &s->e), ERR_INPUT, "cannot lock");
	assert_int_equal(access(target, F_OK), -1);
	assert_int_equal(unlink(lock_file(s)), 0);
	/* And what it could not lock it let go of. */
	err_clear(&s->e);
	OK(s, lock_take(&lock, &s->db, 7, 0, &quiet, &s->e));
	lock_release(&lock);
}

/* Out of descriptors, which stands for all that keeps it from being made: root may write anywhere. */
static void
lock__that_cannot_be_made_is_the_database_s_failure(void **state)
{
	struct scratch *s = *state;
	struct rlimit old, none;
	struct lock lock;
	int got;

	assert_int_not_equal(db_file(&s->db, &s->e), -1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	got = lock_take(&lock, &s->db, 7, 0, &quiet, &s->e);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(got, -1);
	assert_int_equal(s->e.kind, ERR_DATABASE);
	assert_non_null(strstr(s->e.text, "this user must be able to write it"));
	assert_int_equal(lock.fd, -1);
}

/* What a holder leaves behind its line is there for the next, whoever it is and however the first one ended. */
static void
lock__has_room_that_outlives_its_holder(void **state)
{
	struct scratch *s = *state;
	struct lock first, second;
	char line[LOCK_LINE], *room;
	int fd;

	unlink(lock_file(s));
	assert_int_equal(lock_take(&first, &s->db, 7, 0, &quiet, &s->e), 0);
	assert_non_null(first.room);
	assert_int_equal((uintptr_t)first.room % 8, 0);
	memset(first.room, 'x', LOCK_ROOM);
	lock_release(&first);
	assert_null(first.room);
	assert_int_equal(lock_take(&second, &s->db, 7, 0, &quiet, &s->e), 0);
	room = second.room;
	assert_non_null(room);
	assert_int_equal(room[0], 'x');
	assert_int_equal(room[LOCK_ROOM - 1], 'x');
	fd = open(lock_file(s), O_RDONLY);
	assert_int_not_equal(fd, -1);
	assert_int_equal(read(fd, line, sizeof(line)), sizeof(line));
	close(fd);
	assert_non_null(memchr(line, '\n', sizeof(line)));
	assert_memory_equal(line, "pid ", 4);
	lock_release(&second);
}

/* As another version, or another program, may have left it. */
static void
lock__takes_a_short_file_and_a_long_one(void **state)
{
	struct scratch *s = *state;
	static const char *const texts[] = { "pid 1 since 2026\n", "" };
	struct lock lock;
	size_t i;
	int fd;

	for (i = 0; i < 2; i++) {
		unlink(lock_file(s));
		fd = open(lock_file(s), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		assert_int_not_equal(fd, -1);
		assert_int_equal(write(fd, texts[i], strlen(texts[i])), strlen(texts[i]));
		if (i == 1)
			assert_int_equal(ftruncate(fd, 100000), 0);
		close(fd);
		assert_int_equal(lock_take(&lock, &s->db, 7, 0, &quiet, &s->e), 0);
		assert_non_null(lock.room);
		memset(lock.room, 1, LOCK_ROOM);
		lock_release(&lock);
	}
}

/* No room is no reason not to run: here the file may not grow. */
static void
lock__is_taken_without_room(void **state)
{
	struct scratch *s = *state;
	struct rlimit old, none;
	struct lock lock;

	unlink(lock_file(s));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(lock_take(&lock, &s->db, 7, 0, &quiet, &s->e), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_null(lock.room);
	assert_int_equal(lock_is_held(&s->db, 7), 1);
	lock_release(&lock);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_open, scratch_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lock__is_held_once_and_says_by_whom),
		TEST(lock__takes_every_job_type_there_can_be),
		TEST(lock__outlives_its_file),
		TEST(lock__is_one_whatever_the_database_is_called),
		TEST(lock__is_left_to_a_run_that_has_the_file_alone),
		TEST(lock__leaves_sqlite_its_own),
		TEST(lock__dies_with_its_process),
		TEST(lock__is_none_of_a_database_that_was_replaced),
		TEST(lock__waits_as_long_as_it_is_told),
		TEST(lock__is_seen_held_without_being_taken),
		TEST(lock__follows_no_planted_link),
		TEST(lock__that_cannot_be_made_is_the_database_s_failure),
		TEST(lock__has_room_that_outlives_its_holder),
		TEST(lock__takes_a_short_file_and_a_long_one),
		TEST(lock__is_taken_without_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
