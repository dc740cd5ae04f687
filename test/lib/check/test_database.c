#include "fixture.h"

#include "base/bounds.h"
#include "check/database.h"
#include "check/tell.h"

#define MUCH (INT64_C(1) << 40)

static void
database__is_judged_by_its_file(void **state)
{
	static char damage[] = "row 1 missing from index i";
	static const struct {
		struct health health;
		const char *heard;
		bool skipped;
	} rows[] = {
		{ { .wal = true, .mode = 0600, .free_bytes = MUCH, .looked = true }, "", false },
		{ { .wal = true, .mode = 0400, .free_bytes = BOUND_DISK_LOW, .looked = true }, "", false },
		{ { .wal = true, .mode = 0600, .free_bytes = MUCH }, "", true },
		{ { .wal = true, .mode = 0640, .free_bytes = MUCH, .looked = true }, "warning|database||file_mode\n",
		    false },
		{ { .wal = true, .mode = 0602, .free_bytes = MUCH, .looked = true }, "warning|database||file_mode\n",
		    false },
		{ { .wal = true, .mode = 0600, .free_bytes = BOUND_DISK_LOW - 1, .looked = true },
		    "warning|database||disk_low\n", false },
		{ { .wal = true, .mode = 0600, .free_bytes = MUCH, .looked = true, .orphans = 1 },
		    "warning|database||foreign_keys\n", false },
		{ { .mode = 0600, .free_bytes = MUCH, .looked = true }, "error|database||journal_mode\n", false },
		{ { .wal = true, .mode = 0600, .free_bytes = MUCH, .looked = true, .damage = damage },
		    "error|database||integrity\n", false },
	};
	struct fixture *f = *state;
	struct check c = { .plan = &f->plan, .summary = &f->summary };
	size_t i;

	for (i = 0; i < N(rows); i++) {
		buf_clear(&f->heard);
		f->well = 0;
		database_judge(&c, &rows[i].health, "/db");
		assert_string_equal(buf_text(&f->heard), rows[i].heard);
		assert_int_equal(f->well, rows[i].heard[0] == '\0');
		assert_int_equal(f->summary.integrity_skipped, rows[i].skipped);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(database__is_judged_by_its_file, fixture_new, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
