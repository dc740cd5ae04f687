#include "store/seen.h"

int
seen_init(struct db *db, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_SEEN_INIT, e);

	return st == NULL ? -1 : db_run(db, st, e);
}

int
seen_add(struct db *db, const struct ledger_client *c, const struct ledger_key *key, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_SEEN_ADD, e);

	if (st == NULL)
		return -1;
	ledger_bind_item(st, c, key);
	return db_run(db, st, e);
}

int
seen_find(struct db *db, const struct ledger_client *c, const struct ledger_key *key, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_SEEN_FIND, e);
	int got;

	if (st == NULL)
		return -1;
	ledger_bind_item(st, c, key);
	if ((got = db_step(db, st, e)) == 1)
		sqlite3_reset(st);
	return got;
}
