/*
 * A folder of its own for each test, files with given contents and modes in
 * it, and an environment without any of ours.
 */
#ifndef TEST_SECRET_SCRATCH_H
#define TEST_SECRET_SCRATCH_H

#include <fcntl.h>
#include <sys/stat.h>

#include "../scratch.h"
#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"

/* A user and group that is not us; 65534 is nobody's. */
#define NOBODY 65534

struct scratch {
	char folder[SCRATCH_FOLDER];
	struct buf out;
	struct err e;
};

static inline int
scratch_new(void **state)
{
	static const char *const ours[] = { "JOBRUN_KEY", "JOBRUN_KEY_FILE", "CREDENTIALS_DIRECTORY",
		"JOBRUN_TEST_SECRET" };
	struct scratch *s = calloc(1, sizeof(*s));
	size_t i;

	if (s == NULL)
		return -1;
	for (i = 0; i < N(ours); i++)
		unsetenv(ours[i]);
	buf_init(&s->out, BOUND_SECRET_BYTES);
	*state = s;
	return scratch_make(s->folder);
}

static inline int
scratch_end(void **state)
{
	struct scratch *s = *state;

	buf_wipe(&s->out);
	scratch_remove(s->folder);
	free(s);
	return 0;
}

/* The path of a name in the folder; valid until the next call. */
static inline char *
scratch_path(struct scratch *s, const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	return path;
}

/* Writes a file; its path is valid until the next call. */
static inline char *
scratch_file(struct scratch *s, const char *name, const char *bytes, size_t len, mode_t mode)
{
	char *path = scratch_path(s, name);
	int fd;

	unlink(path);
	if ((fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600)) == -1 || write(fd, bytes, len) != (ssize_t)len ||
	    fchmod(fd, mode) == -1 || close(fd) == -1)
		fail_msg("cannot write %s", path);
	return path;
}

/* Lines and what is made of them: the same for every place that a secret is read from. */
struct scratch_line {
	const char *bytes;
	size_t len;
	const char *secret; /* NULL: refused, with words */
	const char *words, *reason;
};

#define LINE(bytes) (bytes), sizeof(bytes) - 1

static const struct scratch_line scratch_lines[] = {
	{ LINE("s3kr1t\n"), "s3kr1t", NULL, "a line" },
	{ LINE("s3kr1t"), "s3kr1t", NULL, "no line break" },
	{ LINE("s3kr1t\r\n"), "s3kr1t", NULL, "a DOS line" },
	{ LINE("s3kr1t \t \n"), "s3kr1t", NULL, "blanks behind it" },
	{ LINE("s3kr1t \r\n"), "s3kr1t", NULL, "blanks in a DOS line" },
	{ LINE(" s3 kr1t\n"), " s3 kr1t", NULL, "blanks before it and in it" },
	{ LINE("s3kr1t\nmore\n"), "s3kr1t", NULL, "only the first line" },
	{ LINE("s3kr1t\n\0\1\2"), "s3kr1t", NULL, "whatever comes after it" },
	{ LINE("\xc3\xa9\xff\n"), "\xc3\xa9\xff", NULL, "bytes beyond ASCII" },
	{ LINE(""), NULL, "is empty", "nothing" },
	{ LINE("\n"), NULL, "is empty", "an empty line" },
	{ LINE("\r\n"), NULL, "is empty", "an empty DOS line" },
	{ LINE(" \t\n"), NULL, "is empty", "blanks alone" },
	{ LINE("\ns3kr1t\n"), NULL, "is empty", "an empty first line" },
	{ LINE("s3\0kr1t\n"), NULL, "control character", "NUL" },
	{ LINE("s3\tkr1t\n"), NULL, "control character", "a tab inside" },
	{ LINE("s3\rkr1t\n"), NULL, "control character", "a carriage return inside" },
	{ LINE("s3kr1t\x1b[2J\n"), NULL, "control character", "an escape" },
	{ LINE("s3kr1t\x7f\n"), NULL, "control character", "DEL" },
};

/* Was the secret read, or refused with the right words, kind and without showing it? */
static inline void
scratch_judge(struct scratch *s, const struct scratch_line *row, int got, enum err_kind kind)
{
	if (strstr(s->e.text, "s3") != NULL || strstr(s->e.text, "kr1t") != NULL)
		fail_msg("%s: it is in the message: %s", row->reason, s->e.text);
	if (row->secret == NULL) {
		if (got != -1 || s->e.kind != kind || strstr(s->e.text, row->words) == NULL)
			fail_msg("%s: %d, kind %d: %s", row->reason, got, (int)s->e.kind, s->e.text);
	} else if (got != 0 || s->out.len != strlen(row->secret) || strcmp(buf_text(&s->out), row->secret) != 0) {
		fail_msg("%s: %d: %s", row->reason, got, s->e.text);
	}
	err_clear(&s->e);
}

/* A text of so many x, and a line break. */
static inline char *
scratch_long(size_t len)
{
	char *text = malloc(len + 2);

	if (text == NULL)
		abort();
	memset(text, 'x', len);
	memcpy(text + len, "\n", 2);
	return text;
}

/* Files that are refused or taken for what they are; owner and group -1: our own. */
struct scratch_mode {
	mode_t mode;
	uid_t owner;
	const char *words; /* NULL: taken */
	const char *reason;
};

static const struct scratch_mode scratch_modes[] = {
	{ 0600, (uid_t)-1, NULL, "its owner's alone" },
	{ 0400, (uid_t)-1, NULL, "its owner's alone, read-only" },
	{ 0700, (uid_t)-1, NULL, "its owner's alone, executable" },
	{ 0640, (uid_t)-1, "(mode 0640): chmod 600 ", "its group may read" },
	{ 0604, (uid_t)-1, "(mode 0604): chmod 600 ", "all may read" },
	{ 0620, (uid_t)-1, "(mode 0620): chmod 600 ", "its group may write" },
	{ 0602, (uid_t)-1, "(mode 0602): chmod 600 ", "all may write" },
	{ 0610, (uid_t)-1, "(mode 0610): chmod 600 ", "its group may execute" },
	{ 0644, (uid_t)-1, "(mode 0644): chmod 600 ", "as files are made" },
	{ 0600, NOBODY, "belongs to user id 65534", "someone else's" },
};

#endif
