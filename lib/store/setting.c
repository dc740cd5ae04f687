#include "store/setting.h"

#include "store/named.h"

int
setting_get(struct db *db, const char *name, char **definition, struct err *e)
{
	return named_get(db, SQL_SETTING_GET, name, definition, e);
}

int
setting_set(struct db *db, const char *name, const char *definition, int *existed, struct err *e)
{
	return named_set(db, SQL_SETTING_GET, SQL_SETTING_SET, name, definition, existed, e);
}

int
setting_remove(struct db *db, const char *name, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_SETTING_REMOVE, e);

	if (st == NULL)
		return -1;
	db_text(st, 1, name);
	if (db_run(db, st, e) == -1)
		return -1;
	return sqlite3_changes(db->handle) > 0 ? 0 : 1;
}
