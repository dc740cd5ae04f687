#include "secret/ref.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "secret/source.h"

/* File names in Linux; systemd's credentials are files. */
#define NAME_MOST 255
#define PATH_MOST 4095

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static bool
is_variable(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MOST && strchr(DIGITS, name[0]) == NULL &&
	    strspn(name, LETTERS DIGITS "_") == len;
}

static bool
is_path(const char *path)
{
	const char *at;

	for (at = path; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return false;
	return path[0] == '/' && at - path <= PATH_MOST;
}

/* A file's name alone: it leads nowhere else. */
static bool
is_credential(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MOST && strspn(name, LETTERS DIGITS "._-+@") == len && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0;
}

static int
read_variable(const struct source *s, const char *name, struct buf *out, struct err *e)
{
	const char *value = getenv(name);

	if (value == NULL)
		return err_set(e, ERR_CONFIG, "secret",
		    "%s: no such variable is set (cron passes few: set it in the crontab)", s->name);
	return source_text(s, value, strlen(value), out, e);
}

static int
read_credential(const struct source *s, const char *name, struct buf *out, struct err *e)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct source guarded = *s;
	char *path;
	int ret;

	if (folder == NULL || folder[0] != '/')
		return err_set(e, ERR_CONFIG, "secret",
		    "%s: there is no CREDENTIALS_DIRECTORY; systemd sets it (LoadCredential=) for its services",
		    s->name);
	if (asprintf(&path, "%s/%s", folder, name) == -1)
		return err_memory(e);
	guarded.guarded = true;
	ret = source_file(&guarded, path, out, e);
	free(path);
	return ret;
}

static const struct form {
	const char *prefix, *wants;
	bool (*is_valid)(const char *rest);
	int (*read)(const struct source *s, const char *rest, struct buf *out, struct err *e);
} forms[] = {
	{ "env:", "the name of an environment variable", is_variable, read_variable },
	{ "file:", "a path from the root: file:/path", is_path, source_file },
	{ "cred:", "the name of a file in $CREDENTIALS_DIRECTORY", is_credential, read_credential },
};

/*
 * The form of ref and, in *rest, what follows its prefix; NULL with e. What
 * ref holds is never shown, since it may be a secret.
 */
static const struct form *
find_form(const char *ref, const char **rest, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strncmp(ref, forms[i].prefix, strlen(forms[i].prefix)) != 0)
			continue;
		*rest = ref + strlen(forms[i].prefix);
		if (forms[i].is_valid(*rest))
			return &forms[i];
		err_set(e, ERR_CONFIG, "secret", "after %s must come %s", forms[i].prefix, forms[i].wants);
		return NULL;
	}
	err_set(e, ERR_CONFIG, "secret",
	    "a secret is never written here, only where it is kept: env:NAME, file:/path or cred:NAME");
	return NULL;
}

int
secret_ref_check(const char *ref, struct err *e)
{
	const char *rest;

	return find_form(ref, &rest, e) != NULL ? 0 : -1;
}

bool
secret_ref_is_here(const char *ref)
{
	return strncmp(ref, "cred:", 5) != 0 || getenv("CREDENTIALS_DIRECTORY") != NULL;
}

int
secret_ref_read(const char *ref, struct buf *out, struct err *e)
{
	/* A valid reference names a place, so messages may. */
	struct source source = { .name = ref, .code = "secret", .unreadable = ERR_CONFIG, .refused = ERR_CONFIG };
	const struct form *form;
	const char *rest;

	if ((form = find_form(ref, &rest, e)) == NULL)
		return -1;
	return form->read(&source, rest, out, e);
}
