#include "report/table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "base/escape.h"
#include "json/value.h"
#include "report/cell.h"

/* Between two columns. */
#define GAP 2
/* What a long text is worth: rather than make it narrower than this, optional columns are left out. */
#define TEXT_WANTED 32
/* As narrow as columns are made: a long text, while that will do; a name that can still be told from others; any. */
#define TEXT_LEAST 16
#define NAME_LEAST 8
#define ANY_LEAST 1
/* A cell's text: every byte of a message an escape. */
#define CELL_MOST (8U * BOUND_MESSAGE)

/* A column as it will stand in text. */
struct column {
	const char *name;
	char kind; /* lower case */
	bool optional, shown;
	bool number; /* all its cells are: they are aligned on the right */
	size_t width;
};

/* A table on its way to text. */
struct drawing {
	const struct table *t;
	struct column *c;
	size_t columns;
	struct buf cell; /* the one at hand */
};

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

static bool
is_number(const char *cell)
{
	return isdigit((unsigned char)cell[cell[0] == '-']) != 0;
}

/* How wide the column's widest cell is, and whether all are numbers. */
static int
measure(struct drawing *d, size_t at)
{
	const struct table *t = d->t;
	struct column *c = &d->c[at];
	size_t i, wide;

	c->width = strlen(c->name);
	c->number = c->kind == 'j';
	for (i = at; i < t->n; i += d->columns) {
		buf_clear(&d->cell);
		if (cell_text(&d->cell, c->kind, t->cells[i], t->now_ms) == -1)
			return -1;
		wide = cell_width(buf_text(&d->cell), d->cell.len);
		if (wide > c->width)
			c->width = wide;
		if (t->cells[i] != NULL && !is_number(t->cells[i]))
			c->number = false;
	}
	return 0;
}

static int
set_columns(struct drawing *d)
{
	struct column *c;
	size_t i;

	for (i = 0; i < d->columns; i++) {
		c = &d->c[i];
		c->name = d->t->columns[i].name;
		c->kind = (char)tolower((unsigned char)d->t->columns[i].kind);
		c->optional = c->kind != d->t->columns[i].kind;
		c->shown = true;
		if (measure(d, i) == -1)
			return -1;
	}
	return 0;
}

/* With long texts as wide as they are, or no wider than they must be. */
static size_t
total_width(const struct drawing *d, bool narrow)
{
	const struct column *c;
	size_t total = 0;

	for (c = d->c; c < d->c + d->columns; c++)
		if (c->shown)
			total += (narrow && c->kind == 't' && c->width > TEXT_WANTED ? TEXT_WANTED : c->width) + GAP;
	return total > 0 ? total - GAP : 0;
}

/* Takes from the widest column of these kinds again and again, until all fits or none is wider than least. */
static void
shrink(struct drawing *d, const char *kinds, size_t least)
{
	struct column *c, *widest;

	while (total_width(d, false) > d->t->width) {
		widest = NULL;
		for (c = d->c; c < d->c + d->columns; c++)
			if (c->shown && strchr(kinds, c->kind) != NULL && c->width > least &&
			    (widest == NULL || c->width > widest->width))
				widest = c;
		if (widest == NULL)
			return;
		widest->width--;
	}
}

static void
fit(struct drawing *d)
{
	size_t i;

	for (i = d->columns; i > 0 && total_width(d, true) > d->t->width; i--)
		if (d->c[i - 1].optional)
			d->c[i - 1].shown = false;
	shrink(d, "t", TEXT_LEAST);
	shrink(d, "sc", NAME_LEAST);
	shrink(d, "stcwaj", ANY_LEAST);
}

static int
add_blanks(struct buf *b, size_t n)
{
	for (; n > 0; n--)
		if (buf_addc(b, ' ') == -1)
			return -1;
	return 0;
}

/* The cell at hand with what stands between it and the next: cut, aligned, coloured. */
static int
add_cell(struct drawing *d, const struct column *c, const char *color, bool last, struct buf *b)
{
	size_t blanks;

	if (cell_cut(&d->cell, 0, c->width) == -1)
		return -1;
	blanks = c->width - cell_width(buf_text(&d->cell), d->cell.len);
	if (c->number && add_blanks(b, blanks) == -1)
		return -1;
	if ((color != NULL && buf_adds(b, color) == -1) || buf_adds(b, buf_text(&d->cell)) == -1 ||
	    (color != NULL && buf_adds(b, CELL_PLAIN) == -1))
		return -1;
	return last ? 0 : add_blanks(b, c->number ? GAP : blanks + GAP);
}

/* One line: the cells given, or the columns' names for NULL. */
static int
add_line(struct drawing *d, char *const *cells, struct buf *b)
{
	const struct column *c, *last = d->c + d->columns - 1;
	const char *cell, *color;

	while (last > d->c && !last->shown)
		last--;
	for (c = d->c; c <= last; c++) {
		if (!c->shown)
			continue;
		cell = cells != NULL ? cells[c - d->c] : c->name;
		color = cells != NULL && cell != NULL && c->kind == 'c' && d->t->color ? cell_color(cell) : NULL;
		buf_clear(&d->cell);
		if (cell_text(&d->cell, cells != NULL ? c->kind : 's', cell, d->t->now_ms) == -1 ||
		    add_cell(d, c, color, c == last, b) == -1)
			return -1;
	}
	return buf_addc(b, '\n');
}

/* Which columns the terminal is too narrow for: nobody should think that they are not there. */
static int
add_left_out(struct drawing *d, struct buf *b)
{
	static const char where[] = "; --json has all";
	const struct column *c;

	buf_clear(&d->cell);
	for (c = d->c; c < d->c + d->columns; c++)
		if (!c->shown && buf_addf(&d->cell, "%s%s", d->cell.len == 0 ? "left out: " : ", ", c->name) == -1)
			return -1;
	if (d->cell.len == 0)
		return 0;
	/* Where to find them is not to be cut. */
	if (cell_cut(&d->cell, 0, d->t->width > 2 * strlen(where) ? d->t->width - strlen(where) : 1) == -1 ||
	    buf_adds(&d->cell, where) == -1 || cell_cut(&d->cell, 0, d->t->width) == -1)
		return -1;
	return buf_addf(b, "%s%s%s\n", d->t->color ? CELL_DIM : "", buf_text(&d->cell), d->t->color ? CELL_PLAIN : "");
}

int
table_text(const struct table *t, struct buf *b)
{
	struct drawing d = { .t = t, .columns = count_columns(t) };
	size_t i;
	int ret = -1;

	if (t->failed)
		return -1;
	if (t->n == 0 && t->empty != NULL)
		return buf_addf(b, "%s\n", t->empty);
	buf_init(&d.cell, CELL_MOST);
	if ((d.c = calloc(d.columns + 1, sizeof(*d.c))) == NULL || set_columns(&d) == -1)
		goto out;
	if (t->width > 0)
		fit(&d);
	if (add_line(&d, NULL, b) == -1)
		goto out;
	for (i = 0; i < t->n; i += d.columns)
		if (add_line(&d, t->cells + i, b) == -1)
			goto out;
	ret = add_left_out(&d, b);
out:
	buf_release(&d.cell);
	free(d.c);
	return ret;
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
	if (cell == NULL)
		return buf_adds(b, "null");
	return strchr("jJ", column->kind) != NULL ? buf_adds(b, cell) : add_string(cell, b);
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
