#include "fixture.h"

static void
check__looks_at_everything(void **state)
{
	struct fixture *f = *state;

	OK(&f->s, check_all(&f->plan, &f->summary, &f->s.e));
	assert_string_equal(buf_text(&f->heard),
	    "warning|job One, client 1, group 0||paused\n"
	    "error|job One, client 2, group 0|Auth.Bearer|secret\n"
	    "error|job Two|r.sql:1:1|rules\n"
	    "error|job Two, configuration row 2|Configuration[1]|client_config\n"
	    "warning|job 3||not_installed\n"
	    "error|system spare|CaFile|ca_file\n"
	    "warning|key 1|ExpiresAt|key_expires\n"
	    "warning|key 2|Jobs|no_such_job\n");
	assert_int_equal(f->summary.systems, 2);
	assert_int_equal(f->summary.jobs, 2);
	assert_int_equal(f->summary.clients, 5);
	assert_int_equal(f->summary.keys, 2);
	assert_int_equal(f->summary.probes, 0);
	/* The database, job One, the system ris and client 1 of job Two. */
	assert_int_equal(f->well, 4);
}

static void
check__of_one_job_looks_at_what_that_uses(void **state)
{
	struct fixture *f = *state;

	f->plan.job_type = 1;
	OK(&f->s, check_all(&f->plan, &f->summary, &f->s.e));
	assert_string_equal(buf_text(&f->heard),
	    "warning|job One, client 1, group 0||paused\n"
	    "error|job One, client 2, group 0|Auth.Bearer|secret\n"
	    "warning|key 1|ExpiresAt|key_expires\n");
	assert_int_equal(f->summary.systems, 1);
	assert_int_equal(f->summary.jobs, 1);
	assert_int_equal(f->summary.clients, 2);
	assert_int_equal(f->summary.keys, 1);
}

static void
check__days_until_a_key_ends(void **state)
{
	static const struct {
		const char *expires, *says;
	} rows[] = {
		{ "2026-11-26T06:59:59.999Z", "expired at" },
		{ "2026-11-26T07:00:00.000Z", "expired at" },
		{ "2026-11-26T07:30:00.000Z", "expires in 0 hours, at 2026-11-26T07:30:00Z" },
		{ "2026-11-26T12:00:00.000Z", "expires in 5 hours," },
		{ "2026-11-27T07:00:00.000Z", "expires in 1 day," },
		{ "2026-12-10T06:59:59.999Z", "expires in 13 days" },
		{ "2026-12-10T07:00:00.000Z", "it is valid" },
	};
	struct fixture *f = *state;
	char sql[200];
	size_t i;

	f->plan.job_type = 1;
	for (i = 0; i < N(rows); i++) {
		snprintf(sql, sizeof(sql), "UPDATE APP_JOB_KEY SET ExpiresAt = '%s' WHERE KeyId = 1", rows[i].expires);
		scratch_sql(f->s.db.handle, sql);
		OK(&f->s, check_all(&f->plan, &f->summary, &f->s.e));
		if (strstr(f->last, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].expires, f->last);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(check__looks_at_everything, fixture_new, fixture_end),
		cmocka_unit_test_setup_teardown(check__of_one_job_looks_at_what_that_uses, fixture_new, fixture_end),
		cmocka_unit_test_setup_teardown(check__days_until_a_key_ends, fixture_new, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
