#include "store/prune.h"

#include <string.h>
#include <time.h>

#include "base/bounds.h"
#include "base/clock.h"

/* Columns of the ledger's key behind JobType. */
#define KEY_COLUMNS 5

void
prune_tally_add(struct prune_tally *sum, const struct prune_tally *part)
{
	sum->runs += part->runs;
	sum->requests += part->requests;
	sum->exceptions += part->exceptions;
	sum->alerts += part->alerts;
	sum->items += part->items;
	sum->kept_runs += part->kept_runs;
	sum->kept_items += part->kept_items;
}

static bool
is_stopped(const struct prune *p)
{
	return p->signal != NULL && *p->signal != 0;
}

/* As a run does: as long as the lock was held, at most so long, it is left to whoever else waits for it. */
static int
let_go(struct prune *p, struct err *e)
{
	int64_t now, held;

	if (sqlite3_get_autocommit(p->db->handle) != 0)
		return 0;
	if (db_commit(p->db, e) == -1)
		return -1;
	now = clock_mono_ms();
	held = now - p->held_since_ms;
	p->free_until_ms = now + (held < BOUND_BATCH_REST_MS ? held : BOUND_BATCH_REST_MS);
	return 0;
}

/* Before each piece of work: the write lock, but never for long. 0, 1 stopped, -1. */
static int
hold(struct prune *p, struct err *e)
{
	struct timespec nap = { 0, 0 };
	int64_t left;

	if (sqlite3_get_autocommit(p->db->handle) == 0) {
		if (clock_mono_ms() - p->held_since_ms < BOUND_BATCH_HOLD_MS)
			return 0;
		if (let_go(p, e) == -1)
			return -1;
	}
	if (is_stopped(p))
		return 1;
	if ((left = p->free_until_ms - clock_mono_ms()) > 0) {
		nap.tv_nsec = left * 1000000;
		nanosleep(&nap, NULL);
	}
	if (db_begin(p->db, e) == -1)
		return -1;
	p->held_since_ms = clock_mono_ms();
	return 0;
}

int
prune_next_job(struct db *db, int64_t after, int64_t *job_type, char **name, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_PRUNE_JOB, e);
	const char *text;
	int got;

	*name = NULL;
	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, after);
	if ((got = db_step(db, st, e)) != 1)
		return got == 0 ? 1 : -1;
	*job_type = sqlite3_column_int64(st, 0);
	text = (const char *)sqlite3_column_text(st, 1);
	got = text != NULL && (*name = strdup(text)) == NULL ? err_memory(e) : 0;
	sqlite3_reset(st);
	return got;
}

/* The one number that a query gives whose first parameter is a number, and whose second, if any, a text. 0 or -1. */
static int
read_number(struct db *db, enum sql_id id, int64_t first, const char *second, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, first);
	if (second != NULL)
		db_text(st, 2, second);
	if (db_step(db, st, e) != 1)
		return -1;
	*out = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}

/* One of the statements that delete at most so many rows at once, until none is left: 0, 1 stopped, -1. */
static int
delete_rows(struct prune *p, enum sql_id id, int64_t first, const char *second, int64_t *n, struct err *e)
{
	sqlite3_stmt *st;
	int got, changed = BOUND_PRUNE_ROWS;

	while (changed == BOUND_PRUNE_ROWS) {
		if ((got = hold(p, e)) != 0)
			return got;
		if ((st = db_stmt(p->db, id, e)) == NULL)
			return -1;
		sqlite3_bind_int64(st, 1, first);
		if (second != NULL)
			db_text(st, 2, second);
		sqlite3_bind_int(st, second != NULL ? 3 : 2, BOUND_PRUNE_ROWS);
		if (db_run(p->db, st, e) == -1)
			return -1;
		changed = sqlite3_changes(p->db->handle);
		*n += changed;
	}
	return 0;
}

