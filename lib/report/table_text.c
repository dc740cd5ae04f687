#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "report/cell.h"
#include "report/table.h"
#include "report/wrap.h"

/* Between two columns. */
#define GAP 2
/* What a long text is worth beside its row: where it would have to be narrower than this it stands below. */
#define TEXT_WANTED 32
/* As narrow as columns are made: a long text that is not the last, while that will do; a name that can still be told
 * from others; any. */
#define TEXT_LEAST 16
#define NAME_LEAST 8
#define ANY_LEAST 1
/* Lines of one row's long text: some 600 characters on 80 columns, so that none pushes the others off the screen. */
#define TEXT_LINES 8
/* How far it is moved in there, on a terminal that has room for that. */
#define INDENT 4
/* A cell's text: every byte of a message an escape. */
#define CELL_MOST (8U * BOUND_MESSAGE)

/* A column as it will stand in text. */
struct column {
	const char *title;
	char kind; /* lower case */
	bool optional, shown;
	bool number; /* all its cells are: they are aligned on the right */
	bool empty;  /* all its cells are */
	size_t cell; /* which of a row's */
	size_t width;
};

/* A table on its way to text. */
struct drawing {
	const struct table *t;
	struct column *c;
	size_t columns;
	size_t cells;        /* of a row */
	struct column *text; /* the long text that is wrapped: the last column, if it is one; NULL: none */
	bool below;          /* it stands below its row, and its column is not shown */
	size_t indent;       /* where its lines begin */
	struct buf cell;     /* the one at hand */
};

static bool
has_text(const char *cell)
{
	return cell != NULL && cell[0] != '\0';
}

static bool
is_number(const char *cell)
{
	return isdigit((unsigned char)cell[cell[0] == '-']) != 0;
}

/* How wide the column's widest cell is, and whether all are numbers. */
static int
measure(struct drawing *d, struct column *c)
{
	const struct table *t = d->t;
	size_t i, wide;

	c->width = strlen(c->title);
	c->number = c->kind == 'j';
	c->empty = true;
	for (i = c->cell; i < t->n; i += d->cells) {
		buf_clear(&d->cell);
		if (cell_text(&d->cell, c->kind, t->cells[i], t->now_ms) == -1)
			return -1;
		wide = cell_width(buf_text(&d->cell), d->cell.len);
		if (wide > c->width)
			c->width = wide;
		if (t->cells[i] != NULL && !is_number(t->cells[i]))
			c->number = false;
		if (has_text(t->cells[i]))
			c->empty = false;
	}
	return 0;
}

/* Which of a row's cells has that name; there is one, or the view is wrong. */
static size_t
find_cell(const struct table *t, const char *name)
{
	size_t i = 0;

	while (t->columns[i].name != NULL && strcmp(t->columns[i].name, name) != 0)
		i++;
	return i;
}

static int
set_column(struct drawing *d, const char *title, char kind, size_t cell)
{
	struct column *c = &d->c[d->columns++];

	c->title = title;
	c->kind = (char)tolower((unsigned char)kind);
	c->optional = c->kind != kind;
	c->shown = true;
	c->cell = cell;
	return measure(d, c);
}

