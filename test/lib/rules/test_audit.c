/* What a compiled program opens, with no authorizer before it. */
#include "fixture.h"

#include "rules/audit.h"

static void
audit__tells_what_a_program_opens(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "SELECT * FROM record", NULL },
		{ "SELECT State FROM APP_ITEM", NULL },
		{ "SELECT 1 FROM APP_ITEM WHERE ItemId = '1'", NULL },
		{ "INSERT INTO counted DEFAULT VALUES", NULL },
		{ "UPDATE record SET status = 'x' WHERE id IN (SELECT value FROM json_each('[7]'))", NULL },
		{ "SELECT * FROM APP_JOB_KEY", "rules may not read APP_JOB_KEY: it is jobrun's own configuration" },
		{ "SELECT Name FROM APP_EXTERNAL_SYSTEM WHERE Name > 'a'", "may not read APP_EXTERNAL_SYSTEM" },
		{ "SELECT 1 FROM got NATURAL JOIN app_job_config", "may not read APP_JOB_CONFIG" },
		{ "INSERT INTO key_copy SELECT * FROM APP_JOB_KEY", "may not read APP_JOB_KEY" },
		{ "SELECT max(KeyId) FROM shows_keys", "may not read APP_JOB_KEY" },
		{ "INSERT INTO APP_ITEM VALUES ('2', '')", "rules may not write APP_ITEM: it is jobrun's own" },
		{ "UPDATE APP_ITEM SET State = ''", "may not write APP_ITEM" },
		{ "DELETE FROM APP_ITEM WHERE State = ''", "may not write APP_ITEM" },
		{ "DELETE FROM APP_ITEM", "may not write APP_ITEM" },
		{ "DELETE FROM record WHERE id = 7", "may not write APP_ITEM" },
	};
	struct fixture *f = *state;
	struct audit audit;
	size_t i;
	int result;

	sql(f,
	    "CREATE VIEW shows_keys AS SELECT KeyId FROM APP_JOB_KEY;"
	    "CREATE TABLE key_copy (KeyId INTEGER PRIMARY KEY, Hash BLOB) STRICT;"
	    "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);"
	    "CREATE TRIGGER forgets AFTER DELETE ON record BEGIN DELETE FROM APP_ITEM WHERE ItemId = OLD.id; END;");
	assert_int_equal(audit_init(&audit, f->db.handle, &f->why), 0);
	for (i = 0; i < COUNT(cases); i++) {
		err_clear(&f->why);
		result = audit_statement(&audit, f->db.handle, cases[i].text, strlen(cases[i].text), &f->why);
		if (result != (cases[i].message == NULL ? 0 : -1))
			fail_msg("%s: %d, %s", cases[i].text, result, f->why.text);
		if (cases[i].message != NULL) {
			assert_int_equal(f->why.kind, ERR_CONFIG);
			assert_has(f->why.text, cases[i].message);
		}
	}
	audit_release(&audit);
}

static void
audit__a_program_that_cannot_be_looked_at_is_no_pass(void **state)
{
	struct fixture *f = *state;
	struct audit audit;

	assert_int_equal(audit_init(&audit, f->db.handle, &f->why), 0);
	assert_int_equal(audit_statement(&audit, f->db.handle, "SELECT FROM", 11, &f->why), -1);
	assert_int_equal(f->why.kind, ERR_DATABASE);
	audit_release(&audit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(audit__tells_what_a_program_opens, setup, teardown),
		cmocka_unit_test_setup_teardown(audit__a_program_that_cannot_be_looked_at_is_no_pass, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
