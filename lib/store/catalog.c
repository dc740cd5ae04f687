#include "store/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/clock.h"
#include "store/named.h"

/* The longest list that catalog_list knows has seven columns. */
#define CELLS_MOST 16

/* A copy of a text cell that is never NULL in *out: 0, or -1 no memory. */
static int
copy_cell(sqlite3_stmt *st, int column, char **out)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	*out = text != NULL ? strdup(text) : NULL;
	return *out == NULL ? -1 : 0;
}

int
catalog_system(struct db *db, const char *name, char **definition, struct err *e)
{
	return named_get(db, SQL_SYSTEM_GET, name, definition, e);
}

int
catalog_system_set(struct db *db, const char *name, const char *definition, int *existed, struct err *e)
{
	return named_set(db, SQL_SYSTEM_GET, SQL_SYSTEM_SET, name, definition, existed, e);
}

void
catalog_job_release(struct catalog_job *job)
{
	free(job->name);
	free(job->definition);
	free(job->rules);
	free(job->stage);
	free(job->installed_at);
	free(job->stage_at);
	free(job->stage_note);
	*job = (struct catalog_job){ 0 };
}

/* Binds a word as a job type's number if it is one in its one spelling ("1", not "01" or " 1"). */
static void
bind_number(sqlite3_stmt *st, int at, const char *word)
{
	char again[24];
	const char *wrong;
	long long number = strtonum(word, INT64_MIN, INT64_MAX, &wrong);

	snprintf(again, sizeof(again), "%lld", number);
	if (wrong == NULL && strcmp(again, word) == 0)
		sqlite3_bind_int64(st, at, number);
}

int
catalog_job(struct db *db, const char *job, struct catalog_job *out, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_JOB_GET, e);
	int got;

	*out = (struct catalog_job){ 0 };
	if (st == NULL)
		return -1;
	bind_number(st, 1, job);
	db_text(st, 2, job);
	if ((got = db_step(db, st, e)) != 1)
		return got == 0 ? 1 : -1;
	out->type = sqlite3_column_int64(st, 0);
	out->version = sqlite3_column_int64(st, 1);
	got = copy_cell(st, 2, &out->name) == -1 || copy_cell(st, 3, &out->definition) == -1 ||
	        copy_cell(st, 4, &out->rules) == -1 || copy_cell(st, 5, &out->stage) == -1 ||
	        copy_cell(st, 6, &out->installed_at) == -1 || copy_cell(st, 7, &out->stage_at) == -1 ||
	        (sqlite3_column_type(st, 8) != SQLITE_NULL && copy_cell(st, 8, &out->stage_note) == -1)
	    ? -1
	    : 0;
	if (got == -1) {
		catalog_job_release(out);
		err_memory(e);
	}
	sqlite3_reset(st);
	return got;
}

int
catalog_free_type(struct db *db, int64_t *type, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_JOB_FREE, e);

	if (st == NULL || db_step(db, st, e) == -1)
		return -1;
	*type = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}

/* Number and name belong together for ever: runs, keys and crontabs know a job type by either. */
static int
refuse_rival(struct db *db, const struct catalog_job *job, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_JOB_RIVAL, e);
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job->type);
	db_text(st, 2, job->name);
	if ((got = db_step(db, st, e)) == 1) {
		got = err_set(e, ERR_CONFIG, "job_taken", "job type %lld is already installed as %s: choose another %s",
		    (long long)sqlite3_column_int64(st, 0), (const char *)sqlite3_column_text(st, 1),
		    sqlite3_column_int64(st, 0) == job->type ? "JobType, or that Name" : "Name, or that JobType");
		sqlite3_reset(st);
	}
	return got;
}

