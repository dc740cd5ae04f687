#include "../store/scratch.h"

#include "base/clock.h"
#include "run/roster.h"
#include "store/holds.h"
#include "store/runlog.h"

#define NOW "2026-11-23T07:00:00.000Z"
#define EARLIER "2026-11-23T06:30:00.000Z"

static void
configure(struct scratch *s, const char *route, const char *array)
{
	char *sql = sqlite3_mprintf(
	    "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration) VALUES (1, %Q, %Q)", route, array);

	scratch_sql(s->db.handle, sql);
	sqlite3_free(sql);
}

static struct run_request
request_of(struct scratch *s)
{
	static char name[] = "Notes";
	static struct catalog_job job = { .type = 1, .name = name };

	return (struct run_request){ .db = &s->db, .job = &job };
}

static int
read_roster(struct scratch *s, struct roster *roster, const struct run_request *request)
{
	int64_t now;

	assert_int_equal(clock_parse(NOW, &now), 0);
	*roster = (struct roster){ 0 };
	return roster_read(roster, request, now, &s->e);
}

/* "1/0 2/7": client and group of each who is to be visited. */
static const char *
names_of(const struct roster *roster)
{
	static char text[500];
	size_t i;

	text[0] = '\0';
	for (i = 0; i < roster->n; i++) {
		if (i > 0)
			strlcat(text, " ", sizeof(text));
		strlcat(text, roster->clients[i].id, sizeof(text));
		strlcat(text, "/", sizeof(text));
		strlcat(text, roster->clients[i].group, sizeof(text));
	}
	return text;
}

static void
roster__keeps_the_order_and_leaves_out_who_is_off(void **state)
{
	struct scratch *s = *state;
	struct run_request request = request_of(s);
	struct roster roster;

	configure(s, "/a", "[{\"ClientId\": 9}, {\"ClientId\": \"b\", \"GroupId\": 7}]");
	configure(s, "/b", "[{\"ClientId\": 1, \"Enabled\": false}, {\"ClientId\": 2, \"Route\": \"/own\"}]");
	OK(s, read_roster(s, &roster, &request));
	assert_string_equal(names_of(&roster), "9/0 b/7 2/0");
	assert_int_equal(roster.configured, 4);
	assert_int_equal(roster.rows, 2);
	assert_string_equal(roster.clients[0].route, "/a");
	assert_string_equal(roster.clients[2].route, "/own");
	roster_release(&roster);
}

static void
roster__takes_a_client_that_is_there_twice_once(void **state)
{
	struct scratch *s = *state;
	struct run_request request = request_of(s);
	struct roster roster;

	configure(s, "/a", "[{\"ClientId\": 1}, {\"ClientId\": 1, \"GroupId\": 2}, {\"ClientId\": \"1\"}]");
	configure(s, "/b", "[{\"ClientId\": 1, \"Enabled\": false}]");
	OK(s, read_roster(s, &roster, &request));
	assert_string_equal(names_of(&roster), "1/0 1/2");
	assert_string_equal(roster.clients[0].route, "/a");
	assert_int_equal(roster.configured, 2);
	assert_int_equal(roster.n_bad, 2);
	assert_string_equal(roster.bad[1].id, "1");
	assert_true(roster.bad[1].twice);
	assert_non_null(strstr(roster.bad[1].message, "configured twice (configuration rows 1 and 2)"));
	roster_release(&roster);
}

static void
roster__tells_bad_entries_and_keeps_the_others(void **state)
{
	struct scratch *s = *state;
	struct run_request request = request_of(s);
	struct roster roster;

	configure(s, "/a", "[{\"ClientId\": 1}, {\"ClientId\": 2, \"Days\": \"x\"}, {\"GroupId\": 3}, 4]");
	configure(s, "/a", "{\"ClientId\": 5}");
	configure(s, "/a", "nonsense");
	OK(s, read_roster(s, &roster, &request));
	assert_string_equal(names_of(&roster), "1/0");
	assert_int_equal(roster.n_bad, 5);
	assert_string_equal(roster.bad[0].id, "2");
	assert_string_equal(roster.bad[0].group, "0");
	assert_string_equal(roster.bad[1].id, "");
	roster_release(&roster);
}

