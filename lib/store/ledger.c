#include "store/ledger_parts.h"

#include <string.h>

static const char *const state_names[] = {
	[LEDGER_APPLIED] = "applied",
	[LEDGER_ACKED] = "acked",
	[LEDGER_FAILED] = "failed",
	[LEDGER_PARKED] = "parked",
};

enum ledger_state
ledger_state_of(const char *name)
{
	int state;

	for (state = LEDGER_APPLIED; state < LEDGER_PARKED; state++)
		if (name != NULL && strcmp(state_names[state], name) == 0)
			break;
	/* The table's check allows no fifth. */
	return (enum ledger_state)state;
}

void
ledger_bind_client(sqlite3_stmt *st, const struct ledger_client *c)
{
	sqlite3_bind_int64(st, 1, c->job_type);
	db_text(st, 2, c->id);
	db_text(st, 3, c->group);
}

void
ledger_bind_item(sqlite3_stmt *st, const struct ledger_client *c, const struct ledger_key *key)
{
	ledger_bind_client(st, c);
	/* An empty text without a pointer would be bound as NULL, and match nothing. */
	db_bytes(st, 4, key->id_len > 0 ? key->id : "", key->id_len);
	db_bytes(st, 5, key->version_len > 0 ? key->version : "", key->version_len);
	sqlite3_bind_int(st, 6, key->quoted);
}

static void
take_state(sqlite3_stmt *st, int column, struct ledger_row *row)
{
	row->state = ledger_state_of((const char *)sqlite3_column_text(st, column));
	row->attempts = sqlite3_column_int64(st, column + 1);
	row->run = sqlite3_column_int64(st, column + 2);
}

int
ledger_find(
    struct db *db, const struct ledger_client *c, const struct ledger_key *key, struct ledger_row *row, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_LEDGER_FIND, e);
	int got;

	*row = (struct ledger_row){ .state = LEDGER_NEW };
	if (st == NULL)
		return -1;
	ledger_bind_item(st, c, key);
	if ((got = db_step(db, st, e)) != 1)
		return got;
	take_state(st, 0, row);
	sqlite3_reset(st);
	return 0;
}

int
ledger_put(struct db *db, const struct ledger_client *c, const struct ledger_key *key, enum ledger_state state,
    int64_t attempts, int64_t run, const char *at, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_LEDGER_PUT, e);

	if (st == NULL)
		return -1;
	ledger_bind_item(st, c, key);
	db_text(st, 7, state_names[state]);
	sqlite3_bind_int64(st, 8, attempts);
	sqlite3_bind_int64(st, 9, run);
	db_text(st, 10, at);
	return db_run(db, st, e);
}

struct ledger_key
ledger_key_of(sqlite3_stmt *st)
{
	return (struct ledger_key){
		.id = (const char *)sqlite3_column_text(st, 0),
		.id_len = (size_t)sqlite3_column_bytes(st, 0),
		.version = (const char *)sqlite3_column_text(st, 1),
		.version_len = (size_t)sqlite3_column_bytes(st, 1),
		.quoted = sqlite3_column_int(st, 2) != 0,
	};
}

static int
compare_texts(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t both = a_len < b_len ? a_len : b_len;
	int sign = both == 0 ? 0 : memcmp(a, b, both);

	return sign != 0 ? sign : (a_len > b_len) - (a_len < b_len);
}

int
ledger_compare(const struct ledger_key *a, const struct ledger_key *b)
{
	int sign = compare_texts(a->id, a->id_len, b->id, b->id_len);

	if (sign == 0)
		sign = compare_texts(a->version, a->version_len, b->version, b->version_len);
	return sign != 0 ? sign : a->quoted - b->quoted;
}

bool
ledger_fits(const struct ledger_key *key)
{
	return key->id_len <= BOUND_ITEM_ID && key->version_len <= BOUND_ITEM_ID;
}

/* A copy whose texts are in bytes. */
static struct ledger_key
copy_key(const struct ledger_key *key, char bytes[2 * BOUND_ITEM_ID])
{
	struct ledger_key copy = *key;

	if (key->id_len > 0)
		memcpy(bytes, key->id, key->id_len);
	if (key->version_len > 0)
		memcpy(bytes + key->id_len, key->version, key->version_len);
	copy.id = bytes;
	copy.version = bytes + key->id_len;
	return copy;
}

static bool
in_gap(const struct ledger_gap *gap, const struct ledger_client *c, const struct ledger_key *key)
{
	return gap->client == c && ledger_fits(key) && ledger_compare(&gap->from, key) < 0 &&
	    (gap->to_end || ledger_compare(key, &gap->to) < 0);
}

int
ledger_look(struct db *db, const struct ledger_client *c, const struct ledger_key *key, struct ledger_gap *gap,
    struct ledger_row *row, struct err *e)
{
	sqlite3_stmt *st;
	struct ledger_key next;
	int got;

	*row = (struct ledger_row){ .state = LEDGER_NEW };
	if (in_gap(gap, c, key)) {
		gap->from = copy_key(key, gap->from_bytes);
		return 0;
	}
	if ((st = db_stmt(db, SQL_LEDGER_FROM, e)) == NULL)
		return -1;
	ledger_bind_item(st, c, key);
	if ((got = db_step(db, st, e)) == -1)
		return -1;
	next = got == 1 ? ledger_key_of(st) : (struct ledger_key){ 0 };
	if (got == 1 && ledger_compare(&next, key) == 0) {
		take_state(st, 3, row);
	} else if (ledger_fits(key) && ledger_fits(&next)) {
		gap->client = c;
		gap->from = copy_key(key, gap->from_bytes);
		gap->to = copy_key(&next, gap->to_bytes);
		gap->to_end = got == 0;
	}
	sqlite3_reset(st);
	return 0;
}

int
ledger_owe(struct db *db, const struct ledger_client *c, const struct ledger_key *key, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_LEDGER_OWE, e);

	if (st == NULL)
		return -1;
	ledger_bind_item(st, c, key);
	return db_run(db, st, e);
}

int
ledger_count_owed(struct db *db, const struct ledger_client *c, int64_t *n, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_LEDGER_COUNT_OWED, e);

	if (st == NULL)
		return -1;
	ledger_bind_client(st, c);
	if (db_step(db, st, e) == -1)
		return -1;
	*n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}
