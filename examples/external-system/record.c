#include "record.h"

#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "scan.h"

const char *
record_kind(struct slice name)
{
	static const char *const kinds[] = { "records", "appointments", "cancellations" };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (slice_equal(name, slice_of(kinds[i])))
			return kinds[i];
	}
	return NULL;
}

static sqlite3_stmt *
scoped(struct store *s, enum sql which, const struct scope *scope, struct err *e)
{
	sqlite3_stmt *stmt = store_statement(s, which, e);

	if (stmt != NULL) {
		store_bind(stmt, 1, scope->kind);
		store_bind(stmt, 2, scope->client);
		store_bind(stmt, 3, scope->group);
	}
	return stmt;
}

int
record_put(struct store *s, const struct scope *scope, int64_t number, struct slice body, struct err *e)
{
	struct slice id = { NULL, 0 };
	sqlite3_stmt *stmt;
	struct buf key;
	int rc = -1;

	buf_init(&key, BOUND_BODY);
	if (scan_find(body, "id", &id) == 1)
		scan_id_key(id, &key);
	else
		id.at = NULL;
	if (buf_failed(&key)) {
		err_memory(e);
		goto out;
	}
	if ((stmt = scoped(s, SQL_RECORD_PUT, scope, e)) == NULL)
		goto out;
	if (id.at != NULL) {
		store_bind_text(stmt, 4, id);
		store_bind_blob(stmt, 5, buf_slice(&key));
	}
	if (number > 0)
		sqlite3_bind_int64(stmt, 6, number);
	store_bind_text(stmt, 7, body);
	if (store_run(s, stmt, e) == 0)
		rc = sqlite3_changes(s->db);
out:
	buf_release(&key);
	return rc;
}

int
record_end(struct store *s, int64_t *seq, struct err *e)
{
	sqlite3_stmt *stmt = store_statement(s, SQL_RECORD_END, e);
	int got = stmt == NULL ? -1 : store_step(s, stmt, e);

	if (got == 1)
		*seq = sqlite3_column_int64(stmt, 0);
	store_done(stmt);
	return got == 1 ? 0 : -1;
}

int
record_at(struct store *s, const struct scope *scope, int64_t after, int64_t offset, int64_t *seq, struct err *e)
{
	sqlite3_stmt *stmt = scoped(s, SQL_RECORD_AT, scope, e);
	int got;

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 4, after);
	sqlite3_bind_int64(stmt, 5, offset);
	if ((got = store_step(s, stmt, e)) == 1)
		*seq = sqlite3_column_int64(stmt, 0);
	store_done(stmt);
	return got;
}

int
record_piece(struct store *s, const struct scope *scope, struct piece *piece, struct buf *out, struct err *e)
{
	sqlite3_stmt *stmt = scoped(s, SQL_RECORD_PIECE, scope, e);
	struct slice body;
	int got = 0;

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 4, piece->from);
	sqlite3_bind_int64(stmt, 5, piece->end);
	while (out->len < BOUND_PIECE && (got = store_step(s, stmt, e)) == 1) {
		body = store_column(stmt, 1);
		if (!piece->first)
			buf_adds(out, piece->between);
		piece->first = false;
		buf_add(out, body.at, body.len);
		buf_adds(out, piece->after);
		piece->from = sqlite3_column_int64(stmt, 0) + 1;
	}
	if (got == 0)
		piece->from = piece->end;
	store_done(stmt);
	if (buf_failed(out))
		return err_memory(e);
	return got == -1 ? -1 : 0;
}

int
record_known(struct store *s, const struct scope *scope, struct slice key, struct err *e)
{
	sqlite3_stmt *stmt = scoped(s, SQL_RECORD_KNOWN, scope, e);
	int known = -1;

	if (stmt == NULL)
		return -1;
	store_bind_blob(stmt, 4, key);
	if (store_step(s, stmt, e) == 1)
		known = sqlite3_column_int(stmt, 0);
	store_done(stmt);
	return known;
}

int
record_ack(struct store *s, const struct scope *scope, struct slice key, bool *known, bool *first, struct err *e)
{
	sqlite3_stmt *stmt = scoped(s, SQL_RECORD_ACK, scope, e);
	char now[CLOCK_TEXT];
	int seen;

	if (stmt == NULL)
		return -1;
	clock_now(now);
	store_bind_blob(stmt, 4, key);
	store_bind(stmt, 5, now);
	if (store_run(s, stmt, e) == -1)
		return -1;
	*first = sqlite3_changes(s->db) > 0;
	seen = *first ? 1 : record_known(s, scope, key, e);
	*known = seen > 0;
	return seen == -1 ? -1 : 0;
}
