#include "scratch.h"

#include "store/catalog.h"

static void
catalog_system__is_stored_replaced_and_found(void **state)
{
	struct scratch *s = *state;
	char *definition;
	int existed;

	assert_int_equal(catalog_system(&s->db, "ris", &definition, &s->e), 1);
	assert_null(definition);
	OK(s, catalog_system_set(&s->db, "ris", "{\"BaseUrl\":1}", &existed, &s->e));
	assert_int_equal(existed, 0);
	OK(s, catalog_system_set(&s->db, "ris", "{\"BaseUrl\":1}", &existed, &s->e));
	assert_int_equal(existed, 2);
	OK(s, catalog_system_set(&s->db, "ris", "{}", &existed, &s->e));
	assert_int_equal(existed, 1);
	OK(s, catalog_system(&s->db, "ris", &definition, &s->e));
	assert_string_equal(definition, "{}");
	free(definition);
	assert_int_equal(catalog_system(&s->db, "RIS", &definition, &s->e), 1);
}

static int64_t
install(struct scratch *s, int64_t type, const char *name, const char *definition, const char *rules, const char *stage,
    int *changed)
{
	struct catalog_job job = { .type = type,
		.name = (char *)name,
		.definition = (char *)definition,
		.rules = (char *)rules,
		.stage = (char *)stage };
	int64_t version = -1;

	OK(s, catalog_job_install(&s->db, &job, &version, changed, &s->e));
	return version;
}

/* Numbers below 1 stand in no job.json, and are in nobody's way. */
static void
catalog_free_type__is_the_lowest_that_is_neither_installed_nor_configured(void **state)
{
	struct scratch *s = *state;
	int64_t type;
	int changed;

	OK(s, catalog_free_type(&s->db, &type, &s->e));
	assert_int_equal(type, 1);
	install(s, 2, "Two", "{}", "SELECT 1", NULL, &changed);
	install(s, INT32_MAX, "Last", "{}", "SELECT 1", NULL, &changed);
	OK(s, catalog_client_add(&s->db, -1, "", "{}", 0, &s->e));
	OK(s, catalog_free_type(&s->db, &type, &s->e));
	assert_int_equal(type, 1);
	install(s, 1, "One", "{}", "SELECT 1", NULL, &changed);
	OK(s, catalog_client_add(&s->db, 3, "", "{}", 0, &s->e));
	OK(s, catalog_client_add(&s->db, 3, "", "{}", 0, &s->e));
	install(s, 5, "Five", "{}", "SELECT 1", NULL, &changed);
	OK(s, catalog_free_type(&s->db, &type, &s->e));
	assert_int_equal(type, 4);
}

static void
catalog_job__has_a_new_version_each_time_it_changes(void **state)
{
	static const struct {
		const char *definition, *rules;
		int64_t version;
		int changed;
		const char *reason;
	} rows[] = {
		{ "{}", "SELECT 1", 1, 1, "new" },
		{ "{}", "SELECT 1", 1, 0, "the same again" },
		{ "{} ", "SELECT 1", 2, 1, "a blank more" },
		{ "{} ", "SELECT 2", 3, 1, "other rules" },
		{ "{} ", "SELECT 2", 3, 0, "the same again" },
		{ "{}", "SELECT 1", 4, 1, "back to the first" },
	};
	struct scratch *s = *state;
	size_t i;
	int changed;

	for (i = 0; i < N(rows); i++)
		if (install(s, 1, "Sync", rows[i].definition, rows[i].rules, NULL, &changed) != rows[i].version ||
		    changed != rows[i].changed)
			fail_msg("%s", rows[i].reason);
}

static void
catalog_job__begins_at_the_stage_given_and_keeps_it(void **state)
{
	static const struct {
		int64_t type;
		const char *name, *definition, *given, *stage;
	} rows[] = {
		{ 1, "Sync", "1", NULL, "full" },
		{ 1, "Sync", "2", "pilot", "full" },
		{ 2, "Other", "1", "pilot", "pilot" },
		{ 2, "Other", "2", NULL, "pilot" },
		{ 2, "Other", "3", "full", "pilot" },
	};
	struct scratch *s = *state;
	struct catalog_job job;
	size_t i;
	int changed;

	for (i = 0; i < N(rows); i++) {
		install(s, rows[i].type, rows[i].name, rows[i].definition, "", rows[i].given, &changed);
		OK(s, catalog_job(&s->db, rows[i].name, &job, &s->e));
		assert_string_equal(job.stage, rows[i].stage);
		assert_int_equal(catalog_is_pilot(&job), strcmp(rows[i].stage, "pilot") == 0);
		catalog_job_release(&job);
	}
}

