#include "store/items.h"

#include <string.h>
#include <time.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "json/value.h"

static const enum sql_id lists[] = {
	[ITEMS_PARKED] = SQL_ITEMS_PARKED,
	[ITEMS_FAILED] = SQL_ITEMS_FAILED,
	[ITEMS_APPLIED] = SQL_ITEMS_APPLIED,
	[ITEMS_ACKED] = SQL_ITEMS_ACKED,
};

static const enum sql_id counts[] = {
	[ITEMS_PARKED] = SQL_ITEMS_COUNT_PARKED,
	[ITEMS_FAILED] = SQL_ITEMS_COUNT_FAILED,
	[ITEMS_APPLIED] = SQL_ITEMS_COUNT_APPLIED,
};

/* Binds ?1 to ?3; the ids as a JSON array in *ids, which must outlive the statement. 0 or -1. */
static int
bind_choice(sqlite3_stmt *st, const struct items_choice *choice, struct buf *ids, struct err *e)
{
	sqlite3_bind_int64(st, 1, choice->job_type);
	db_text(st, 3, choice->group);
	return choice->n_clients == 0 ? 0 : db_words(st, 2, choice->clients, choice->n_clients, ids, e);
}

static int
take_rows(struct db *db, sqlite3_stmt *st, items_fn *fn, void *arg, struct err *e)
{
	struct items_row row;
	int got;

	while ((got = db_step(db, st, e)) == 1) {
		row = (struct items_row){
			.client = (const char *)sqlite3_column_text(st, 0),
			.group = (const char *)sqlite3_column_text(st, 1),
			.id = (const char *)sqlite3_column_text(st, 2),
			.id_len = (size_t)sqlite3_column_bytes(st, 2),
			.version = (const char *)sqlite3_column_text(st, 3),
			.version_len = (size_t)sqlite3_column_bytes(st, 3),
			.quoted = sqlite3_column_int(st, 4) != 0,
			.state = (const char *)sqlite3_column_text(st, 5),
			.attempts = sqlite3_column_int64(st, 6),
			.run = sqlite3_column_int64(st, 7),
			.at = (const char *)sqlite3_column_text(st, 8),
			.stage = (const char *)sqlite3_column_text(st, 9),
			.code = (const char *)sqlite3_column_text(st, 10),
			.message = (const char *)sqlite3_column_text(st, 11),
		};
		if (fn(arg, &row, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}

int
items_list(struct db *db, enum items_state state, const struct items_choice *choice, int64_t limit, items_fn *fn,
    void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, lists[state], e);
	struct buf ids;
	int ret;

	if (st == NULL)
		return -1;
	buf_init(&ids, BOUND_CONFIG_BYTES);
	db_text(st, 4, choice->since);
	sqlite3_bind_int64(st, 5, limit);
	ret = bind_choice(st, choice, &ids, e);
	if (ret == 0)
		ret = take_rows(db, st, fn, arg, e);
	sqlite3_clear_bindings(st);
	buf_release(&ids);
	return ret;
}

static int
count_one(void *arg, const struct items_row *row, struct err *e)
{
	(void)row;
	(void)e;
	++*(int64_t *)arg;
	return 0;
}

int
items_count(struct db *db, enum items_state state, const struct items_choice *choice, int64_t *n, struct err *e)
{
	sqlite3_stmt *st;
	struct buf ids;
	int ret;

	*n = 0;
	/* The indexes that know the rest do not hold the time. */
	if (choice->since != NULL)
		return items_list(db, state, choice, -1, count_one, n, e);
	if ((st = db_stmt(db, counts[state], e)) == NULL)
		return -1;
	buf_init(&ids, BOUND_CONFIG_BYTES);
	ret = bind_choice(st, choice, &ids, e);
	if (ret == 0 && (ret = db_step(db, st, e)) == 1) {
		*n = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
		ret = 0;
	}
	sqlite3_clear_bindings(st);
	buf_release(&ids);
	return ret;
}

int
items_of(struct db *db, int64_t job_type, const char *client, const char *group, const char *item, items_fn *fn,
    void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_ITEMS_OF, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, client);
	db_text(st, 3, group);
	db_text(st, 4, item);
	return take_rows(db, st, fn, arg, e);
}

int
items_groups(
    struct db *db, int64_t job_type, const char *client, const char *item, items_group_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_ITEMS_GROUPS, e);
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, client);
	db_text(st, 3, item);
	while ((got = db_step(db, st, e)) == 1) {
		if (fn(arg, (const char *)sqlite3_column_text(st, 0), e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}

/* The rest of an item's key behind the job type: client, group, id, version, quoted. */
#define KEY_PARTS 5
struct place {
	sqlite3_value *part[KEY_PARTS]; /* owned; NULL: before all there are */
};

static void
place_release(struct place *place)
{
	int i;

	for (i = 0; i < KEY_PARTS; i++)
		sqlite3_value_free(place->part[i]);
	*place = (struct place){ .part = { NULL } };
}

/* Binds the key from ?2 on. 0, or -1: no memory for a copy. */
static int
place_bind(sqlite3_stmt *st, const struct place *place, struct err *e)
{
	int i;

	for (i = 0; i < KEY_PARTS; i++)
		if (place->part[i] != NULL) {
			if (db_value(st, 2 + i, place->part[i], e) == -1)
				return -1;
		} else if (i + 1 < KEY_PARTS) {
			db_text(st, 2 + i, "");
		} else {
			sqlite3_bind_int(st, 2 + i, -1);
		}
	return 0;
}

/* Moves the place to the next item behind it: 1; 0 there is none; -1. */
static int
next_held(struct db *db, enum sql_id id, const struct items_held *held, struct place *place, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);
	int got, i;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, held->job_type);
	if (place_bind(st, place, e) == -1)
		return -1;
	db_text(st, 7, held->client);
	db_text(st, 8, held->group);
	db_text(st, 9, held->item);
	if ((got = db_step(db, st, e)) != 1)
		return got;
	place_release(place);
	for (i = 0; i < KEY_PARTS; i++)
		if ((place->part[i] = sqlite3_value_dup(sqlite3_column_value(st, i))) == NULL)
			got = err_memory(e);
	sqlite3_reset(st);
	return got;
}

