#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include "fixture.h"

#include "base/clock.h"
#include "notify/command.h"

/* Long enough for the slowest machine; what takes that long has failed. */
#define LONG_MS 60000

struct scratch {
	char folder[SCRATCH_FOLDER];
	struct err e;
};

static int
begin(void **state)
{
	struct scratch *s = calloc(1, sizeof(*s));

	*state = s;
	return s != NULL ? scratch_make(s->folder) : -1;
}

static int
end(void **state)
{
	struct scratch *s = *state;

	scratch_remove(s->folder);
	free(s);
	return 0;
}

/* Until it is over: what command_look() says then. */
static int
finish(struct command *c, struct err *e)
{
	int64_t until = clock_mono_ms() + LONG_MS;
	int ret;

	while ((ret = command_look(c, e)) == 1 && clock_mono_ms() < until)
		poll(NULL, 0, 5);
	assert_int_equal(c->pid, 0);
	return ret;
}

/* Runs a shell's words in the folder, as the command would be run, on that input. */
static int
run(struct scratch *s, const char *script, const struct buf *input, int64_t timeout_ms)
{
	char *argv[] = { TEXT("/bin/sh"), TEXT("-c"), (char *)(uintptr_t)script, TEXT("sh"), s->folder, NULL };
	struct command c;

	err_clear(&s->e);
	if (command_start(&c, argv, &the_from, input, timeout_ms, &s->e) == -1)
		return -1;
	return finish(&c, &s->e);
}

