#include "check/looked.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"
#include "check/tell.h"
#include "secret/ref.h"

/* A file of certificates has one near its begin; what stands before it is a comment. */
#define CA_BYTES 16384
/* "Notify[12].Auth.Basic.Password" and its like. */
#define PATH_BYTES 100

struct looked_row {
	RB_ENTRY(looked_row) entry;
	char *text; /* "secret " or "file ", and what was looked at */
	char *why;  /* NULL: all is well */
	bool elsewhere;
};

static int
compare(struct looked_row *a, struct looked_row *b)
{
	return strcmp(a->text, b->text);
}

/* RB_GENERATE_STATIC of libbsd needs a macro that glibc does not have. */
RB_GENERATE_INTERNAL(looked_tree, looked_row, entry, compare, static __attribute__((unused)))

void
looked_init(struct looked *l)
{
	*l = (struct looked){ .n = 0 };
	RB_INIT(&l->tree);
}

static void
row_free(struct looked_row *row)
{
	free(row->text);
	free(row->why);
	free(row);
}

void
looked_release(struct looked *l)
{
	struct looked_row *row;

	while ((row = RB_ROOT(&l->tree)) != NULL) {
		/* clang-tidy does not follow how the root changes. */
		RB_REMOVE(looked_tree, &l->tree, row); /* NOLINT(clang-analyzer-unix.Malloc) */
		row_free(row);
	}
	l->n = 0;
}

/* The row of this text; *made: it is new. NULL with e: no memory. */
static struct looked_row *
find(struct looked *l, const char *kind, const char *text, bool *made, struct err *e)
{
	struct looked_row *row = calloc(1, sizeof(*row)), *there;

	*made = false;
	if (row == NULL || asprintf(&row->text, "%s%s", kind, text) == -1) {
		free(row);
		err_memory(e);
		return NULL;
	}
	if ((there = RB_INSERT(looked_tree, &l->tree, row)) != NULL) {
		row_free(row);
		return there;
	}
	*made = true;
	l->n++;
	return row;
}

int
looked_is_new(struct looked *l, const char *text, struct err *e)
{
	bool made;

	return find(l, "", text, &made, e) == NULL ? -1 : made;
}

static void
read_secret(const char *ref, struct err *why)
{
	struct err plain = ERR_INIT;
	struct buf secret;

	buf_init(&secret, BOUND_SECRET_BYTES);
	if (secret_ref_read(ref, &secret, &plain) == -1)
		err_set(why, plain.kind, plain.code, "%.850s%s", plain.text,
		    strncmp(ref, "env:", 4) == 0 ? "; this looked at its own environment, and cron's may differ" : "");
	buf_wipe(&secret);
}

/* What libcurl would say of it only in the middle of a run. */
static void
read_ca_file(const char *file, struct err *why)
{
	static const char begins[] = "-----BEGIN ";
	char text[CA_BYTES];
	struct stat st = { 0 };
	ssize_t n = 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd == -1 || fstat(fd, &st) == -1 || (S_ISREG(st.st_mode) && (n = read(fd, text, sizeof(text))) == -1))
		err_sys(why, ERR_CONFIG, "ca_file", "cannot read %s", file);
	else if (!S_ISREG(st.st_mode))
		err_set(why, ERR_CONFIG, "ca_file", "%s is no regular file: name a file of certificates (PEM)", file);
	else if (memmem(text, (size_t)n, begins, sizeof(begins) - 1) == NULL)
		err_set(why, ERR_CONFIG, "ca_file", "%s holds no certificate (PEM: a line -----BEGIN CERTIFICATE-----)",
		    file);
	if (fd != -1)
		close(fd);
}

/* Reads it, if nobody did before, and tells what is wrong. */
static int
look(struct check *c, struct subject *subject, const char *path, const char *kind, const char *code, const char *text,
    void (*read_it)(const char *text, struct err *why), struct err *e)
{
	struct err why = ERR_INIT;
	struct looked_row *row;
	bool made;

	/* Past so many, what was looked at first is looked at anew. */
	if (c->looked.n >= BOUND_CHECK_LOOKED)
		looked_release(&c->looked);
	if ((row = find(&c->looked, kind, text, &made, e)) == NULL)
		return -1;
	if (made) {
		read_it(text, &why);
		if (why.kind != ERR_NONE && why.kind != ERR_CONFIG) {
			*e = why;
			return -1;
		}
		if (why.kind != ERR_NONE && (row->why = strdup(why.text)) == NULL)
			return err_memory(e);
		row->elsewhere = why.kind != ERR_NONE && read_it == read_secret && !secret_ref_is_here(text);
	}
	if (row->why != NULL)
		tell_finding(c, subject, row->elsewhere ? CHECK_WARNING : CHECK_ERROR, path, code, "%s%s", row->why,
		    row->elsewhere ? ": cannot be told from here, look as the service does" : "");
	return 0;
}

int
looked_secret(struct check *c, struct subject *subject, const char *path, const char *ref, struct err *e)
{
	return look(c, subject, path, "secret ", "secret", ref, read_secret, e);
}

int
looked_settings(struct check *c, struct subject *subject, const char *below, const struct settings *s,
    enum settings_level level, bool own_ca, struct err *e)
{
	static const char *const keys[] = {
		[AUTH_NONE] = "Auth",
		[AUTH_BEARER] = "Auth.Bearer",
		[AUTH_BASIC] = "Auth.Basic.Password",
		[AUTH_HEADER] = "Auth.Header.Value",
	};
	const char *dot = below[0] != '\0' ? "." : "";
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s%s%s", below, dot, keys[s->auth.kind]);
	if (s->auth.kind != AUTH_NONE && s->auth.level == level &&
	    looked_secret(c, subject, path, s->auth.secret, e) == -1)
		return -1;
	snprintf(path, sizeof(path), "%s%sCaFile", below, dot);
	return own_ca && s->ca_file != NULL ? look(c, subject, path, "file ", "ca_file", s->ca_file, read_ca_file, e)
	                                    : 0;
}
