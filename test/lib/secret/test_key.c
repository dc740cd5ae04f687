#include "scratch.h"

#include <sys/wait.h>
#include <time.h>

#include "secret/key.h"

static int
find(struct scratch *s, const char *key, const char *key_file)
{
	struct key_source source = { key, key_file };

	err_clear(&s->e);
	buf_clear(&s->out);
	return key_find(&source, &s->out, &s->e);
}

static void
key_make__gives_256_random_bits_as_text(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	struct scratch *s = *state;
	char last[64] = "", seen[256] = "";
	size_t i, kinds = 0;
	int n;

	for (n = 0; n < 200; n++) {
		assert_int_equal(key_make(&s->out, &s->e), 0);
		assert_int_equal(s->out.len, 50);
		assert_memory_equal(s->out.at, "jobrun_", 7);
		assert_int_equal(strspn(s->out.at + 7, alphabet), 43);
		/* The last digit carries 4 bits: its lower two are zero. */
		assert_int_equal((strchr(alphabet, s->out.at[49]) - alphabet) % 4, 0);
		assert_string_not_equal(s->out.at, last);
		strlcpy(last, s->out.at, sizeof(last));
		for (i = 7; i < 50; i++)
			seen[(unsigned char)s->out.at[i]] = 1;
	}
	for (i = 0; i < sizeof(seen); i++)
		kinds += (size_t)seen[i];
	assert_int_equal(kinds, 64);

	buf_release(&s->out);
	buf_init(&s->out, 49);
	assert_int_equal(key_make(&s->out, &s->e), -1);
	assert_string_equal(s->e.code, "no_memory");
}

static void
key_hash__is_sha_256(void **state)
{
	static const struct {
		const char *text, *hash;
	} rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	unsigned char hash[KEY_HASH];
	char hex[2 * KEY_HASH + 1];
	size_t i, j;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		key_hash(rows[i].text, strlen(rows[i].text), hash);
		for (j = 0; j < KEY_HASH; j++)
			snprintf(hex + 2 * j, 3, "%02x", hash[j]);
		assert_string_equal(hex, rows[i].hash);
	}
}

static void
key_find__takes_the_first_that_is_named(void **state)
{
	static const struct {
		bool option, file, variable, file_variable, credential;
		const char *key; /* NULL: none is named */
	} rows[] = {
		{ true, true, true, true, true, "from --key" },
		{ false, true, true, true, true, "from --key-file" },
		{ false, false, true, true, true, "from JOBRUN_KEY" },
		{ false, false, false, true, true, "from JOBRUN_KEY_FILE" },
		{ false, false, false, false, true, "from systemd" },
		{ false, false, false, false, false, NULL },
	};
	struct scratch *s = *state;
	char option_file[200], variable_file[200];
	size_t i;
	int got;

	strlcpy(option_file, scratch_file(s, "a", LINE("from --key-file\n"), 0600), sizeof(option_file));
	strlcpy(variable_file, scratch_file(s, "b", LINE("from JOBRUN_KEY_FILE\n"), 0600), sizeof(variable_file));
	scratch_file(s, "jobrun.key", LINE("from systemd\n"), 0440);
	for (i = 0; i < N(rows); i++) {
		unsetenv("CREDENTIALS_DIRECTORY");
		/* Set but empty is as good as not set. */
		setenv("JOBRUN_KEY", rows[i].variable ? "from JOBRUN_KEY" : "", 1);
		setenv("JOBRUN_KEY_FILE", rows[i].file_variable ? variable_file : "", 1);
		if (rows[i].credential)
			setenv("CREDENTIALS_DIRECTORY", s->folder, 1);
		got = find(s, rows[i].option ? "from --key" : NULL, rows[i].file ? option_file : NULL);
		assert_int_equal(got, rows[i].key == NULL);
		if (rows[i].key != NULL)
			assert_string_equal(buf_text(&s->out), rows[i].key);
		/* Used or not, it is gone from where children and /proc would show it. */
		assert_null(getenv("JOBRUN_KEY"));
	}
}

