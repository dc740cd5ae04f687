#include "store/recent.h"

#include <bsd/string.h>

#include "base/bounds.h"
#include "base/clock.h"

static const char *
cell(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text != NULL ? text : "";
}

int
recent_runs(struct db *db, int64_t job_type, struct recent_run *runs, size_t most, size_t *n, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_RECENT_RUNS, e);
	struct recent_run *run;
	int got;

	*n = 0;
	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	sqlite3_bind_int64(st, 2, (int64_t)most);
	while ((got = db_step(db, st, e)) == 1) {
		run = &runs[*n];
		run->id = sqlite3_column_int64(st, 0);
		strlcpy(run->status, cell(st, 2), sizeof(run->status));
		run->duration_ms = sqlite3_column_int64(st, 3);
		if (clock_parse(cell(st, 1), &run->started_ms) == 0)
			++*n;
	}
	return got;
}

/* The time in the first row's only column: 0; 1 there is none; -1. */
static int
read_time(struct db *db, sqlite3_stmt *st, int64_t *utc_ms, struct err *e)
{
	int got = db_step(db, st, e);

	if (got != 1)
		return got == 0 ? 1 : -1;
	got = clock_parse(cell(st, 0), utc_ms) == 0 ? 0 : 1;
	sqlite3_reset(st);
	return got;
}

static sqlite3_stmt *
of_client(struct db *db, enum sql_id id, int64_t job_type, const char *client, const char *group, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);

	if (st == NULL)
		return NULL;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, client);
	db_text(st, 3, group);
	return st;
}

int
recent_first_visit(
    struct db *db, int64_t job_type, const char *client, const char *group, int64_t *utc_ms, struct err *e)
{
	sqlite3_stmt *st = of_client(db, SQL_RECENT_FIRST_VISIT, job_type, client, group, e);

	return st == NULL ? -1 : read_time(db, st, utc_ms, e);
}

int
recent_oldest_owed(
    struct db *db, int64_t job_type, const char *client, const char *group, int64_t *utc_ms, struct err *e)
{
	sqlite3_stmt *st = of_client(db, SQL_RECENT_OLDEST_OWED, job_type, client, group, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int(st, 4, BOUND_OWED_AGED);
	return read_time(db, st, utc_ms, e);
}