/* A run and its rows; those first and in pieces, since a run may have very many. */
static int
delete_run(struct prune *p, int64_t run, struct prune_tally *t, struct err *e)
{
	sqlite3_stmt *st;
	int got;

	if ((got = delete_rows(p, SQL_PRUNE_EXCEPTIONS, run, NULL, &t->exceptions, e)) != 0 ||
	    (got = delete_rows(p, SQL_PRUNE_REQUESTS, run, NULL, &t->requests, e)) != 0 || (got = hold(p, e)) != 0)
		return got;
	if ((st = db_stmt(p->db, SQL_PRUNE_RUN, e)) == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, run);
	return db_run(p->db, st, e);
}

static int
count_run(struct prune *p, int64_t run, struct prune_tally *t, struct err *e)
{
	int64_t requests, exceptions;

	if (is_stopped(p))
		return 1;
	if (read_number(p->db, SQL_PRUNE_COUNT_REQUESTS, run, NULL, &requests, e) == -1 ||
	    read_number(p->db, SQL_PRUNE_COUNT_EXCEPTIONS, run, NULL, &exceptions, e) == -1)
		return -1;
	t->requests += requests;
	t->exceptions += exceptions;
	return 0;
}

/* Up to so many old runs behind this one, by number: how many, or -1. */
static int
old_runs(
    struct db *db, int64_t job_type, int64_t after, const char *before, int64_t runs[BOUND_PRUNE_RUNS], struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_PRUNE_RUNS, e);
	int got, n = 0;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	sqlite3_bind_int64(st, 2, after);
	db_text(st, 3, before);
	sqlite3_bind_int(st, 4, BOUND_PRUNE_RUNS);
	while ((got = db_step(db, st, e)) == 1)
		runs[n++] = sqlite3_column_int64(st, 0);
	return got == 0 ? n : -1;
}

static int
prune_runs(struct prune *p, int64_t job_type, const char *before, struct prune_tally *t, struct err *e)
{
	int64_t runs[BOUND_PRUNE_RUNS], after = 0;
	int got, i, n = BOUND_PRUNE_RUNS;

	while (n == BOUND_PRUNE_RUNS) {
		/* The list is made while nobody waits for us. */
		if (let_go(p, e) == -1 || (n = old_runs(p->db, job_type, after, before, runs, e)) == -1)
			return -1;
		for (i = 0; i < n; i++, t->runs++)
			if ((got = p->count_only ? count_run(p, runs[i], t, e) : delete_run(p, runs[i], t, e)) != 0)
				return got;
		after = n > 0 ? runs[n - 1] : after;
	}
	return 0;
}

static int
prune_alerts(struct prune *p, int64_t job_type, const char *before, struct prune_tally *t, struct err *e)
{
	int64_t n;

	/* Counted first: without any, nobody is made to wait. */
	if (read_number(p->db, SQL_PRUNE_COUNT_ALERTS, job_type, before, &n, e) == -1)
		return -1;
	if (!p->count_only && n > 0)
		return delete_rows(p, SQL_PRUNE_ALERTS, job_type, before, &t->alerts, e);
	t->alerts += n;
	return 0;
}

int
prune_logs(struct prune *p, int64_t job_type, const char *before, struct prune_tally *t, struct err *e)
{
	struct prune_tally part = { 0 };
	int64_t all;
	int ret = prune_runs(p, job_type, before, &part, e);

	if (ret == 0)
		ret = prune_alerts(p, job_type, before, &part, e);
	/* Stopped or not, what was deleted whole is to stay so. */
	if (ret != -1 && let_go(p, e) == -1)
		ret = -1;
	if (ret != -1 && read_number(p->db, SQL_PRUNE_COUNT_RUNS, job_type, NULL, &all, e) == -1)
		ret = -1;
	if (ret != -1)
		part.kept_runs = p->count_only ? all - part.runs : all;
	db_rollback(p->db);
	prune_tally_add(t, &part);
	return ret;
}

/* Where a page of the ledger begins (not in it) and ends (in it). */
struct page {
	sqlite3_value *from[KEY_COLUMNS],
	    *to[KEY_COLUMNS]; /* owned; NULL in from: the ledger's start; in to: its end */
};

static void
key_release(sqlite3_value **key)
{
	int i;

	for (i = 0; i < KEY_COLUMNS; i++) {
		sqlite3_value_free(key[i]);
		key[i] = NULL;
	}
}

