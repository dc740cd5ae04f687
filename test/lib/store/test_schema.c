#include "scratch.h"

#include "store/schema.h"

static void
schema__has_the_tables_and_columns_of_the_contract(void **state)
{
	static const struct {
		const char *table, *columns;
	} rows[] = {
		{ "APP_EXTERNAL_SYSTEM", "Name Definition" },
		{ "APP_JOB_TYPE", "JobType Name Definition Rules Version Stage InstalledAt" },
		{ "APP_JOB_CONFIG", "Id JobType Route Configuration CreatedByUserId" },
		{ "APP_JOB_KEY", "KeyId Hash Jobs Label CreatedAt ExpiresAt RevokedAt LastUsedAt" },
		{ "APP_JOB_RUN",
		    "RunId JobType StartedAt FinishedAt Status ExitCode Host Pid KeyId UserId Clients Skipped Received "
		    "Processed Duplicates Errors Parked Acked Owed DurationMs" },
		{ "APP_REQUEST_LOG",
		    "Id RunId JobType ClientId GroupId StartedAt DurationMs Status HttpStatus Requests Bytes Received "
		    "Processed Duplicates Errors Parked Acked Owed Message" },
		{ "APP_EXCEPTION_LOG", "Id At RunId JobType ClientId GroupId ItemId Stage Code Message Attempt" },
		{ "APP_ITEM", "JobType ClientId GroupId ItemId ItemVersion State Attempts RunId At" },
	};
	struct scratch *s = *state;
	char sql[256], columns[512], *name, *rest;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		snprintf(sql, sizeof(sql), "SELECT strict FROM pragma_table_list WHERE name = '%s'", rows[i].table);
		if (scratch_number(s->db.handle, sql) != 1)
			fail_msg("%s is not STRICT, or not there", rows[i].table);
		strlcpy(columns, rows[i].columns, sizeof(columns));
		for (rest = columns; (name = strsep(&rest, " ")) != NULL;) {
			snprintf(sql, sizeof(sql), "SELECT count(*) FROM pragma_table_info('%s') WHERE name = '%s'",
			    rows[i].table, name);
			if (scratch_number(s->db.handle, sql) != 1)
				fail_msg("%s has no column %s", rows[i].table, name);
		}
	}
}

static void
schema__takes_the_insert_of_the_contract_as_it_stands(void **state)
{
	struct scratch *s = *state;

	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId)\n"
	    "VALUES (2, '/api/Jobs/YourNewJob', '[{\"ClientId\": 1, \"GroupId\": 10}]', 999);");
	scratch_sql(s->db.handle, "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (2, 'not even JSON')");
	scratch_sql(s->db.handle, "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration) VALUES (2, NULL, '')");
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_JOB_CONFIG WHERE JobType = 2"), 3);
	assert_string_equal(scratch_text(s->db.handle, "SELECT Configuration FROM APP_JOB_CONFIG WHERE Id = 1"),
	    "[{\"ClientId\": 1, \"GroupId\": 10}]");
}

static void
schema__refuses_what_no_row_may_say(void **state)
{
	static const struct {
		const char *sql, *reason;
	} rows[] = {
		{ "INSERT INTO APP_ITEM (JobType, ClientId, ItemId, State, RunId, At) VALUES (1, '1', '7', 'done', 1, '')",
		    "no such state" },
		{ "INSERT INTO APP_ITEM (JobType, ClientId, ItemId, IdQuoted, State, RunId, At)"
		  " VALUES (1, '1', '7', 2, 'acked', 1, '')",
		    "quoted is yes or no" },
		{ "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, Stage, InstalledAt) VALUES (1, 'a', '{}', '', 'half', '')",
		    "no such stage" },
		{ "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status) VALUES (1, '', 'done')", "no such status" },
		{ "INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, StartedAt, Status) VALUES (1, 1, '1', '', 'ok')",
		    "no such run" },
		{ "INSERT INTO APP_EXCEPTION_LOG (RunId, JobType, At, ClientId, Stage, Code, Message)"
		  " VALUES (1, 1, '', '1', 'rules', '', '')",
		    "no such run" },
		{ "INSERT INTO APP_JOB_KEY (Hash, Jobs, CreatedAt) VALUES (x'00', '*', '')", "no SHA-256" },
		{ "INSERT INTO APP_JOB_KEY (Hash, Jobs, CreatedAt) VALUES ('jobrun_abcdefghijklmnopqrstuvwxyz', '*', '')",
		    "a key in clear" },
		{ "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES ('two', '[]')",
		    "a job type is a number" },
	};
	struct scratch *s = *state;
	size_t i;

	for (i = 0; i < N(rows); i++)
		if (sqlite3_exec(s->db.handle, rows[i].sql, NULL, NULL, NULL) != SQLITE_CONSTRAINT_CHECK &&
		    (sqlite3_extended_errcode(s->db.handle) & 0xff) != SQLITE_CONSTRAINT)
			fail_msg("%s: %s", rows[i].reason, rows[i].sql);
}