static void
key_find__wipes_the_variable_itself(void **state)
{
	struct scratch *s = *state;
	char variable[] = "JOBRUN_KEY=s3kr1t";

	assert_int_equal(putenv(variable), 0);
	assert_int_equal(find(s, NULL, NULL), 0);
	assert_string_equal(buf_text(&s->out), "s3kr1t");
	assert_memory_equal(variable, "JOBRUN_KEY=\0\0\0\0\0\0", sizeof(variable));
}

static void
key_find__falls_through_to_no_second_key(void **state)
{
	struct scratch *s = *state;

	setenv("JOBRUN_KEY", "another", 1);
	assert_int_equal(find(s, "", NULL), -1);
	assert_int_equal(s->e.kind, ERR_KEY);
	assert_string_equal(s->e.text, "--key is empty");
	setenv("JOBRUN_KEY", "another", 1);
	assert_int_equal(find(s, NULL, scratch_path(s, "none")), -1);
	assert_int_equal(s->e.kind, ERR_INPUT);
	assert_non_null(strstr(s->e.text, "cannot read key file "));
	assert_non_null(strstr(s->e.text, "No such file"));
	assert_int_equal(s->out.len, 0);
}

static void
key_find__never_shows_a_key(void **state)
{
	static const char key[] = "jobrun_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
	struct scratch *s = *state;
	char *text;

	/* The habit of --key KEY, with --key-file. */
	assert_int_equal(find(s, NULL, key), -1);
	assert_int_equal(s->e.kind, ERR_INPUT);
	assert_null(strstr(s->e.text, "abcdefgh"));
	setenv("JOBRUN_KEY_FILE", key, 1);
	assert_int_equal(find(s, NULL, NULL), -1);
	assert_null(strstr(s->e.text, "abcdefgh"));
	unsetenv("JOBRUN_KEY_FILE");

	assert_int_equal(find(s, "s3kr1t\x01", NULL), -1);
	assert_int_equal(s->e.kind, ERR_KEY);
	assert_string_equal(s->e.text, "--key holds a control character: a secret is one line of text");
	setenv("JOBRUN_KEY", "s3kr1t\nmore", 1);
	assert_int_equal(find(s, NULL, NULL), -1);
	assert_string_equal(s->e.text, "JOBRUN_KEY holds a control character: a secret is one line of text");

	text = scratch_long(BOUND_SECRET_BYTES + 1);
	text[BOUND_SECRET_BYTES + 1] = '\0';
	assert_int_equal(find(s, text, NULL), -1);
	assert_string_equal(s->e.text, "--key is longer than 8192 bytes");
	setenv("JOBRUN_KEY", text, 1);
	assert_int_equal(find(s, NULL, NULL), -1);
	assert_string_equal(s->e.text, "JOBRUN_KEY is longer than 8192 bytes");
	assert_int_equal(find(s, text + 1, NULL), 0);
	assert_int_equal(s->out.len, BOUND_SECRET_BYTES);
	free(text);
}

static void
key_find__reads_a_files_first_line(void **state)
{
	struct scratch *s = *state;
	size_t i;

	for (i = 0; i < N(scratch_lines); i++)
		scratch_judge(s, &scratch_lines[i],
		    find(s, NULL, scratch_file(s, "key", scratch_lines[i].bytes, scratch_lines[i].len, 0600)), ERR_KEY);
}

static void
key_find__wants_a_file_of_its_holders_alone(void **state)
{
	struct scratch *s = *state;
	char *path;
	size_t i;
	int got;

	for (i = 0; i < N(scratch_modes); i++) {
		if (scratch_modes[i].owner != (uid_t)-1 && geteuid() != 0) {
			print_message("not root: cannot give a file away (%s)\n", scratch_modes[i].reason);
			continue;
		}
		path = scratch_file(s, "key", LINE("s3kr1t\n"), scratch_modes[i].mode);
		assert_int_equal(chown(path, scratch_modes[i].owner, (gid_t)-1), 0);
		got = find(s, NULL, path);
		if ((got == 0) != (scratch_modes[i].words == NULL) ||
		    (got == -1 && (s->e.kind != ERR_KEY || strstr(s->e.text, scratch_modes[i].words) == NULL)))
			fail_msg("%s: %s", scratch_modes[i].reason, s->e.text);
	}
	assert_int_equal(find(s, NULL, s->folder), -1);
	assert_int_equal(s->e.kind, ERR_KEY);
	assert_non_null(strstr(s->e.text, "is no regular file"));
}

