/* A platform in memory, and rules to run against it. */
#ifndef TEST_RULES_FIXTURE_H
#define TEST_RULES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "json/value.h"
#include "rules/rules.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW "2026-11-23T07:00:00.000Z"

/* The timeout of these tests: long enough for any rule that ends, short enough to wait for those that do not. */
#define TIMEOUT_MS 150

/* jobrun's own tables, as far as rules can tell them from others: by name. */
#define OWN_TABLES                                                                          \
	"CREATE TABLE APP_JOB_KEY (KeyId INTEGER PRIMARY KEY, Hash BLOB) STRICT;"           \
	"CREATE TABLE APP_EXTERNAL_SYSTEM (Name TEXT PRIMARY KEY, Definition TEXT) STRICT;" \
	"CREATE TABLE APP_JOB_CONFIG (Id INTEGER PRIMARY KEY, Configuration TEXT) STRICT;"  \
	"CREATE TABLE APP_ITEM (ItemId TEXT PRIMARY KEY, State TEXT) STRICT;"               \
	"INSERT INTO APP_JOB_KEY VALUES (1, x'aa'); INSERT INTO APP_ITEM VALUES ('1', 'applied');"

struct fixture {
	struct db db;
	struct rules *rules;
	struct json_members members;
	struct err why;
	char text[4000];
};

static inline void
sql(struct fixture *f, const char *text)
{
	char *message = NULL;

	if (sqlite3_exec(f->db.handle, text, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", text, message);
}

static inline int
setup_empty(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_int_equal(sqlite3_open(":memory:", &f->db.handle), SQLITE_OK);
	sqlite3_extended_result_codes(f->db.handle, 1);
	sql(f, "PRAGMA foreign_keys = ON");
	*state = f;
	return 0;
}

static inline int
setup(void **state)
{
	setup_empty(state);
	sql(*state,
	    OWN_TABLES "CREATE TABLE got (name TEXT, value ANY) STRICT;"
	               "CREATE TABLE record (id INTEGER PRIMARY KEY, status TEXT CHECK (status <> 'BAD')) STRICT;"
	               "INSERT INTO record VALUES (7, 'OPEN'), (8, 'OPEN'), (9, 'OPEN');");
	return 0;
}

static inline int
teardown(void **state)
{
	struct fixture *f = *state;

	rules_free(f->rules);
	json_members_release(&f->members);
	assert_int_equal(sqlite3_close(f->db.handle), SQLITE_OK);
	free(f);
	return 0;
}

static inline int
compile_timed(struct fixture *f, const char *text, int64_t timeout_ms)
{
	rules_free(f->rules);
	f->rules = NULL;
	err_clear(&f->why);
	return rules_compile(&f->rules, &f->db, text, strlen(text), "rules.sql", timeout_ms, &f->why);
}

static inline int
compile(struct fixture *f, const char *text)
{
	return compile_timed(f, text, TIMEOUT_MS);
}

/* Compiles rules that are known to be good. */
static inline void
rules(struct fixture *f, const char *text)
{
	if (compile(f, text) == -1)
		fail_msg("%s: %s", text, f->why.text);
}

/* Applies one item in the transaction that is open, or in a new one. */
static inline enum rules_verdict
apply(struct fixture *f, const char *item)
{
	size_t twice;

	if (sqlite3_get_autocommit(f->db.handle))
		sql(f, "BEGIN IMMEDIATE");
	err_clear(&f->why);
	assert_int_equal(json_members_read(&f->members, json_value_of(item, strlen(item)), &twice), 0);
	return rules_apply(f->rules, json_value_of(item, strlen(item)), &f->members, NOW, &f->why);
}

/*
 * Applies an item that is rejected after it wrote, both ways: the first takes the transaction with it, and the next one
 * is rejected alone.
 */
static inline void
reject_twice(struct fixture *f, const char *item)
{
	char first[sizeof(f->why.text)];

	if (!sqlite3_get_autocommit(f->db.handle))
		sql(f, "COMMIT");
	assert_int_equal(apply(f, item), RULES_ROLLED_BACK);
	assert_true(sqlite3_get_autocommit(f->db.handle));
	snprintf(first, sizeof(first), "%s", f->why.text);
	assert_int_equal(apply(f, item), RULES_REJECTED);
	assert_false(sqlite3_get_autocommit(f->db.handle));
	assert_string_equal(f->why.text, first);
}

/* The first column of the first row as SQL literal; "" if there is no row. Valid until the next call. */
static inline const char *
value(struct fixture *f, const char *query)
{
	sqlite3_stmt *st = NULL;
	char *text = sqlite3_mprintf("SELECT quote((%s))", query);

	assert_int_equal(sqlite3_prepare_v2(f->db.handle, text, -1, &st, NULL), SQLITE_OK);
	f->text[0] = '\0';
	if (sqlite3_step(st) == SQLITE_ROW)
		snprintf(f->text, sizeof(f->text), "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	sqlite3_free(text);
	return f->text;
}

static inline void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

#endif
