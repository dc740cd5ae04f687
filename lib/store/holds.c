#include "store/holds.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static int
find(struct db *db, const struct hold *hold, int *existed, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_HOLD_FIND, e);
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, hold->job_type);
	db_text(st, 2, hold->client);
	db_text(st, 3, hold->group);
	if ((got = db_step(db, st, e)) == -1)
		return -1;
	*existed = got;
	sqlite3_reset(st);
	return 0;
}

int
holds_put(struct db *db, const struct hold *hold, int *existed, struct err *e)
{
	sqlite3_stmt *st;

	if (find(db, hold, existed, e) == -1 || (st = db_stmt(db, SQL_HOLD_PUT, e)) == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, hold->job_type);
	db_text(st, 2, hold->client);
	db_text(st, 3, hold->group);
	db_text(st, 4, hold->reason);
	db_text(st, 5, hold->held_at);
	sqlite3_bind_int64(st, 6, hold->user_id);
	return db_run(db, st, e);
}

int
holds_remove(struct db *db, int64_t job_type, const char *client, const char *group, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_HOLD_REMOVE, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, client);
	db_text(st, 3, group);
	if (db_run(db, st, e) == -1)
		return -1;
	return sqlite3_changes(db->handle) > 0 ? 0 : 1;
}

int
holds_read(struct db *db, int64_t job_type, holds_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_HOLD_ALL, e);
	struct hold hold = { .job_type = job_type };
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	while ((got = db_step(db, st, e)) == 1) {
		hold.client = (const char *)sqlite3_column_text(st, 0);
		hold.group = (const char *)sqlite3_column_text(st, 1);
		hold.reason = (const char *)sqlite3_column_text(st, 2);
		hold.held_at = (const char *)sqlite3_column_text(st, 3);
		hold.user_id = sqlite3_column_int64(st, 4);
		if (fn(arg, &hold, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}

/* Copies the text to *at, and moves that behind it. */
static const char *
put(char **at, const char *text)
{
	char *copy = *at;

	*at = stpcpy(copy, text) + 1;
	return copy;
}

static int
take(void *arg, const struct hold *hold, struct err *e)
{
	struct hold_list *list = arg;
	struct hold *at = array_room(list->at, list->n, &list->cap, sizeof(*at));
	char *text;

	if (at == NULL)
		return err_memory(e);
	list->at = at;
	/* One block, which begins with the client. */
	if ((text = malloc(strlen(hold->client) + strlen(hold->group) + strlen(hold->reason) + strlen(hold->held_at) +
	         4)) == NULL)
		return err_memory(e);
	at += list->n++;
	*at = *hold;
	at->client = put(&text, hold->client);
	at->group = put(&text, hold->group);
	at->reason = put(&text, hold->reason);
	at->held_at = put(&text, hold->held_at);
	return 0;
}

int
holds_load(struct hold_list *list, struct db *db, int64_t job_type, struct err *e)
{
	return holds_read(db, job_type, take, list, e);
}

static int
compare(const void *a, const void *b)
{
	const struct hold *x = a, *y = b;
	int order = strcmp(x->client, y->client);

	return order != 0 ? order : strcmp(x->group, y->group);
}

const struct hold *
holds_find(const struct hold_list *list, const char *client, const char *group)
{
	struct hold key = { .client = client, .group = group };

	return list->n > 0 ? bsearch(&key, list->at, list->n, sizeof(key), compare) : NULL;
}

void
holds_release(struct hold_list *list)
{
	while (list->n > 0)
		free((char *)list->at[--list->n].client);
	free(list->at);
	*list = (struct hold_list){ 0 };
}