#define T1 "2026-11-23T07:00:00.000Z"
#define T2 "2026-11-23T08:00:00.000Z"

static void
catalog_stage__is_entered_once_and_says_by_whom(void **state)
{
	struct catalog_job given = { .type = 1,
		.name = (char *)"Sync",
		.definition = (char *)"{}",
		.rules = (char *)"",
		.stage = (char *)"pilot",
		.installed_at = (char *)T1 };
	struct scratch *s = *state;
	struct catalog_job job;
	int64_t version;
	int changed;

	OK(s, catalog_job_install(&s->db, &given, &version, &changed, &s->e));
	given.definition = (char *)"{} ";
	given.installed_at = (char *)T2;
	OK(s, catalog_job_install(&s->db, &given, &version, &changed, &s->e));
	OK(s, catalog_job(&s->db, "Sync", &job, &s->e));
	assert_string_equal(job.installed_at, T2);
	assert_string_equal(job.stage_at, T1);
	assert_null(job.stage_note);
	catalog_job_release(&job);

	OK(s, catalog_stage(&s->db, 1, "full", T2, "by me", &s->e));
	OK(s, catalog_job(&s->db, "Sync", &job, &s->e));
	assert_string_equal(job.stage, "full");
	assert_string_equal(job.stage_at, T2);
	assert_string_equal(job.stage_note, "by me");
	catalog_job_release(&job);

	/* As the schema before this one left it. */
	scratch_sql(s->db.handle, "UPDATE APP_JOB_TYPE SET StageAt = NULL, InstalledAt = '" T1 "'");
	OK(s, catalog_job(&s->db, "Sync", &job, &s->e));
	assert_string_equal(job.stage_at, T1);
	catalog_job_release(&job);
}

static void
catalog_stage_anew__moves_what_nobody_tried_yet(void **state)
{
	static const struct {
		const char *before, *stage;
		int changed;
		const char *after, *reason;
	} rows[] = {
		{ "", "pilot", 1, "pilot", "no client was visited" },
		{ "", "full", 0, "full", "it is there already" },
		{ "INSERT INTO APP_CLIENT (JobType, ClientId, RunId, StartedAt, Status, DurationMs, Received, Processed,"
		  " Duplicates, Errors, Parked, Acked, Owed) VALUES (2, '1', 1, '', 'ok', 0, 0, 0, 0, 0, 0, 0, 0)",
		    "pilot", 1, "pilot", "another job's client was" },
		{ "UPDATE APP_JOB_TYPE SET StageNote = 'by me'", "pilot", 0, "full", "somebody advanced it" },
		{ "UPDATE APP_CLIENT SET JobType = 1; UPDATE APP_JOB_TYPE SET StageNote = NULL", "pilot", 0, "full",
		    "a client was visited" },
	};
	struct scratch *s = *state;
	size_t i;
	int changed;

	install(s, 1, "Sync", "{}", "", NULL, &changed);
	for (i = 0; i < N(rows); i++) {
		scratch_sql(s->db.handle, "UPDATE APP_JOB_TYPE SET Stage = 'full'");
		scratch_sql(s->db.handle, rows[i].before);
		OK(s, catalog_stage_anew(&s->db, 1, rows[i].stage, T2, &changed, &s->e));
		if (changed != rows[i].changed ||
		    strcmp(scratch_text(s->db.handle, "SELECT Stage FROM APP_JOB_TYPE"), rows[i].after) != 0)
			fail_msg("%s", rows[i].reason);
	}
}

static void
catalog_job__refuses_a_number_or_a_name_that_is_taken(void **state)
{
	struct scratch *s = *state;
	struct catalog_job job = {
		.type = 1, .name = (char *)"Other", .definition = (char *)"{}", .rules = (char *)""
	};
	int64_t version;
	int changed;

	install(s, 1, "Sync", "{}", "", NULL, &changed);
	REFUSED(s, catalog_job_install(&s->db, &job, &version, &changed, &s->e), ERR_CONFIG,
	    "job type 1 is already installed as Sync: choose another JobType");
	job.type = 2;
	job.name = (char *)"Sync";
	REFUSED(s, catalog_job_install(&s->db, &job, &version, &changed, &s->e), ERR_CONFIG,
	    "job type 1 is already installed as Sync: choose another Name");
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_JOB_TYPE"), 1);
	assert_true(sqlite3_get_autocommit(s->db.handle));
}

