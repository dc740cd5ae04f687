#include "report/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/escape.h"
#include "json/value.h"

static size_t
count_columns(const struct table *t)
{
	size_t n = 0;

	while (t->columns[n].name != NULL)
		n++;
	return n;
}

void
table_add(struct table *t, const char *cell)
{
	char **grown = array_room(t->cells, t->n, &t->cap, sizeof(*grown));

	if (grown == NULL) {
		t->failed = true;
		return;
	}
	t->cells = grown;
	t->cells[t->n] = cell != NULL ? strdup(cell) : NULL;
	t->failed = t->failed || (cell != NULL && t->cells[t->n] == NULL);
	t->n++;
}

void
table_add_number(struct table *t, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	table_add(t, text);
}

void
table_add_bool(struct table *t, bool yes)
{
	table_add(t, yes ? "true" : "false");
}

void
table_add_time(struct table *t, int64_t utc_ms)
{
	char text[CLOCK_TEXT];

	clock_text(utc_ms, text);
	table_add(t, text);
}

int
table_row(struct table *t, const char *const *cells)
{
	size_t columns = count_columns(t), i;

	for (i = 0; i < columns; i++)
		table_add(t, cells[i]);
	return t->failed ? -1 : 0;
}

void
table_release(struct table *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	t->cells = NULL;
	t->n = t->cap = 0;
	t->failed = false;
}

/* A JSON string is Unicode: bytes that are none, which a database may hold, become U+FFFD. */
static int
add_string(const char *cell, struct buf *b)
{
	size_t len = strlen(cell), i, n, most = 3 * len;
	struct buf whole;
	unsigned cp;
	int ret = 0;

	for (i = 0; i < len && (n = escape_utf8(cell + i, len - i, &cp)) > 0; i += n)
		continue;
	if (i == len)
		return json_quote(b, cell, len);
	buf_init(&whole, most);
	for (i = 0; i < len && ret == 0; i += n > 0 ? n : 1) {
		n = escape_utf8(cell + i, len - i, &cp);
		ret = n > 0 ? buf_add(&whole, cell + i, n) : buf_adds(&whole, "\ufffd");
	}
	if (ret == 0)
		ret = json_quote(b, whole.at, whole.len);
	buf_release(&whole);
	return ret;
}

static int
add_value(const struct table_column *column, const char *cell, struct buf *b)
{
	struct buf string;
	int ret;

	if (cell == NULL)
		return buf_adds(b, "null");
	if (strchr("jJ", column->kind) != NULL)
		return escape_json(b, cell, strlen(cell));
	buf_init(&string, b->max);
	ret = add_string(cell, &string);
	if (ret == 0)
		ret = escape_json(b, string.at, string.len);
	buf_release(&string);
	return ret;
}

static int
add_object(const struct table *t, size_t first, size_t columns, struct buf *b)
{
	size_t i;

	for (i = 0; i < columns; i++)
		if (buf_addf(b, "%s\"%s\":", i == 0 ? "{" : ",", t->columns[i].name) == -1 ||
		    add_value(&t->columns[i], t->cells[first + i], b) == -1)
			return -1;
	return buf_addc(b, '}');
}

int
table_json(const struct table *t, struct buf *b)
{
	size_t columns = count_columns(t), i;

	if (t->failed || buf_addc(b, '[') == -1)
		return -1;
	for (i = 0; i < t->n; i += columns)
		if (buf_adds(b, i > 0 ? ",\n " : "\n ") == -1 || add_object(t, i, columns, b) == -1)
			return -1;
	return buf_adds(b, t->n > 0 ? "\n]\n" : "]\n");
}
