#include "config/template.h"

#include <string.h>

#include <bsd/string.h>

#include "base/bounds.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define UNRESERVED LETTERS DIGITS "-._~"
#define HEX DIGITS "ABCDEFabcdef"

/* What stays as it is beside RFC 3986's unreserved characters: of a value, of a path's own text and of {Route}. */
#define KEEP_VALUE ""
#define KEEP_PATH "/:@!$&'()*+,;=?%"
#define KEEP_ROUTE "/:@!$&'()*+,;=%"

/* How one kind of text is rendered. */
struct manner {
	const char *literal; /* characters that the template's own text keeps */
	const char *route;   /* those that {Route} keeps */
};

/* ASCII alone, whatever the locale says. */
static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
is_name(char c, bool first)
{
	return is_one_of(c, LETTERS "_") || (!first && is_one_of(c, DIGITS));
}

/* Length of the placeholder at the beginning of text with its braces, 0 if there is none. */
static size_t
placeholder(const char *text, size_t len)
{
	size_t n = 1;

	if (len < 3 || text[0] != '{')
		return 0;
	while (n < len && is_name(text[n], n == 1))
		n++;
	return n > 1 && n < len && text[n] == '}' ? n + 1 : 0;
}

static struct json_value
look_up(const struct template_scope *scope, const char *place, size_t len)
{
	struct json_value value = scope->get(scope->arg, place + 1, len - 2);

	if (value.kind == JSON_NULL)
		value.kind = JSON_ABSENT;
	return value;
}

static int
full(const struct buf *out, struct err *e)
{
	if (out->short_of_memory)
		return err_memory(e);
	return err_set(e, ERR_CONFIG, "template", "the rendered text would pass %zu bytes", out->max);
}

static void
take_back(struct buf *out, size_t len)
{
	if (out->at != NULL)
		out->at[out->len = len] = '\0';
}

/* Percent-encodes what is neither unreserved nor in keep; a kept % must begin a valid %XX. */
static int
encode(struct buf *out, const char *text, size_t len, const char *keep)
{
	size_t i;
	bool stays;
	int ret = 0;

	for (i = 0; i < len && ret == 0; i++) {
		stays = is_one_of(text[i], UNRESERVED) || is_one_of(text[i], keep);
		if (text[i] == '%' && stays)
			stays = len - i > 2 && is_one_of(text[i + 1], HEX) && is_one_of(text[i + 2], HEX);
		ret = stays ? buf_addc(out, text[i]) : buf_addf(out, "%%%02X", (unsigned char)text[i]);
	}
	return ret;
}

static int
add_value(struct buf *out, struct json_value value, const char *name, size_t len, const char *keep, struct err *e)
{
	struct buf text;
	int ret;

	if (value.kind == JSON_ARRAY || value.kind == JSON_OBJECT)
		return err_set(e, ERR_CONFIG, "template",
		    "{%.*s} is %s; a path or query takes a string, a number, true or false", (int)len, name,
		    json_kind_name(value.kind));
	if (value.kind != JSON_STRING)
		return encode(out, value.at, value.len, keep) == 0 ? 0 : full(out, e);
	buf_init(&text, value.len);
	ret = json_text(value, &text);
	if (ret == 0)
		ret = encode(out, buf_text(&text), text.len, keep) == 0 ? 0 : full(out, e);
	else if (ret == 1)
		ret = err_set(e, ERR_CONFIG, "template", "{%.*s} holds half of a surrogate pair, which is no character",
		    (int)len, name);
	else
		ret = err_memory(e);
	buf_release(&text);
	return ret;
}

static int
render(const char *text, const struct manner *manner, const struct template_scope *scope, struct buf *out,
    char missing[64], struct err *e)
{
	size_t len = strlen(text), i, n, from = out->len;
	struct json_value value;
	const char *keep;
	int ret = 0;

	for (i = 0; i < len && ret == 0; i += n) {
		if ((n = placeholder(text + i, len - i)) == 0) {
			/* A run of plain text at once, so that its %XX are seen whole. */
			n = 1 + strcspn(text + i + 1, "{");
			ret = encode(out, text + i, n, manner->literal) == 0 ? 0 : full(out, e);
			continue;
		}
		value = look_up(scope, text + i, n);
		if (value.kind == JSON_ABSENT) {
			strlcpy(missing, text + i + 1, n - 1 < 64 ? n - 1 : 64);
			ret = 1;
			continue;
		}
		keep = strncmp(text + i, "{Route}", n) == 0 ? manner->route : KEEP_VALUE;
		ret = add_value(out, value, text + i + 1, n - 2, keep, e);
	}
	if (ret != 0)
		take_back(out, from);
	return ret;
}

static bool
has_dots(const char *path)
{
	size_t n, end = strcspn(path, "?"), i;

	for (i = 0; i < end; i += n + 1) {
		n = strcspn(path + i, "/?");
		if ((n == 1 && path[i] == '.') || (n == 2 && path[i] == '.' && path[i + 1] == '.'))
			return true;
	}
	return false;
}

