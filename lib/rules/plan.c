#include "rules/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "base/near.h"

static const struct {
	const char *name;
	enum source_kind kind;
} specials[] = {
	{ "$item", SOURCE_ITEM },
	{ "$run", SOURCE_RUN },
	{ "$now", SOURCE_NOW },
	{ "$job", SOURCE_JOB },
	{ "$user", SOURCE_USER },
};
#define SPECIALS (sizeof(specials) / sizeof(specials[0]))

void
plan_release(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		free(p->source[i].name);
		buf_release(&p->source[i].own);
	}
	free(p->source);
	free(p->binding);
	*p = (struct plan){ 0 };
}

static int
special_kind(const char *name, enum source_kind *kind, struct err *e)
{
	const char *names[SPECIALS], *meant;
	size_t i;

	for (i = 0; i < SPECIALS; i++) {
		names[i] = specials[i].name;
		if (strcmp(name, names[i]) == 0) {
			*kind = specials[i].kind;
			return 0;
		}
	}
	meant = near_word(name, names, SPECIALS);
	if (meant != NULL)
		return err_set(e, ERR_CONFIG, "rules", "no parameter %s: did you mean %s?", name, meant);
	return err_set(e, ERR_CONFIG, "rules",
	    "no parameter %s: there are $item, $run, $now, $job and $user; an item's field is :%s, a client's key @%s",
	    name, name + 1, name + 1);
}

static int
kind_of(const char *name, enum source_kind *kind, struct err *e)
{
	if (name == NULL || name[0] == '?')
		return err_set(e, ERR_CONFIG, "rules",
		    "%s has no name: write :field, @Key, $item, $run, $now, $job or $user", name == NULL ? "?" : name);
	if (name[0] == '$')
		return special_kind(name, kind, e);
	*kind = name[0] == ':' ? SOURCE_FIELD : SOURCE_KEY;
	return 0;
}

static int
add_source(struct plan *p, const char *name, enum source_kind kind, struct err *e)
{
	struct source *s;

	if (p->n == BOUND_RULES_PARAMETERS)
		return err_set(e, ERR_CONFIG, "rules", "more than %d different parameters", BOUND_RULES_PARAMETERS);
	if ((s = array_room(p->source, p->n, &p->cap, sizeof(*s))) == NULL)
		return err_memory(e);
	p->source = s;
	s += p->n;
	*s = (struct source){ .kind = kind };
	buf_init(&s->own, BOUND_ITEM_BYTES_MOST);
	if ((s->name = strdup(name)) == NULL)
		return err_memory(e);
	p->n++;
	return 0;
}

int
plan_add(struct plan *p, int index, const char *name, struct err *e)
{
	enum source_kind kind = SOURCE_FIELD;
	struct binding *grown;
	size_t i;

	if (kind_of(name, &kind, e) == -1)
		return -1;
	for (i = 0; i < p->n; i++)
		if (strcmp(p->source[i].name, name) == 0)
			break;
	if (i == p->n && add_source(p, name, kind, e) == -1)
		return -1;
	if ((grown = array_room(p->binding, p->n_bindings, &p->cap_bindings, sizeof(*grown))) == NULL)
		return err_memory(e);
	p->binding = grown;
	grown[p->n_bindings++] = (struct binding){ index, i };
	return 0;
}

static struct cell
text_cell(const char *text, size_t len)
{
	return (struct cell){ .kind = CELL_TEXT, .text = text, .len = len };
}

static struct cell
integer_cell(int64_t value)
{
	return (struct cell){ .kind = CELL_INTEGER, .integer = value };
}

static bool
digits_only(struct json_value number)
{
	size_t i = number.at[0] == '-' ? 1 : 0;

	for (; i < number.len; i++)
		if (number.at[i] < '0' || number.at[i] > '9')
			return false;
	return true;
}

/* No number loses a digit: what fits neither an integer nor a double stays as it is written. */
static struct cell
number_cell(struct json_value number)
{
	struct cell cell = { .kind = CELL_REAL };

	if (json_int64(number, &cell.integer) == 0)
		return integer_cell(cell.integer);
	if (digits_only(number) || json_double(number, &cell.real) == -1)
		return text_cell(number.at, number.len);
	return cell;
}

static int
string_cell(struct json_value string, struct buf *own, struct cell *cell, struct err *e)
{
	int rc;

	if (memchr(string.at, '\\', string.len) == NULL) {
		*cell = text_cell(string.at + 1, string.len - 2);
		return 0;
	}
	buf_clear(own);
	if ((rc = json_text(string, own)) == -1)
		return err_memory(e);
	*cell = text_cell(buf_text(own), own->len);
	if (rc == 1)
		cell->kind = CELL_NO_TEXT;
	return 0;
}

