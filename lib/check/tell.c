#include "check/tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* "job ", ", client " and ", group " with the longest names that lib/config takes; what is longer is cut. */
#define WHERE_BYTES 700
#define PATH_BYTES 400

static void
where_of(const struct subject *s, char out[WHERE_BYTES])
{
	int n =
	    snprintf(out, WHERE_BYTES, "%s%s%s", s->kind, s->name != NULL ? " " : "", s->name != NULL ? s->name : "");

	if (n >= WHERE_BYTES)
		return;
	if (s->client != NULL)
		snprintf(out + n, (size_t)(WHERE_BYTES - n), ", client %s, group %s", s->client, s->group);
	else if (s->row != 0)
		snprintf(out + n, (size_t)(WHERE_BYTES - n), ", configuration row %lld", (long long)s->row);
}

static void
tell(struct check *c, struct subject *s, struct check_finding *f)
{
	char where[WHERE_BYTES];

	where_of(s, where);
	f->where = where;
	f->job = strcmp(s->kind, "job") == 0 ? s->name : NULL;
	f->client = s->client;
	f->group = s->group;
	if (s->lenient && f->level == CHECK_ERROR)
		f->level = CHECK_WARNING;
	s->told += f->level != CHECK_OK;
	c->plan->finding(c->plan->arg, f);
}

void
tell_finding(struct check *c, struct subject *s, enum check_level level, const char *path, const char *code,
    const char *fmt, ...)
{
	char message[sizeof(((struct err *)0)->text)];
	struct check_finding f = { .level = level, .path = path, .code = code, .message = message };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	tell(c, s, &f);
}

size_t
tell_path(const char *text, const char **rest)
{
	const char *end = strstr(text, ": ");

	*rest = text;
	if (end == NULL || end == text || strcspn(text, " ") < (size_t)(end - text))
		return 0;
	*rest = end + 2;
	return (size_t)(end - text);
}

/* Behind "words: ", or text itself if it does not begin with that. */
static const char *
behind(const char *text, const char *words)
{
	size_t n = strlen(words);

	return strncmp(text, words, n) == 0 && strncmp(text + n, ": ", 2) == 0 ? text + n + 2 : text;
}

void
tell_err(struct check *c, struct subject *s, const char *below, const struct err *why)
{
	char where[WHERE_BYTES], path[PATH_BYTES];
	const char *text, *rest;
	size_t n;

	where_of(s, where);
	text = behind(why->text, where);
	if (s->client != NULL) {
		snprintf(where, sizeof(where), "client %s", s->client);
		text = behind(text, where);
	}
	n = tell_path(text, &rest);
	snprintf(path, sizeof(path), "%s%s%.*s", below, below[0] != '\0' && n > 0 && text[0] != '[' ? "." : "", (int)n,
	    text);
	tell_finding(c, s, CHECK_ERROR, path, why->code, "%s", rest);
}

void
tell_faults(struct check *c, struct subject *s, const struct faults *faults)
{
	size_t i;

	for (i = 0; i < faults->n; i++)
		tell_err(c, s, "", &faults->at[i]);
}

void
tell_well(struct check *c, struct subject *s, const char *message)
{
	struct check_finding f = { .level = CHECK_OK, .path = "", .code = "ok", .message = message };

	if (s->told == 0)
		tell(c, s, &f);
}

void
tell_probe(struct check *c, struct subject *s, enum check_level level, const char *code, const char *message)
{
	struct check_finding f = { .level = level, .probe = true, .path = "", .code = code, .message = message };

	tell(c, s, &f);
}
