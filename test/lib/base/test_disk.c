#include "../scratch.h"

#include <sys/stat.h>

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

static void
disk__reads_what_it_wrote(void **state)
{
	struct here *h = *state;
	struct stat st;
	mode_t old = umask(027);

	assert_int_equal(disk_write(h->path, "one\n", 4, false, &h->e), 0);
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

	assert_int_equal(disk_write(h->path, "", 0, false, &h->e), 0);
	expect_held(h, "");
}

static void
disk__leaves_what_is_there_unless_told_to_replace_it(void **state)
{
	struct here *h = *state;
	char beside[160];

	assert_int_equal(disk_write(h->path, "one\n", 4, false, &h->e), 0);
	assert_int_equal(disk_write(h->path, "two\n", 4, false, &h->e), -1);
	assert_int_equal(h->e.kind, ERR_INPUT);
	assert_non_null(strstr(h->e.text, "File exists"));
	expect_held(h, "one\n");
	/* Also beside what one that was killed has left. */
	snprintf(beside, sizeof(beside), "%s.new", h->path);
	assert_int_equal(disk_write(beside, "ha", 2, false, &h->e), 0);
	assert_int_equal(disk_write(h->path, "two\n", 4, true, &h->e), 0);
	expect_held(h, "two\n");
	assert_int_equal(access(beside, F_OK), -1);
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
	assert_int_equal(disk_write(h->folder, "x", 1, true, &h->e), -1);
	assert_non_null(strstr(h->e.text, "cannot write"));
	assert_int_equal(disk_write("/proc/no-such-folder/file", "x", 1, true, &h->e), -1);
	assert_int_equal(disk_write(h->path, "12345", 5, false, &h->e), 0);
	buf_init(&small, 4);
	assert_int_equal(disk_read(h->path, &small, &h->e), -1);
	assert_non_null(strstr(h->e.text, "larger than 4 bytes"));
	buf_release(&small);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(disk__reads_what_it_wrote, set_up, tear_down),
		cmocka_unit_test_setup_teardown(disk__writes_and_reads_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    disk__leaves_what_is_there_unless_told_to_replace_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(disk__refuses_what_is_no_file_or_too_large, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
