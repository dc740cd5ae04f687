#include "scratch.h"

#include "store/setting.h"

static int
set(struct scratch *s, const char *name, const char *definition)
{
	int existed = -1;

	OK(s, setting_set(&s->db, name, definition, &existed, &s->e));
	return existed;
}

static void
setting__is_set_read_and_removed(void **state)
{
	struct scratch *s = *state;
	char *definition;

	assert_int_equal(setting_get(&s->db, "Notify", &definition, &s->e), 1);
	assert_null(definition);
	assert_int_equal(setting_remove(&s->db, "Notify", &s->e), 1);
	assert_int_equal(set(s, "Notify", "{}"), 0);
	assert_int_equal(set(s, "Notify", "{}"), 2);
	assert_int_equal(set(s, "Notify", "[]"), 1);
	assert_int_equal(set(s, "Other", "1"), 0);
	OK(s, setting_get(&s->db, "Notify", &definition, &s->e));
	assert_string_equal(definition, "[]");
	free(definition);
	OK(s, setting_remove(&s->db, "Notify", &s->e));
	assert_int_equal(setting_get(&s->db, "Notify", &definition, &s->e), 1);
	OK(s, setting_get(&s->db, "Other", &definition, &s->e));
	free(definition);
}

static void
setting__fails_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	char *definition;
	int existed;

	scratch_sql(s->db.handle, "DROP TABLE APP_SETTING");
	REFUSED(s, setting_get(&s->db, "Notify", &definition, &s->e), ERR_DATABASE, "reading a setting");
	REFUSED(s, setting_set(&s->db, "Notify", "{}", &existed, &s->e), ERR_DATABASE, "reading a setting");
	REFUSED(s, setting_remove(&s->db, "Notify", &s->e), ERR_DATABASE, "removing a setting");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(setting__is_set_read_and_removed),
		CASE(setting__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
