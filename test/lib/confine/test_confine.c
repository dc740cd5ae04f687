#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../scratch.h"
#include "confine/confine.h"

struct place {
	char folder[SCRATCH_FOLDER];
	struct confine c;
	struct err e;
};

static const char *
in(const struct place *p, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", p->folder, name);
	return path;
}

static int
set_up(void **state)
{
	static const char *const folders[] = { "open", "shut", "open/below" };
	static const char *const files[] = { "open/a", "open/below/b", "shut/a", "shut/alone" };
	struct place *p = calloc(1, sizeof(*p));
	size_t i;
	int fd;

	if (p == NULL || scratch_make(p->folder) == -1)
		return -1;
	for (i = 0; i < N(folders); i++)
		if (mkdir(in(p, folders[i]), 0700) == -1)
			return -1;
	for (i = 0; i < N(files); i++) {
		if ((fd = open(in(p, files[i]), O_CREAT | O_WRONLY | O_CLOEXEC, 0700)) == -1 || write(fd, "#!", 2) != 2)
			return -1;
		close(fd);
	}
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	confine_release(&p->c);
	scratch_remove(p->folder);
	free(p);
	return 0;
}

/* The sandbox holds for good: each is tried in a process of its own. Its exit status is what of fn() went wrong. */
static void
expect_inside(struct place *p, int (*fn)(struct place *))
{
	pid_t pid = fork();
	int status = -1;

	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(confine_enter(&p->c, &p->e) == -1 ? 1 : fn(p));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static bool
opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static void
begin(struct place *p)
{
	int got = confine_begin(&p->c, false, &p->e);

	if (got == 1) {
		print_message("%s\n", p->c.why);
		skip();
	}
	assert_int_equal(got, 0);
	assert_true(p->c.abi >= 1);
}

static int
nothing_opens(struct place *p)
{
	char *argv[] = { p->folder, NULL };

	if (opens(in(p, "open/a"), O_RDONLY) || errno != EACCES)
		return 2;
	if (opens("/", O_RDONLY) || opens("/etc/passwd", O_RDONLY) || opens(in(p, "new"), O_WRONLY | O_CREAT))
		return 3;
	if (execv("/bin/true", argv) != -1 || errno != EACCES)
		return 4;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 5;
}

static void
confine__opens_nothing_that_was_not_allowed(void **state)
{
	struct place *p = *state;

	begin(p);
	expect_inside(p, nothing_opens);
}

static int
reads_only(struct place *p)
{
	if (!opens(in(p, "open/a"), O_RDONLY) || !opens(in(p, "open/below/b"), O_RDONLY) ||
	    !opens(in(p, "open"), O_RDONLY | O_DIRECTORY) || !opens(in(p, "shut/alone"), O_RDONLY))
		return 2;
	if (opens(in(p, "open/a"), O_WRONLY) || opens(in(p, "open/new"), O_WRONLY | O_CREAT) ||
	    unlink(in(p, "open/a")) != -1)
		return 3;
	if (opens(in(p, "shut/a"), O_RDONLY) || opens(in(p, "shut"), O_RDONLY))
		return 4;
	return p->c.abi >= 3 && truncate(in(p, "open/a"), 0) != -1 ? 5 : 0;
}

static void
confine__reads_a_folder_or_a_file(void **state)
{
	struct place *p = *state;

	begin(p);
	assert_int_equal(confine_allow(&p->c, in(p, "open"), CONFINE_READ, &p->e), 0);
	assert_int_equal(confine_allow(&p->c, in(p, "shut/alone"), CONFINE_READ, &p->e), 0);
	expect_inside(p, reads_only);
}

static int
writes(struct place *p)
{
	char to[200];

	snprintf(to, sizeof(to), "%s/open/renamed", p->folder);
	if (!opens(in(p, "open/a"), O_RDWR | O_TRUNC) || !opens(in(p, "open/new"), O_WRONLY | O_CREAT | O_EXCL) ||
	    rename(in(p, "open/new"), to) == -1 || unlink(to) == -1)
		return 2;
	/* Files alone: nothing else has any business there. */
	if (mkdir(in(p, "open/folder"), 0700) != -1 || symlink("/", in(p, "open/link")) != -1 ||
	    mkfifo(in(p, "open/fifo"), 0600) != -1)
		return 3;
	if (!opens(in(p, "shut/alone"), O_WRONLY) || opens(in(p, "shut/new"), O_WRONLY | O_CREAT) ||
	    opens(in(p, "shut/a"), O_WRONLY))
		return 4;
	return 0;
}

static void
confine__writes_a_folder_or_a_file(void **state)
{
	struct place *p = *state;

	begin(p);
	assert_int_equal(confine_allow(&p->c, in(p, "open"), CONFINE_WRITE, &p->e), 0);
	assert_int_equal(confine_allow(&p->c, in(p, "shut/alone"), CONFINE_WRITE, &p->e), 0);
	expect_inside(p, writes);
}

static int
follows(struct place *p)
{
	return opens(in(p, "open/a"), O_RDONLY) && !opens(in(p, "shut/a"), O_RDONLY) ? 0 : 2;
}

static void
confine__follows_a_link_once(void **state)
{
	struct place *p = *state;

	begin(p);
	assert_int_equal(symlink("open", in(p, "link")), 0);
	assert_int_equal(confine_allow(&p->c, in(p, "link"), CONFINE_READ, &p->e), 0);
	/* Elsewhere since: what it led to when it was allowed counts. */
	assert_int_equal(unlink(in(p, "link")), 0);
	assert_int_equal(symlink("shut", in(p, "link")), 0);
	expect_inside(p, follows);
}

static void
confine__passes_over_what_is_not_there(void **state)
{
	struct place *p = *state;

	begin(p);
	assert_int_equal(confine_allow(&p->c, in(p, "absent"), CONFINE_READ, &p->e), 0);
	assert_int_equal(confine_allow(&p->c, in(p, "open/a/below"), CONFINE_WRITE, &p->e), 0);
	assert_int_equal(confine_allow(&p->c, "", CONFINE_READ, &p->e), 0);
	expect_inside(p, nothing_opens);
}

static void
confine__says_what_the_kernel_refuses(void **state)
{
	struct place *p = *state;
	int fd;

	begin(p);
	fd = p->c.fd;
	p->c.fd = -1;
	assert_int_equal(confine_allow(&p->c, p->folder, CONFINE_READ, &p->e), -1);
	assert_int_equal(p->e.kind, ERR_INTERNAL);
	assert_non_null(strstr(p->e.text, p->folder));
	p->c.fd = fd;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(confine__opens_nothing_that_was_not_allowed),
		TEST(confine__reads_a_folder_or_a_file),
		TEST(confine__writes_a_folder_or_a_file),
		TEST(confine__follows_a_link_once),
		TEST(confine__passes_over_what_is_not_there),
		TEST(confine__says_what_the_kernel_refuses),
	};

	return cmocka_run_group_tests_name("confine", tests, NULL, NULL);
}
