#include "report/table.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/bounds.h"
#include "base/escape.h"

static size_t
count_columns(const struct table *t)
{
	size_t n = 0;

	while (t->columns[n].name != NULL)
		n++;
	return n;
}

int
table_row(struct table *t, const char *const *cells)
{
	size_t columns = count_columns(t), i, cap;
	char **grown;

	if (t->n + columns > t->cap) {
		cap = t->cap * 2 + columns * 16;
		if ((grown = reallocarray(t->cells, cap, sizeof(*grown))) == NULL)
			return -1;
		t->cells = grown;
		t->cap = cap;
	}
	for (i = 0; i < columns; i++) {
		t->cells[t->n] = NULL;
		if (cells[i] != NULL && (t->cells[t->n] = strdup(cells[i])) == NULL)
			return -1;
		t->n++;
	}
	return 0;
}

void
table_release(struct table *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){ .columns = t->columns };
}

/* Characters on a terminal: bytes that continue one do not count. */
static size_t
width(const char *text, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

static int
add_cell(struct buf *b, const char *cell, size_t to, int last)
{
	size_t from = b->len, wide;

	if (escape_line(b, cell, strlen(cell), BOUND_MESSAGE) == -1)
		return -1;
	for (wide = width(buf_text(b) + from, b->len - from); !last && wide < to + 2; wide++)
		if (buf_addc(b, ' ') == -1)
			return -1;
	return 0;
}

static int
widest(const struct table *t, size_t columns, size_t column, size_t *out)
{
	struct buf cell;
	size_t i, wide;
	int ret = 0;

	buf_init(&cell, 8 * BOUND_MESSAGE);
	*out = strlen(t->columns[column].name);
	for (i = column; i < t->n && ret == 0; i += columns) {
		buf_clear(&cell);
		ret = add_cell(&cell, t->cells[i] != NULL ? t->cells[i] : "-", 0, 1);
		wide = width(buf_text(&cell), cell.len);
		if (wide > *out)
			*out = wide;
	}
	buf_release(&cell);
	return ret;
}

/* One line: the cells given, or the columns' names for NULL. */
static int
add_line(const struct table *t, char *const *cells, const size_t *to, size_t columns, struct buf *b)
{
	const char *cell;
	size_t i;

	for (i = 0; i < columns; i++) {
		cell = cells == NULL ? t->columns[i].name : cells[i] != NULL ? cells[i] : "-";
		if (add_cell(b, cell, to[i], i + 1 == columns) == -1)
			return -1;
	}
	return buf_addc(b, '\n');
}

int
table_text(const struct table *t, struct buf *b)
{
	size_t columns = count_columns(t), *to = calloc(columns + 1, sizeof(*to)), i;
	int ret = -1;

	if (to == NULL)
		return -1;
	for (i = 0; i < columns; i++)
		if (widest(t, columns, i, &to[i]) == -1)
			goto out;
	if (add_line(t, NULL, to, columns, b) == -1)
		goto out;
	for (i = 0; i < t->n; i += columns)
		if (add_line(t, t->cells + i, to, columns, b) == -1)
			goto out;
	ret = 0;
out:
	free(to);
	return ret;
}

static int
add_value(cJSON *object, const struct table_column *column, const char *cell)
{
	cJSON *added;

	if (cell == NULL)
		added = cJSON_AddNullToObject(object, column->name);
	else if (column->kind == 'j')
		added = cJSON_AddRawToObject(object, column->name, cell);
	else
		added = cJSON_AddStringToObject(object, column->name, cell);
	return added != NULL ? 0 : -1;
}

/* Row by row, so that a long table is never held as a tree. */
static int
add_object(const struct table *t, size_t first, size_t columns, struct buf *b)
{
	cJSON *object = cJSON_CreateObject();
	char *text = NULL;
	size_t i;
	int ret = -1;

	if (object == NULL)
		return -1;
	for (i = 0; i < columns; i++)
		if (add_value(object, &t->columns[i], t->cells[first + i]) == -1)
			goto out;
	if ((text = cJSON_PrintUnformatted(object)) != NULL)
		ret = buf_adds(b, text);
out:
	cJSON_free(text);
	cJSON_Delete(object);
	return ret;
}

int
table_json(const struct table *t, struct buf *b)
{
	size_t columns = count_columns(t), i;

	if (buf_addc(b, '[') == -1)
		return -1;
	for (i = 0; i < t->n; i += columns)
		if (buf_adds(b, i > 0 ? ",\n " : "\n ") == -1 || add_object(t, i, columns, b) == -1)
			return -1;
	return buf_adds(b, t->n > 0 ? "\n]\n" : "]\n");
}
