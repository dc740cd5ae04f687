#include "config/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "json/value.h"

#define FILE_REF "file:"

struct search {
	config_file_fn *fn;
	void *arg;
	struct buf path;
	bool is_ca; /* the string before was the name CaFile: the next is its path */
};

/* The string that begins at p: behind it in *p. JSON is known to be valid. */
static struct json_value
next_string(const char **p)
{
	struct json_value string = { JSON_STRING, *p, 0 };

	for (++*p; **p != '"'; ++*p)
		if (**p == '\\')
			++*p;
	++*p;
	string.len = (size_t)(*p - string.at);
	return string;
}

/* One string of the text, name or value. */
static int
look(struct search *s, struct json_value string, struct err *e)
{
	const char *path;
	bool is_ca = s->is_ca;

	s->is_ca = json_string_is(string, "CaFile", strlen("CaFile"));
	buf_clear(&s->path);
	/* Neither a path nor a reference is longer than the ceiling, or holds half a character. */
	if (json_text(string, &s->path) != 0)
		return 0;
	path = buf_text(&s->path);
	if (strncmp(path, FILE_REF, strlen(FILE_REF)) == 0)
		path += strlen(FILE_REF);
	else if (!is_ca)
		return 0;
	return path[0] == '/' ? s->fn(s->arg, path, e) : 0;
}

int
config_files(const char *text, size_t len, config_file_fn *fn, void *arg, struct err *e)
{
	struct search s = { .fn = fn, .arg = arg };
	struct err ignored = ERR_INIT;
	struct json_value root;
	const char *p, *end;
	char *copy;
	int ret = 0;

	if ((copy = malloc(len + 1)) == NULL)
		return err_memory(e);
	memcpy(copy, text, len);
	copy[len] = '\0';
	buf_init(&s.path, BOUND_PATH);
	if (json_strip_comments(copy, len, &ignored) == 0 && json_check(copy, len, &root, &ignored) == 0)
		for (p = copy, end = copy + len; ret == 0 && p < end;) {
			if (*p == '"')
				ret = look(&s, next_string(&p), e);
			else
				p++;
		}
	buf_release(&s.path);
	free(copy);
	return ret;
}