static void
roster__visits_those_who_are_due(void **state)
{
	static const struct {
		const char *entry, *status; /* of the run that began half an hour ago; NULL: there was none */
		bool force, visited;
		const char *reason;
	} cases[] = {
		{ "{\"ClientId\": 1}", "ok", false, true, "no frequency" },
		{ "{\"ClientId\": 1, \"SendFrequency\": 60}", NULL, false, true, "never before" },
		{ "{\"ClientId\": 1, \"SendFrequency\": 60}", "ok", false, false, "half an hour is too soon" },
		{ "{\"ClientId\": 1, \"SendFrequency\": 60}", "degraded", false, false, "degraded is no failure" },
		{ "{\"ClientId\": 1, \"SendFrequency\": 60}", "failed", false, true, "a failed run does not count" },
		{ "{\"ClientId\": 1, \"SendFrequency\": 60}", "stopped", false, true, "nor one that was stopped" },
		{ "{\"ClientId\": 1, \"SendFrequency\": 30}", "ok", false, true, "due to the minute" },
		{ "{\"ClientId\": 1, \"SendFrequency\": 60}", "ok", true, true, "forced" },
		{ "{\"ClientId\": 1, \"Enabled\": false}", NULL, true, false, "off is off, also when forced" },
	};
	struct scratch *s = *state;
	struct run_request request = request_of(s);
	struct runlog_run run = { .job_type = 1, .started_at = EARLIER };
	struct runlog_request row = { .job_type = 1, .client = "1", .group = "0", .started_at = EARLIER };
	struct roster roster;
	char entry[200];
	size_t i;

	OK(s, runlog_begin(&s->db, &run, &s->e));
	row.run = run.id;
	for (i = 0; i < N(cases); i++) {
		scratch_sql(
		    s->db.handle, "DELETE FROM APP_JOB_CONFIG; DELETE FROM APP_REQUEST_LOG; DELETE FROM APP_CLIENT");
		snprintf(entry, sizeof(entry), "[%s]", cases[i].entry);
		configure(s, "/a", entry);
		row.status = cases[i].status;
		if (row.status != NULL)
			OK(s, runlog_request(&s->db, &row, &s->e));
		request.force = cases[i].force;
		OK(s, read_roster(s, &roster, &request));
		if ((roster.n == 1) != cases[i].visited)
			fail_msg("%s", cases[i].reason);
		roster_release(&roster);
	}
}

static void
roster__counts_who_is_not_due_as_skipped(void **state)
{
	struct scratch *s = *state;
	struct run_request request = request_of(s);
	struct runlog_run run = { .job_type = 1, .started_at = EARLIER };
	struct runlog_request row = {
		.job_type = 1, .client = "1", .group = "0", .started_at = EARLIER, .status = "ok"
	};
	struct roster roster;

	OK(s, runlog_begin(&s->db, &run, &s->e));
	row.run = run.id;
	OK(s, runlog_request(&s->db, &row, &s->e));
	configure(s, "/a",
	    "[{\"ClientId\": 1, \"SendFrequency\": 60}, {\"ClientId\": 2, \"SendFrequency\": 60},"
	    " {\"ClientId\": 3, \"Enabled\": false}]");
	OK(s, read_roster(s, &roster, &request));
	assert_string_equal(names_of(&roster), "2/0");
	assert_int_equal(roster.skipped, 1);
	assert_int_equal(roster.configured, 3);
	roster_release(&roster);
}

