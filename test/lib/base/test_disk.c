#include "../scratch.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <bsd/string.h>

#include "base/disk.h"

struct here {
	char folder[SCRATCH_FOLDER], path[128];
	struct buf b;
	struct err e;
};

static int
set_up(void **state)
{
	struct here *h = calloc(1, sizeof(*h));

	*state = h;
	if (h == NULL || scratch_make(h->folder) == -1)
		return -1;
	snprintf(h->path, sizeof(h->path), "%s/file", h->folder);
	buf_init(&h->b, 1000);
	return 0;
}

static int
tear_down(void **state)
{
	struct here *h = *state;

	buf_release(&h->b);
	scratch_remove(h->folder);
	free(h);
	return 0;
}

static void
expect_held(struct here *h, const char *text)
{
	buf_clear(&h->b);
	assert_int_equal(disk_read(h->path, &h->b, &h->e), 0);
	assert_string_equal(buf_text(&h->b), text);
}

static int
count_files(const char *folder)
{
	char pattern[160];
	glob_t found;
	int n;

	snprintf(pattern, sizeof(pattern), "%s/*", folder);
	n = glob(pattern, 0, NULL, &found);
	assert_true(n == 0 || n == GLOB_NOMATCH);
	n = n == 0 ? (int)found.gl_pathc : 0;
	globfree(&found);
	return n;
}

static void
disk__reads_what_it_wrote(void **state)
{
	struct here *h = *state;
	struct stat st;
	mode_t old = umask(027);

	assert_int_equal(disk_write(h->path, "one\n", 4, false, 0, &h->e), 0);
	umask(old);
	assert_int_equal(stat(h->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	expect_held(h, "one\n");
	/* It appends, as buffers do. */
	assert_int_equal(disk_read(h->path, &h->b, &h->e), 0);
	assert_string_equal(h->b.at, "one\none\n");
}

static void
disk__writes_and_reads_nothing(void **state)
{
	struct here *h = *state;

	assert_int_equal(disk_write(h->path, "", 0, false, 0, &h->e), 0);
	expect_held(h, "");
}

static void
disk__leaves_what_is_there_unless_told_to_replace_it(void **state)
{
	struct here *h = *state;

	assert_int_equal(disk_write(h->path, "one\n", 4, false, 0, &h->e), 0);
	assert_int_equal(disk_write(h->path, "two\n", 4, false, 0, &h->e), -1);
	assert_int_equal(h->e.kind, ERR_INPUT);
	assert_non_null(strstr(h->e.text, "File exists"));
	expect_held(h, "one\n");
	assert_int_equal(disk_write(h->path, "two\n", 4, true, 0, &h->e), 0);
	expect_held(h, "two\n");
}

static void
disk__gives_the_mode_whatever_the_umask(void **state)
{
	struct here *h = *state;
	struct stat st;
	mode_t old = umask(077);

	assert_int_equal(disk_write(h->path, "one\n", 4, false, 0644, &h->e), 0);
	assert_int_equal(stat(h->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	umask(0);
	assert_int_equal(disk_write(h->path, "two\n", 4, true, 0640, &h->e), 0);
	umask(old);
	assert_int_equal(stat(h->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
}

/* Each writes again and again; the one that finds its file gone, or another's, fails. */
static void
disk__lets_two_writers_replace_it_at_once(void **state)
{
	struct here *h = *state;
	char text[4096];
	int i, w, ended, failed;
	pid_t pid[2];

	for (w = 0; w < 2; w++) {
		assert_int_not_equal(pid[w] = fork(), -1);
		if (pid[w] != 0)
			continue;
		memset(text, 'a' + w, sizeof(text));
		for (i = failed = 0; i < 100 && !failed; i++)
			failed = disk_write(h->path, text, sizeof(text), true, 0, &h->e) == -1;
		_exit(failed);
	}
	for (w = failed = 0; w < 2; w++)
		failed |= waitpid(pid[w], &ended, 0) == -1 || !WIFEXITED(ended) || WEXITSTATUS(ended) != 0;
	assert_false(failed);
	buf_release(&h->b);
	buf_init(&h->b, sizeof(text));
	assert_int_equal(disk_read(h->path, &h->b, &h->e), 0);
	assert_int_equal(h->b.len, sizeof(text));
	memset(text, h->b.at[0], sizeof(text));
	assert_memory_equal(h->b.at, text, sizeof(text));
	assert_int_equal(count_files(h->folder), 1);
}

static void
disk__tells_what_the_system_says(void **state)
{
	struct here *h = *state;
	struct rlimit before, small = { 2, 2 };

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(disk_write(h->path, "12345", 5, true, 0, &h->e), -1);
	(void)signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_non_null(strstr(h->e.text, "File too large"));
	assert_int_equal(count_files(h->folder), 0);
}

static void
disk__refuses_what_is_no_file_or_too_large(void **state)
{
	struct here *h = *state;
	struct buf small;

	assert_int_equal(disk_read(h->path, &h->b, &h->e), -1);
	assert_int_equal(h->e.kind, ERR_INPUT);
	assert_non_null(strstr(h->e.text, "No such file"));
	assert_int_equal(disk_read(h->folder, &h->b, &h->e), -1);
	assert_non_null(strstr(h->e.text, "is a folder"));
	assert_int_equal(disk_write(h->folder, "x", 1, true, 0, &h->e), -1);
	assert_non_null(strstr(h->e.text, "cannot write"));
	assert_int_equal(disk_write("/proc/no-such-folder/file", "x", 1, true, 0, &h->e), -1);
	assert_int_equal(disk_write(h->path, "12345", 5, false, 0, &h->e), 0);
	buf_init(&small, 4);
	assert_int_equal(disk_read(h->path, &small, &h->e), -1);
	assert_non_null(strstr(h->e.text, "larger than 4 bytes"));
	buf_release(&small);
}

static void
disk__syncs_the_folder_of_a_name(void **state)
{
	struct here *h = *state;

	/* The file itself need not be there: it may just have been removed. */
	assert_int_equal(disk_sync_name(h->path), 0);
	assert_int_equal(disk_sync_name("file"), 0);
	assert_int_equal(disk_sync_name("/file"), 0);
	strlcat(h->path, "/file", sizeof(h->path));
	assert_int_equal(disk_sync_name(h->path), -1);
	assert_int_equal(errno, ENOENT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(disk__reads_what_it_wrote, set_up, tear_down),
		cmocka_unit_test_setup_teardown(disk__writes_and_reads_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    disk__leaves_what_is_there_unless_told_to_replace_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(disk__gives_the_mode_whatever_the_umask, set_up, tear_down),
		cmocka_unit_test_setup_teardown(disk__lets_two_writers_replace_it_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(disk__tells_what_the_system_says, set_up, tear_down),
		cmocka_unit_test_setup_teardown(disk__refuses_what_is_no_file_or_too_large, set_up, tear_down),
		cmocka_unit_test_setup_teardown(disk__syncs_the_folder_of_a_name, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
