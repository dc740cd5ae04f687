#include "journal.h"

#include <ctype.h>
#include <string.h>

#include "clock.h"

int
journal_open(struct store *s, struct entry *entry, struct err *e)
{
	sqlite3_stmt *stmt = store_statement(s, SQL_REQUEST_PUT, e);
	char now[CLOCK_TEXT];

	if (stmt == NULL)
		return -1;
	clock_now(now);
	store_bind(stmt, 1, now);
	store_bind(stmt, 2, entry->method);
	store_bind(stmt, 3, entry->path);
	store_bind(stmt, 4, entry->query);
	store_bind(stmt, 5, entry->client);
	store_bind(stmt, 6, entry->auth);
	sqlite3_bind_int(stmt, 7, entry->auth_ok);
	store_bind(stmt, 8, entry->key);
	store_bind(stmt, 9, entry->fault);
	if (store_run(s, stmt, e) == -1)
		return -1;
	entry->n = sqlite3_last_insert_rowid(s->db);
	return 0;
}

int
journal_close(struct store *s, const struct entry *entry, struct err *e)
{
	sqlite3_stmt *stmt = store_statement(s, SQL_REQUEST_CLOSE, e);

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, entry->n);
	sqlite3_bind_int(stmt, 2, entry->status);
	sqlite3_bind_int(stmt, 3, entry->replay);
	if (entry->bytes >= 0)
		sqlite3_bind_int64(stmt, 4, entry->bytes);
	return store_run(s, stmt, e);
}

int
journal_bytes(struct store *s, int64_t n, int64_t bytes, struct err *e)
{
	sqlite3_stmt *stmt = store_statement(s, SQL_REQUEST_BYTES, e);

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, n);
	sqlite3_bind_int64(stmt, 2, bytes);
	return store_run(s, stmt, e);
}

int
journal_ack(struct store *s, const struct entry *entry, const struct scope *scope, const struct acknowledged *ack,
    struct err *e)
{
	sqlite3_stmt *stmt = store_statement(s, SQL_ACK_PUT, e);

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, entry->n);
	store_bind(stmt, 2, scope->kind);
	store_bind(stmt, 3, scope->client);
	store_bind(stmt, 4, scope->group);
	store_bind_text(stmt, 5, ack->id);
	sqlite3_bind_int(stmt, 6, ack->known);
	sqlite3_bind_int(stmt, 7, ack->first);
	sqlite3_bind_int(stmt, 8, ack->refused);
	return store_run(s, stmt, e);
}

int
journal_hook(struct store *s, const struct entry *entry, struct slice body, struct err *e)
{
	sqlite3_stmt *stmt = store_statement(s, SQL_HOOK_PUT, e);

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, entry->n);
	store_bind_text(stmt, 2, body.len > 0 ? body : slice_of(""));
	return store_run(s, stmt, e);
}

int
journal_replay(struct store *s, const char *key, struct slice hash, int *status, struct buf *body, struct err *e)
{
	sqlite3_stmt *stmt = store_statement(s, SQL_KEY_GET, e);
	struct slice text;
	int got;

	if (stmt == NULL)
		return -1;
	store_bind(stmt, 1, key);
	if ((got = store_step(s, stmt, e)) == 1) {
		if (slice_equal(store_column(stmt, 0), hash)) {
			*status = sqlite3_column_int(stmt, 1);
			text = store_column(stmt, 2);
			buf_add(body, text.at, text.len);
		} else {
			got = 2;
		}
	}
	store_done(stmt);
	return got;
}

int
journal_keep(struct store *s, const char *key, struct slice hash, int status, struct slice body, struct err *e)
{
	sqlite3_stmt *stmt = store_statement(s, SQL_KEY_PUT, e);

	if (stmt == NULL)
		return -1;
	store_bind(stmt, 1, key);
	store_bind_blob(stmt, 2, hash);
	sqlite3_bind_int(stmt, 3, status);
	store_bind_text(stmt, 4, body);
	return store_run(s, stmt, e);
}

int
journal_state(struct store *s, int64_t count[4], struct err *e)
{
	sqlite3_stmt *stmt = store_statement(s, SQL_STATE, e);
	int i, got = stmt == NULL ? -1 : store_step(s, stmt, e);

	for (i = 0; i < 4 && got == 1; i++)
		count[i] = sqlite3_column_int64(stmt, i);
	store_done(stmt);
	return got == 1 ? 0 : -1;
}

/* Text from outside may hold anything; a log is read on terminals. */
static void
put_plain(FILE *log, const char *text)
{
	for (; *text != '\0'; text++)
		fputc(isprint((unsigned char)*text) ? *text : '?', log);
}

void
journal_line(FILE *log, const struct entry *entry)
{
	char now[CLOCK_TEXT];

	clock_now(now);
	flockfile(log);
	fprintf(log, "%s %lld ", now, (long long)entry->n);
	put_plain(log, entry->method);
	fputc(' ', log);
	put_plain(log, entry->path);
	if (entry->query[0] != '\0')
		fputc('?', log);
	put_plain(log, entry->query);
	fprintf(log, " %d%s%s%s\n", entry->status, entry->replay ? " replay" : "",
	    entry->fault != NULL ? " fault=" : "", entry->fault != NULL ? entry->fault : "");
	fflush(log);
	funlockfile(log);
}