static void
key_find__guards_a_name_that_begins_with_a_dash(void **state)
{
	struct scratch *s = *state;
	char old[200];

	assert_non_null(getcwd(old, sizeof(old)));
	assert_int_equal(chdir(s->folder), 0);
	scratch_file(s, "-R", LINE("s3kr1t\n"), 0644);
	assert_int_equal(find(s, NULL, "-R"), -1);
	assert_non_null(strstr(s->e.text, "chmod 600 './-R'"));
	assert_int_equal(chdir(old), 0);
}

/* Puts a pipe in standard input's place; each piece is written by itself, after the one before was read. */
static void
feed(const char *const *pieces, size_t n)
{
	struct timespec pause = { 0, 20 * 1000000L };
	int ends[2];
	size_t i;

	assert_int_equal(pipe(ends), 0);
	if (fork() == 0) {
		for (i = 0; i < n; i++) {
			if (i > 0)
				nanosleep(&pause, NULL);
			if (write(ends[1], pieces[i], strlen(pieces[i])) == -1)
				_exit(1);
		}
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
}

static void
key_find__reads_standard_input_in_pieces(void **state)
{
	static const char *const line[] = { "s3", "kr1", "t\r", "\nmore" }, *const open_end[] = { "s3kr1t" },
	                         *const empty[] = { "" };
	struct scratch *s = *state;
	int kept = dup(STDIN_FILENO), status;

	feed(line, N(line));
	assert_int_equal(find(s, NULL, "-"), 0);
	assert_string_equal(buf_text(&s->out), "s3kr1t");
	wait(&status);

	feed(open_end, N(open_end));
	setenv("JOBRUN_KEY_FILE", "-", 1);
	assert_int_equal(find(s, NULL, NULL), 0);
	assert_string_equal(buf_text(&s->out), "s3kr1t");
	wait(&status);

	feed(empty, N(empty));
	assert_int_equal(find(s, NULL, "-"), -1);
	assert_int_equal(s->e.kind, ERR_KEY);
	assert_string_equal(s->e.text, "the key on standard input is empty");
	wait(&status);

	close(STDIN_FILENO);
	assert_int_equal(find(s, NULL, "-"), -1);
	assert_int_equal(s->e.kind, ERR_INPUT);
	assert_non_null(strstr(s->e.text, "Bad file descriptor"));
	if (kept != -1) {
		assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
		close(kept);
	}
}

static void
key_find__takes_systemds_credential_as_it_is(void **state)
{
	struct scratch *s = *state;

	setenv("CREDENTIALS_DIRECTORY", s->folder, 1);
	assert_int_equal(find(s, NULL, NULL), 1);
	setenv("CREDENTIALS_DIRECTORY", scratch_path(s, "none/deeper"), 1);
	assert_int_equal(find(s, NULL, NULL), 1);
	setenv("CREDENTIALS_DIRECTORY", "relative", 1);
	assert_int_equal(find(s, NULL, NULL), 1);

	setenv("CREDENTIALS_DIRECTORY", s->folder, 1);
	scratch_file(s, "jobrun.key", LINE("s3kr1t\n"), 0444);
	assert_int_equal(find(s, NULL, NULL), 0);
	assert_string_equal(buf_text(&s->out), "s3kr1t");
	unlink(scratch_path(s, "jobrun.key"));
	assert_int_equal(symlink("none", scratch_path(s, "jobrun.key")), 0);
	assert_int_equal(find(s, NULL, NULL), -1);
	assert_int_equal(s->e.kind, ERR_INPUT);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_new, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(key_make__gives_256_random_bits_as_text),
		CASE(key_hash__is_sha_256),
		CASE(key_find__takes_the_first_that_is_named),
		CASE(key_find__wipes_the_variable_itself),
		CASE(key_find__falls_through_to_no_second_key),
		CASE(key_find__never_shows_a_key),
		CASE(key_find__reads_a_files_first_line),
		CASE(key_find__wants_a_file_of_its_holders_alone),
		CASE(key_find__guards_a_name_that_begins_with_a_dash),
		CASE(key_find__reads_standard_input_in_pieces),
		CASE(key_find__takes_systemds_credential_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
