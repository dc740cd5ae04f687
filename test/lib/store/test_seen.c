#include "scratch.h"

#include "store/seen.h"

static const struct ledger_client seven = { 1, "7", "0" };

static void
seen__remembers_across_rollbacks_and_tells_keys_apart(void **state)
{
	static const struct ledger_key key = { "a\0b", 3, true, "v", 1 };
	static const struct {
		struct ledger_client who;
		struct ledger_key key;
		const char *reason;
	} others[] = {
		{ { 2, "7", "0" }, { "a\0b", 3, true, "v", 1 }, "another job type" },
		{ { 1, "8", "0" }, { "a\0b", 3, true, "v", 1 }, "another client" },
		{ { 1, "7", "1" }, { "a\0b", 3, true, "v", 1 }, "another group" },
		{ { 1, "7", "0" }, { "a\0c", 3, true, "v", 1 }, "another id" },
		{ { 1, "7", "0" }, { "a\0b", 3, false, "v", 1 }, "a number" },
		{ { 1, "7", "0" }, { "a\0b", 3, true, "", 0 }, "another version" },
	};
	struct scratch *s = *state;
	size_t i;

	OK(s, seen_init(&s->db, &s->e));
	assert_int_equal(seen_find(&s->db, &seven, &key, &s->e), 0);
	OK(s, seen_add(&s->db, &seven, &key, &s->e));
	OK(s, seen_add(&s->db, &seven, &key, &s->e));
	OK(s, db_begin(&s->db, &s->e));
	assert_int_equal(seen_find(&s->db, &seven, &key, &s->e), 1);
	db_rollback(&s->db);
	assert_int_equal(seen_find(&s->db, &seven, &key, &s->e), 1);
	for (i = 0; i < N(others); i++)
		if (seen_find(&s->db, &others[i].who, &others[i].key, &s->e) != 0)
			fail_msg("%s", others[i].reason);
}

static void
seen__leaves_nothing_behind(void **state)
{
	static const struct ledger_key key = { "7", 1, false, "", 0 };
	struct scratch *s = *state;

	OK(s, seen_init(&s->db, &s->e));
	OK(s, seen_add(&s->db, &seven, &key, &s->e));
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_ITEM"), 0);
	assert_int_equal(
	    scratch_number(s->db.handle, "SELECT count(*) FROM main.sqlite_schema WHERE name = 'SEEN'"), 0);
	db_close(&s->db);
	OK(s, db_open(&s->db, s->path, &s->e));
	REFUSED(s, seen_find(&s->db, &seven, &key, &s->e), ERR_DATABASE, "looking an item up in a dry run");
	REFUSED(s, seen_add(&s->db, &seven, &key, &s->e), ERR_DATABASE, "remembering an item");
	OK(s, seen_init(&s->db, &s->e));
	REFUSED(s, seen_init(&s->db, &s->e), ERR_DATABASE, "making a dry run's memory");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(seen__remembers_across_rollbacks_and_tells_keys_apart),
		CASE(seen__leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
