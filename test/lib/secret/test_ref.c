#include "scratch.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "secret/ref.h"

/* Reads what a reference names, with an answer that shows if nothing is written. */
static int
read_ref(struct scratch *s, const char *ref)
{
	err_clear(&s->e);
	buf_clear(&s->out);
	return secret_ref_read(ref, &s->out, &s->e);
}

static void
ref__has_one_of_three_forms(void **state)
{
	static const struct {
		const char *ref;
		int ret;
		const char *reason;
	} rows[] = {
		{ "env:RIS_TOKEN", 0, "a variable" },
		{ "env:_", 0, "a variable" },
		{ "env:a9", 0, "a variable" },
		{ "file:/etc/jobrun/ris", 0, "a path" },
		{ "file:/with blank/and:colon", 0, "a path" },
		{ "cred:ris.token", 0, "a credential" },
		{ "cred:..ris", 0, "a credential" },
		{ "", -1, "empty" },
		{ "hunter2", -1, "a password" },
		{ "env", -1, "no colon" },
		{ "env:", -1, "no name" },
		{ "env:9A", -1, "a digit first" },
		{ "env:A-B", -1, "a dash" },
		{ "env: A", -1, "a blank" },
		{ "ENV:A", -1, "another case" },
		{ " env:A", -1, "a blank first" },
		{ "file:", -1, "no path" },
		{ "file:etc/ris", -1, "a relative path" },
		{ "file:/a\nb", -1, "a line break" },
		{ "file:/a\x7f", -1, "DEL" },
		{ "cred:", -1, "no name" },
		{ "cred:.", -1, "a folder" },
		{ "cred:..", -1, "a folder" },
		{ "cred:a/b", -1, "a path" },
		{ "cred:../a", -1, "a way out" },
		{ "cred:a b", -1, "a blank" },
		{ "vault:a", -1, "no such form" },
	};
	struct scratch *s = *state;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		err_clear(&s->e);
		if (secret_ref_check(rows[i].ref, &s->e) != rows[i].ret ||
		    (rows[i].ret == -1 && s->e.kind != ERR_CONFIG))
			fail_msg("\"%s\" (%s): %s", rows[i].ref, rows[i].reason, s->e.text);
		if (rows[i].ret == -1 && read_ref(s, rows[i].ref) != -1)
			fail_msg("\"%s\" (%s) was read", rows[i].ref, rows[i].reason);
	}
}

static void
ref__that_is_none_is_never_shown(void **state)
{
	static const char *const refs[] = { "hunter2", "env:hunter2 and more", "file:hunter2", "cred:hunter2/",
		"Bearer hunter2", "env:\nhunter2" };
	struct scratch *s = *state;
	size_t i;

	for (i = 0; i < N(refs); i++) {
		assert_int_equal(secret_ref_check(refs[i], &s->e), -1);
		if (s->e.text[0] == '\0' || strstr(s->e.text, "hunter2") != NULL || strstr(s->e.text, "Bearer") != NULL)
			fail_msg("%s: %s", refs[i], s->e.text);
	}
	assert_int_equal(secret_ref_check("hunter2", &s->e), -1);
	assert_non_null(strstr(s->e.text, "env:NAME, file:/path or cred:NAME"));
}

static void
ref__holds_names_and_paths_up_to_their_length(void **state)
{
	static const struct {
		const char *prefix;
		size_t most;
	} rows[] = { { "env:", 255 }, { "cred:", 255 }, { "file:/", 4094 } };
	struct scratch *s = *state;
	char ref[8192];
	size_t i, at;

	for (i = 0; i < N(rows); i++) {
		strlcpy(ref, rows[i].prefix, sizeof(ref));
		at = strlen(ref);
		memset(ref + at, 'x', rows[i].most + 1);
		ref[at + rows[i].most] = '\0';
		assert_int_equal(secret_ref_check(ref, &s->e), 0);
		ref[at + rows[i].most] = 'x';
		ref[at + rows[i].most + 1] = '\0';
		assert_int_equal(secret_ref_check(ref, &s->e), -1);
	}
}

