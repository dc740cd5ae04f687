#include "config/field.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/near.h"

/* What is shown of a key or value that is longer. */
#define SHOWN 40

/* The job's root has the most keys. */
#define KNOWN_MOST 64

void
field_path(const struct field *f, char out[FIELD_PATH])
{
	snprintf(out, FIELD_PATH, "%s%s%s", f->parent, f->parent[0] != '\0' && f->name[0] != '\0' ? "." : "", f->name);
}

int
field_fault(const struct field *f, struct err *e, const char *fmt, ...)
{
	char path[FIELD_PATH], message[700];
	va_list ap;

	field_path(f, path);
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return err_set(e, ERR_CONFIG, "config", "%s%s%s%s%s", f->where, f->where[0] != '\0' ? ": " : "", path,
	    path[0] != '\0' ? ": " : "", message);
}

int
field_wrong(const struct field *f, const char *expected, struct err *e)
{
	return field_fault(f, e, "give %s, found %s", expected, json_kind_name(f->value.kind));
}

int
field_wrong_value(const struct field *f, const char *expected, struct err *e)
{
	size_t n = f->value.len < SHOWN ? f->value.len : SHOWN;

	if (f->value.kind != JSON_NUMBER && f->value.kind != JSON_STRING)
		return field_wrong(f, expected, e);
	return field_fault(f, e, "give %s, found %.*s%s", expected, (int)n, f->value.at, n < f->value.len ? "…" : "");
}

/* The path is put together on the way back only, so that entries without a fault cost nothing. */
static int
unique(struct json_value value, struct err *e)
{
	struct json_members m = { 0 };
	struct json_value element, key;
	size_t at = 0, i, twice = 0;
	int ret = 0;

	if (value.kind == JSON_ARRAY) {
		for (i = 0; ret == 0 && json_array_next(value, &at, &element); i++)
			if (unique(element, e) == -1)
				ret = err_prefix(e, "[%zu]%s", i, e->text[0] == '[' ? "" : ".");
		return ret;
	}
	if (value.kind != JSON_OBJECT)
		return 0;
	switch (json_members_read(&m, value, &twice)) {
	case 0:
		break;
	case 1:
		key = m.at[twice].key;
		ret = err_set(e, ERR_CONFIG, "config", "%.*s: given twice; remove one", (int)(key.len - 2), key.at + 1);
		break;
	default:
		ret = err_memory(e);
	}
	for (i = 0; ret == 0 && i < m.n; i++) {
		key = m.at[i].key;
		if (unique(m.at[i].value, e) == -1)
			ret = err_prefix(e, "%.*s%s", (int)(key.len - 2), key.at + 1, e->text[0] == '[' ? "" : ".");
	}
	json_members_release(&m);
	return ret;
}

static int
put_where(const char *where, struct err *e)
{
	return where[0] != '\0' ? err_prefix(e, "%s: ", where) : -1;
}

int
field_unique(struct json_value value, const char *where, struct err *e)
{
	struct err why = ERR_INIT;

	/* In an err of its own, since a caller may not want one, and the path is built in it. */
	if (unique(value, &why) == 0)
		return 0;
	if (why.kind != ERR_CONFIG)
		return err_memory(e);
	err_set(e, why.kind, why.code, "%s", why.text);
	return put_where(where, e);
}

int
field_document(const char *text, size_t len, const char *where, struct json_value *root, struct err *e)
{
	struct field f = { where, "", "", { JSON_ABSENT, NULL, 0 } };

	if (len > BOUND_CONFIG_BYTES)
		return field_fault(&f, e, "is %zu bytes long; at most %u are allowed", len, BOUND_CONFIG_BYTES);
	if (json_check(text, len, root, e) == -1)
		return put_where(where, e);
	f.value = *root;
	if (root->kind != JSON_OBJECT)
		return field_wrong(&f, "an object", e);
	return field_unique(*root, where, e);
}

int
field_members(const struct field *f, struct json_members *m, struct err *e)
{
	size_t twice;

	if (f->value.kind != JSON_OBJECT)
		return field_wrong(f, "an object", e);
	return json_members_read(m, f->value, &twice) == -1 ? err_memory(e) : 0;
}

/* "A, B, C". */
static void
list_words(const char *const *words, size_t n, char *out, size_t size)
{
	size_t i;

	out[0] = '\0';
	for (i = 0; i < n; i++) {
		if (i > 0)
			strlcat(out, ", ", size);
		strlcat(out, words[i], size);
	}
}

/* The hint: the nearest word, or all of them. */
static int
unknown(const struct field *f, struct json_value key, const char *const *words, size_t n, struct err *e)
{
	char path[FIELD_PATH], list[500];
	struct field wrong = { f->where, path, "", key };
	const char *near;
	struct buf name;
	int ret;

	field_path(f, path);
	buf_init(&name, BOUND_CONFIG_BYTES);
	if (json_text(key, &name) == -1) {
		buf_release(&name);
		return err_memory(e);
	}
	wrong.name = buf_text(&name);
	near = near_word(wrong.name, words, n);
	list_words(words, n, list, sizeof(list));
	ret = near != NULL ? field_fault(&wrong, e, "unknown key; did you mean %s?", near)
	                   : field_fault(&wrong, e, "unknown key; known here: %s", list);
	buf_release(&name);
	return ret;
}

int
field_known(const struct field *f, const struct json_members *m, const struct field_row *rows, size_t n,
    const char *const *also, size_t n_also, struct err *e)
{
	const char *words[KNOWN_MOST];
	size_t i, k, count = 0;

	for (i = 0; i < n && count < KNOWN_MOST; i++)
		words[count++] = rows[i].name;
	for (i = 0; i < n_also && count < KNOWN_MOST; i++)
		words[count++] = also[i];
	for (i = 0; i < m->n; i++) {
		for (k = 0; k < count && !json_string_is(m->at[i].key, words[k], strlen(words[k])); k++)
			continue;
		if (k == count)
			return unknown(f, m->at[i].key, words, count, e);
	}
	return 0;
}

int
field_rows(const struct field *f, const struct json_members *m, const struct field_row *rows, size_t n, void *into,
    struct err *e)
{
	char path[FIELD_PATH];
	struct field child = { f->where, path, "", { JSON_ABSENT, NULL, 0 } };
	size_t i;

	field_path(f, path);
	for (i = 0; i < n; i++) {
		child.name = rows[i].name;
		child.value = json_members_get(m, rows[i].name, strlen(rows[i].name));
		if (child.value.kind == JSON_ABSENT || (child.value.kind == JSON_NULL && !rows[i].null))
			continue;
		if (rows[i].read(into, &child, e) == -1)
			return -1;
	}
	return 0;
}

int
field_object(const struct field *f, const struct field_row *rows, size_t n, void *into, struct err *e)
{
	struct json_members m = { 0 };
	int ret = -1;

	if (field_members(f, &m, e) == 0 && field_known(f, &m, rows, n, NULL, 0, e) == 0)
		ret = field_rows(f, &m, rows, n, into, e);
	json_members_release(&m);
	return ret;
}

int
field_choice(const struct field *f, const char *const *words, size_t n, size_t *out, struct err *e)
{
	char expected[200] = "one of ";
	size_t i, used = strlen(expected);

	for (i = 0; i < n; i++) {
		if (f->value.kind == JSON_STRING && json_string_is(f->value, words[i], strlen(words[i]))) {
			*out = i;
			return 0;
		}
	}
	list_words(words, n, expected + used, sizeof(expected) - used);
	return field_wrong_value(f, expected, e);
}
