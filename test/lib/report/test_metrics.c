#include "metrics_text.h"

#include "report/metrics_parts.h"

/* Two jobs, one with two clients and a run under way, and one that nobody installed. */
struct made_up {
	struct overview_client clients[6];
	struct overview_job jobs[2];
	struct standing_run finished[2];
	struct alert alerts[2];
	struct metrics m;
};

static void
make_up(struct made_up *u)
{
	const struct overview_client clients[] = {
		{ .id = "7",
		    .group = "g",
		    .configured = true,
		    .enabled = true,
		    .last = { .run = 5,
		        .started_at = T2,
		        .status = "degraded",
		        .last_success_at = T2,
		        .duration_ms = 1250,
		        .tally = { .received = 8,
		            .processed = 4,
		            .duplicates = 2,
		            .errors = 1,
		            .parked = 1,
		            .acked = 6 } },
		    .owed = 3,
		    .parked = 2,
		    .due_ms = NOW + 60500 },
		/* Its id tries to end the label, and the line. */
		{ .id = "a\\b\"c\nd\xff\xc3\xa4",
		    .group = "",
		    .configured = true,
		    .paused = "moves",
		    .last = { .run = 4, .started_at = T1, .status = "failed", .failures = 3, .duration_ms = 5 },
		    .failed = 1,
		    .due_ms = -1 },
		{ .id = "new", .group = "0", .configured = true, .enabled = true, .due_ms = 0 },
		{ .id = "odd", .group = "0", .configured = true, .problem = "Days: no number", .due_ms = -1 },
		{ .id = "gone", .group = "0", .owed = 1, .due_ms = -1 },
		{ .id = "long gone",
		    .group = "0",
		    .last = { .run = 1, .started_at = T1, .status = "ok" },
		    .due_ms = -1 },
	};
	const struct overview_job jobs[] = {
		{ .type = 1,
		    .name = "Notes",
		    .stage = "pilot",
		    .held = "migration",
		    .last = { .id = 5, .started_at = T2, .status = "running", .exit_code = -1, .duration_ms = -1 },
		    .last_success_at = T1,
		    .open_alerts = 2,
		    .n = N(clients) },
		{ .type = -9 },
	};
	/* What the job's lines are of: never of the run that is under way. */
	const struct standing_run finished = { .id = 4,
		.started_at = T1,
		.status = "ok",
		.exit_code = 0,
		.duration_ms = 90007,
		.tally = { .received = 3, .processed = 1, .errors = 2, .acked = 1 } };
	const struct alert alerts[] = {
		{ .job_type = 1, .job = "Notes", .client = "", .group = "", .kind = "slow_run" },
		{ .job_type = 1, .job = "Notes", .client = "7", .group = "g", .kind = "a\"b" },
	};

	*u = (struct made_up){ .m = { .finished = u->finished } };
	memcpy(u->clients, clients, sizeof(clients));
	memcpy(u->jobs, jobs, sizeof(jobs));
	memcpy(u->alerts, alerts, sizeof(alerts));
	u->finished[0] = finished;
	u->jobs[0].clients = u->clients;
	u->m.overview = (struct overview){ .jobs = u->jobs, .n = N(jobs) };
	u->m.alerts = (struct alert_list){ .at = u->alerts, .n = N(alerts) };
}

/* The text without its comments. */
static void
only_values(struct buf *b)
{
	char *from = b->at, *to = b->at, *end;

	for (; *from != '\0'; from = end) {
		end = strchr(from, '\n') + 1;
		if (*from != '#') {
			memmove(to, from, (size_t)(end - from));
			to += end - from;
		}
	}
	*to = '\0';
}

#define ONE "client=\"7\",group=\"g\"} "
#define TWO "client=\"a\\\\b\\\"c\\nd\xef\xbf\xbd\xc3\xa4\",group=\"\"} "
#define NEW "client=\"new\",group=\"0\"} "
#define GONE "client=\"gone\",group=\"0\"} "
#define JOB(name) "jobrun_job_" name "{job_name=\"Notes\""
#define NINE(name) "jobrun_job_" name "{job_name=\"-9\"} "
#define CLIENT(name) "jobrun_client_" name "{job_name=\"Notes\","

