#include "scratch.h"

#include "store/catalog.h"

struct seen {
	char text[512];
	int stop_after;
};

static int
see_row(void *arg, const struct catalog_row *row, struct err *e)
{
	struct seen *seen = arg;
	size_t at = strlen(seen->text);

	snprintf(seen->text + at, sizeof(seen->text) - at, "%lld,%s,%s,%zu,%s;", (long long)row->id, row->route,
	    row->configuration, row->configuration_len, row->user != NULL ? row->user : "-");
	return --seen->stop_after == 0 ? err_set(e, ERR_INTERNAL, "stop", "enough") : 0;
}

static void
catalog_rows__come_by_id_with_their_user(void **state)
{
	struct seen seen = { .stop_after = 100 };
	struct scratch *s = *state;
	int64_t rows;

	OK(s, catalog_rows(&s->db, 2, see_row, &seen, &rows, &s->e));
	assert_int_equal(rows, 0);
	scratch_sql(s->db.handle,
	    "INSERT INTO APP_JOB_CONFIG VALUES (9, 2, '/b', '[2]', 9223372036854775807), (3, 2, NULL, 'x', NULL),"
	    " (4, 1, '/c', '[3]', 1)");
	OK(s, catalog_rows(&s->db, 2, see_row, &seen, &rows, &s->e));
	assert_int_equal(rows, 2);
	assert_string_equal(seen.text, "3,,x,1,-;9,/b,[2],3,9223372036854775807;");
	seen = (struct seen){ .stop_after = 1 };
	REFUSED(s, catalog_rows(&s->db, 2, see_row, &seen, &rows, &s->e), ERR_INTERNAL, "enough");
	assert_string_equal(seen.text, "3,,x,1,-;");
}

static int
see_cells(void *arg, int n, const char *const *cells, struct err *e)
{
	struct seen *seen = arg;
	size_t at;
	int i;

	for (i = 0; i < n; i++) {
		at = strlen(seen->text);
		snprintf(seen->text + at, sizeof(seen->text) - at, "%s%s", cells[i] != NULL ? cells[i] : "-",
		    i + 1 < n ? "," : ";");
	}
	return --seen->stop_after == 0 ? err_set(e, ERR_INTERNAL, "stop", "enough") : 0;
}

static void
catalog_list__gives_cells_as_text_and_no_hashes(void **state)
{
	static const struct {
		enum sql_id list;
		const char *rows;
	} lists[] = {
		{ SQL_LIST_SYSTEMS, "a,{};b,{};" },
		{ SQL_LIST_JOBS, "1,Sync,3,pilot,then,-;2,Other,1,full,now,broken;" },
		{ SQL_LIST_KEYS, "1,*,cron,then,-,-,-;" },
		{ SQL_LIST_CONFIGURED, "2,Other;3,-;" },
	};
	struct scratch *s = *state;
	struct seen seen;
	size_t i;

	scratch_sql(s->db.handle,
	    "INSERT INTO APP_EXTERNAL_SYSTEM VALUES ('b', '{}'), ('a', '{}');"
	    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, Version, Stage, InstalledAt) VALUES"
	    " (2, 'Other', '{}', '', 1, 'full', 'now'), (1, 'Sync', '{}', '', 3, 'pilot', 'then');"
	    "INSERT INTO APP_HOLD (JobType, Reason, HeldAt) VALUES (2, 'broken', 'now');"
	    "INSERT INTO APP_HOLD (JobType, ClientId, Reason, HeldAt) VALUES (1, '7', 'a client alone', 'now');"
	    "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (3, '[]'), (2, '[]'), (3, '[]');"
	    "INSERT INTO APP_JOB_KEY (Hash, Jobs, Label, CreatedAt) VALUES (zeroblob(32), '*', 'cron', 'then');");
	for (i = 0; i < N(lists); i++) {
		seen = (struct seen){ .stop_after = 100 };
		OK(s, catalog_list(&s->db, lists[i].list, see_cells, &seen, &s->e));
		assert_string_equal(seen.text, lists[i].rows);
	}
	seen = (struct seen){ .stop_after = 1 };
	REFUSED(s, catalog_list(&s->db, SQL_LIST_SYSTEMS, see_cells, &seen, &s->e), ERR_INTERNAL, "enough");
	assert_string_equal(seen.text, "a,{};");
}

static void
catalog_list__fails_when_the_database_fails(void **state)
{
	struct seen seen = { .stop_after = 100 };
	struct scratch *s = *state;
	int64_t rows;

	db_close(&s->db);
	OK(s, db_open(&s->db, s->path, &s->e));
	scratch_sql(s->db.handle, "DROP TABLE APP_JOB_TYPE; DROP TABLE APP_JOB_CONFIG");
	REFUSED(s, catalog_rows(&s->db, 1, see_row, &seen, &rows, &s->e), ERR_DATABASE, "reading the clients");
	REFUSED(s, catalog_list(&s->db, SQL_LIST_JOBS, see_cells, &seen, &s->e), ERR_DATABASE, "listing job types");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(catalog_rows__come_by_id_with_their_user),
		CASE(catalog_list__gives_cells_as_text_and_no_hashes),
		CASE(catalog_list__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
