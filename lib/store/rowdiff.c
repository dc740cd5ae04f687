/* Debian's SQLite has the pre-update hook (SQLITE_ENABLE_PREUPDATE_HOOK); its header shows it only when asked. */
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include "store/rowdiff.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "base/buf.h"

struct column {
	char *table, *name;
	bool key;
};

/* One row's change; before is NULL for a new row, after for one that goes. */
struct row {
	const struct column *columns; /* of its table: the first of n */
	int n;
	int64_t rowid;
	sqlite3_value **before, **after;
};

struct rowdiff {
	struct column *columns; /* table by table, in the order in which a row holds them */
	size_t n_columns, cap;
	struct row rows[BOUND_DIFF_ROWS];
	size_t n, hidden;
};

static int
take_column(struct rowdiff *d, sqlite3_stmt *st)
{
	struct column *column = array_room(d->columns, d->n_columns, &d->cap, sizeof(*column));

	if (column == NULL)
		return -1;
	d->columns = column;
	column += d->n_columns++;
	*column = (struct column){
		.table = strdup((const char *)sqlite3_column_text(st, 0)),
		.name = strdup((const char *)sqlite3_column_text(st, 1)),
		.key = sqlite3_column_int(st, 2) > 0,
	};
	return column->table != NULL && column->name != NULL ? 0 : -1;
}

struct rowdiff *
rowdiff_new(struct db *db, struct err *e)
{
	struct rowdiff *d = calloc(1, sizeof(*d));
	sqlite3_stmt *st;
	int more;

	if (d == NULL) {
		err_memory(e);
		return NULL;
	}
	if ((st = db_stmt(db, SQL_TABLE_COLUMNS, e)) == NULL)
		goto fail;
	while ((more = db_step(db, st, e)) == 1) {
		if (take_column(d, st) == -1) {
			sqlite3_reset(st);
			err_memory(e);
			goto fail;
		}
	}
	if (more == 0)
		return d;
fail:
	rowdiff_free(d);
	return NULL;
}

static void
values_free(sqlite3_value **values, int n)
{
	int i;

	for (i = 0; values != NULL && i < n; i++)
		sqlite3_value_free(values[i]);
	free(values);
}

void
rowdiff_clear(struct rowdiff *d)
{
	for (; d->n > 0; d->n--) {
		values_free(d->rows[d->n - 1].before, d->rows[d->n - 1].n);
		values_free(d->rows[d->n - 1].after, d->rows[d->n - 1].n);
	}
	d->hidden = 0;
}

void
rowdiff_free(struct rowdiff *d)
{
	size_t i;

	if (d == NULL)
		return;
	rowdiff_clear(d);
	for (i = 0; i < d->n_columns; i++) {
		free(d->columns[i].table);
		free(d->columns[i].name);
	}
	free(d->columns);
	free(d);
}

/* The table's columns; false if it was made after we looked. */
static bool
find_columns(const struct rowdiff *d, const char *table, struct row *row)
{
	size_t i, n;

	for (i = 0; i < d->n_columns && strcmp(d->columns[i].table, table) != 0; i++)
		continue;
	for (n = i; n < d->n_columns && strcmp(d->columns[n].table, table) == 0; n++)
		continue;
	row->columns = d->columns + i;
	row->n = (int)(n - i);
	return row->n > 0;
}

static sqlite3_value **
copy_values(sqlite3 *handle, int n, int (*get)(sqlite3 *, int, sqlite3_value **))
{
	sqlite3_value **values = calloc((size_t)n, sizeof(sqlite3_value *)), *value;
	int i;

	for (i = 0; values != NULL && i < n; i++) {
		if (get(handle, i, &value) != SQLITE_OK || (values[i] = sqlite3_value_dup(value)) == NULL) {
			values_free(values, n);
			return NULL;
		}
	}
	return values;
}

static bool
same_value(sqlite3_value *a, sqlite3_value *b)
{
	int type = sqlite3_value_type(a);

	if (type != sqlite3_value_type(b))
		return false;
	if (type == SQLITE_INTEGER)
		return sqlite3_value_int64(a) == sqlite3_value_int64(b);
	if (type == SQLITE_FLOAT)
		return !(sqlite3_value_double(a) < sqlite3_value_double(b)) &&
		    !(sqlite3_value_double(a) > sqlite3_value_double(b));
	return sqlite3_value_bytes(a) == sqlite3_value_bytes(b) &&
	    (sqlite3_value_bytes(a) == 0 ||
	        memcmp(sqlite3_value_blob(a), sqlite3_value_blob(b), (size_t)sqlite3_value_bytes(a)) == 0);
}

static bool
same_values(sqlite3_value **a, sqlite3_value **b, int n)
{
	int i;

	for (i = 0; i < n && same_value(a[i], b[i]); i++)
		continue;
	return i == n;
}

bool
rowdiff_is_same(sqlite3 *handle)
{
	sqlite3_value *before, *after;
	int n = sqlite3_preupdate_count(handle), i;

	for (i = 0; i < n; i++)
		if (sqlite3_preupdate_old(handle, i, &before) != SQLITE_OK ||
		    sqlite3_preupdate_new(handle, i, &after) != SQLITE_OK || !same_value(before, after))
			return false;
	return true;
}

/* The change goes on from one that was taken before: both become one. True if it did. */
static bool
merge(struct rowdiff *d, const struct row *row)
{
	struct row *was;
	size_t i;

	for (i = d->n; row->before != NULL && i-- > 0;) {
		was = &d->rows[i];
		if (was->columns != row->columns || was->after == NULL || !same_values(was->after, row->before, row->n))
			continue;
		values_free(was->after, was->n);
		values_free(row->before, row->n);
		was->after = row->after;
		/* Made and deleted by the same item: nothing has changed. */
		if (was->before == NULL && was->after == NULL)
			memmove(was, was + 1, (--d->n - i) * sizeof(*was));
		return true;
	}
	return false;
}

