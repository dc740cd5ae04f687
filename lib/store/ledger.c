#include "store/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"

static const char *const state_names[] = {
	[LEDGER_APPLIED] = "applied",
	[LEDGER_ACKED] = "acked",
	[LEDGER_FAILED] = "failed",
	[LEDGER_PARKED] = "parked",
};

static enum ledger_state
state_of(const char *name)
{
	int state;

	for (state = LEDGER_APPLIED; state < LEDGER_PARKED; state++)
		if (name != NULL && strcmp(state_names[state], name) == 0)
			break;
	/* The table's check allows no fifth. */
	return (enum ledger_state)state;
}

static void
bind_client(sqlite3_stmt *st, const struct ledger_client *c)
{
	sqlite3_bind_int64(st, 1, c->job_type);
	db_text(st, 2, c->id);
	db_text(st, 3, c->group);
}

void
ledger_bind_item(sqlite3_stmt *st, const struct ledger_client *c, const struct ledger_key *key)
{
	bind_client(st, c);
	/* An empty text without a pointer would be bound as NULL, and match nothing. */
	db_bytes(st, 4, key->id_len > 0 ? key->id : "", key->id_len);
	db_bytes(st, 5, key->version_len > 0 ? key->version : "", key->version_len);
	sqlite3_bind_int(st, 6, key->quoted);
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
	row->state = state_of((const char *)sqlite3_column_text(st, 0));
	row->attempts = sqlite3_column_int64(st, 1);
	row->run = sqlite3_column_int64(st, 2);
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

int
ledger_acked(struct db *db, const struct ledger_client *c, const struct ledger_key *key, const char *at, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_LEDGER_ACKED, e);

	if (st == NULL)
		return -1;
	ledger_bind_item(st, c, key);
	db_text(st, 7, at);
	return db_run(db, st, e);
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

	*n = 0;
	if (st == NULL)
		return -1;
	bind_client(st, c);
	if (db_step(db, st, e) == -1)
		return -1;
	*n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}

void
ledger_owed_release(struct ledger_owed *owed)
{
	free(owed->at);
	free(owed->bytes);
	*owed = (struct ledger_owed){ 0 };
}

/* Room for one more key of so many bytes: 0 or -1. The keys already there move along with their bytes. */
static int
make_room(struct ledger_owed *owed, size_t more)
{
	void *grown = array_room(owed->at, owed->n, &owed->cap, sizeof(*owed->at));
	size_t cap, i;

	if (grown == NULL)
		return -1;
	owed->at = grown;
	if (owed->bytes_cap - owed->bytes_len >= more)
		return 0;
	cap = owed->bytes_cap * 2 + more + 1024;
	if ((grown = malloc(cap)) == NULL)
		return -1;
	if (owed->bytes_len > 0)
		memcpy(grown, owed->bytes, owed->bytes_len);
	for (i = 0; i < owed->n; i++) {
		owed->at[i].id = (char *)grown + (owed->at[i].id - owed->bytes);
		owed->at[i].version = (char *)grown + (owed->at[i].version - owed->bytes);
	}
	free(owed->bytes);
	owed->bytes = grown;
	owed->bytes_cap = cap;
	return 0;
}

/* Copies one text cell behind the others. */
static const char *
take_bytes(struct ledger_owed *owed, const unsigned char *text, size_t len)
{
	char *at = owed->bytes + owed->bytes_len;

	if (len > 0)
		memcpy(at, text, len);
	owed->bytes_len += len;
	return at;
}

static int
take_row(struct ledger_owed *owed, sqlite3_stmt *st, struct err *e)
{
	const unsigned char *id = sqlite3_column_text(st, 0), *version = sqlite3_column_text(st, 1);
	size_t id_len = (size_t)sqlite3_column_bytes(st, 0), version_len = (size_t)sqlite3_column_bytes(st, 1);
	struct ledger_key *key;

	if (sqlite3_column_int(st, 3) != 1)
		return err_set(e, ERR_DATABASE, "ledger",
		    "item %.40s is owed by APP_ITEM's index, and not by APP_ITEM: the database is damaged; keep a copy of it"
		    " and of its -wal file, then restore a backup",
		    (const char *)id);
	/* Only another program's hand could have put it there; its ack could not be sent. */
	if (id_len > BOUND_ITEM_ID || version_len > BOUND_ITEM_ID)
		return err_set(e, ERR_DATABASE, "ledger",
		    "APP_ITEM holds an id or a version longer than %d bytes: %.40s…", BOUND_ITEM_ID,
		    (const char *)(id_len > BOUND_ITEM_ID ? id : version));
	if (make_room(owed, id_len + version_len) == -1)
		return err_memory(e);
	key = &owed->at[owed->n++];
	key->id = take_bytes(owed, id, id_len);
	key->id_len = id_len;
	key->version = take_bytes(owed, version, version_len);
	key->version_len = version_len;
	key->quoted = sqlite3_column_int(st, 2) != 0;
	return 0;
}

int
ledger_owed_read(struct db *db, const struct ledger_client *c, const struct ledger_key *after, int64_t limit,
    struct ledger_owed *owed, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_LEDGER_OWED, e);
	/* Before every key there can be: an empty id, an empty version, and less than "not quoted". */
	static const struct ledger_key first = { .id = "", .version = "" };
	int got;

	owed->n = 0;
	owed->bytes_len = 0;
	if (st == NULL)
		return -1;
	ledger_bind_item(st, c, after != NULL ? after : &first);
	if (after == NULL)
		sqlite3_bind_int(st, 6, -1);
	sqlite3_bind_int64(st, 7, limit);
	while ((got = db_step(db, st, e)) == 1) {
		if (take_row(owed, st, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}