static void
ref_env__reads_a_variable(void **state)
{
	struct scratch *s = *state;
	char *text;

	assert_int_equal(read_ref(s, "env:JOBRUN_TEST_SECRET"), -1);
	assert_int_equal(s->e.kind, ERR_CONFIG);
	assert_non_null(strstr(s->e.text, "env:JOBRUN_TEST_SECRET: no such variable is set"));
	setenv("JOBRUN_TEST_SECRET", "s3kr1t ", 1);
	assert_int_equal(read_ref(s, "env:JOBRUN_TEST_SECRET"), 0);
	assert_string_equal(buf_text(&s->out), "s3kr1t");
	setenv("JOBRUN_TEST_SECRET", "", 1);
	assert_int_equal(read_ref(s, "env:JOBRUN_TEST_SECRET"), -1);
	assert_non_null(strstr(s->e.text, "env:JOBRUN_TEST_SECRET is empty"));
	setenv("JOBRUN_TEST_SECRET", "s3\nkr1t", 1);
	assert_int_equal(read_ref(s, "env:JOBRUN_TEST_SECRET"), -1);
	assert_non_null(strstr(s->e.text, "control character"));
	assert_null(strstr(s->e.text, "s3"));

	text = scratch_long(BOUND_SECRET_BYTES + 1);
	text[BOUND_SECRET_BYTES + 1] = '\0';
	setenv("JOBRUN_TEST_SECRET", text, 1);
	assert_int_equal(read_ref(s, "env:JOBRUN_TEST_SECRET"), -1);
	assert_non_null(strstr(s->e.text, "longer than 8192 bytes"));
	setenv("JOBRUN_TEST_SECRET", text + 1, 1);
	assert_int_equal(read_ref(s, "env:JOBRUN_TEST_SECRET"), 0);
	assert_int_equal(s->out.len, BOUND_SECRET_BYTES);
	free(text);
}

static void
ref_file__reads_the_first_line(void **state)
{
	struct scratch *s = *state;
	char ref[200];
	size_t i;

	snprintf(ref, sizeof(ref), "file:%s", scratch_path(s, "ris"));
	for (i = 0; i < N(scratch_lines); i++) {
		scratch_file(s, "ris", scratch_lines[i].bytes, scratch_lines[i].len, 0600);
		scratch_judge(s, &scratch_lines[i], read_ref(s, ref), ERR_CONFIG);
	}
}

static void
ref_file__replaces_what_was_in_the_buffer(void **state)
{
	struct scratch *s = *state;
	char ref[200];

	snprintf(ref, sizeof(ref), "file:%s", scratch_file(s, "ris", LINE("new\n"), 0600));
	buf_adds(&s->out, "an older secret");
	assert_int_equal(secret_ref_read(ref, &s->out, &s->e), 0);
	assert_string_equal(buf_text(&s->out), "new");
}

static void
ref_file__is_bounded_and_not_read_to_its_end(void **state)
{
	static const struct {
		size_t len;
		int ret;
	} rows[] = {
		{ BOUND_SECRET_BYTES - 1, 0 },
		{ BOUND_SECRET_BYTES, 0 },
		{ BOUND_SECRET_BYTES + 1, -1 },
		{ BOUND_SECRET_BYTES + 2, -1 },
		{ 1 << 20, -1 },
	};
	struct scratch *s = *state;
	char ref[200], *text;
	size_t i;

	snprintf(ref, sizeof(ref), "file:%s", scratch_path(s, "ris"));
	for (i = 0; i < N(rows); i++) {
		text = scratch_long(rows[i].len);
		scratch_file(s, "ris", text, rows[i].len + 1, 0600);
		if (read_ref(s, ref) != rows[i].ret)
			fail_msg("%zu bytes: %s", rows[i].len, s->e.text);
		if (rows[i].ret == -1)
			assert_non_null(strstr(s->e.text, "longer than 8192 bytes"));
		else
			assert_int_equal(s->out.len, rows[i].len);
		free(text);
	}
	/* A sparse file of a terabyte: done at once, or never. */
	assert_int_equal(truncate(scratch_path(s, "ris"), 1LL << 40), 0);
	assert_int_equal(read_ref(s, ref), -1);
}