static void
schema__defaults_a_group_to_0(void **state)
{
	struct scratch *s = *state;

	scratch_sql(s->db.handle,
	    "INSERT INTO APP_ITEM (JobType, ClientId, ItemId, State, RunId, At)"
	    " VALUES (1, 18446744073709551615, 7, 'acked', 1, '')");
	assert_string_equal(scratch_text(s->db.handle, "SELECT typeof(GroupId) || GroupId FROM APP_ITEM"), "text0");
}

static void
schema__never_gives_a_run_the_number_of_a_pruned_one(void **state)
{
	static const char insert[] = "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status) VALUES (1, '', 'ok')";
	struct scratch *s = *state;

	scratch_sql(s->db.handle, insert);
	scratch_sql(s->db.handle, insert);
	scratch_sql(s->db.handle, "DELETE FROM APP_JOB_RUN");
	scratch_sql(s->db.handle, insert);
	assert_int_equal(scratch_number(s->db.handle, "SELECT RunId FROM APP_JOB_RUN"), 3);
}

static void
schema__gives_no_number_of_a_log_or_key_twice(void **state)
{
	static const char *const tables[] = { "APP_JOB_RUN", "APP_JOB_KEY", "APP_REQUEST_LOG", "APP_EXCEPTION_LOG" };
	struct scratch *s = *state;
	char sql[128];
	size_t i;

	for (i = 0; i < N(tables); i++) {
		snprintf(sql, sizeof(sql), "SELECT sql LIKE '%%AUTOINCREMENT%%' FROM sqlite_schema WHERE name = '%s'",
		    tables[i]);
		if (scratch_number(s->db.handle, sql) != 1)
			fail_msg("%s", tables[i]);
	}
}

static void
schema__lets_a_runs_logs_go_with_it_but_not_its_items(void **state)
{
	struct scratch *s = *state;

	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status) VALUES (1, '', 'ok');"
	    "INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, StartedAt, Status) VALUES (1, 1, '1', '', 'ok');"
	    "INSERT INTO APP_EXCEPTION_LOG (RunId, JobType, At, ClientId, Stage, Code, Message)"
	    " VALUES (1, 1, '', '1', 'rules', '', '');"
	    "INSERT INTO APP_ITEM (JobType, ClientId, ItemId, State, RunId, At) VALUES (1, '1', '7', 'acked', 1, '');"
	    "DELETE FROM APP_JOB_RUN;");
	assert_int_equal(
	    scratch_number(s->db.handle,
	        "SELECT (SELECT count(*) FROM APP_REQUEST_LOG) + (SELECT count(*) FROM APP_EXCEPTION_LOG)"),
	    0);
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_ITEM"), 1);
}

