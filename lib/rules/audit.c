#include "rules/audit.h"

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "base/bounds.h"
#include "base/buf.h"

/* EXPLAIN's columns. */
enum { OPCODE = 1, P1, P2, P3 };

static const char find_roots[] =
    "SELECT rootpage, tbl_name, upper(tbl_name) IN ('APP_JOB_KEY', 'APP_EXTERNAL_SYSTEM', 'APP_JOB_CONFIG')"
    " FROM sqlite_schema WHERE rootpage > 0 AND upper(tbl_name) GLOB 'APP_*' ORDER BY 3 DESC LIMIT 1000";

static int
database_err(sqlite3 *handle, struct err *e)
{
	if (sqlite3_errcode(handle) == SQLITE_NOMEM)
		return err_memory(e);
	return err_set(e, ERR_DATABASE, "database", "look through the rules: %s", sqlite3_errmsg(handle));
}

int
audit_init(struct audit *a, sqlite3 *handle, struct err *e)
{
	struct audit_root *root;
	sqlite3_stmt *st = NULL;
	const char *table;
	int rc, result = -1;

	*a = (struct audit){ 0 };
	if ((a->root = calloc(BOUND_RULE_ROOTS, sizeof(*a->root))) == NULL)
		return err_memory(e);
	if (sqlite3_prepare_v2(handle, find_roots, -1, &st, NULL) != SQLITE_OK) {
		database_err(handle, e);
		goto out;
	}
	while ((rc = sqlite3_step(st)) == SQLITE_ROW && a->n < BOUND_RULE_ROOTS) {
		if ((table = (const char *)sqlite3_column_text(st, 1)) == NULL) {
			err_memory(e);
			goto out;
		}
		root = &a->root[a->n++];
		root->page = sqlite3_column_int64(st, 0);
		strlcpy(root->table, table, sizeof(root->table));
		root->secret = sqlite3_column_int(st, 2);
	}
	if (rc != SQLITE_DONE) {
		database_err(handle, e);
		goto out;
	}
	result = 0;
out:
	sqlite3_finalize(st);
	if (result == -1)
		audit_release(a);
	return result;
}

void
audit_release(struct audit *a)
{
	free(a->root);
	*a = (struct audit){ 0 };
}

/* One instruction: 0, or -1 if it opens what it may not. */
static int
look(const struct audit *a, sqlite3_stmt *st, struct err *e)
{
	static const struct {
		const char *name;
		int root, database; /* the operands that say which */
		int writes;
	} openers[] = {
		{ "OpenRead", P2, P3, 0 },
		{ "ReopenIdx", P2, P3, 0 },
		{ "OpenWrite", P2, P3, 1 },
		{ "Clear", P1, P2, 1 },
	};
	const char *name = (const char *)sqlite3_column_text(st, OPCODE);
	size_t i, j;

	for (i = 0; name != NULL && i < sizeof(openers) / sizeof(openers[0]); i++) {
		if (strcmp(name, openers[i].name) != 0 || sqlite3_column_int(st, openers[i].database) != 0)
			continue;
		for (j = 0; j < a->n; j++) {
			if (a->root[j].page != sqlite3_column_int64(st, openers[i].root))
				continue;
			if (openers[i].writes)
				return err_set(e, ERR_CONFIG, "rules", "rules may not write %s: it is jobrun's own",
				    a->root[j].table);
			if (a->root[j].secret)
				return err_set(e, ERR_CONFIG, "rules",
				    "rules may not read %s: it is jobrun's own configuration", a->root[j].table);
		}
	}
	return 0;
}

int
audit_statement(const struct audit *a, sqlite3 *handle, const char *sql, size_t len, struct err *e)
{
	sqlite3_stmt *st = NULL;
	struct buf text;
	int rc, result = -1;

	buf_init(&text, BOUND_RULES_BYTES + sizeof("EXPLAIN "));
	if (buf_adds(&text, "EXPLAIN ") == -1 || buf_add(&text, sql, len) == -1) {
		err_memory(e);
		goto out;
	}
	if (sqlite3_prepare_v2(handle, buf_text(&text), (int)text.len, &st, NULL) != SQLITE_OK) {
		database_err(handle, e);
		goto out;
	}
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		if (look(a, st, e) == -1)
			goto out;
	if (rc != SQLITE_DONE) {
		database_err(handle, e);
		goto out;
	}
	result = 0;
out:
	sqlite3_finalize(st);
	buf_release(&text);
	return result;
}