static void
roster__takes_only_those_the_options_name(void **state)
{
	static const struct {
		const char *clients[3], *group;
		const char *names;  /* NULL: refused */
		const char *reason; /* in the message, if it is */
		size_t bad;
	} cases[] = {
		{ { "1" }, NULL, "1/10 1/20", "", 0 },
		{ { "2", "1" }, "10", "1/10 2/10", "", 0 },
		{ { NULL }, "20", "1/20", "", 0 },
		{ { "1", "33" }, NULL, NULL, "has no client 33; did you mean 333", 0 },
		{ { "2" }, "20", NULL, "no such client in group 20", 0 },
		{ { NULL }, "30", NULL, "no such client in group 30", 0 },
		{ { "4" }, NULL, "", "its entry is bad, and that is told", 1 },
		{ { "4", "333" }, NULL, "333/10", "", 1 },
	};
	struct scratch *s = *state;
	struct run_request request = request_of(s);
	struct roster roster;
	size_t i;

	configure(s, "/a",
	    "[{\"ClientId\": 1, \"GroupId\": 10}, {\"ClientId\": 1, \"GroupId\": 20}, {\"ClientId\": 2, \"GroupId\": 10},"
	    " {\"ClientId\": 333, \"GroupId\": 10}, {\"ClientId\": 4, \"GroupId\": 10, \"Days\": -1}]");
	for (i = 0; i < N(cases); i++) {
		request.clients = cases[i].clients;
		for (request.n_clients = 0; cases[i].clients[request.n_clients] != NULL; request.n_clients++)
			continue;
		request.group = cases[i].group;
		if (cases[i].names == NULL) {
			REFUSED(s, read_roster(s, &roster, &request), ERR_USAGE, cases[i].reason);
		} else {
			OK(s, read_roster(s, &roster, &request));
			assert_string_equal(names_of(&roster), cases[i].names);
			assert_int_equal(roster.n_bad, cases[i].bad);
		}
		roster_release(&roster);
	}
}

static void
hold(struct scratch *s, const char *client, const char *group)
{
	struct hold hold = { 1, client, group, "their server moves", EARLIER, 0 };
	int existed;

	OK(s, holds_put(&s->db, &hold, &existed, &s->e));
}

static void
roster__leaves_out_who_is_paused(void **state)
{
	static const struct {
		const char *client, *group;
		bool force;
		const char *names;
		size_t paused;
		const char *reason;
	} cases[] = {
		{ "", "", false, "1/0 2/0 2/7", 0, "a job's own hold is the caller's" },
		{ "2", "0", false, "1/0 2/7", 1, "that client, that group" },
		{ "2", "0", true, "1/0 2/7", 1, "also when forced" },
		{ "2", "8", false, "1/0 2/0 2/7", 0, "another group" },
		{ "1", "0", false, "2/0 2/7", 1, "the first" },
		{ "3", "0", false, "1/0 2/0 2/7", 0, "one that is switched off" },
		{ "99", "0", false, "1/0 2/0 2/7", 0, "one that is no longer configured" },
	};
	struct scratch *s = *state;
	struct run_request request = request_of(s);
	struct roster roster;
	size_t i;

	configure(s, "/a",
	    "[{\"ClientId\": 1}, {\"ClientId\": 2}, {\"ClientId\": 2, \"GroupId\": 7}, {\"ClientId\": 3, \"Enabled\": false}]");
	for (i = 0; i < N(cases); i++) {
		scratch_sql(s->db.handle, "DELETE FROM APP_HOLD");
		hold(s, cases[i].client, cases[i].group);
		/* Others beside it must not be found in its place. */
		hold(s, "10", "0");
		hold(s, "a", "0");
		request.force = cases[i].force;
		OK(s, read_roster(s, &roster, &request));
		if (strcmp(names_of(&roster), cases[i].names) != 0 || roster.n_paused != cases[i].paused ||
		    roster.skipped != (int64_t)cases[i].paused || roster.skipped_paused != roster.skipped)
			fail_msg("%s: %s", cases[i].reason, names_of(&roster));
		roster_release(&roster);
	}
}

