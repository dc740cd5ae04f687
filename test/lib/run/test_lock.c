#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/lock.h"

static char folder[] = "/tmp/jobrun-lock-XXXXXX";
static char db[64], file[80];
static volatile sig_atomic_t quiet, interrupted = SIGTERM;

static int
make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(db, sizeof(db), "%s/a b.db", folder);
	snprintf(file, sizeof(file), "%s.job7.lock", db);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(folder);
}

static void
lock__is_held_once_and_says_by_whom(void **state)
{
	struct lock first, second;
	struct err e = ERR_INIT;
	struct stat st;
	char pid[32];

	(void)state;
	assert_int_equal(lock_take(&first, db, 7, 0, &quiet, &e), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(lock_take(&second, db, 7, 0, &quiet, &e), -1);
	assert_int_equal(e.kind, ERR_TRY_LATER);
	snprintf(pid, sizeof(pid), "pid %ld since 20", (long)getpid());
	assert_non_null(strstr(e.text, pid));
	lock_release(&first);
	assert_int_equal(lock_take(&second, db, 7, 0, &quiet, &e), 0);
	lock_release(&second);
}

static void
lock__waits_as_long_as_it_is_told(void **state)
{
	struct lock first, second;
	struct err e = ERR_INIT;
	int64_t began;

	(void)state;
	assert_int_equal(lock_take(&first, db, 7, 0, &quiet, &e), 0);
	began = clock_mono_ms();
	assert_int_equal(lock_take(&second, db, 7, 300, &quiet, &e), -1);
	assert_true(clock_mono_ms() - began >= 300);
	began = clock_mono_ms();
	assert_int_equal(lock_take(&second, db, 7, 60000, &interrupted, &e), 1);
	assert_true(clock_mono_ms() - began < 5000);
	lock_release(&first);
}

static void
lock__is_seen_held_without_being_taken(void **state)
{
	struct lock lock;
	struct err e = ERR_INIT;
	int64_t began;

	(void)state;
	unlink(file);
	assert_int_equal(lock_is_held(db, 7), 0);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(lock_take(&lock, db, 7, 0, &quiet, &e), 0);
	assert_int_equal(lock_is_held(db, 7), 1);
	assert_int_equal(lock_is_held(db, 8), 0);
	/* Whoever only looked is gone by the second try. */
	began = clock_mono_ms();
	assert_int_equal(lock_take(&(struct lock){ 0 }, db, 7, 0, &quiet, &e), -1);
	assert_true(clock_mono_ms() - began >= 50);
	lock_release(&lock);
	assert_int_equal(lock_is_held(db, 7), 0);
	unlink(file);
	assert_int_equal(symlink("nowhere", file), 0);
	assert_int_equal(lock_is_held(db, 7), -1);
	unlink(file);
}

static void
lock__follows_no_planted_link(void **state)
{
	struct lock lock;
	struct err e = ERR_INIT;
	char target[80];

	(void)state;
	snprintf(target, sizeof(target), "%s/victim", folder);
	unlink(file);
	assert_int_equal(symlink(target, file), 0);
	assert_int_equal(lock_take(&lock, db, 7, 0, &quiet, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(access(target, F_OK), -1);
	unlink(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lock__is_held_once_and_says_by_whom),
		cmocka_unit_test(lock__waits_as_long_as_it_is_told),
		cmocka_unit_test(lock__is_seen_held_without_being_taken),
		cmocka_unit_test(lock__follows_no_planted_link),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