static void
read_back(const struct scratch *s, const char *name, struct buf *out)
{
	char path[128], piece[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	f = fopen(path, "r");
	assert_non_null(f);
	buf_init(out, 1 << 24);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		assert_int_equal(buf_add(out, piece, n), 0);
	fclose(f);
}

static void
command__gets_the_text_and_nothing_else(void **state)
{
	struct scratch *s = *state;
	struct buf input, out;
	int fd;

	buf_init(&input, 1 << 24);
	buf_adds(&input, "{\"alerts\":[]}\n");
	setenv("JOBRUN_KEY", "s3cret", 1);
	/* One without CLOEXEC, as another library may leave it. */
	fd = dup(STDOUT_FILENO);
	if (run(s, "cat >$1/in; env >$1/env; ls /proc/$$/fd >$1/fd; o=$(readlink /proc/$$/fd/1); echo $o >$1/out",
	        &input, LONG_MS) != 0)
		fail_msg("%s", s->e.text);
	close(fd);
	read_back(s, "in", &out);
	assert_string_equal(out.at, "{\"alerts\":[]}\n");
	buf_release(&out);
	read_back(s, "env", &out);
	assert_null(strstr(out.at, "JOBRUN"));
	assert_non_null(strstr(out.at, "PATH=/usr/bin:/bin\n"));
	assert_non_null(strstr(out.at, "HOME=/home/x\n"));
	assert_non_null(strstr(out.at, "LANG=C.UTF-8\n"));
	buf_release(&out);
	read_back(s, "fd", &out);
	/* A shell may hold a copy of its script at 10 and beyond, never at 3. */
	assert_int_equal(strncmp(out.at, "0\n1\n", 4), 0);
	assert_null(strstr(out.at, "\n3\n"));
	assert_null(strstr(out.at, "\n4\n"));
	buf_release(&out);
	read_back(s, "out", &out);
	assert_string_equal(out.at, "/dev/null\n");
	buf_release(&out);
	buf_release(&input);
}

static void
command__has_a_session_of_its_own_and_fresh_signals(void **state)
{
	struct scratch *s = *state;
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	struct buf input, is, wanted;

	buf_init(&input, 10);
	sigaction(SIGPIPE, &ignore, &before);
	if (run(s,
	        "cut -d ' ' -f 5,6 /proc/$$/stat >$1/is; echo $$ $$ >$1/wanted; grep SigIgn /proc/$$/status >$1/ignored",
	        &input, LONG_MS) != 0)
		fail_msg("%s", s->e.text);
	sigaction(SIGPIPE, &before, NULL);
	read_back(s, "is", &is);
	read_back(s, "wanted", &wanted);
	assert_string_equal(is.at, wanted.at);
	buf_release(&is);
	read_back(s, "ignored", &is);
	/* glibc has two signals of its own beyond these. */
	assert_int_equal(strtoull(is.at + strlen("SigIgn:\t"), NULL, 16) & 0x7fffffff, 0);
	buf_release(&is);
	buf_release(&wanted);
	buf_release(&input);
}

static void
command__gets_a_large_text_whole_or_leaves_it_unread(void **state)
{
	struct scratch *s = *state;
	struct buf input, out;

	buf_init(&input, 1 << 24);
	while (input.len < 3000000)
		buf_adds(&input, "a line of some length, again and again\n");
	if (run(s, "cat >$1/in", &input, LONG_MS) != 0)
		fail_msg("%s", s->e.text);
	read_back(s, "in", &out);
	assert_int_equal(out.len, input.len);
	assert_string_equal(out.at, input.at);
	buf_release(&out);
	if (run(s, "exit 0", &input, LONG_MS) != 0)
		fail_msg("%s", s->e.text);
	buf_release(&input);
}

static void
command__that_fails_says_how(void **state)
{
	static const struct {
		const char *script, *says;
	} rows[] = {
		{ "exit 3", "ended with exit status 3" },
		{ "echo no such user >&2; echo more >&2; exit 1", "ended with exit status 1: no such user" },
		{ "kill -TERM $$", "ended by signal 15" },
		{ "echo '\n\n  late' >&2; exit 1", "ended with exit status 1: late" },
		/* More than a pipe holds: it must not have to wait for us. */
		{ "head -c 300000 /dev/zero | tr '\\0' x >&2; exit 4",
		    "ended with exit status 4: xxxxxxxxxxxxxxxxxxxx" },
		{ "exec 2>&-; exit 5", "ended with exit status 5" },
	};
	struct scratch *s = *state;
	struct buf input;
	size_t i;

	buf_init(&input, 10);
	for (i = 0; i < N(rows); i++) {
		assert_int_equal(run(s, rows[i].script, &input, LONG_MS), -1);
		if (strncmp(s->e.text, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("%s: %s", rows[i].script, s->e.text);
		assert_string_equal(s->e.code, "command");
		assert_true(strlen(s->e.text) < 400);
	}
}

static void
command__that_cannot_be_started_says_so(void **state)
{
	char *argv[] = { TEXT("/nowhere/at/all"), NULL };
	struct scratch *s = *state;
	struct command c;
	struct buf input;

	buf_init(&input, 10);
	assert_int_equal(command_start(&c, argv, &the_from, &input, LONG_MS, &s->e), -1);
	assert_string_equal(s->e.text, "cannot start it: No such file or directory");
	command_end(&c);
}

/* One that is dead and only waits to be buried by somebody else is not. */
static bool
is_alive(const struct buf *pid)
{
	char path[64], state = 'Z';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", strtol(pid->at, NULL, 10));
	if ((f = fopen(path, "r")) == NULL)
		return false;
	if (fscanf(f, "%*d %*s %c", &state) != 1)
		state = 'Z';
	fclose(f);
	return state != 'Z';
}

static void
command__that_hangs_is_ended_with_all_it_started(void **state)
{
	struct scratch *s = *state;
	int64_t until;
	struct buf input, pid;

	buf_init(&input, 10);
	assert_int_equal(run(s, "sleep 300 & echo $! >$1/pid; echo waiting >&2; trap '' TERM; wait", &input, 1500), -1);
	assert_string_equal(s->e.text, "ended after 1.5 s, since it did not end by itself (Timeout): waiting");
	read_back(s, "pid", &pid);
	until = clock_mono_ms() + LONG_MS;
	while (is_alive(&pid) && clock_mono_ms() < until)
		poll(NULL, 0, 5);
	assert_false(is_alive(&pid));
	buf_release(&pid);
}

static void
command__that_leaves_something_behind_is_over_all_the_same(void **state)
{
	struct scratch *s = *state;
	struct buf input, pid;

	buf_init(&input, 10);
	/* It keeps standard error open. */
	assert_int_equal(run(s, "sleep 300 & echo $! >$1/pid", &input, LONG_MS), 0);
	read_back(s, "pid", &pid);
	assert_true(is_alive(&pid));
	kill((pid_t)strtol(pid.at, NULL, 10), SIGKILL);
	buf_release(&pid);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(command__gets_the_text_and_nothing_else),
		CASE(command__has_a_session_of_its_own_and_fresh_signals),
		CASE(command__gets_a_large_text_whole_or_leaves_it_unread),
		CASE(command__that_fails_says_how),
		CASE(command__that_cannot_be_started_says_so),
		CASE(command__that_hangs_is_ended_with_all_it_started),
		CASE(command__that_leaves_something_behind_is_over_all_the_same),
	};

	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
