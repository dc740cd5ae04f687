#include "scratch.h"

#include "store/catalog.h"

static const char *
configuration(struct scratch *s)
{
	return scratch_text(s->db.handle, "SELECT Configuration FROM APP_JOB_CONFIG WHERE Id = 1");
}

static void
set_configuration(struct scratch *s, const char *text)
{
	char *sql = sqlite3_mprintf("REPLACE INTO APP_JOB_CONFIG (Id, JobType, Configuration) VALUES (1, 2, %Q)", text);

	scratch_sql(s->db.handle, sql);
	sqlite3_free(sql);
}

static void
catalog_client_add__makes_a_row_of_its_own(void **state)
{
	struct scratch *s = *state;

	OK(s, catalog_client_add(&s->db, 2, "", "{\"ClientId\": 18446744073709551615}", 999, &s->e));
	OK(s, catalog_client_add(&s->db, 2, "/api", "{}", 0, &s->e));
	assert_string_equal(scratch_text(s->db.handle,
	                        "SELECT group_concat(JobType || ' ' || Route || ' ' || Configuration || ' ' ||"
	                        " CreatedByUserId) FROM APP_JOB_CONFIG"),
	    "2  [{\"ClientId\": 18446744073709551615}] 999,2 /api [{}] 0");
}

/* What is not touched keeps its spelling, to the last digit. */
#define SPELLINGS                                                                                                      \
	"\"ClientId\":9007199254740993,\"GroupId\":18446744073709551615,\"a\":-0,\"b\":1.0,\"c\":1e3,\"d\":1E+2,"      \
	"\"e\":123456789012345678901234567890,\"f\":0.10,\"g\":\"\\u00e9\\/\\ud83d\\ude00\\u0000\",\"h\\u0041\":null," \
	"\"i\":[],\"j\":{},\"k\":{\"Enabled\":7},\"l\":\"é\""

static void
catalog_client_enable__sets_one_key_and_nothing_else(void **state)
{
	static const struct {
		const char *before;
		int64_t index;
		int enabled;
		const char *after, *reason;
	} rows[] = {
		{ "[{" SPELLINGS "}]", 0, 0, "[{" SPELLINGS ",\"Enabled\":false}]", "added at the end" },
		{ "[{\"Enabled\":true," SPELLINGS "}]", 0, 0, "[{\"Enabled\":false," SPELLINGS "}]",
		    "changed in its place" },
		{ "[{\"Enabled\":false," SPELLINGS "}]", 0, 1, "[{\"Enabled\":true," SPELLINGS "}]", "switched on" },
		{ "[{\"Enabled\":\"no\"}]", 0, 1, "[{\"Enabled\":true}]", "whatever it was before" },
		{ "[{},{\"a\":1},{}]", 1, 0, "[{},{\"a\":1,\"Enabled\":false},{}]", "only that entry" },
		{ "[7,{}]", 1, 0, "[7,{\"Enabled\":false}]", "broken neighbours stay" },
		{ "[{},{},{},{},{},{},{},{},{},{},{}]", 10, 0, "[{},{},{},{},{},{},{},{},{},{},{\"Enabled\":false}]",
		    "an index of two digits" },
	};
	struct scratch *s = *state;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		set_configuration(s, rows[i].before);
		OK(s, catalog_client_enable(&s->db, 1, rows[i].index, rows[i].enabled, &s->e));
		if (strcmp(configuration(s), rows[i].after) != 0)
			fail_msg("%s: %s", rows[i].reason, configuration(s));
	}
}

static void
catalog_client_remove__cuts_one_entry_and_an_empty_row(void **state)
{
	static const struct {
		const char *before;
		int64_t index;
		const char *after, *reason;
	} rows[] = {
		{ "[{},{" SPELLINGS "}]", 0, "[{" SPELLINGS "}]", "the first" },
		{ "[{" SPELLINGS "},{}]", 1, "[{" SPELLINGS "}]", "the last" },
		{ "[1,{},{}]", 0, "[{},{}]", "one that is no client at all" },
		{ "[{\"ClientId\":1}]", 0, "(none)", "the only one: its row goes" },
	};
	struct scratch *s = *state;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		set_configuration(s, rows[i].before);
		scratch_sql(
		    s->db.handle, "REPLACE INTO APP_JOB_CONFIG (Id, JobType, Configuration) VALUES (2, 2, '[]')");
		OK(s, catalog_client_remove(&s->db, 1, rows[i].index, &s->e));
		if (strcmp(configuration(s), rows[i].after) != 0)
			fail_msg("%s: %s", rows[i].reason, configuration(s));
	}
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_JOB_CONFIG WHERE Id = 2"), 1);
	assert_true(sqlite3_get_autocommit(s->db.handle));
}

static void
catalog_client__refuses_what_it_cannot_change(void **state)
{
	static const struct {
		const char *before;
		int64_t row, index;
		enum err_kind kind;
		const char *words;
		bool removable;
	} rows[] = {
		{ "[{]", 1, 0, ERR_CONFIG, "Id 1: its Configuration is no valid JSON", false },
		{ "", 1, 0, ERR_CONFIG, "no valid JSON", false },
		{ "[{}]", 1, 1, ERR_CONFIG, "no array with an entry 1", false },
		{ "[]", 1, 0, ERR_CONFIG, "no array with an entry 0", false },
		{ "{\"a\":1}", 1, 0, ERR_CONFIG, "no array with an entry 0", false },
		{ "[{}]", 5, 0, ERR_CONFIG, "no row with Id 5", false },
		{ "[{}]", 1, -1, ERR_INTERNAL, "no index -1", false },
		{ "[\"a\"]", 1, 0, ERR_CONFIG, "entry 0 is of type text, not an object", true },
		{ "[null,null]", 1, 1, ERR_CONFIG, "entry 1 is of type null, not an object", true },
	};
	struct scratch *s = *state;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		set_configuration(s, rows[i].before);
		REFUSED(s, catalog_client_enable(&s->db, rows[i].row, rows[i].index, 0, &s->e), rows[i].kind,
		    rows[i].words);
		if (rows[i].removable)
			continue;
		REFUSED(
		    s, catalog_client_remove(&s->db, rows[i].row, rows[i].index, &s->e), rows[i].kind, rows[i].words);
		assert_string_equal(configuration(s), rows[i].before);
		assert_true(sqlite3_get_autocommit(s->db.handle));
	}
}

static void
catalog_client__fails_when_the_database_fails(void **state)
{
	struct scratch *s = *state;

	scratch_sql(s->db.handle, "DROP TABLE APP_JOB_CONFIG");
	REFUSED(s, catalog_client_add(&s->db, 1, "", "{}", 1, &s->e), ERR_DATABASE, "adding a client");
	REFUSED(s, catalog_client_enable(&s->db, 1, 0, 1, &s->e), ERR_DATABASE, "reading a client");
	REFUSED(s, catalog_client_remove(&s->db, 1, 0, &s->e), ERR_DATABASE, "reading a client");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(catalog_client_add__makes_a_row_of_its_own),
		CASE(catalog_client_enable__sets_one_key_and_nothing_else),
		CASE(catalog_client_remove__cuts_one_entry_and_an_empty_row),
		CASE(catalog_client__refuses_what_it_cannot_change),
		CASE(catalog_client__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
