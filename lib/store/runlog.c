#include "store/runlog.h"

#include "base/clock.h"

void
tally_add(struct tally *sum, const struct tally *part)
{
	sum->received += part->received;
	sum->processed += part->processed;
	sum->duplicates += part->duplicates;
	sum->errors += part->errors;
	sum->parked += part->parked;
	sum->acked += part->acked;
	sum->owed += part->owed;
}

int
tally_balances(const struct tally *t)
{
	return t->received == t->processed + t->duplicates + t->errors + t->parked;
}

/* Seven parameters in the order of the columns, the first at from. */
static void
bind_tally(sqlite3_stmt *st, int from, const struct tally *t)
{
	sqlite3_bind_int64(st, from, t->received);
	sqlite3_bind_int64(st, from + 1, t->processed);
	sqlite3_bind_int64(st, from + 2, t->duplicates);
	sqlite3_bind_int64(st, from + 3, t->errors);
	sqlite3_bind_int64(st, from + 4, t->parked);
	sqlite3_bind_int64(st, from + 5, t->acked);
	sqlite3_bind_int64(st, from + 6, t->owed);
}

int
runlog_heal(struct db *db, int64_t job_type, const char *now, int64_t *n, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_RUN_HEAL, e);

	*n = 0;
	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, now);
	if (db_run(db, st, e) == -1)
		return -1;
	*n = sqlite3_changes64(db->handle);
	return 0;
}

int
runlog_is_open(struct db *db, int64_t job_type, int64_t run, bool *open, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_RUN_IS_OPEN, e);
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, run);
	sqlite3_bind_int64(st, 2, job_type);
	got = db_step(db, st, e);
	*open = got == 1;
	if (got == 1)
		sqlite3_reset(st);
	return got == -1 ? -1 : 0;
}

int
runlog_begin(struct db *db, struct runlog_run *run, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_RUN_BEGIN, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, run->job_type);
	db_text(st, 2, run->started_at);
	db_text(st, 3, run->host);
	sqlite3_bind_int64(st, 4, run->pid);
	sqlite3_bind_int64(st, 5, run->key_id);
	sqlite3_bind_int64(st, 6, run->user_id);
	if (db_run(db, st, e) == -1)
		return -1;
	run->id = sqlite3_last_insert_rowid(db->handle);
	return 0;
}

int
runlog_end(struct db *db, const struct runlog_run *run, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_RUN_END, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, run->id);
	db_text(st, 2, run->finished_at);
	db_text(st, 3, run->status);
	sqlite3_bind_int(st, 4, run->exit_code);
	sqlite3_bind_int64(st, 5, run->clients);
	sqlite3_bind_int64(st, 6, run->skipped);
	sqlite3_bind_int64(st, 7, run->duration_ms);
	bind_tally(st, 8, &run->tally);
	return db_run(db, st, e);
}

int
runlog_request(struct db *db, const struct runlog_request *row, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_REQUEST_ADD, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, row->run);
	sqlite3_bind_int64(st, 2, row->job_type);
	db_text(st, 3, row->client);
	db_text(st, 4, row->group);
	db_text(st, 5, row->started_at);
	sqlite3_bind_int64(st, 6, row->duration_ms);
	db_text(st, 7, row->status);
	sqlite3_bind_int64(st, 8, row->http_status);
	sqlite3_bind_int64(st, 9, row->requests);
	sqlite3_bind_int64(st, 10, row->bytes);
	db_text(st, 11, row->message);
	bind_tally(st, 12, &row->tally);
	return db_run(db, st, e);
}

int
runlog_unusable(struct db *db, const struct runlog_request *row, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_REQUEST_ADD_UNUSABLE, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, row->job_type);
	db_text(st, 2, row->client);
	db_text(st, 3, row->group);
	sqlite3_bind_int64(st, 4, row->run);
	db_text(st, 5, row->started_at);
	db_text(st, 6, row->message);
	return db_run(db, st, e);
}

int
runlog_exception(struct db *db, const struct runlog_exception *row, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_EXCEPTION_ADD, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, row->run);
	sqlite3_bind_int64(st, 2, row->job_type);
	db_text(st, 3, row->at);
	db_text(st, 4, row->client);
	db_text(st, 5, row->group);
	db_bytes(st, 6, row->item, row->item_len);
	db_text(st, 7, row->stage);
	db_text(st, 8, row->code);
	db_text(st, 9, row->message);
	sqlite3_bind_int64(st, 10, row->attempt);
	return db_run(db, st, e);
}

int
runlog_deaths(struct db *db, const struct runlog_exception *item, int64_t *n, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_RUN_DEATHS, e);

	*n = 0;
	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, item->job_type);
	db_text(st, 2, item->client);
	db_text(st, 3, item->group);
	db_bytes(st, 4, item->item, item->item_len);
	if (db_step(db, st, e) != 1)
		return -1;
	*n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}

int
runlog_last_success(
    struct db *db, int64_t job_type, const char *client, const char *group, int64_t *utc_ms, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_REQUEST_LAST_SUCCESS, e);
	const char *at;
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, client);
	db_text(st, 3, group);
	if ((got = db_step(db, st, e)) != 1)
		return got == 0 ? 1 : -1;
	at = (const char *)sqlite3_column_text(st, 0);
	/* A stamp that someone mangled by hand: the client then counts as due, the harmless side. */
	got = at != NULL && clock_parse(at, utc_ms) == 0 ? 0 : 1;
	sqlite3_reset(st);
	return got;
}

int
runlog_cycles(struct db *db, const struct runlog_request *client, const char *since, int most, runlog_cycle_fn *fn,
    void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_REQUEST_CYCLES, e);
	struct runlog_request row = *client;
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, client->job_type);
	db_text(st, 2, client->client);
	db_text(st, 3, client->group);
	db_text(st, 4, since);
	sqlite3_bind_int(st, 5, most);
	while ((got = db_step(db, st, e)) == 1) {
		row.run = sqlite3_column_int64(st, 0);
		row.started_at = (const char *)sqlite3_column_text(st, 1);
		row.status = (const char *)sqlite3_column_text(st, 2);
		row.tally.received = sqlite3_column_int64(st, 3);
		row.tally.processed = sqlite3_column_int64(st, 4);
		row.tally.errors = sqlite3_column_int64(st, 5);
		if (fn(arg, &row, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}
