#include "store/alerts.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "base/buf.h"

static void
alert_free(struct alert *a)
{
	free(a->job);
	free(a->client);
	free(a->group);
	free(a->kind);
	free(a->message);
	free(a->opened_at);
	free(a->reminded_at);
	free(a->resolved_at);
}

void
alert_list_release(struct alert_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		alert_free(&list->at[i]);
	free(list->at);
	*list = (struct alert_list){ 0 };
}

/* Replaces a borrowed text by a copy; NULL stays. 0 or -1. */
static int
own(char **text)
{
	return *text == NULL || (*text = strdup(*text)) != NULL ? 0 : -1;
}

struct alert *
alert_list_add(struct alert_list *list, const struct alert *from, struct err *e)
{
	struct alert *a = array_room(list->at, list->n, &list->cap, sizeof(*a));

	if (a == NULL) {
		err_memory(e);
		return NULL;
	}
	list->at = a;
	a += list->n;
	*a = *from;
	if ((own(&a->job) | own(&a->client) | own(&a->group) | own(&a->kind) | own(&a->message) | own(&a->opened_at) |
	        own(&a->reminded_at) | own(&a->resolved_at)) == -1) {
		alert_free(a);
		err_memory(e);
		return NULL;
	}
	list->n++;
	return a;
}

/* Borrowed until the next step; not const, since the list's copies are owned. */
static char *
cell(sqlite3_stmt *st, int column)
{
	return (char *)(uintptr_t)sqlite3_column_text(st, column);
}

/* The rows of either query: their columns are the same. */
static int
read_rows(struct db *db, sqlite3_stmt *st, struct alert_list *list, struct err *e)
{
	struct alert a;
	int got;

	while ((got = db_step(db, st, e)) == 1) {
		a = (struct alert){
			.id = sqlite3_column_int64(st, 0),
			.job_type = sqlite3_column_int64(st, 1),
			.run = sqlite3_column_int64(st, 2),
			.job = cell(st, 3),
			.client = cell(st, 4),
			.group = cell(st, 5),
			.kind = cell(st, 6),
			.message = cell(st, 7),
			.opened_at = cell(st, 8),
			.reminded_at = cell(st, 9),
			.resolved_at = cell(st, 10),
		};
		if (alert_list_add(list, &a, e) == NULL) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}

int
alerts_read_open(struct db *db, int64_t job_type, struct alert_list *list, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_ALERT_ALL_OPEN, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	return read_rows(db, st, list, e);
}

int
alerts_read(struct db *db, const struct alert_choice *choice, struct alert_list *list, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_ALERT_LIST, e);
	struct buf ids;
	int ret = -1;

	if (st == NULL)
		return -1;
	buf_init(&ids, BOUND_CLIENTS_BYTES);
	sqlite3_bind_int64(st, 1, choice->job_type);
	db_text(st, 3, choice->group);
	db_text(st, 4, choice->since);
	sqlite3_bind_int(st, 5, choice->resolved);
	sqlite3_bind_int64(st, 6, choice->most);
	if (choice->n_clients == 0 || db_words(st, 2, choice->clients, choice->n_clients, &ids, e) == 0)
		ret = read_rows(db, st, list, e);
	buf_release(&ids);
	return ret;
}

/* Did the statement find its row as it was? 0 or 1; -1. */
static int
run_once(struct db *db, sqlite3_stmt *st, struct err *e)
{
	if (db_run(db, st, e) == -1)
		return -1;
	return sqlite3_changes64(db->handle) > 0 ? 0 : 1;
}

static int
open_new(struct db *db, struct alert *a, const char *now, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_ALERT_OPEN, e);
	int ret;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, a->job_type);
	db_text(st, 2, a->client);
	db_text(st, 3, a->group);
	db_text(st, 4, a->kind);
	db_text(st, 5, a->message);
	sqlite3_bind_int64(st, 6, a->run);
	db_text(st, 7, now);
	if ((ret = run_once(db, st, e)) == 0)
		a->id = sqlite3_last_insert_rowid(db->handle);
	return ret;
}

static bool
is(const struct alert *a, const char *change)
{
	return a->change != NULL && strcmp(a->change, change) == 0;
}

int
alerts_write(struct db *db, struct alert *alert, const char *now, struct err *e)
{
	sqlite3_stmt *st;

	if (alert->change == NULL && !alert->reworded)
		return 0;
	if (is(alert, ALERT_OPENED))
		return open_new(db, alert, now, e);
	if ((st = db_stmt(db, SQL_ALERT_CHANGE, e)) == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, alert->id);
	db_text(st, 2, alert->message);
	db_text(st, 3, is(alert, ALERT_REMINDED) ? now : NULL);
	db_text(st, 4, is(alert, ALERT_RESOLVED) ? now : NULL);
	db_text(st, 5, alert->reminded_at);
	return run_once(db, st, e);
}
