#include "store/named.h"

#include <stdlib.h>
#include <string.h>

int
named_get(struct db *db, enum sql_id get, const char *name, char **definition, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, get, e);
	const char *text;
	int got;

	*definition = NULL;
	if (st == NULL)
		return -1;
	db_text(st, 1, name);
	if ((got = db_step(db, st, e)) != 1)
		return got == 0 ? 1 : -1;
	text = (const char *)sqlite3_column_text(st, 0);
	got = text != NULL && (*definition = strdup(text)) != NULL ? 0 : err_memory(e);
	sqlite3_reset(st);
	return got;
}

int
named_set(struct db *db, enum sql_id get, enum sql_id set, const char *name, const char *definition, int *existed,
    struct err *e)
{
	sqlite3_stmt *st;
	char *before;
	int got = named_get(db, get, name, &before, e);

	if (got == -1)
		return -1;
	*existed = before == NULL ? 0 : strcmp(before, definition) == 0 ? 2 : 1;
	free(before);
	if (*existed == 2)
		return 0;
	if ((st = db_stmt(db, set, e)) == NULL)
		return -1;
	db_text(st, 1, name);
	db_text(st, 2, definition);
	return db_run(db, st, e);
}
