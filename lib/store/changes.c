/* Debian's SQLite has the pre-update hook (SQLITE_ENABLE_PREUPDATE_HOOK); its header shows it only when asked. */
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include "store/changes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"

enum layer { ITEM, TRANSACTION, TOTAL, LAYERS };
enum operation { INSERTED, UPDATED, DELETED, OPERATIONS };

struct counted {
	char *name;
	int64_t n[LAYERS][OPERATIONS];
};

struct changes {
	struct db *db;
	struct counted *tables;
	size_t n, cap;
	struct rowdiff *rows;              /* of the item under way */
	struct rowdiff_lines *kept;        /* item by item, of the transaction */
	size_t items, n_kept, first, told; /* first: of kept, what is handed out next */
};

static bool
takes_rows(const struct changes *c)
{
	return c->told + c->n_kept - c->first < c->items;
}

static void
forget_kept(struct changes *c)
{
	for (; c->first < c->n_kept; c->first++)
		rowdiff_lines_release(&c->kept[c->first]);
	c->first = c->n_kept = 0;
}

static struct counted *
table_of(struct changes *c, const char *name)
{
	struct counted *t;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (strcmp(c->tables[i].name, name) == 0)
			return &c->tables[i];
	if ((t = array_room(c->tables, c->n, &c->cap, sizeof(*t))) == NULL)
		return NULL;
	c->tables = t;
	t += c->n;
	*t = (struct counted){ .name = strdup(name) };
	if (t->name == NULL)
		return NULL;
	c->n++;
	return t;
}

static void
on_change(void *arg, sqlite3 *db, int operation, const char *schema, const char *table, sqlite3_int64 before,
    sqlite3_int64 after)
{
	enum operation which = operation == SQLITE_INSERT ? INSERTED : operation == SQLITE_UPDATE ? UPDATED : DELETED;
	struct changes *c = arg;
	struct counted *t;

	if (strcmp(schema, "main") != 0 || strncasecmp(table, "APP_", 4) == 0 ||
	    (operation == SQLITE_UPDATE && rowdiff_is_same(db)))
		return;
	/* Without memory a count is short by some: no reason to fail a dry run. */
	if ((t = table_of(c, table)) != NULL)
		t->n[ITEM][which]++;
	if (takes_rows(c))
		rowdiff_take(c->rows, db, operation, table, operation == SQLITE_INSERT ? after : before);
}

struct changes *
changes_new(struct db *db, size_t items, struct err *e)
{
	struct changes *c = calloc(1, sizeof(*c));

	if (c == NULL || (c->kept = calloc(items + 1, sizeof(*c->kept))) == NULL) {
		free(c);
		err_memory(e);
		return NULL;
	}
	if ((c->rows = rowdiff_new(db, e)) == NULL) {
		free(c->kept);
		free(c);
		return NULL;
	}
	c->db = db;
	c->items = items;
	sqlite3_preupdate_hook(db->handle, on_change, c);
	return c;
}

void
changes_free(struct changes *c)
{
	size_t i;

	if (c == NULL)
		return;
	sqlite3_preupdate_hook(c->db->handle, NULL, NULL);
	forget_kept(c);
	rowdiff_free(c->rows);
	free(c->kept);
	for (i = 0; i < c->n; i++)
		free(c->tables[i].name);
	free(c->tables);
	free(c);
}

/* Moves a layer's counts into the one above it, or throws them away. */
static void
move(struct changes *c, enum layer from, int keep)
{
	size_t i;
	int op;

	for (i = 0; i < c->n; i++) {
		for (op = 0; op < OPERATIONS; op++) {
			if (keep)
				c->tables[i].n[from + 1][op] += c->tables[i].n[from][op];
			c->tables[i].n[from][op] = 0;
		}
	}
}

void
changes_keep(struct changes *c)
{
	move(c, ITEM, 1);
	/* Without memory the item is told without its rows. */
	if (takes_rows(c))
		(void)rowdiff_finish(c->rows, &c->kept[c->n_kept++]);
}

void
changes_drop(struct changes *c)
{
	move(c, ITEM, 0);
	rowdiff_clear(c->rows);
}

void
changes_settle(struct changes *c)
{
	move(c, TRANSACTION, 1);
}

void
changes_forget(struct changes *c)
{
	changes_drop(c);
	move(c, TRANSACTION, 0);
	forget_kept(c);
}

int
changes_item(struct changes *c, struct rowdiff_lines *lines)
{
	if (c->first == c->n_kept)
		return 0;
	*lines = c->kept[c->first++];
	c->told++;
	if (c->first == c->n_kept)
		c->first = c->n_kept = 0;
	return 1;
}

int
changes_table(const struct changes *c, size_t i, struct changes_table *out)
{
	if (i >= c->n)
		return 0;
	*out = (struct changes_table){
		.name = c->tables[i].name,
		.inserted = c->tables[i].n[TOTAL][INSERTED],
		.updated = c->tables[i].n[TOTAL][UPDATED],
		.deleted = c->tables[i].n[TOTAL][DELETED],
	};
	return 1;
}