static int
free_one(struct db *db, int64_t job_type, const struct place *place, const char *now, int64_t *n, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_ITEM_RETRY, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	if (place_bind(st, place, e) == -1)
		return -1;
	db_text(st, 7, now);
	if (db_run(db, st, e) == -1)
		return -1;
	*n += sqlite3_changes64(db->handle);
	return 0;
}

/* One transaction: 1 there may be more, 0 there is none, -1. */
static int
free_some(
    struct db *db, enum sql_id next, const struct items_held *held, struct place *place, int64_t *n, struct err *e)
{
	int64_t begun, changed = 0;
	char now[CLOCK_TEXT];
	int got;

	clock_text(clock_utc_ms(), now);
	if (db_begin(db, e) == -1)
		return -1;
	begun = clock_mono_ms();
	do {
		if ((got = next_held(db, next, held, place, e)) == 1 &&
		    free_one(db, held->job_type, place, now, &changed, e) == -1)
			got = -1;
	} while (got == 1 && clock_mono_ms() - begun < BOUND_BATCH_HOLD_MS);
	if (got == -1 || db_commit(db, e) == -1) {
		db_rollback(db);
		return -1;
	}
	*n += changed;
	return got;
}

int
items_retry(struct db *db, const struct items_held *held, int64_t *n, struct err *e)
{
	/* In this order: what was parked is then not met again among the failed. */
	static const enum sql_id passes[] = { SQL_ITEM_NEXT_FAILED, SQL_ITEM_NEXT_PARKED };
	static const struct timespec rest = { 0, BOUND_BATCH_REST_MS * 1000000L };
	struct place place = { .part = { NULL } };
	size_t i;
	int got = 0;

	*n = 0;
	for (i = 0; got == 0 && i < sizeof(passes) / sizeof(passes[0]); i++) {
		while ((got = free_some(db, passes[i], held, &place, n, e)) == 1)
			nanosleep(&rest, NULL);
		place_release(&place);
	}
	return got;
}