static void
ref_file__must_be_its_owners_alone(void **state)
{
	struct scratch *s = *state;
	char ref[200], *path;
	size_t i;
	int got;

	snprintf(ref, sizeof(ref), "file:%s", scratch_path(s, "ris"));
	for (i = 0; i < N(scratch_modes); i++) {
		path = scratch_file(s, "ris", LINE("s3kr1t\n"), scratch_modes[i].mode);
		if (scratch_modes[i].owner != (uid_t)-1 && geteuid() != 0) {
			print_message("not root: cannot give a file away (%s)\n", scratch_modes[i].reason);
			continue;
		}
		assert_int_equal(chown(path, scratch_modes[i].owner, (gid_t)-1), 0);
		got = read_ref(s, ref);
		if ((got == 0) != (scratch_modes[i].words == NULL) ||
		    (got == -1 && (s->e.kind != ERR_CONFIG || strstr(s->e.text, scratch_modes[i].words) == NULL)))
			fail_msg("%s: %s", scratch_modes[i].reason, s->e.text);
	}
}

/* Becomes another user who may read every file, as a service with CAP_DAC_READ_SEARCH may. */
static int
keep_reading(uid_t user)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2] = { { 0 } };

	if (prctl(PR_SET_KEEPCAPS, 1) == -1 || setresuid(user, user, user) == -1)
		return -1;
	caps[0].permitted = caps[0].effective = 1U << CAP_DAC_READ_SEARCH;
	return (int)syscall(SYS_capset, &header, caps);
}