/* Statements that run once a client or once an item: none may read more rows than it wants. */
static void
sql__reads_by_index_alone(void **state)
{
	static const struct {
		enum sql_id id;
		const char *plan;
	} rows[] = {
		{ SQL_LEDGER_FIND,
		    "USING PRIMARY KEY (JobType=? AND ClientId=? AND GroupId=? AND ItemId=? AND ItemVersion=? "
		    "AND IdQuoted=?)" },
		{ SQL_LEDGER_FROM,
		    "USING PRIMARY KEY (JobType=? AND ClientId=? AND GroupId=? AND "
		    "(ItemId,ItemVersion,IdQuoted)>(?,?,?))" },
		{ SQL_LEDGER_ACKED,
		    "USING PRIMARY KEY (JobType=? AND ClientId=? AND GroupId=? AND "
		    "(ItemId,ItemVersion,IdQuoted)>(?,?,?) AND (ItemId,ItemVersion,IdQuoted)<(?,?,?))" },
		{ SQL_LEDGER_OWE,
		    "USING PRIMARY KEY (JobType=? AND ClientId=? AND GroupId=? AND ItemId=? AND ItemVersion=? "
		    "AND IdQuoted=?)" },
		{ SQL_LEDGER_OWED,
		    "USING COVERING INDEX APP_ITEM_Owed (JobType=? AND ClientId=? AND GroupId=? AND "
		    "(ItemId,ItemVersion,IdQuoted)>(?,?,?))" },
		{ SQL_LEDGER_COUNT_OWED,
		    "USING COVERING INDEX APP_ITEM_Owed (JobType=? AND ClientId=? AND GroupId=?)" },
		{ SQL_REQUEST_LAST_SUCCESS, "APP_CLIENT USING PRIMARY KEY (JobType=? AND ClientId=? AND GroupId=?)" },
		{ SQL_RUN_HEAL, "USING INDEX APP_JOB_RUN_Running (JobType=?)" },
		{ SQL_CONFIG_ROWS, "USING INDEX APP_JOB_CONFIG_JobType (JobType=?)" },
		{ SQL_ERRORS_ITEM,
		    "USING INDEX APP_EXCEPTION_LOG_Item (JobType=? AND ClientId=? AND GroupId=? AND ItemId=?)" },
		{ SQL_ITEMS_OF, "i USING PRIMARY KEY (JobType=? AND ClientId=? AND GroupId=? AND ItemId=?)" },
		{ SQL_ITEM_NEXT_FAILED,
		    "USING COVERING INDEX APP_ITEM_Held (JobType=? AND State=? AND "
		    "(ClientId,GroupId,ItemId,ItemVersion,IdQuoted)>(?,?,?,?,?))" },
		{ SQL_ITEM_NEXT_PARKED,
		    "USING COVERING INDEX APP_ITEM_Held (JobType=? AND State=? AND "
		    "(ClientId,GroupId,ItemId,ItemVersion,IdQuoted)>(?,?,?,?,?))" },
		{ SQL_ITEM_RETRY,
		    "USING PRIMARY KEY (JobType=? AND ClientId=? AND GroupId=? AND ItemId=? AND ItemVersion=? "
		    "AND IdQuoted=?)" },
	};
	struct scratch *s = *state;
	char plan[1024];
	size_t i;

	for (i = 0; i < N(rows); i++) {
		scratch_plan(s->db.handle, sql_text(rows[i].id), plan, sizeof(plan));
		if (strstr(plan, rows[i].plan) == NULL || strstr(plan, "SCAN") != NULL ||
		    strstr(plan, "TEMP B-TREE") != NULL)
			fail_msg("%s: %s", sql_text(rows[i].id), plan);
	}
}

static void
sql__compiles_every_statement(void **state)
{
	struct scratch *s = *state;
	int id;

	for (id = 0; id < SQL_COUNT; id++) {
		assert_non_null(sql_text((enum sql_id)id));
		assert_non_null(sql_what((enum sql_id)id));
		if (db_stmt(&s->db, (enum sql_id)id, &s->e) == NULL)
			fail_msg("%s: %s", sql_text((enum sql_id)id), s->e.text);
		/* The next ones speak of the table that this one makes. */
		if (id == SQL_SEEN_INIT)
			OK(s, db_run(&s->db, s->db.stmt[id], &s->e));
	}
}

static void
schema__steps_are_numbered_from_one_on(void **state)
{
	int i;

	(void)state;
	assert_true(schema_newest >= 1);
	for (i = 0; i < schema_newest; i++)
		assert_int_equal(schema_steps[i].version, i + 1);
	assert_string_equal(schema_steps[0].name, "001_jobrun.sql");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(schema__has_the_tables_and_columns_of_the_contract),
		CASE(schema__takes_the_insert_of_the_contract_as_it_stands),
		CASE(schema__refuses_what_no_row_may_say),
		CASE(schema__defaults_a_group_to_0),
		CASE(schema__never_gives_a_run_the_number_of_a_pruned_one),
		CASE(schema__gives_no_number_of_a_log_or_key_twice),
		CASE(schema__lets_a_runs_logs_go_with_it_but_not_its_items),
		CASE(sql__reads_by_index_alone),
		CASE(sql__compiles_every_statement),
		cmocka_unit_test(schema__steps_are_numbered_from_one_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
