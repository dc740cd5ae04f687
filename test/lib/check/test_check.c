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

/* Job One with this definition, and one client with a secret and a key of his own. */
static void
define(struct fixture *f, const char *definition)
{
	char sql[1000];

	snprintf(sql, sizeof(sql),
	    "UPDATE APP_JOB_TYPE SET Rules = 'INSERT INTO nota VALUES (:id);', Definition = '%s' WHERE JobType = 1",
	    definition);
	scratch_sql(f->s.db.handle, sql);
	scratch_sql(f->s.db.handle,
	    "DELETE FROM APP_HOLD; UPDATE APP_JOB_CONFIG SET Configuration ="
	    " '[{\"ClientId\": 2, \"Dayz\": 1, \"Auth\": {\"Bearer\": \"file:/absent\"}}]' WHERE JobType = 1");
}

#define RULES "error|job One|r.sql:1:1|rules\n"
#define CLIENT                                                  \
	"error|job One, client 2, group 0|Auth.Bearer|secret\n" \
	"warning|job One, client 2, group 0|Dayz|unknown_key\n"
#define KEY "warning|key 1|ExpiresAt|key_expires\n"

static void
check__of_a_broken_job_looks_at_the_rest_of_it(void **state)
{
	static const struct {
		const char *definition, *heard;
	} rows[] = {
		{ "{\"JobType\": 1, \"Name\": \"One\", \"System\": \"ris\", \"Rules\": \"r.sql\", \"Timeot\": 1, \"MaxAttempts\": 0,"
		  " \"Fetch\": {\"Mehod\": 1}, \"Auth\": {\"Bearer\": \"file:/none\"}}",
		    "error|job One|Timeot|config\nerror|job One|Fetch.Mehod|config\nerror|job One|MaxAttempts|config\n" RULES
		    "error|job One|Auth.Bearer|secret\n" CLIENT KEY },
		/* What system, what settings: not known, and so not asked for. */
		{ "{\"JobType\": 1, \"Name\": \"One\", \"System\": 7, \"Rules\": \"r.sql\"}",
		    "error|job One|System|config\n" RULES CLIENT KEY },
		{ "{\"JobType\": 1, \"Name\": \"One\", \"System\": \"ris\", \"Rules\": \"r.sql\", \"BaseUrl\": 7}",
		    "error|job One|BaseUrl|config\n" RULES CLIENT KEY },
		{ "{\"JobType\": 1, \"Name\": \"One\", \"System\": \"sri\", \"Rules\": \"r.sql\"}",
		    "error|job One|System|no_such_system\n" RULES CLIENT KEY },
		{ "{\"JobType\": 1, ", "error|job One|job.json|json\nerror|job One|rules.sql:1:1|rules\n" CLIENT KEY },
	};
	struct fixture *f = *state;
	size_t i;

	f->plan.job_type = 1;
	for (i = 0; i < N(rows); i++) {
		define(f, rows[i].definition);
		buf_clear(&f->heard);
		OK(&f->s, check_all(&f->plan, &f->summary, &f->s.e));
		assert_string_equal(buf_text(&f->heard), rows[i].heard);
		assert_int_equal(f->summary.clients, 1);
	}
}

static void
check__of_a_broken_system_looks_at_the_rest_of_it(void **state)
{
	struct fixture *f = *state;

	f->plan.job_type = 1;
	define(f, "{\"JobType\": 1, \"Name\": \"One\", \"System\": \"ris\", \"Rules\": \"r.sql\"}");
	scratch_sql(f->s.db.handle,
	    "UPDATE APP_EXTERNAL_SYSTEM SET Definition = '{\"BaseUr\": 1, \"Timeout\": -1,"
	    " \"Auth\": {\"Bearer\": \"file:/none\"}}' WHERE Name = 'ris'");
	OK(&f->s, check_all(&f->plan, &f->summary, &f->s.e));
	assert_string_equal(buf_text(&f->heard),
	    RULES CLIENT
	    "error|system ris|BaseUr|config\nerror|system ris|Timeout|config\nerror|system ris|Auth.Bearer|secret\n" KEY);
}

static void
check__counts_an_entry_of_many_faults_once(void **state)
{
	struct fixture *f = *state;

	f->plan.job_type = 2;
	scratch_sql(f->s.db.handle,
	    "UPDATE APP_JOB_CONFIG SET Configuration = '[{\"ClientId\": 5, \"GroupId\": [], \"Days\": -1, \"Pilot\": 1,"
	    " \"Route\": \"/a?\", \"Retries\": \"x\"}, {\"ClientId\": 6, \"Days\": -1, \"Year\": -1}]' WHERE JobType = 2;"
	    "UPDATE APP_JOB_TYPE SET Rules = 'INSERT INTO note VALUES (:id);'");
	OK(&f->s, check_all(&f->plan, &f->summary, &f->s.e));
	assert_string_equal(buf_text(&f->heard),
	    "error|job Two, client 5, group 0|Configuration[0].GroupId|client_config\n"
	    "error|job Two, client 5, group 0|Configuration[0].Route|client_config\n"
	    "error|job Two, client 5, group 0|Configuration[0].Days|client_config\n"
	    "error|job Two, client 5, group 0|Configuration[0].Pilot|client_config\n"
	    "error|job Two, client 5, group 0|Configuration[0].Retries|client_config\n"
	    "error|job Two, client 6, group 0|Configuration[1].Days|client_config\n"
	    "error|job Two, client 6, group 0|Configuration[1].Year|client_config\n" KEY);
	assert_int_equal(f->summary.clients, 2);
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
		cmocka_unit_test_setup_teardown(
		    check__of_a_broken_job_looks_at_the_rest_of_it, fixture_new, fixture_end),
		cmocka_unit_test_setup_teardown(
		    check__of_a_broken_system_looks_at_the_rest_of_it, fixture_new, fixture_end),
		cmocka_unit_test_setup_teardown(check__counts_an_entry_of_many_faults_once, fixture_new, fixture_end),
		cmocka_unit_test_setup_teardown(check__days_until_a_key_ends, fixture_new, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