/* own is where characters go that had to be decoded; all else points into the value. */
static int
value_cell(struct json_value value, struct buf *own, struct cell *cell, struct err *e)
{
	*cell = (struct cell){ .kind = CELL_NULL };
	switch (value.kind) {
	case JSON_ABSENT:
	case JSON_NULL:
		break;
	case JSON_FALSE:
	case JSON_TRUE:
		*cell = integer_cell(value.kind == JSON_TRUE);
		break;
	case JSON_NUMBER:
		*cell = number_cell(value);
		break;
	case JSON_STRING:
		return string_cell(value, own, cell, e);
	case JSON_ARRAY:
	case JSON_OBJECT:
		*cell = text_cell(value.at, value.len);
		break;
	}
	return 0;
}

/* Makes the source the owner of text that still points elsewhere. */
static int
keep(struct source *s, struct err *e)
{
	if (s->cell.kind != CELL_TEXT || s->cell.text == s->own.at)
		return 0;
	buf_clear(&s->own);
	if (buf_add(&s->own, s->cell.text, s->cell.len) == -1)
		return err_memory(e);
	s->cell.text = buf_text(&s->own);
	return 0;
}

void
plan_run(struct plan *p, int64_t run, int64_t job_type)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (p->source[i].kind == SOURCE_RUN)
			p->source[i].cell = integer_cell(run);
		if (p->source[i].kind == SOURCE_JOB)
			p->source[i].cell = integer_cell(job_type);
	}
}

/* CreatedByUserId: a number where it is written as one, so that $user = 999 holds. */
static struct cell
user_cell(const char *user)
{
	char again[24], *end;
	int64_t n;

	if (user == NULL)
		return (struct cell){ .kind = CELL_NULL };
	errno = 0;
	n = strtoll(user, &end, 10);
	snprintf(again, sizeof(again), "%" PRId64, n);
	return errno == 0 && strcmp(again, user) == 0 ? integer_cell(n) : text_cell(user, strlen(user));
}

int
plan_client(struct plan *p, const struct rules_client *client, struct err *e)
{
	struct json_value value;
	struct source *s;
	size_t i;

	for (i = 0; i < p->n; i++) {
		s = &p->source[i];
		if (s->kind != SOURCE_KEY && s->kind != SOURCE_USER)
			continue;
		if (s->kind == SOURCE_USER) {
			s->cell = user_cell(client->user);
		} else {
			value = client->get(client->arg, s->name + 1, strlen(s->name + 1));
			if (value_cell(value, &s->own, &s->cell, e) == -1)
				return -1;
		}
		if (keep(s, e) == -1)
			return -1;
	}
	return 0;
}

int
plan_item(struct plan *p, struct json_value item, const struct json_members *members, const char *now, struct err *e)
{
	struct json_value value;
	struct source *s;
	size_t i;

	for (i = 0; i < p->n; i++) {
		s = &p->source[i];
		if (s->kind == SOURCE_FIELD) {
			value = json_members_get(members, s->name + 1, strlen(s->name + 1));
			if (value_cell(value, &s->own, &s->cell, e) == -1)
				return -1;
		} else if (s->kind == SOURCE_ITEM) {
			s->cell = text_cell(item.at, item.len);
		} else if (s->kind == SOURCE_NOW) {
			s->cell = text_cell(now, strlen(now));
		}
	}
	return 0;
}

int
plan_bind(const struct plan *p, sqlite3_stmt *st, size_t first, size_t n)
{
	const struct binding *b;
	const struct cell *cell;
	int rc = SQLITE_OK;
	size_t i;

	for (i = first; i < first + n && rc == SQLITE_OK; i++) {
		b = &p->binding[i];
		cell = &p->source[b->source].cell;
		switch (cell->kind) {
		case CELL_INTEGER:
			rc = sqlite3_bind_int64(st, b->index, cell->integer);
			break;
		case CELL_REAL:
			rc = sqlite3_bind_double(st, b->index, cell->real);
			break;
		case CELL_TEXT:
			rc = sqlite3_bind_text64(st, b->index, cell->text, cell->len, SQLITE_STATIC, SQLITE_UTF8);
			break;
		default:
			rc = sqlite3_bind_null(st, b->index);
			break;
		}
	}
	return rc;
}

const char *
plan_no_text(const struct plan *p, size_t first, size_t n)
{
	size_t i;

	for (i = first; i < first + n; i++)
		if (p->source[p->binding[i].source].cell.kind == CELL_NO_TEXT)
			return p->source[p->binding[i].source].name;
	return NULL;
}