/* In SQLite's order every text comes before every blob; '' and -1 come before every key. 0 or -1. */
static int
bind_key(sqlite3_stmt *st, int at, sqlite3_value *const *key, bool is_end, struct err *e)
{
	int i;

	for (i = 0; i < KEY_COLUMNS; i++) {
		if (key[i] != NULL) {
			if (db_value(st, at + i, key[i], e) == -1)
				return -1;
		} else if (is_end) {
			sqlite3_bind_zeroblob(st, at + i, 0);
		} else if (i < KEY_COLUMNS - 1) {
			db_text(st, at + i, "");
		} else {
			sqlite3_bind_int(st, at + i, -1);
		}
	}
	return 0;
}

/* Goes on to the next page: 1 it is the last, 0, -1. */
static int
turn_page(struct db *db, int64_t job_type, struct page *page, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_PRUNE_ITEMS_TO, e);
	int got, i;

	if (st == NULL)
		return -1;
	key_release(page->from);
	for (i = 0; i < KEY_COLUMNS; i++) {
		page->from[i] = page->to[i];
		page->to[i] = NULL;
	}
	sqlite3_bind_int64(st, 1, job_type);
	if (bind_key(st, 2, page->from, false, e) == -1)
		return -1;
	sqlite3_bind_int(st, 7, BOUND_PRUNE_ITEMS - 1);
	if ((got = db_step(db, st, e)) != 1)
		return got == 0 ? 1 : -1;
	for (i = 0; i < KEY_COLUMNS; i++)
		if ((page->to[i] = sqlite3_value_dup(sqlite3_column_value(st, i))) == NULL)
			got = err_memory(e);
	sqlite3_reset(st);
	return got == 1 ? 0 : -1;
}

/* A statement on this page, bound. NULL with e. */
static sqlite3_stmt *
on_page(struct db *db, enum sql_id id, int64_t job_type, const struct page *page, const char *before, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);

	if (st == NULL)
		return NULL;
	sqlite3_bind_int64(st, 1, job_type);
	if (bind_key(st, 2, page->from, false, e) == -1 || bind_key(st, 2 + KEY_COLUMNS, page->to, true, e) == -1)
		return NULL;
	db_text(st, 2 + 2 * KEY_COLUMNS, before);
	return st;
}

/* Looks first: a page without old items costs nobody the write lock. 0, 1 stopped, -1. */
static int
prune_page(struct prune *p, int64_t job_type, const struct page *page, const char *before, struct prune_tally *t,
    struct err *e)
{
	sqlite3_stmt *st;
	int64_t all, old;
	int got;

	if (is_stopped(p))
		return 1;
	if ((st = on_page(p->db, SQL_PRUNE_COUNT_ITEMS, job_type, page, before, e)) == NULL ||
	    db_step(p->db, st, e) != 1)
		return -1;
	all = sqlite3_column_int64(st, 0);
	old = sqlite3_column_int64(st, 1);
	sqlite3_reset(st);
	if (!p->count_only && old > 0) {
		if ((got = hold(p, e)) != 0)
			return got;
		if ((st = on_page(p->db, SQL_PRUNE_ITEMS, job_type, page, before, e)) == NULL ||
		    db_run(p->db, st, e) == -1)
			return -1;
		old = sqlite3_changes(p->db->handle);
		if (let_go(p, e) == -1)
			return -1;
	}
	t->items += old;
	t->kept_items += all - old;
	return 0;
}

int
prune_items(struct prune *p, int64_t job_type, const char *before, struct prune_tally *t, struct err *e)
{
	struct page page = { { NULL }, { NULL } };
	int last = 0, ret = 0;

	while (last == 0 && ret == 0)
		if ((last = turn_page(p->db, job_type, &page, e)) != -1)
			ret = prune_page(p, job_type, &page, before, t, e);
	db_rollback(p->db);
	key_release(page.from);
	key_release(page.to);
	return last == -1 ? -1 : ret;
}

void
prune_checkpoint(struct db *db)
{
	sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}