static const char expected[] = "jobrun_build_info{version=\"1.2.3\",sqlite=\"3.40.1\",libcurl=\"7.88.1\"} 1\n"
    /* clang-format off */
    JOB("last_run_timestamp_seconds") "} 1795417200.000\n"
    JOB("last_run_status") ",status=\"ok\"} 1\n"
    JOB("last_run_exit_code") "} 0\n"
    JOB("last_run_duration_seconds") "} 90.007\n"
    JOB("last_run_mean_item_seconds") "} 30.002333\n"
    JOB("last_run_received_items") "} 3\n"
    JOB("last_run_processed_items") "} 1\n"
    JOB("last_run_duplicate_items") "} 0\n"
    JOB("last_run_error_items") "} 2\n"
    JOB("last_run_parked_items") "} 0\n"
    JOB("last_run_acked_items") "} 1\n"
    JOB("last_success_timestamp_seconds") "} 1795417200.000\n"
    JOB("owed_items") "} 4\n" NINE("owed_items") "0\n"
    JOB("parked_items") "} 2\n" NINE("parked_items") "0\n"
    JOB("failed_items") "} 1\n" NINE("failed_items") "0\n"
    JOB("clients") "} 4\n" NINE("clients") "0\n"
    JOB("clients_failing") "} 1\n" NINE("clients_failing") "0\n"
    JOB("clients_paused") "} 1\n" NINE("clients_paused") "0\n"
    JOB("clients_unusable") "} 1\n" NINE("clients_unusable") "0\n"
    JOB("stage") ",stage=\"pilot\"} 1\n"
    JOB("usable") "} 1\n" NINE("usable") "0\n"
    JOB("held") "} 1\n" NINE("held") "0\n"
    JOB("running") "} 1\n" NINE("running") "0\n"
    JOB("open_alerts") "} 2\n" NINE("open_alerts") "0\n"
    CLIENT("last_run_timestamp_seconds") ONE "1795419000.500\n"
    CLIENT("last_run_timestamp_seconds") TWO "1795417200.000\n"
    CLIENT("last_run_status") "client=\"7\",group=\"g\",status=\"degraded\"} 1\n"
    CLIENT("last_run_status") "client=\"a\\\\b\\\"c\\nd\xef\xbf\xbd\xc3\xa4\",group=\"\",status=\"failed\"} 1\n"
    CLIENT("last_run_duration_seconds") ONE "1.250\n"
    CLIENT("last_run_duration_seconds") TWO "0.005\n"
    CLIENT("last_run_mean_item_seconds") ONE "0.156250\n"
    CLIENT("last_run_received_items") ONE "8\n"
    CLIENT("last_run_received_items") TWO "0\n"
    CLIENT("last_run_processed_items") ONE "4\n"
    CLIENT("last_run_processed_items") TWO "0\n"
    CLIENT("last_run_duplicate_items") ONE "2\n"
    CLIENT("last_run_duplicate_items") TWO "0\n"
    CLIENT("last_run_error_items") ONE "1\n"
    CLIENT("last_run_error_items") TWO "0\n"
    CLIENT("last_run_parked_items") ONE "1\n"
    CLIENT("last_run_parked_items") TWO "0\n"
    CLIENT("last_run_acked_items") ONE "6\n"
    CLIENT("last_run_acked_items") TWO "0\n"
    CLIENT("last_success_timestamp_seconds") ONE "1795419000.500\n"
    CLIENT("consecutive_failures") ONE "0\n"
    CLIENT("consecutive_failures") TWO "3\n"
    CLIENT("next_due_timestamp_seconds") ONE "1795417260.500\n"
    CLIENT("owed_items") ONE "3\n"
    CLIENT("owed_items") TWO "0\n"
    CLIENT("owed_items") NEW "0\n"
    CLIENT("owed_items") GONE "1\n"
    CLIENT("parked_items") ONE "2\n"
    CLIENT("parked_items") TWO "0\n"
    CLIENT("parked_items") NEW "0\n"
    CLIENT("parked_items") GONE "0\n"
    CLIENT("failed_items") ONE "0\n"
    CLIENT("failed_items") TWO "1\n"
    CLIENT("failed_items") NEW "0\n"
    CLIENT("failed_items") GONE "0\n"
    CLIENT("paused") ONE "0\n"
    CLIENT("paused") TWO "1\n"
    CLIENT("paused") NEW "0\n"
    CLIENT("paused") GONE "0\n"
    "jobrun_alert_open{job_name=\"Notes\",client=\"\",group=\"\",kind=\"slow_run\"} 1\n"
    "jobrun_alert_open{job_name=\"Notes\",client=\"7\",group=\"g\",kind=\"a\\\"b\"} 1\n";
/* clang-format on */

/* Fails where the two part, so that nobody has to look for it. */
static void
assert_same(const char *got, const char *want)
{
	size_t i = 0, line = 0;

	for (; got[i] != '\0' && got[i] == want[i]; i++)
		if (got[i] == '\n')
			line = i + 1;
	if (got[i] != want[i])
		fail_msg("%.*s\nand not\n%.*s", (int)strcspn(got + line, "\n"), got + line,
		    (int)strcspn(want + line, "\n"), want + line);
}

