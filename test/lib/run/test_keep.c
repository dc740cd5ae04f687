#include "../store/scratch.h"

#include "../failing.h"
#include "base/clock.h"
#include "run/keep.h"

#define DAY INT64_C(86400000)
/* 2026-11-23T07:00:00.000Z */
#define NOW INT64_C(1795417200000)

static void
configure(struct scratch *s, int job, const char *configuration)
{
	char *sql = sqlite3_mprintf(
	    "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration) VALUES (%d, '/r', %Q)", job, configuration);

	scratch_sql(s->db.handle, sql);
	sqlite3_free(sql);
}

/* Up to three configuration rows of job type 1, and what it is read as; older than ten days is asked for. */
static void
keep__remembers_what_any_client_may_ask_for(void **state)
{
	static const struct {
		const char *rows[3];
		const char *before, *why, *reason;
	} cases[] = {
		{ { NULL }, "2026-11-13T07:00:00.000Z", "", "no client: the age alone" },
		{ { "[]" }, "2026-11-13T07:00:00.000Z", "", "an empty array" },
		{ { "[{\"ClientId\": 1}]" }, "2026-11-13T07:00:00.000Z", "", "neither Days nor Year" },
		{ { "[{\"ClientId\": 1, \"Days\": 0}]" }, "2026-11-13T07:00:00.000Z", "", "no Days at all" },
		{ { "[{\"ClientId\": 1, \"Days\": null, \"Year\": null}]" }, "2026-11-13T07:00:00.000Z", "",
		    "null is not given" },
		{ { "[{\"ClientId\": 1, \"Days\": 8}]" }, "2026-11-13T07:00:00.000Z", "", "fewer Days than the age" },
		{ { "[{\"ClientId\": 1, \"Days\": 9}]" }, "2026-11-13T07:00:00.000Z", "",
		    "the day more ends where the age does" },
		{ { "[{\"ClientId\": 1, \"Days\": 10}]" }, "2026-11-12T07:00:00.000Z", "client 1, group 0 has Days 10",
		    "a day more than the Days" },
		{ { "[{\"ClientId\": 1, \"Days\": 20}, {\"ClientId\": 2, \"GroupId\": \"g\", \"Days\": 30},"
		    " {\"ClientId\": 3, \"Days\": 25}]" },
		    "2026-10-23T07:00:00.000Z", "client 2, group g has Days 30", "the longest wins" },
		{ { "[{\"ClientId\": 1, \"Days\": 20}]", "[]", "[{\"ClientId\": 2, \"Days\": 30}]" },
		    "2026-10-23T07:00:00.000Z", "client 2, group 0 has Days 30", "of all rows" },
		{ { "[{\"ClientId\": 1, \"Days\": 30, \"Enabled\": false}]" }, "2026-10-23T07:00:00.000Z",
		    "client 1, group 0 has Days 30", "who is switched off may be switched on again" },
		{ { "[{\"ClientId\": 1, \"Days\": 9223372036854775807}]" }, "0000-01-01T00:00:00.000Z",
		    "client 1, group 0 has Days 9223372036854775807", "beyond all times" },
		{ { "[{\"ClientId\": 1, \"Year\": 2026}]" }, "2025-12-31T00:00:00.000Z",
		    "client 1, group 0 has Year 2026", "1 January, and a day before it" },
		{ { "[{\"ClientId\": 1, \"Year\": 2025}, {\"ClientId\": 2, \"Year\": 2024}]" },
		    "2023-12-31T00:00:00.000Z", "client 2, group 0 has Year 2024", "the earliest Year wins" },
		{ { "[{\"ClientId\": 1, \"Year\": 2026, \"Days\": 400}]" }, "2025-10-18T07:00:00.000Z",
		    "client 1, group 0 has Days 400", "Days that go back beyond the Year" },
		{ { "[{\"ClientId\": 1, \"Year\": 2026, \"Days\": 300}]" }, "2025-12-31T00:00:00.000Z",
		    "client 1, group 0 has Year 2026", "a Year that goes back beyond the Days" },
		{ { "[{\"ClientId\": 1, \"Year\": 2027}]" }, "2026-11-13T07:00:00.000Z", "", "a Year to come" },
		{ { "[{\"ClientId\": 1, \"Year\": 10000}]" }, "2026-11-13T07:00:00.000Z", "", "one of five digits" },
	};
	struct scratch *s = *state;
	char before[CLOCK_TEXT];
	struct keep keep;
	size_t i, j;

	/* Another job's clients say nothing about this one's. */
	configure(s, 2, "[{\"ClientId\": 1, \"Days\": 5000}, {\"ClientId\": 2, \"Days\": \"many\"}]");
	for (i = 0; i < N(cases); i++) {
		scratch_sql(s->db.handle, "DELETE FROM APP_JOB_CONFIG WHERE JobType = 1");
		for (j = 0; j < N(cases[i].rows) && cases[i].rows[j] != NULL; j++)
			configure(s, 1, cases[i].rows[j]);
		OK(s, keep_read(&keep, &s->db, 1, NOW, 10 * DAY, &s->e));
		clock_text(keep.before_ms, before);
		if (keep.leave || strcmp(before, cases[i].before) != 0 || strcmp(keep.why, cases[i].why) != 0)
			fail_msg("%s: %s%s: %s", cases[i].reason, before, keep.leave ? ", left" : "", keep.why);
	}
}