static int
put_job(struct db *db, const struct catalog_job *job, int64_t *version, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_JOB_PUT, e);
	char now[CLOCK_TEXT];

	if (st == NULL)
		return -1;
	clock_text(clock_utc_ms(), now);
	sqlite3_bind_int64(st, 1, job->type);
	db_text(st, 2, job->name);
	db_text(st, 3, job->definition);
	db_text(st, 4, job->rules);
	db_text(st, 5, job->stage);
	db_text(st, 6, job->installed_at != NULL ? job->installed_at : now);
	if (db_step(db, st, e) != 1)
		return -1;
	*version = sqlite3_column_int64(st, 0);
	/* To its end: only there is a statement with RETURNING done. */
	return db_run(db, st, e);
}

static int
install(struct db *db, const struct catalog_job *job, int64_t *version, int *changed, struct err *e)
{
	struct catalog_job before;
	char number[24];
	int got;

	snprintf(number, sizeof(number), "%lld", (long long)job->type);
	if (refuse_rival(db, job, e) == -1 || (got = catalog_job(db, number, &before, e)) == -1)
		return -1;
	*changed = got == 1 || before.type != job->type || strcmp(before.definition, job->definition) != 0 ||
	    strcmp(before.rules, job->rules) != 0;
	*version = before.version;
	catalog_job_release(&before);
	return *changed ? put_job(db, job, version, e) : 0;
}

int
catalog_job_install(struct db *db, const struct catalog_job *job, int64_t *version, int *changed, struct err *e)
{
	bool own = sqlite3_get_autocommit(db->handle) != 0;

	if (own && db_begin(db, e) == -1)
		return -1;
	if (install(db, job, version, changed, e) == 0 && (!own || db_commit(db, e) == 0))
		return 0;
	if (own)
		db_rollback(db);
	return -1;
}

bool
catalog_is_pilot(const struct catalog_job *job)
{
	return job->stage != NULL && strcmp(job->stage, "pilot") == 0;
}

int
catalog_stage(struct db *db, int64_t job_type, const char *stage, const char *at, const char *note, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_JOB_STAGE, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, stage);
	db_text(st, 3, at);
	db_text(st, 4, note);
	return db_run(db, st, e);
}

int
catalog_stage_anew(struct db *db, int64_t job_type, const char *stage, const char *at, int *changed, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_JOB_STAGE_ANEW, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, stage);
	db_text(st, 3, at);
	if (db_run(db, st, e) == -1)
		return -1;
	*changed = sqlite3_changes(db->handle) > 0;
	return 0;
}

int
catalog_rows(struct db *db, int64_t job_type, catalog_row_fn *fn, void *arg, int64_t *rows, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_CONFIG_ROWS, e);
	struct catalog_row row;
	int got;

	*rows = 0;
	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	while ((got = db_step(db, st, e)) == 1) {
		row.id = sqlite3_column_int64(st, 0);
		row.route = (const char *)sqlite3_column_text(st, 1);
		row.configuration = (const char *)sqlite3_column_text(st, 2);
		row.configuration_len = (size_t)sqlite3_column_bytes(st, 2);
		row.user = (const char *)sqlite3_column_text(st, 3);
		++*rows;
		if (fn(arg, &row, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}

/* A number wants memory to be read as text, and without it is none any more. */
static int
take_cells(sqlite3_stmt *st, int n, const char **cells, struct err *e)
{
	bool null;
	int i;

	for (i = 0; i < n; i++) {
		null = sqlite3_column_type(st, i) == SQLITE_NULL;
		cells[i] = (const char *)sqlite3_column_text(st, i);
		if (cells[i] == NULL && !null)
			return err_memory(e);
	}
	return 0;
}

int
catalog_list(struct db *db, enum sql_id list, catalog_cells_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, list, e);
	const char *cells[CELLS_MOST];
	int got, n;

	if (st == NULL)
		return -1;
	n = sqlite3_column_count(st);
	if (n > CELLS_MOST)
		return err_set(e, ERR_INTERNAL, "internal", "%s: more than %d columns", sql_what(list), CELLS_MOST);
	while ((got = db_step(db, st, e)) == 1) {
		if (take_cells(st, n, cells, e) == -1 || fn(arg, n, cells, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}