int
template_path(const char *text, const struct template_scope *scope, struct buf *out, char missing[64], struct err *e)
{
	static const struct manner path = { .literal = KEEP_PATH, .route = KEEP_ROUTE };
	size_t from = out->len;
	int ret;

	if ((ret = render(text, &path, scope, out, missing, e)) != 0 || !has_dots(buf_text(out) + from))
		return ret;
	err_set(e, ERR_CONFIG, "template", "%.200s: a . or .. between slashes leads to another path; remove it",
	    buf_text(out) + from);
	take_back(out, from);
	return -1;
}

int
template_query(const char *text, const struct template_scope *scope, struct buf *out, char missing[64], struct err *e)
{
	static const struct manner query = { .literal = KEEP_VALUE, .route = KEEP_VALUE };

	return render(text, &query, scope, out, missing, e);
}

int
template_escape(const char *text, struct buf *out)
{
	size_t from = out->len;

	if (encode(out, text, strlen(text), KEEP_VALUE) == 0)
		return 0;
	take_back(out, from);
	return -1;
}

/* Length of the string that begins at text, with its quotes. */
static size_t
string_length(const char *text)
{
	size_t n = 1;

	while (text[n] != '"')
		n += text[n] == '\\' ? 2 : 1;
	return n + 1;
}

/* The next string from *at on that is a value, no key; *at is then behind it. False: there is none. */
static bool
next_string(struct json_value json, size_t *at, struct json_value *out)
{
	size_t i = *at, n, after;

	while (i < json.len) {
		if (json.at[i] != '"') {
			i++;
			continue;
		}
		n = string_length(json.at + i);
		for (after = i + n; after < json.len && strchr(" \t\r\n", json.at[after]) != NULL; after++)
			continue;
		if (after == json.len || json.at[after] != ':') {
			*out = (struct json_value){ JSON_STRING, json.at + i, n };
			*at = i + n;
			return true;
		}
		i += n;
	}
	return false;
}

/* A value's characters, as they are written inside a JSON string. */
static int
add_inside(struct buf *out, struct json_value value)
{
	struct buf quoted;
	int ret;

	if (value.kind == JSON_ABSENT)
		return 0;
	if (value.kind == JSON_STRING)
		return buf_add(out, value.at + 1, value.len - 2);
	buf_init(&quoted, BOUND_REQUEST_BODY);
	ret = json_quote(&quoted, value.at, value.len);
	if (ret == 0)
		ret = buf_add(out, quoted.at + 1, quoted.len - 2);
	out->short_of_memory |= quoted.short_of_memory;
	buf_release(&quoted);
	return ret;
}

/*
 * Works on the string as it is written: an escape cannot stand in a
 * placeholder's name, and what is inserted is written inside a string already.
 */
static int
body_string(struct json_value string, const struct template_scope *scope, struct buf *out)
{
	size_t i, n = placeholder(string.at + 1, string.len - 2);
	struct json_value value;
	const char *brace;
	int ret = 0;

	if (n > 0 && n == string.len - 2) {
		value = look_up(scope, string.at + 1, n);
		return value.kind == JSON_ABSENT ? buf_adds(out, "null") : buf_add(out, value.at, value.len);
	}
	for (i = 0; i < string.len && ret == 0; i += n) {
		if ((n = placeholder(string.at + i, string.len - i)) > 0) {
			ret = add_inside(out, look_up(scope, string.at + i, n));
			continue;
		}
		brace = memchr(string.at + i + 1, '{', string.len - i - 1);
		n = brace != NULL ? (size_t)(brace - string.at) - i : string.len - i;
		ret = buf_add(out, string.at + i, n);
	}
	return ret;
}

int
template_body(struct json_value json, const struct template_scope *scope, struct buf *out, struct err *e)
{
	struct json_value string;
	size_t at = 0, copied = 0, from = out->len;

	while (next_string(json, &at, &string)) {
		if (buf_add(out, json.at + copied, (size_t)(string.at - json.at) - copied) == -1 ||
		    body_string(string, scope, out) == -1)
			goto full;
		copied = at;
	}
	if (buf_add(out, json.at + copied, json.len - copied) == 0)
		return 0;
full:
	take_back(out, from);
	return full(out, e);
}

bool
template_has(const char *text, size_t len, const char *name)
{
	size_t i, n, want = strlen(name);

	for (i = 0; i < len; i++) {
		n = placeholder(text + i, len - i);
		if (n == want + 2 && memcmp(text + i + 1, name, want) == 0)
			return true;
	}
	return false;
}

bool
template_body_has(struct json_value json, const char *name)
{
	struct json_value string;
	size_t at = 0;

	while (next_string(json, &at, &string))
		if (template_has(string.at, string.len, name))
			return true;
	return false;
}
