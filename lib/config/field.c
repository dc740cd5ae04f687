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

void
field_path(const struct field *f, char out[FIELD_PATH])
{
	snprintf(out, FIELD_PATH, "%s%s%s", f->parent, f->parent[0] != '\0' && f->name[0] != '\0' ? "." : "", f->name);
}

struct field
field_below(const struct field *f, const char *parent, const char *name)
{
	return (struct field){ f->where, parent, name, { JSON_ABSENT, NULL, 0 }, f->faults };
}

bool
field_goes_on(const struct field *f, int ret, const struct err *e)
{
	return ret == 0 || (f->faults != NULL && e->kind == ERR_CONFIG);
}

int
field_note(const struct field *f, struct err *e)
{
	if (f->faults != NULL && e->kind == ERR_CONFIG && faults_add(f->faults, e) == -1)
		return err_memory(e);
	return -1;
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
	err_set(e, ERR_CONFIG, "config", "%s%s%s%s%s", f->where, f->where[0] != '\0' ? ": " : "", path,
	    path[0] != '\0' ? ": " : "", message);
	return field_note(f, e);
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

/* Puts words before those that were found since there were n. */
static void
prefix(struct faults *found, size_t n, const char *words, size_t len)
{
	for (; n < found->n; n++)
		err_prefix(&found->at[n], "%.*s%s", (int)len, words, found->at[n].text[0] == '[' ? "" : ".");
}

static int
add_twice(struct faults *found, struct json_value key)
{
	struct err why = ERR_INIT;

	err_set(&why, ERR_CONFIG, "config", "%.*s: given twice; remove one", (int)(key.len - 2), key.at + 1);
	return faults_add(found, &why);
}

static int find_twice(struct json_value value, struct faults *found);

static int
find_twice_in_array(struct json_value array, struct faults *found)
{
	struct json_value element;
	char number[32];
	size_t at = 0, i, n;

	for (i = 0; json_array_next(array, &at, &element); i++) {
		n = found->n;
		if (find_twice(element, found) == -1)
			return -1;
		if (found->n > n)
			prefix(found, n, number, (size_t)snprintf(number, sizeof(number), "[%zu]", i));
	}
	return 0;
}

/*
 * Finds the keys that are given twice, in whatever object below the value. The paths are put together on the way back
 * only, so that entries without a fault cost nothing. 0, or -1 no memory.
 */
static int
find_twice(struct json_value value, struct faults *found)
{
	struct json_members m = { 0 };
	struct json_value key;
	size_t i, n, twice = 0;
	int ret;

	if (value.kind == JSON_ARRAY)
		return find_twice_in_array(value, found);
	if (value.kind != JSON_OBJECT)
		return 0;
	ret = json_members_read(&m, value, &twice);
	while (ret == 1) {
		if ((ret = add_twice(found, m.at[twice].key)) == 0 && found->n <= BOUND_FAULTS)
			ret = json_members_twice(&m, twice + 1, &twice);
	}
	for (i = 0; ret == 0 && i < m.n; i++) {
		key = m.at[i].key;
		n = found->n;
		ret = find_twice(m.at[i].value, found);
		prefix(found, n, key.at + 1, key.len - 2);
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
field_unique(const struct field *f, struct err *e)
{
	struct faults found = { 0 };
	char path[FIELD_PATH];
	int ret = find_twice(f->value, &found) == -1 ? err_memory(e) : 0;
	size_t i;

	field_path(f, path);
	if (path[0] != '\0')
		prefix(&found, 0, path, strlen(path));
	for (i = 0; i < found.n && field_goes_on(f, ret, e); i++) {
		err_set(e, ERR_CONFIG, "config", "%s", found.at[i].text);
		put_where(f->where, e);
		ret = field_note(f, e);
	}
	faults_release(&found);
	return ret;
}

int
field_document(struct field *root, const char *text, size_t len, struct err *e)
{
	if (len > BOUND_CONFIG_BYTES)
		return field_fault(root, e, "is %zu bytes long; at most %u are allowed", len, BOUND_CONFIG_BYTES);
	if (json_check(text, len, &root->value, e) == -1) {
		put_where(root->where, e);
		return field_note(root, e);
	}
	if (root->value.kind != JSON_OBJECT)
		return field_wrong(root, "an object", e);
	return field_unique(root, e);
}

bool
field_is_missing(const struct json_members *m, const char *name)
{
	enum json_kind kind = json_members_get(m, name, strlen(name)).kind;

	return kind == JSON_ABSENT || kind == JSON_NULL;
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
	struct field wrong;
	const char *near;
	struct buf name;
	int ret;

	field_path(f, path);
	wrong = field_below(f, path, "");
	wrong.value = key;
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
	const char *words[BOUND_CONFIG_KEYS];
	size_t i, k, count = 0;
	int ret = 0;

	for (i = 0; i < n && count < BOUND_CONFIG_KEYS; i++)
		words[count++] = rows[i].name;
	for (i = 0; i < n_also && count < BOUND_CONFIG_KEYS; i++)
		words[count++] = also[i];
	for (i = 0; i < m->n && field_goes_on(f, ret, e); i++) {
		for (k = 0; k < count && !json_string_is(m->at[i].key, words[k], strlen(words[k])); k++)
			continue;
		if (k == count)
			ret = unknown(f, m->at[i].key, words, count, e);
	}
	return ret;
}

int
field_rows(const struct field *f, const struct json_members *m, const struct field_row *rows, size_t n, void *into,
    struct err *e)
{
	char path[FIELD_PATH];
	struct field child;
	size_t i;
	int ret = 0;

	field_path(f, path);
	child = field_below(f, path, "");
	for (i = 0; i < n && field_goes_on(f, ret, e); i++) {
		child.name = rows[i].name;
		child.value = json_members_get(m, rows[i].name, strlen(rows[i].name));
		if (child.value.kind == JSON_ABSENT || (child.value.kind == JSON_NULL && !rows[i].null))
			continue;
		ret |= rows[i].read(into, &child, e);
	}
	return ret;
}

int
field_object(const struct field *f, const struct field_row *rows, size_t n, void *into, struct err *e)
{
	struct json_members m = { 0 };
	int ret = -1;

	if (field_members(f, &m, e) == 0) {
		ret = field_known(f, &m, rows, n, NULL, 0, e);
		if (field_goes_on(f, ret, e))
			ret |= field_rows(f, &m, rows, n, into, e);
	}
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
