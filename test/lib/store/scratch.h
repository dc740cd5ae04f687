/*
 * A folder of its own for each test, with a database of ours in it.
 */
#ifndef TEST_STORE_SCRATCH_H
#define TEST_STORE_SCRATCH_H

#include "../scratch.h"
#include "store/db.h"

struct scratch {
	char folder[SCRATCH_FOLDER];
	char path[128]; /* of the database */
	struct db db;   /* open, where scratch_open made it so */
	struct err e;
};

/* A call that must succeed; its message is shown when it does not. */
#define OK(s, call)                                                               \
	do {                                                                      \
		if ((call) != 0)                                                  \
			fail_msg("%s: [%s] %s", #call, (s)->e.code, (s)->e.text); \
	} while (0)

/* One that must be refused, with these words in its message. */
#define REFUSED(s, call, want, words)                                                      \
	do {                                                                               \
		err_clear(&(s)->e);                                                        \
		if ((call) != -1)                                                          \
			fail_msg("%s: not refused", #call);                                \
		if ((s)->e.kind != (want) || strstr((s)->e.text, (words)) == NULL)         \
			fail_msg("%s: kind %d: %s", #call, (int)(s)->e.kind, (s)->e.text); \
	} while (0)

/* An empty folder, and the path of a database to be. */
static inline int
scratch_folder(void **state)
{
	struct scratch *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return -1;
	*state = s;
	if (scratch_make(s->folder) == -1)
		return -1;
	snprintf(s->path, sizeof(s->path), "%s/jobrun.db", s->folder);
	return 0;
}

static inline int
scratch_open(void **state)
{
	struct scratch *s;
	int from, to;

	if (scratch_folder(state) == -1)
		return -1;
	s = *state;
	if (db_init(s->path, &from, &to, &s->e) == 0 && db_open(&s->db, s->path, &s->e) == 0)
		return 0;
	print_error("%s\n", s->e.text);
	return -1;
}

/* The same, with what this SQL puts into it. */
static inline int
scratch_books(void **state, const char *sql)
{
	struct scratch *s;

	if (scratch_open(state) == -1)
		return -1;
	s = *state;
	if (sqlite3_exec(s->db.handle, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	print_error("%s\n", sqlite3_errmsg(s->db.handle));
	return -1;
}

/* A statement that is left under way would hold its view of the database, and its log, for as long as the run lasts. */
static inline int
scratch_end(void **state)
{
	struct scratch *s = *state;
	sqlite3_stmt *st = s->db.handle != NULL ? sqlite3_next_stmt(s->db.handle, NULL) : NULL;
	int ret = 0;

	for (; st != NULL; st = sqlite3_next_stmt(s->db.handle, st)) {
		if (sqlite3_stmt_busy(st) != 0) {
			print_error("left under way: %s\n", sqlite3_sql(st));
			ret = -1;
		}
	}
	db_close(&s->db);
	scratch_remove(s->folder);
	free(s);
	return ret;
}

/* Runs SQL of the test's own on any connection. */
static inline void
scratch_sql(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

/* The first column of the first row as text, "(none)" without a row, "(null)" for NULL; valid until the next call. */
static inline const char *
scratch_text(sqlite3 *db, const char *sql)
{
	static char text[4096];
	sqlite3_stmt *st;
	const char *cell = "(none)";

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(st) == SQLITE_ROW)
		cell = sqlite3_column_type(st, 0) == SQLITE_NULL ? "(null)" : (const char *)sqlite3_column_text(st, 0);
	snprintf(text, sizeof(text), "%s", cell);
	sqlite3_finalize(st);
	return text;
}

static inline int64_t
scratch_number(sqlite3 *db, const char *sql)
{
	return strtoll(scratch_text(db, sql), NULL, 10);
}

/* How SQLite would run it: each step, and a semicolon. */
static inline void
scratch_plan(sqlite3 *db, const char *sql, char *plan, size_t size)
{
	char explain[8192];
	sqlite3_stmt *st;

	snprintf(explain, sizeof(explain), "EXPLAIN QUERY PLAN %s", sql);
	plan[0] = '\0';
	if (sqlite3_prepare_v2(db, explain, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(st) == SQLITE_ROW) {
		strlcat(plan, (const char *)sqlite3_column_text(st, 3), size);
		strlcat(plan, ";", size);
	}
	sqlite3_finalize(st);
}

/* A connection that knows nothing of jobrun: the platform's. */
static inline sqlite3 *
scratch_platform(const char *path)
{
	sqlite3 *db;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
		fail_msg("%s: %s", path, sqlite3_errmsg(db));
	return db;
}

#endif
