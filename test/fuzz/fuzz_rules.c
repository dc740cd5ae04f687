/*
 * Rules: whatever their text, they compile or are refused, and what compiles changes no table of jobrun's, ends no
 * transaction but by rejecting its item, and comes to an end.
 */
#include <string.h>

#include "fuzz.h"
#include "rules/rules.h"
#include "store/db.h"

#define TIMEOUT_MS 50

static const char platform[] =
    "CREATE TABLE record (id INTEGER PRIMARY KEY, status TEXT CHECK (status <> 'NEVER'));"
    "CREATE TABLE workflow (record, step);"
    "CREATE VIEW open_record AS SELECT * FROM record WHERE status = 'OPEN';"
    "CREATE TRIGGER give_up AFTER INSERT ON workflow WHEN NEW.step = 'ROLLBACK' BEGIN SELECT RAISE(ROLLBACK, 'no'); END;"
    "INSERT INTO record VALUES (1, 'OPEN'), (2, 'DONE');"
    "INSERT INTO APP_JOB_KEY (Hash, Jobs, CreatedAt) VALUES (zeroblob(32), '*', '2026');"
    "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[]');";

static const char item[] = "{\"id\": 1, \"status\": \"OPEN\", \"name\": \"x\", \"list\": [1, 2]}";

/* All that rules must not touch, in one number that changes with it. */
static const char fingerprint[] = "SELECT (SELECT count(*) FROM APP_JOB_KEY WHERE Hash = zeroblob(32) AND Jobs = '*')"
                                  " + 10 * (SELECT count(*) FROM APP_JOB_CONFIG WHERE Configuration = '[]')"
                                  " + 100 * (SELECT count(*) FROM APP_ITEM) + 1000 * (SELECT count(*) FROM APP_JOB_RUN)"
                                  " + 10000 * (SELECT count(*) FROM sqlite_schema)";

static int64_t
number(struct db *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n;

	CHECK(sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL) == SQLITE_OK);
	CHECK(sqlite3_step(st) == SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static void
apply(struct db *db, struct rules *rules, int64_t before)
{
	struct json_members members = { 0 };
	struct json_value value = json_value_of(item, strlen(item));
	struct err e = ERR_INIT;
	enum rules_verdict verdict;
	size_t twice;

	CHECK(json_members_read(&members, value, &twice) == 0);
	CHECK(db_begin(db, &e) == 0);
	verdict = rules_apply(rules, value, &members, "2026-11-26T00:00:00.000Z", &e);
	CHECK(verdict != RULES_DATABASE);
	CHECK((verdict == RULES_ROLLED_BACK) == (sqlite3_get_autocommit(db->handle) != 0));
	CHECK(verdict == RULES_APPLIED || (e.kind == ERR_ITEM && e.text[0] != '\0'));
	/* While the transaction stands: what it changed is there to be seen. */
	CHECK(number(db, fingerprint) == before);
	db_rollback(db);
	json_members_release(&members);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct db db;
	static int64_t before;
	struct rules *rules = NULL;
	struct err e = ERR_INIT;

	if (db.handle == NULL) {
		CHECK(db_open_memory(&db, NULL, &e) == 0);
		CHECK(sqlite3_exec(db.handle, platform, NULL, NULL, NULL) == SQLITE_OK);
		before = number(&db, fingerprint);
	}
	if (rules_compile(&rules, &db, (const char *)bytes, n, "rules.sql", TIMEOUT_MS, &e) == 0) {
		rules_set_run(rules, 1, 1);
		apply(&db, rules, before);
		rules_free(rules);
	} else {
		CHECK(e.kind == ERR_CONFIG && e.text[0] != '\0');
	}
	CHECK(number(&db, fingerprint) == before);
	return 0;
}