void
rowdiff_take(struct rowdiff *d, sqlite3 *handle, int operation, const char *table, int64_t rowid)
{
	struct row row = { .rowid = rowid };

	if (!find_columns(d, table, &row))
		return;
	if (operation != SQLITE_INSERT)
		row.before = copy_values(handle, row.n, sqlite3_preupdate_old);
	if (operation != SQLITE_DELETE)
		row.after = copy_values(handle, row.n, sqlite3_preupdate_new);
	if ((operation == SQLITE_INSERT || row.before != NULL) && (operation == SQLITE_DELETE || row.after != NULL)) {
		if (merge(d, &row))
			return;
		if (d->n < BOUND_DIFF_ROWS) {
			d->rows[d->n++] = row;
			return;
		}
	}
	values_free(row.before, row.n);
	values_free(row.after, row.n);
	d->hidden++;
}

/* As SQL would have it written; long ones are cut. */
static int
add_value(struct buf *b, sqlite3_value *value)
{
	const unsigned char *text;
	int bytes, shown;

	switch (sqlite3_value_type(value)) {
	case SQLITE_NULL:
		return buf_adds(b, "NULL");
	case SQLITE_INTEGER:
		return buf_addf(b, "%lld", (long long)sqlite3_value_int64(value));
	case SQLITE_FLOAT:
		return buf_addf(b, "%.15g", sqlite3_value_double(value));
	case SQLITE_BLOB:
		return buf_addf(b, "a blob of %d bytes", sqlite3_value_bytes(value));
	default:
		if ((text = sqlite3_value_text(value)) == NULL)
			return -1;
		bytes = sqlite3_value_bytes(value);
		shown = bytes > BOUND_DIFF_VALUE ? BOUND_DIFF_VALUE : bytes;
		/* Not in the middle of a character. */
		while (shown < bytes && shown > 0 && (text[shown] & 0xc0) == 0x80)
			shown--;
		return buf_addf(b, "'%.*s%s'", shown, (const char *)text, shown < bytes ? "…" : "");
	}
}

/* "record id 7": by its primary key, or, for want of one, by its row's number. */
static int
add_name(struct buf *b, const struct row *row)
{
	sqlite3_value **values = row->before != NULL ? row->before : row->after;
	bool named = false;
	int i;

	if (buf_adds(b, row->columns[0].table) == -1)
		return -1;
	for (i = 0; i < row->n; i++) {
		if (!row->columns[i].key)
			continue;
		if (buf_addf(b, "%s %s ", named ? "," : "", row->columns[i].name) == -1 ||
		    add_value(b, values[i]) == -1)
			return -1;
		named = true;
	}
	return named ? 0 : buf_addf(b, " row %lld", (long long)row->rowid);
}

/* The columns that differ, or, of a row that comes or goes, those that hold something beside its key. */
static int
add_columns(struct buf *b, const struct row *row)
{
	const char *between = ": ";
	int i;

	for (i = 0; i < row->n; i++) {
		if (row->before != NULL && row->after != NULL) {
			if (same_value(row->before[i], row->after[i]))
				continue;
			if (buf_addf(b, "%s%s ", between, row->columns[i].name) == -1 ||
			    add_value(b, row->before[i]) == -1 || buf_adds(b, " -> ") == -1 ||
			    add_value(b, row->after[i]) == -1)
				return -1;
		} else {
			sqlite3_value *value = row->before != NULL ? row->before[i] : row->after[i];

			if (row->columns[i].key || sqlite3_value_type(value) == SQLITE_NULL)
				continue;
			if (buf_addf(b, "%s%s ", between, row->columns[i].name) == -1 || add_value(b, value) == -1)
				return -1;
		}
		between = ", ";
	}
	return 0;
}

int
rowdiff_finish(struct rowdiff *d, struct rowdiff_lines *lines)
{
	struct rowdiff_line *line;
	const struct row *row;
	struct buf b;
	size_t i;
	int ret = -1;

	*lines = (struct rowdiff_lines){ .hidden = d->hidden };
	buf_init(&b, BOUND_MESSAGE);
	if ((lines->at = calloc(d->n + 1, sizeof(*lines->at))) == NULL)
		goto out;
	for (i = 0; i < d->n; i++) {
		row = &d->rows[i];
		/* An UPDATE that wrote what was there already. */
		if (row->before != NULL && row->after != NULL && same_values(row->before, row->after, row->n))
			continue;
		buf_clear(&b);
		/* A row too wide for a message is cut there. */
		if (add_name(&b, row) == 0)
			(void)add_columns(&b, row);
		line = &lines->at[lines->n];
		line->operation = row->before == NULL ? "insert" : row->after == NULL ? "delete" : "update";
		if ((line->text = strdup(buf_text(&b))) == NULL)
			goto out;
		lines->n++;
	}
	ret = 0;
out:
	if (ret == -1)
		rowdiff_lines_release(lines);
	rowdiff_clear(d);
	buf_release(&b);
	return ret;
}

void
rowdiff_lines_release(struct rowdiff_lines *lines)
{
	size_t i;

	for (i = 0; lines->at != NULL && i < lines->n; i++)
		free(lines->at[i].text);
	free(lines->at);
	*lines = (struct rowdiff_lines){ 0 };
}