static void
roster__says_why_a_client_is_paused_and_what_ends_it(void **state)
{
	struct scratch *s = *state;
	struct run_request request = request_of(s);
	struct roster roster;

	configure(s, "/a", "[{\"ClientId\": 1, \"GroupId\": 10}]");
	hold(s, "1", "10");
	OK(s, read_roster(s, &roster, &request));
	assert_int_equal(roster.n_paused, 1);
	assert_string_equal(roster.paused[0].id, "1");
	assert_string_equal(roster.paused[0].group, "10");
	assert_string_equal(
	    roster.paused[0].message, "paused since " EARLIER ": their server moves; jobrun client resume Notes 1 10");
	roster_release(&roster);
}

static void
roster__holds_back_all_but_pilots(void **state)
{
	static const struct {
		const char *stage, *client;
		bool force;
		const char *names;
		int64_t held_back, refused;
		const char *reason;
	} cases[] = {
		{ "full", NULL, false, "1/0 2/0 3/0", 0, 0, "at full everyone runs" },
		{ "pilot", NULL, false, "2/0", 2, 0, "at pilot the pilots" },
		{ "pilot", NULL, true, "1/0 2/0 3/0", 0, 0, "--force runs all" },
		{ "pilot", "2", false, "2/0", 0, 0, "a pilot by name" },
		{ "pilot", "1", false, "", 1, 1, "another one by name is told of" },
		{ "pilot", "1", true, "1/0", 0, 0, "and runs when forced" },
	};
	struct scratch *s = *state;
	struct run_request request = request_of(s);
	struct catalog_job job = *request.job;
	struct roster roster;
	size_t i;

	request.job = &job;
	configure(s, "/a",
	    "[{\"ClientId\": 1}, {\"ClientId\": 2, \"Pilot\": true}, {\"ClientId\": 3, \"Pilot\": false},"
	    " {\"ClientId\": 4, \"Pilot\": true, \"Enabled\": false}]");
	for (i = 0; i < N(cases); i++) {
		job.stage = (char *)(uintptr_t)cases[i].stage;
		request.clients = &cases[i].client;
		request.n_clients = cases[i].client != NULL;
		request.force = cases[i].force;
		OK(s, read_roster(s, &roster, &request));
		if (strcmp(names_of(&roster), cases[i].names) != 0 || roster.held_back != cases[i].held_back ||
		    roster.skipped != cases[i].held_back || (int64_t)roster.n_refused != cases[i].refused)
			fail_msg("%s: %s", cases[i].reason, names_of(&roster));
		assert_int_equal(roster.pilots, 1);
		roster_release(&roster);
	}
}

static void
roster_all__has_everyone_once(void **state)
{
	struct scratch *s = *state;
	struct roster roster = { 0 };

	OK(s, roster_all(&roster, &s->db, 1, &s->e));
	assert_int_equal(roster.n, 0);
	configure(s, "/a", "[{\"ClientId\": 1}, {\"ClientId\": 2, \"Enabled\": false}, {\"ClientId\": 1}, 3]");
	OK(s, roster_all(&roster, &s->db, 1, &s->e));
	assert_string_equal(names_of(&roster), "1/0 2/0");
	assert_int_equal(roster.n_bad, 2);
	roster_release(&roster);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_open, scratch_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(roster__keeps_the_order_and_leaves_out_who_is_off),
		TEST(roster__takes_a_client_that_is_there_twice_once),
		TEST(roster__tells_bad_entries_and_keeps_the_others),
		TEST(roster__visits_those_who_are_due),
		TEST(roster__counts_who_is_not_due_as_skipped),
		TEST(roster__takes_only_those_the_options_name),
		TEST(roster__leaves_out_who_is_paused),
		TEST(roster__says_why_a_client_is_paused_and_what_ends_it),
		TEST(roster__holds_back_all_but_pilots),
		TEST(roster_all__has_everyone_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