static void
keep__leaves_all_when_a_client_cannot_be_read(void **state)
{
	static const struct {
		const char *rows[3];
		const char *why, *reason;
	} cases[] = {
		{ { "[{\"ClientId\": 1, \"Days\": \"many\"}]" }, "Days", "no number" },
		{ { "[{\"ClientId\": 1, \"Days\": -1}]" }, "Days", "less than nothing" },
		{ { "[{\"ClientId\": 1, \"Days\": 1.5}]" }, "Days", "no whole number" },
		{ { "[{\"ClientId\": 1, \"Days\": 9223372036854775808}]" }, "Days", "one too large for a number" },
		{ { "[{\"ClientId\": 1, \"Year\": \"2020\"}]" }, "Year", "a text" },
		{ { "[{\"ClientId\": 1, \"Days\": 1, \"Days\": 2}]" }, "Days", "given twice" },
		{ { "[{\"ClientId\": 1, \"Enabled\": \"no\"}]" }, "Enabled", "another key is wrong" },
		{ { "[{\"Days\": 5}]" }, "ClientId", "nobody's" },
		{ { "[5]" }, "entry 1", "no object" },
		{ { "{\"ClientId\": 1}" }, "not an array", "no array" },
		{ { "[{\"ClientId\": 1" }, "configuration row", "no JSON" },
		{ { "" }, "configuration row", "nothing" },
		{ { "[{\"ClientId\": 1, \"Days\": 5}]", "[{\"ClientId\": 2, \"Days\": \"many\"}]",
		      "[{\"ClientId\": 3, \"Days\": 7000}]" },
		    "Days", "one among many that can be read" },
		{ { "[{\"ClientId\": 1, \"Days\": \"many\"}, {\"ClientId\": 2, \"Year\": \"x\"}]" }, "Days",
		    "of several the first is told" },
	};
	struct scratch *s = *state;
	struct keep keep;
	size_t i, j;

	for (i = 0; i < N(cases); i++) {
		scratch_sql(s->db.handle, "DELETE FROM APP_JOB_CONFIG");
		for (j = 0; j < N(cases[i].rows) && cases[i].rows[j] != NULL; j++)
			configure(s, 1, cases[i].rows[j]);
		OK(s, keep_read(&keep, &s->db, 1, NOW, 10 * DAY, &s->e));
		if (!keep.leave || strstr(keep.why, "configuration row") == NULL ||
		    strstr(keep.why, cases[i].why) == NULL)
			fail_msg("%s: %s%s", cases[i].reason, keep.leave ? "left: " : "", keep.why);
	}
	/* What an earlier reading said is forgotten. */
	scratch_sql(s->db.handle, "DELETE FROM APP_JOB_CONFIG");
	OK(s, keep_read(&keep, &s->db, 1, NOW, 10 * DAY, &s->e));
	assert_false(keep.leave);
	assert_string_equal(keep.why, "");
}

static void
keep__fails_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	struct keep keep;

	configure(s, 1, "[{\"ClientId\": 1, \"Days\": 30}]");
	scratch_sql(s->db.handle, "ALTER TABLE APP_JOB_CONFIG RENAME TO GONE");
	REFUSED(s, keep_read(&keep, &s->db, 1, NOW, 10 * DAY, &s->e), ERR_DATABASE, "APP_JOB_CONFIG");
}

static void
keep__fails_when_memory_is_out(void **state)
{
	struct scratch *s = *state;
	struct failing f = { 0 };
	struct keep keep;
	int ret;

	configure(s, 1, "[{\"ClientId\": 1, \"Days\": 30, \"Year\": 2026}, {\"ClientId\": 2, \"Days\": 40}]");
	while (failing_next(&f)) {
		failing_begin(&f);
		ret = keep_read(&keep, &s->db, 1, NOW, 10 * DAY, &s->e);
		failing_end(&f);
		/* Never 0 with a client that was passed over. */
		assert_true(ret == 0 || (f.failed && s->e.kind == ERR_INTERNAL));
		if (ret == 0 && !keep.leave)
			assert_string_equal(keep.why, "client 1, group 0 has Year 2026");
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(keep__remembers_what_any_client_may_ask_for),
		CASE(keep__leaves_all_when_a_client_cannot_be_read),
		CASE(keep__fails_when_the_database_fails),
		CASE(keep__fails_when_memory_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