static void
ref_file__may_be_roots_when_we_are_not(void **state)
{
	static const struct {
		uid_t owner;
		const char *words; /* NULL: taken */
	} rows[] = { { 0, NULL }, { NOBODY, NULL },
		{ NOBODY - 1, "belongs to user id 65533: it must be your own (65534)" } };
	struct scratch *s = *state;
	char ref[200];
	size_t i;
	int status, got;
	pid_t child;

	if (geteuid() != 0) {
		print_message("only root can become somebody else\n");
		skip();
	}
	chmod(s->folder, 0755);
	for (i = 0; i < N(rows); i++) {
		snprintf(ref, sizeof(ref), "file:%s", scratch_file(s, "ris", LINE("s3kr1t\n"), 0600));
		assert_int_equal(chown(ref + 5, rows[i].owner, 0), 0);
		if ((child = fork()) == 0) {
			got = keep_reading(NOBODY) == -1 ? 9 : read_ref(s, ref);
			_exit(got == 0 ? rows[i].words != NULL
			               : rows[i].words == NULL || strstr(s->e.text, rows[i].words) == NULL);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
}

static void
ref_file__follows_links_and_judges_what_they_lead_to(void **state)
{
	struct scratch *s = *state;
	char ref[200];

	snprintf(ref, sizeof(ref), "file:%s", scratch_path(s, "link"));
	scratch_file(s, "ris", LINE("s3kr1t\n"), 0600);
	assert_int_equal(symlink("ris", scratch_path(s, "link")), 0);
	assert_int_equal(read_ref(s, ref), 0);
	assert_int_equal(chmod(scratch_path(s, "ris"), 0644), 0);
	assert_int_equal(read_ref(s, ref), -1);
	assert_non_null(strstr(s->e.text, "mode 0644"));
	unlink(scratch_path(s, "ris"));
	assert_int_equal(read_ref(s, ref), -1);
	assert_non_null(strstr(s->e.text, "No such file"));
}

static void
ref_file__must_be_a_regular_file(void **state)
{
	struct scratch *s = *state;
	char ref[200];

	snprintf(ref, sizeof(ref), "file:%s", s->folder);
	assert_int_equal(read_ref(s, ref), -1);
	assert_non_null(strstr(s->e.text, "is no regular file"));
	assert_int_equal(read_ref(s, "file:/dev/zero"), -1);
	assert_non_null(strstr(s->e.text, "is no regular file"));
	/* It does not wait for a writer. */
	snprintf(ref, sizeof(ref), "file:%s", scratch_path(s, "fifo"));
	assert_int_equal(mkfifo(scratch_path(s, "fifo"), 0600), 0);
	assert_int_equal(read_ref(s, ref), -1);
	assert_non_null(strstr(s->e.text, "is no regular file"));
}

static void
ref_file__shows_a_command_that_can_be_pasted(void **state)
{
	/* The command stands between before and after the folder's name. */
	static const struct {
		const char *name, *before, *after;
	} rows[] = {
		{ "ris", "chmod 600 ", "/ris" },
		{ "ri s", "chmod 600 '", "/ri s'" },
		{ "ri's", "chmod 600 '", "/ri'\\''s'" },
		{ "ri$s;x", "chmod 600 '", "/ri$s;x'" },
	};
	struct scratch *s = *state;
	char ref[200], want[200];
	size_t i;

	for (i = 0; i < N(rows); i++) {
		snprintf(ref, sizeof(ref), "file:%s", scratch_file(s, rows[i].name, LINE("s3kr1t\n"), 0644));
		snprintf(want, sizeof(want), "%s%s%s", rows[i].before, s->folder, rows[i].after);
		assert_int_equal(read_ref(s, ref), -1);
		if (strstr(s->e.text, want) == NULL)
			fail_msg("%s: %s", want, s->e.text);
	}
}

static void
ref_cred__reads_from_systemds_folder_only(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(read_ref(s, "cred:ris"), -1);
	assert_non_null(strstr(s->e.text, "cred:ris: there is no CREDENTIALS_DIRECTORY"));
	setenv("CREDENTIALS_DIRECTORY", "tmp", 1);
	assert_int_equal(read_ref(s, "cred:ris"), -1);
	setenv("CREDENTIALS_DIRECTORY", s->folder, 1);
	assert_int_equal(read_ref(s, "cred:ris"), -1);
	assert_int_equal(s->e.kind, ERR_CONFIG);
	assert_non_null(strstr(s->e.text, "cannot read cred:ris: No such file"));

	/* An ACL of systemd's shows as group bits: its mode is not ours to judge. */
	scratch_file(s, "ris", LINE("s3kr1t\n"), 0440);
	assert_int_equal(read_ref(s, "cred:ris"), 0);
	assert_string_equal(buf_text(&s->out), "s3kr1t");
	if (geteuid() == 0) {
		assert_int_equal(chown(scratch_path(s, "ris"), NOBODY, NOBODY), 0);
		assert_int_equal(read_ref(s, "cred:ris"), 0);
	}
	unlink(scratch_path(s, "ris"));
	assert_int_equal(mkdir(scratch_path(s, "ris"), 0700), 0);
	assert_int_equal(read_ref(s, "cred:ris"), -1);
	assert_non_null(strstr(s->e.text, "is no regular file"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_new, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(ref__has_one_of_three_forms),
		CASE(ref__that_is_none_is_never_shown),
		CASE(ref__holds_names_and_paths_up_to_their_length),
		CASE(ref_env__reads_a_variable),
		CASE(ref_file__reads_the_first_line),
		CASE(ref_file__replaces_what_was_in_the_buffer),
		CASE(ref_file__is_bounded_and_not_read_to_its_end),
		CASE(ref_file__must_be_its_owners_alone),
		CASE(ref_file__may_be_roots_when_we_are_not),
		CASE(ref_file__follows_links_and_judges_what_they_lead_to),
		CASE(ref_file__must_be_a_regular_file),
		CASE(ref_file__shows_a_command_that_can_be_pasted),
		CASE(ref_cred__reads_from_systemds_folder_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
