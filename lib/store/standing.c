#include "store/standing.h"

#include <stdlib.h>

#include "store/row.h"

int
standing_copy(struct standing *to, const struct standing *from, struct err *e)
{
	int bad;

	*to = *from;
	bad = row_own(&to->client) | row_own(&to->group) | row_own(&to->started_at) | row_own(&to->status) |
	    row_own(&to->message) | row_own(&to->last_success_at);
	if (bad == 0)
		return 0;
	standing_release(to);
	return err_memory(e);
}

void
standing_release(struct standing *s)
{
	free(s->client);
	free(s->group);
	free(s->started_at);
	free(s->status);
	free(s->message);
	free(s->last_success_at);
	*s = (struct standing){ 0 };
}

int
standing_jobs(struct db *db, int64_t job_type, standing_job_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_STANDING_JOBS, e);
	struct standing_job job;
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	while ((got = db_step(db, st, e)) == 1) {
		job = (struct standing_job){
			.type = sqlite3_column_int64(st, 0),
			.version = sqlite3_column_int64(st, 1),
			.name = row_text(st, 2),
			.stage = row_text(st, 3),
			.definition = row_text(st, 4),
		};
		if (fn(arg, &job, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}

int
standing_clients(struct db *db, int64_t job_type, standing_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_STANDING_CLIENTS, e);
	struct standing s;
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	while ((got = db_step(db, st, e)) == 1) {
		s = (struct standing){
			.client = row_text(st, 0),
			.group = row_text(st, 1),
			.run = sqlite3_column_int64(st, 2),
			.started_at = row_text(st, 3),
			.status = row_text(st, 4),
			.message = row_text(st, 5),
			.last_success_at = row_text(st, 6),
			.http_status = sqlite3_column_int64(st, 7),
			.duration_ms = sqlite3_column_int64(st, 8),
			.failures = sqlite3_column_int64(st, 9),
			.tally = row_tally(st, 10),
		};
		if (fn(arg, &s, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}

int
standing_items(struct db *db, int64_t job_type, bool owed, standing_items_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_STANDING_ITEMS, e);
	struct standing_items items;
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	sqlite3_bind_int(st, 2, owed);
	while ((got = db_step(db, st, e)) == 1) {
		items = (struct standing_items){
			.client = row_text(st, 0),
			.group = row_text(st, 1),
			.owed = sqlite3_column_int64(st, 2),
			.parked = sqlite3_column_int64(st, 3),
			.failed = sqlite3_column_int64(st, 4),
		};
		if (fn(arg, &items, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}

static int
read_run(struct db *db, enum sql_id id, int64_t job_type, struct standing_run *out, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);
	int got;

	*out = (struct standing_run){ 0 };
	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	if ((got = db_step(db, st, e)) != 1)
		return got == 0 ? 1 : -1;
	*out = (struct standing_run){
		.id = sqlite3_column_int64(st, 0),
		.started_at = row_text(st, 1),
		.finished_at = row_text(st, 2),
		.status = row_text(st, 3),
		.exit_code = row_number_or(st, 4, -1),
		.pid = row_number_or(st, 5, -1),
		.clients = sqlite3_column_int64(st, 6),
		.skipped = sqlite3_column_int64(st, 7),
		.duration_ms = row_number_or(st, 8, -1),
		.tally = row_tally(st, 9),
	};
	got = row_own(&out->started_at) | row_own(&out->finished_at) | row_own(&out->status);
	if (got == -1) {
		standing_run_release(out);
		err_memory(e);
	}
	sqlite3_reset(st);
	return got;
}

int
standing_run(struct db *db, int64_t job_type, struct standing_run *out, struct err *e)
{
	return read_run(db, SQL_STANDING_RUN, job_type, out, e);
}

int
standing_finished(struct db *db, int64_t job_type, struct standing_run *out, struct err *e)
{
	return read_run(db, SQL_STANDING_FINISHED, job_type, out, e);
}

void
standing_run_release(struct standing_run *run)
{
	free(run->started_at);
	free(run->finished_at);
	free(run->status);
	*run = (struct standing_run){ 0 };
}

/* The first row of a query of one number: 1 it is there, to be reset by the caller; 0; -1. */
static int
first_row(struct db *db, enum sql_id id, int64_t number, sqlite3_stmt **st, struct err *e)
{
	if ((*st = db_stmt(db, id, e)) == NULL)
		return -1;
	sqlite3_bind_int64(*st, 1, number);
	return db_step(db, *st, e);
}

int
standing_running(struct db *db, int64_t run, struct err *e)
{
	sqlite3_stmt *st;
	int got = first_row(db, SQL_STANDING_RUNNING, run, &st, e);

	if (got == 1)
		sqlite3_reset(st);
	return got;
}

int
standing_last_success(struct db *db, int64_t job_type, char **at, struct err *e)
{
	sqlite3_stmt *st;
	int got = first_row(db, SQL_STANDING_SUCCESS, job_type, &st, e);

	*at = NULL;
	if (got != 1)
		return got == 0 ? 1 : -1;
	*at = row_text(st, 0);
	got = row_own(at) == 0 ? 0 : err_memory(e);
	sqlite3_reset(st);
	return got;
}

int
standing_alerts(struct db *db, int64_t job_type, int64_t *n, struct err *e)
{
	sqlite3_stmt *st;

	if (first_row(db, SQL_STANDING_ALERTS, job_type, &st, e) != 1)
		return -1;
	*n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}