static int
set_columns(struct drawing *d)
{
	const struct table_column *column;
	const struct table_view *view;

	if (d->t->view == NULL) {
		for (column = d->t->columns; column->name != NULL; column++)
			if (set_column(d, column->name, column->kind, (size_t)(column - d->t->columns)) == -1)
				return -1;
	} else {
		for (view = d->t->view; view->title != NULL; view++)
			if (set_column(d, view->title, view->kind,
			        find_cell(d->t, view->name != NULL ? view->name : view->title)) == -1)
				return -1;
	}
	if (d->columns > 0 && d->c[d->columns - 1].kind == 't')
		d->text = &d->c[d->columns - 1];
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

/* Takes from the widest (the last of them) of these kinds again and again, until all fits or none is above least. */
static void
shrink(struct drawing *d, const char *kinds, size_t least)
{
	struct column *c, *widest;

	while (total_width(d, false) > d->t->width) {
		widest = NULL;
		for (c = d->c; c < d->c + d->columns; c++)
			if (c->shown && strchr(kinds, c->kind) != NULL && c->width > least &&
			    (widest == NULL || c->width >= widest->width))
				widest = c;
		if (widest == NULL)
			return;
		widest->width--;
	}
}

static void
fit(struct drawing *d)
{
	size_t width = d->t->width, i;

	if (d->text != NULL && total_width(d, true) > width) {
		d->below = true;
		d->text->shown = false;
		d->indent = width > 4 * INDENT ? INDENT : 0;
		d->text->width = width - d->indent;
	}
	for (i = d->columns; i > 0 && total_width(d, true) > width; i--)
		if (d->c[i - 1].optional)
			d->c[i - 1].shown = false;
	shrink(d, "t", TEXT_LEAST);
	shrink(d, "sc", NAME_LEAST);
	/* A number that is cut would be another one. */
	for (i = d->columns; i > 1 && total_width(d, false) > width; i--)
		if (strchr("jwa", d->c[i - 1].kind) != NULL)
			d->c[i - 1].shown = false;
	shrink(d, "stcwaj", ANY_LEAST);
	if (d->text != NULL && d->text->shown)
		d->indent = total_width(d, false) - d->text->width;
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

/* The long text at hand, which a line was begun for if it does not stand below: that line's end, and further ones. */
static int
add_text(struct drawing *d, struct buf *b)
{
	size_t at, n, lines;

	for (at = 0, lines = 0; at < d->cell.len; at += n, lines++) {
		if ((d->below || lines > 0) && (buf_addc(b, '\n') == -1 || add_blanks(b, d->indent) == -1))
			return -1;
		if (lines + 1 == TEXT_LINES && cell_cut(&d->cell, at, d->text->width) == -1)
			return -1;
		n = wrap_line(d->cell.at + at, d->cell.len - at, d->text->width);
		if (buf_add(b, d->cell.at + at, n) == -1)
			return -1;
		while (d->cell.at[at + n] == ' ')
			n++;
	}
	return 0;
}

/* The text of a row's cell, or with row NULL of the column's title, is at hand afterwards. */
static int
take_cell(struct drawing *d, const struct column *c, char *const *row)
{
	buf_clear(&d->cell);
	return row != NULL ? cell_text(&d->cell, c->kind, row[c->cell], d->t->now_ms) : buf_adds(&d->cell, c->title);
}

/* One row, or with NULL the columns' titles. */
static int
add_row(struct drawing *d, char *const *row, struct buf *b)
{
	const struct column *c, *last = d->c + d->columns - 1;
	const char *color;

	while (last > d->c && !last->shown)
		last--;
	for (c = d->c; c <= last; c++) {
		if (!c->shown)
			continue;
		color = row != NULL && row[c->cell] != NULL && c->kind == 'c' && d->t->color ? cell_color(row[c->cell])
		                                                                             : NULL;
		if (take_cell(d, c, row) == -1 ||
		    (c == d->text && d->t->width > 0 ? add_text(d, b) : add_cell(d, c, color, c == last, b)) == -1)
			return -1;
	}
	if (d->below && (row != NULL ? has_text(row[d->text->cell]) : !d->text->empty) &&
	    (take_cell(d, d->text, row) == -1 || add_text(d, b) == -1))
		return -1;
	return buf_addc(b, '\n');
}

/* Which columns the terminal is too narrow for: nobody should think that they are not there. */
static int
add_left_out(struct drawing *d, struct buf *b)
{
	static const char where[] = "; --json has all";
	const struct column *c;
	size_t at;

	buf_clear(&d->cell);
	for (c = d->c; c < d->c + d->columns; c++)
		if (!c->shown && !(d->below && c == d->text) &&
		    buf_addf(&d->cell, "%s%s", d->cell.len == 0 ? "left out: " : ", ", c->title) == -1)
			return -1;
	if (d->cell.len == 0)
		return 0;
	if (d->cell.len + strlen(where) > d->t->width) {
		/* Neither that nor a name is to be cut. */
		for (at = d->cell.len;
		     at > 0 && (d->cell.at[at] != ',' || at + strlen(", .") + strlen(where) > d->t->width); at--)
			continue;
		d->cell.len = at;
		if (buf_adds(&d->cell, at > 0 ? ", …" : "…") == -1)
			return -1;
	}
	if (buf_adds(&d->cell, where) == -1 || cell_cut(&d->cell, 0, d->t->width) == -1)
		return -1;
	return buf_addf(b, "%s%s%s\n", d->t->color ? CELL_DIM : "", buf_text(&d->cell), d->t->color ? CELL_PLAIN : "");
}

int
table_text(const struct table *t, struct buf *b)
{
	struct drawing d = { .t = t };
	size_t i, views = 0;
	int ret = -1;

	if (t->failed)
		return -1;
	if (t->n == 0 && t->empty != NULL)
		return buf_addf(b, "%s\n", t->empty);
	while (t->columns[d.cells].name != NULL)
		d.cells++;
	while (t->view != NULL && t->view[views].title != NULL)
		views++;
	buf_init(&d.cell, CELL_MOST);
	if ((d.c = calloc(d.cells + views + 1, sizeof(*d.c))) == NULL || set_columns(&d) == -1)
		goto out;
	if (t->width > 0)
		fit(&d);
	if (add_row(&d, NULL, b) == -1)
		goto out;
	for (i = 0; i < t->n; i += d.cells)
		if (add_row(&d, t->cells + i, b) == -1)
			goto out;
	ret = add_left_out(&d, b);
out:
	buf_release(&d.cell);
	free(d.c);
	return ret;
}
