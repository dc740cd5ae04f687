#include "store/ledger_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

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
take_bytes(struct ledger_owed *owed, const char *text, size_t len)
{
	char *at = owed->bytes + owed->bytes_len;

	if (len > 0)
		memcpy(at, text, len);
	owed->bytes_len += len;
	return at;
}

int
ledger_owed_add(struct ledger_owed *owed, const struct ledger_key *key, struct err *e)
{
	struct ledger_key *taken;

	if (make_room(owed, key->id_len + key->version_len) == -1)
		return err_memory(e);
	taken = &owed->at[owed->n++];
	*taken = *key;
	taken->id = take_bytes(owed, key->id, key->id_len);
	taken->version = take_bytes(owed, key->version, key->version_len);
	return 0;
}

void
ledger_owed_clear(struct ledger_owed *owed)
{
	owed->n = 0;
	owed->bytes_len = 0;
}

/*
 * How many of the keys, from the first on, are all that is owed from the first to the last of them. Rows that are not
 * owed may lie between, not more than those that are: a long ledger is not walked through for a few.
 */
static int
count_range(
    struct db *db, const struct ledger_client *c, const struct ledger_key *keys, size_t n, size_t *found, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_LEDGER_FROM, e);
	struct ledger_key at;
	size_t passed = 0;
	bool owed, same;
	int got = 0;

	*found = 0;
	if (st == NULL)
		return -1;
	ledger_bind_item(st, c, &keys[0]);
	while (*found < n && passed <= *found && (got = db_step(db, st, e)) == 1) {
		at = ledger_key_of(st);
		owed = ledger_state_of((const char *)sqlite3_column_text(st, 3)) == LEDGER_APPLIED;
		same = ledger_compare(&at, &keys[*found]) == 0;
		/* Owed, and not to be marked; or to be marked, and not owed. */
		if (owed != same)
			break;
		if (owed)
			++*found;
		else
			passed++;
	}
	sqlite3_reset(st);
	return got == -1 ? -1 : 0;
}

static int
take_row(struct ledger_owed *owed, sqlite3_stmt *st, struct err *e)
{
	struct ledger_key key = ledger_key_of(st);

	/* Only another program's hand could have put it there; its ack could not be sent. */
	if (!ledger_fits(&key))
		return err_set(e, ERR_DATABASE, "ledger",
		    "APP_ITEM holds an id or a version longer than %d bytes: %.40s…", BOUND_ITEM_ID,
		    key.id_len > BOUND_ITEM_ID ? key.id : key.version);
	return ledger_owed_add(owed, &key, e);
}

/*
 * Of an index that is damaged, what it says would be acknowledged: the table must say so, too. Nobody else changes what
 * is owed while the run goes on, so that it need not be the same transaction.
 */
static int
compare_with_table(struct db *db, const struct ledger_client *c, const struct ledger_owed *owed, struct err *e)
{
	size_t i, found;

	for (i = 0; i < owed->n; i += found) {
		if (count_range(db, c, &owed->at[i], owed->n - i, &found, e) == -1)
			return -1;
		if (found == 0)
			return err_set(e, ERR_DATABASE, "ledger",
			    "item %.*s is owed by APP_ITEM's index, and not by APP_ITEM: the database is damaged; keep a copy"
			    " of it and of its -wal file, then restore a backup",
			    (int)(owed->at[i].id_len > 40 ? 40 : owed->at[i].id_len), owed->at[i].id);
	}
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

	ledger_owed_clear(owed);
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
	return got == -1 ? -1 : compare_with_table(db, c, owed, e);
}

static int
mark_range(struct db *db, const struct ledger_client *c, const struct ledger_key *first, const struct ledger_key *last,
    const char *at, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_LEDGER_ACKED, e);

	if (st == NULL)
		return -1;
	ledger_bind_item(st, c, first);
	db_text(st, 7, at);
	db_bytes(st, 8, last->id_len > 0 ? last->id : "", last->id_len);
	db_bytes(st, 9, last->version_len > 0 ? last->version : "", last->version_len);
	sqlite3_bind_int(st, 10, last->quoted);
	return db_run(db, st, e);
}

int
ledger_acked(struct db *db, const struct ledger_client *c, const struct ledger_key *keys, size_t n, const char *at,
    struct err *e)
{
	size_t i, found;

	for (i = 0; i<n; i += found> 0 ? found : 1) {
		if (count_range(db, c, &keys[i], n - i, &found, e) == -1 ||
		    (found > 0 && mark_range(db, c, &keys[i], &keys[i + found - 1], at, e) == -1))
			return -1;
	}
	return 0;
}
