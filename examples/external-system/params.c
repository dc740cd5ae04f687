#include "params.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "scan.h"

/* Takes name and value over, also when it fails. */
static int
add(struct params *p, struct buf *name, struct buf *value, struct err *e)
{
	struct param *param;
	int rc = -1;

	if (p->n == BOUND_PARAMS) {
		err_set(e, "more than %d parameters", BOUND_PARAMS);
		goto out;
	}
	if (memchr(buf_text(name), '\0', name->len) != NULL || memchr(buf_text(value), '\0', value->len) != NULL) {
		err_set(e, "a parameter holds a NUL");
		goto out;
	}
	param = &p->at[p->n++];
	param->name = strdup(buf_text(name));
	param->value = strdup(buf_text(value));
	if (buf_failed(name) || buf_failed(value) || param->name == NULL || param->value == NULL) {
		err_memory(e);
		goto out;
	}
	rc = 0;
out:
	buf_release(name);
	buf_release(value);
	return rc;
}

static struct slice
until(const char **at, const char *end, char stop)
{
	const char *from = *at, *found = memchr(from, stop, (size_t)(end - from));

	if (found == NULL) {
		*at = end;
		return (struct slice){ from, (size_t)(end - from) };
	}
	*at = found + 1;
	return (struct slice){ from, (size_t)(found - from) };
}

int
params_add_query(struct params *p, const char *query, struct err *e)
{
	const char *at = query, *end = query + strlen(query), *eq;
	struct slice pair, raw;
	struct buf name, value;

	while (at < end) {
		pair = until(&at, end, '&');
		if (pair.len == 0)
			continue;
		buf_init(&name, BOUND_FILE);
		buf_init(&value, BOUND_FILE);
		eq = pair.at;
		raw = until(&eq, pair.at + pair.len, '=');
		if (percent_decode(raw, true, &name) == -1 ||
		    percent_decode((struct slice){ eq, (size_t)(pair.at + pair.len - eq) }, true, &value) == -1) {
			buf_release(&name);
			buf_release(&value);
			return err_set(e, "a broken percent escape in the query");
		}
		if (add(p, &name, &value, e) == -1)
			return -1;
	}
	return 0;
}

int
params_add_json(struct params *p, struct slice object, struct err *e)
{
	struct slice key, token;
	struct buf name, value;
	struct scan s;
	int got;

	if (scan_open(&s, object, '{') == -1)
		return err_set(e, "the body is no JSON object");
	while ((got = scan_member(&s, &key, &token)) == 1) {
		if (token.at[0] == '[' || token.at[0] == '{' || token.at[0] == 'n')
			continue;
		buf_init(&name, BOUND_FILE);
		buf_init(&value, BOUND_BODY);
		scan_text(key, &name);
		if (scan_is_string(token))
			scan_text(token, &value);
		else
			buf_add(&value, token.at, token.len);
		if (add(p, &name, &value, e) == -1)
			return -1;
	}
	return got == 0 ? 0 : err_set(e, "the body is no JSON object");
}

const char *
params_get(const struct params *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (strcmp(p->at[i].name, name) == 0)
			return p->at[i].value;
	}
	return NULL;
}

int
params_number(const struct params *p, const char *name, int64_t least, int64_t most, int64_t *value, struct err *e)
{
	const char *text = params_get(p, name);

	if (text != NULL && scan_integer(slice_of(text), least, most, value) == -1)
		return err_set(e, "%s is not a whole number of at least %lld", name, (long long)least);
	return 0;
}

void
params_write(const struct params *p, const char *but, struct buf *out)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		/* Only the first of a name counts, here as in params_get. */
		if (strcmp(p->at[i].name, but) == 0 || params_get(p, p->at[i].name) != p->at[i].value)
			continue;
		percent_encode(p->at[i].name, out);
		buf_addc(out, '=');
		percent_encode(p->at[i].value, out);
		buf_addc(out, '&');
	}
}

void
params_release(struct params *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		free(p->at[i].name);
		free(p->at[i].value);
	}
	p->n = 0;
}

int
percent_decode(struct slice text, bool plus, struct buf *out)
{
	const char *at = text.at, *end = text.at + text.len;
	char hex[3] = "";

	while (at < end) {
		if (*at != '%') {
			buf_addc(out, *at == '+' && plus ? ' ' : *at);
			at++;
			continue;
		}
		if (end - at < 3 || !isxdigit((unsigned char)at[1]) || !isxdigit((unsigned char)at[2]))
			return -1;
		memcpy(hex, at + 1, 2);
		buf_addc(out, (char)strtol(hex, NULL, 16));
		at += 3;
	}
	return 0;
}

void
percent_encode(const char *text, struct buf *out)
{
	for (; *text != '\0'; text++) {
		if (isalnum((unsigned char)*text) || strchr("-._~", *text) != NULL)
			buf_addc(out, *text);
		else
			buf_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
	}
}