static void
metrics__say_all_that_is_known_and_nothing_else(void **state)
{
	struct made_up u;
	struct buf b;

	(void)state;
	make_up(&u);
	text_of(&u.m, &b);
	only_values(&b);
	assert_same(b.at, expected);
	buf_release(&b);
}

static void
metrics__of_nothing_are_the_build_alone(void **state)
{
	const struct metrics none = { .finished = NULL };
	struct buf b;

	(void)state;
	buf_init(&b, MOST);
	assert_int_equal(buf_adds(&b, "before\n"), 0);
	assert_int_equal(metrics_text(&none, &build, &b), 0);
	assert_same(buf_text(&b),
	    "before\n# HELP jobrun_build_info The jobrun that wrote this, and libraries in use.\n"
	    "# TYPE jobrun_build_info gauge\n"
	    "jobrun_build_info{version=\"1.2.3\",sqlite=\"3.40.1\",libcurl=\"7.88.1\"} 1\n");
	buf_release(&b);
}

static bool
is_name(const char *name, size_t len)
{
	return len > 7 && strncmp(name, "jobrun_", 7) == 0 && strspn(name, "abcdefghijklmnopqrstuvwxyz_") == len &&
	    name[len - 1] != '_';
}

/* Behind the labels, of which none has a brace here: one blank, a number, the end. */
static bool
is_value(const char *at, const char *end)
{
	return at != NULL && at[1] == ' ' && at + 2 < end && at + 2 + strspn(at + 2, "0123456789.") == end;
}

static void
metrics__are_well_formed(void **state)
{
	struct made_up u;
	struct buf b;
	char *line, *end, name[100], seen[100][100];
	size_t n = 0, len, i, lines = 0;

	(void)state;
	make_up(&u);
	text_of(&u.m, &b);
	assert_int_equal(b.at[b.len - 1], '\n');
	for (line = b.at; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		if (strncmp(line, "# HELP ", 7) == 0) {
			len = strcspn(line + 7, " ");
			snprintf(name, sizeof(name), "%.*s", (int)len, line + 7);
			assert_true(is_name(name, strlen(name)));
			/* Once, all its lines together, with a sentence. */
			for (i = 0; i < n; i++)
				assert_string_not_equal(seen[i], name);
			assert_true(n < N(seen));
			memcpy(seen[n++], name, sizeof(name));
			assert_true(line[7 + len] == ' ' && line[8 + len] >= '0' && end[-1] == '.');
			line = end + 1;
			end = strchr(line, '\n');
			assert_int_equal(strncmp(line, "# TYPE ", 7), 0);
			assert_int_equal(strncmp(line + 7, name, len), 0);
			assert_int_equal(strncmp(line + 7 + len, " gauge\n", 7), 0);
			/* Never without a value. */
			assert_true(end[1] != '#' && end[1] != '\0');
			continue;
		}
		len = strcspn(line, "{");
		if (n == 0 || len != strlen(name) || strncmp(line, name, len) != 0 || !is_value(strchr(line, '}'), end))
			fail_msg("%.*s", (int)(end - line), line);
		lines++;
	}
	assert_true(lines > n);
	buf_release(&b);
	/* No family that this overview happens not to have escapes. */
	for (i = 0; metrics_families[i].name != NULL; i++) {
		const struct metrics_family *f = &metrics_families[i];

		snprintf(name, sizeof(name), "jobrun_x_%s", f->name);
		assert_true(is_name(name, strlen(name)));
		assert_true(f->level >= METRICS_JOB && f->level <= METRICS_BOTH);
		assert_true(strpbrk(f->help, "\n\\") == NULL && f->help[strlen(f->help) - 1] == '.');
		assert_int_equal((f->value != NULL) + (f->count != NULL) + (f->book != 0) + (f->state != NULL), 1);
		assert_int_equal(f->state != NULL, f->state_label != NULL);
	}
}

static void
metrics__say_when_there_is_no_room(void **state)
{
	struct made_up u;
	struct buf b;
	size_t whole, room;

	(void)state;
	make_up(&u);
	text_of(&u.m, &b);
	whole = b.len;
	buf_release(&b);
	for (room = 0; room <= whole; room++) {
		buf_init(&b, room);
		assert_int_equal(metrics_text(&u.m, &build, &b), room < whole ? -1 : 0);
		buf_release(&b);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics__say_all_that_is_known_and_nothing_else),
		cmocka_unit_test(metrics__of_nothing_are_the_build_alone),
		cmocka_unit_test(metrics__are_well_formed),
		cmocka_unit_test(metrics__say_when_there_is_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