static void
catalog_job_install__joins_an_open_transaction(void **state)
{
	struct scratch *s = *state;
	int changed;

	OK(s, db_begin(&s->db, &s->e));
	install(s, 1, "Sync", "{}", "", NULL, &changed);
	assert_false(sqlite3_get_autocommit(s->db.handle));
	db_rollback(&s->db);
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_JOB_TYPE"), 0);
}

static void
catalog_job__is_found_by_name_or_number(void **state)
{
	static const struct {
		const char *asked;
		int64_t type; /* 0: none */
		const char *reason;
	} rows[] = {
		{ "Sync", 7, "its name" },
		{ "7", 7, "its number" },
		{ "8", 8, "a number goes before a name of digits" },
		{ "sync", 0, "another case" },
		{ "07", 0, "one spelling of a number" },
		{ "+7", 0, "one spelling of a number" },
		{ " 7", 0, "one spelling of a number" },
		{ "7 ", 0, "one spelling of a number" },
		{ "9", 0, "no such number" },
		{ "", 0, "nothing" },
		{ "-9223372036854775808", INT64_MIN, "the least number" },
		{ "9223372036854775808", 0, "no number of 64 bits" },
	};
	struct catalog_job job;
	struct scratch *s = *state;
	size_t i;
	int changed, got;

	install(s, 7, "Sync", "{\"a\":1}", "SELECT 1", NULL, &changed);
	install(s, 8, "Eight", "{}", "", NULL, &changed);
	install(s, 1, "8", "{}", "", NULL, &changed);
	install(s, INT64_MIN, "Least", "{}", "", NULL, &changed);
	for (i = 0; i < N(rows); i++) {
		got = catalog_job(&s->db, rows[i].asked, &job, &s->e);
		if (got != (rows[i].type == 0) || job.type != rows[i].type)
			fail_msg("\"%s\": %s", rows[i].asked, rows[i].reason);
		catalog_job_release(&job);
	}
	OK(s, catalog_job(&s->db, "Sync", &job, &s->e));
	assert_int_equal(job.version, 1);
	assert_string_equal(job.name, "Sync");
	assert_string_equal(job.definition, "{\"a\":1}");
	assert_string_equal(job.rules, "SELECT 1");
	assert_string_equal(job.stage, "full");
	assert_int_equal(strlen(job.installed_at), 24);
	catalog_job_release(&job);
	assert_null(job.name);
}

static void
catalog__fails_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	struct catalog_job job = { .type = 1,
		.name = (char *)"Sync",
		.definition = (char *)"{}",
		.rules = (char *)"",
		.stage = (char *)"none" };
	char *definition;
	int64_t n;
	int i;

	REFUSED(s, catalog_job_install(&s->db, &job, &n, &i, &s->e), ERR_DATABASE, "installing a job type");
	assert_true(sqlite3_get_autocommit(s->db.handle));
	db_close(&s->db);
	OK(s, db_open(&s->db, s->path, &s->e));
	scratch_sql(s->db.handle, "DROP TABLE APP_EXTERNAL_SYSTEM; DROP TABLE APP_JOB_TYPE");
	REFUSED(s, catalog_system(&s->db, "a", &definition, &s->e), ERR_DATABASE, "reading an external system");
	REFUSED(s, catalog_system_set(&s->db, "a", "{}", &i, &s->e), ERR_DATABASE, "reading an external system");
	REFUSED(s, catalog_job(&s->db, "a", &job, &s->e), ERR_DATABASE, "reading a job type");
	job = (struct catalog_job){ .name = (char *)"a" };
	REFUSED(s, catalog_job_install(&s->db, &job, &n, &i, &s->e), ERR_DATABASE, "reading the job types");
	REFUSED(s, catalog_stage(&s->db, 1, "full", T1, NULL, &s->e), ERR_DATABASE, "changing a job type's stage");
	REFUSED(s, catalog_stage_anew(&s->db, 1, "full", T1, &i, &s->e), ERR_DATABASE, "choosing a job type's stage");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(catalog_system__is_stored_replaced_and_found),
		CASE(catalog_free_type__is_the_lowest_that_is_neither_installed_nor_configured),
		CASE(catalog_job__has_a_new_version_each_time_it_changes),
		CASE(catalog_job__begins_at_the_stage_given_and_keeps_it),
		CASE(catalog_stage__is_entered_once_and_says_by_whom),
		CASE(catalog_stage_anew__moves_what_nobody_tried_yet),
		CASE(catalog_job__refuses_a_number_or_a_name_that_is_taken),
		CASE(catalog_job_install__joins_an_open_transaction),
		CASE(catalog_job__is_found_by_name_or_number),
		CASE(catalog__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
