#include "store/history.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/bounds.h"
#include "store/row.h"

static void
release_row(struct history_row *row)
{
	free(row->job);
	free(row->client);
	free(row->group);
	free(row->started_at);
	free(row->finished_at);
	free(row->status);
	free(row->host);
	free(row->message);
}

void
history_release(struct history *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		release_row(&h->at[i]);
	free(h->at);
	*h = (struct history){ 0 };
}

/* Both kinds of statements have the same columns. */
static int
take_row(struct history *h, sqlite3_stmt *st)
{
	struct history_row *row = array_room(h->at, h->n, &h->cap, sizeof(*row));

	if (row == NULL)
		return -1;
	h->at = row;
	row += h->n++;
	*row = (struct history_row){
		.run = sqlite3_column_int64(st, 0),
		.job_type = sqlite3_column_int64(st, 1),
		.job = row_text(st, 2),
		.client = row_text(st, 3),
		.group = row_text(st, 4),
		.started_at = row_text(st, 5),
		.finished_at = row_text(st, 6),
		.status = row_text(st, 7),
		.host = row_text(st, 8),
		.message = row_text(st, 9),
		.exit_code = row_number_or(st, 10, -1),
		.pid = row_number_or(st, 11, -1),
		.key = row_number_or(st, 12, -1),
		.user = row_number_or(st, 13, -1),
		.clients = row_number_or(st, 14, -1),
		.skipped = row_number_or(st, 15, -1),
		.http_status = row_number_or(st, 16, -1),
		.requests = row_number_or(st, 17, -1),
		.bytes = row_number_or(st, 18, -1),
		.duration_ms = row_number_or(st, 19, -1),
		.tally = row_tally(st, 20),
	};
	return row_own(&row->job) | row_own(&row->client) | row_own(&row->group) | row_own(&row->started_at) |
	    row_own(&row->finished_at) | row_own(&row->status) | row_own(&row->host) | row_own(&row->message);
}

static int
read_rows(struct db *db, enum sql_id id, const struct history_choice *choice, struct history *h, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);
	struct buf ids;
	int got = 0;

	if (st == NULL)
		return -1;
	buf_init(&ids, BOUND_CONFIG_BYTES);
	db_text(st, 1, choice->since != NULL ? choice->since : "");
	sqlite3_bind_int64(st, 2, choice->job_type);
	if (choice->n_clients > 0)
		got = db_words(st, 3, choice->clients, choice->n_clients, &ids, e);
	db_text(st, 4, choice->group);
	sqlite3_bind_int64(st, 5, choice->run);
	sqlite3_bind_int64(st, 6, choice->limit);
	while (got != -1 && (got = db_step(db, st, e)) == 1) {
		if (take_row(h, st) == -1) {
			sqlite3_reset(st);
			got = err_memory(e);
		}
	}
	/* The ids are the statement's until it is bound anew. */
	sqlite3_clear_bindings(st);
	buf_release(&ids);
	return got;
}

int
history_runs(struct db *db, const struct history_choice *choice, struct history *h, struct err *e)
{
	return read_rows(db, choice->run != 0 ? SQL_HISTORY_RUN : SQL_HISTORY_RUNS, choice, h, e);
}

/* A run's, some clients', or else all: each by its own index. */
int
history_visits(struct db *db, const struct history_choice *choice, struct history *h, struct err *e)
{
	if (choice->run != 0)
		return read_rows(db, SQL_HISTORY_VISITS_RUN, choice, h, e);
	return read_rows(db, choice->n_clients > 0 ? SQL_HISTORY_VISITS_CLIENTS : SQL_HISTORY_VISITS, choice, h, e);
}
