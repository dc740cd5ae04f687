#include "../store/scratch.h"
#include "metrics_text.h"

#include <fcntl.h>
#include <sys/file.h>

#include "../failing.h"

static void
metrics__choose_the_run_that_counts(void **state)
{
	static const struct {
		const char *status, *finished; /* of the newest run, and of the one before it, which had 3 items */
		const char *received;          /* NULL: there is no such line */
		int running;
		const char *reason;
	} rows[] = {
		{ "ok", NULL, "} 8\n", 0, "one that ended" },
		{ "failed", NULL, "} 8\n", 0, "one that failed" },
		{ "crashed", NULL, "} 8\n", 0, "one that crashed" },
		{ "running", "ok", "} 3\n", 1, "one under way: the one before" },
		{ "running", "crashed", "} 3\n", 1, "whatever came of that" },
		{ "running", NULL, NULL, 1, "the very first is under way" },
		{ NULL, NULL, NULL, 0, "none" },
	};
	struct overview_job job = { .type = 1, .name = "Notes" };
	struct standing_run finished;
	struct metrics m = { .overview = { .jobs = &job, .n = 1 }, .finished = &finished };
	struct buf b;
	const char *line;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		job.last = (struct standing_run){ .tally = { .received = 8 }, .duration_ms = -1, .exit_code = -1 };
		finished = (struct standing_run){ .tally = { .received = 3 } };
		if (rows[i].status != NULL) {
			job.last.id = 2;
			job.last.started_at = T2;
			job.last.status = strdup(rows[i].status);
		}
		if (rows[i].finished != NULL) {
			finished.id = 1;
			finished.started_at = T1;
			finished.status = strdup(rows[i].finished);
		}
		text_of(&m, &b);
		line = strstr(b.at, "received_items{job_name=\"Notes\"");
		if ((line != NULL) != (rows[i].received != NULL) ||
		    (line != NULL && strstr(line, rows[i].received) != strchr(line, '}')))
			fail_msg("%s: %.60s", rows[i].reason, line != NULL ? line : "no line");
		if ((strstr(b.at, "jobrun_job_running{job_name=\"Notes\"} 1\n") != NULL) != rows[i].running)
			fail_msg("%s: running", rows[i].reason);
		if ((strstr(b.at, "exit_code{") != NULL) != (rows[i].finished != NULL))
			fail_msg("%s: an exit status", rows[i].reason);
		if ((strstr(b.at, "duration_seconds{") != NULL) != (rows[i].finished != NULL))
			fail_msg("%s: how long it took", rows[i].reason);
		if ((strstr(b.at, "mean_item_seconds{") != NULL) != (rows[i].finished != NULL))
			fail_msg("%s: how long an item took", rows[i].reason);
		buf_release(&b);
		free(job.last.status);
		free(finished.status);
	}
}

/* A job whose second run is under way (its lock is held), and another's that ended; an alert of each. */
static const char books[] =
    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, Stage, InstalledAt) VALUES"
    " (1, 'Notes', '{\"JobType\": 1, \"Name\": \"Notes\", \"Rules\": \"r\", \"BaseUrl\": \"http://127.0.0.1:9\","
    " \"Fetch\": {\"Path\": \"/\"}}', '', 'full', ''), (2, 'Odd', '{}', '', 'full', '');"
    "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (1, '[{\"ClientId\": 7}]');"
    "INSERT INTO APP_JOB_RUN (RunId, JobType, StartedAt, FinishedAt, Status, ExitCode, Received) VALUES"
    " (1, 1, '" T1 "', '" T1 "', 'failed', 1, 3), (2, 2, '" T1 "', '" T1 "', 'ok', 0, 4),"
    " (3, 1, '" T2 "', NULL, 'running', NULL, 0);"
    "INSERT INTO APP_ALERT (JobType, ClientId, GroupId, Kind, Message, OpenedAt, RemindedAt, ResolvedAt) VALUES"
    " (1, '7', '0', 'owed', '', '', '', NULL), (2, '', '', 'no_run', '', '', '', NULL),"
    " (1, '8', '0', 'owed', '', '', '', '');";

/* As a process that holds it would. */
static int
hold_lock(const struct scratch *s)
{
	char path[200];
	int fd;

	snprintf(path, sizeof(path), "%s.job1.lock", s->path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd != -1);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

static void
metrics_read__reads_all_jobs_or_one(void **state)
{
	static const struct {
		int64_t job;
		const char *has[4], *lacks;
		const char *reason;
	} rows[] = {
		{ 0,
		    { "received_items{job_name=\"Notes\"} 3\n", "received_items{job_name=\"Odd\"} 4\n",
		        "alert_open{job_name=\"Notes\",client=\"7\",group=\"0\",kind=\"owed\"} 1\n",
		        "alert_open{job_name=\"Odd\",client=\"\",group=\"\",kind=\"no_run\"} 1\n" },
		    "client=\"8\"", "all, and only what is open" },
		{ 1,
		    { "jobrun_job_running{job_name=\"Notes\"} 1\n", "jobrun_job_open_alerts{job_name=\"Notes\"} 1\n",
		        "status{job_name=\"Notes\",status=\"failed\"} 1\n", "kind=\"owed\"" },
		    "Odd", "one" },
		{ 2,
		    { "received_items{job_name=\"Odd\"} 4\n", "jobrun_job_usable{job_name=\"Odd\"} 0\n", "no_run",
		        "running{job_name=\"Odd\"} 0\n" },
		    "Notes", "the other, whose definition cannot be used" },
	};
	struct scratch *s = *state;
	struct metrics m;
	struct buf b;
	size_t i, j;
	int fd;

	scratch_sql(s->db.handle, books);
	fd = hold_lock(s);
	for (i = 0; i < N(rows); i++) {
		m = (struct metrics){ .finished = NULL };
		OK(s, metrics_read(&m, &s->db, rows[i].job, NOW, &s->e));
		text_of(&m, &b);
		for (j = 0; j < N(rows[i].has); j++)
			if (strstr(b.at, rows[i].has[j]) == NULL)
				fail_msg("%s: no %s in\n%s", rows[i].reason, rows[i].has[j], b.at);
		if (strstr(b.at, rows[i].lacks) != NULL)
			fail_msg("%s: %s", rows[i].reason, rows[i].lacks);
		buf_release(&b);
		metrics_release(&m);
	}
	close(fd);
}

static void
metrics__fail_as_a_whole_when_memory_is_out(void **state)
{
	struct scratch *s = *state;
	struct failing f = { 0 };
	struct metrics m;
	struct buf b;
	int fd, ret;

	scratch_sql(s->db.handle, books);
	fd = hold_lock(s);
	while (failing_next(&f)) {
		m = (struct metrics){ .finished = NULL };
		buf_init(&b, MOST);
		failing_begin(&f);
		ret = metrics_read(&m, &s->db, 0, NOW, &s->e);
		if (ret == 0 && metrics_text(&m, &build, &b) == -1)
			ret = err_memory(&s->e);
		failing_end(&f);
		assert_true(ret == 0 || (f.failed && s->e.kind == ERR_INTERNAL));
		if (ret == 0)
			assert_non_null(strstr(b.at, "kind=\"no_run\"} 1\n"));
		buf_release(&b);
		metrics_release(&m);
	}
	close(fd);
}

static void
metrics_read__fails_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	struct metrics m = { .finished = NULL };

	scratch_sql(s->db.handle, books);
	scratch_sql(s->db.handle, "ALTER TABLE APP_ALERT RENAME TO GONE");
	REFUSED(s, metrics_read(&m, &s->db, 0, NOW, &s->e), ERR_DATABASE, "alert");
	metrics_release(&m);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics__choose_the_run_that_counts),
		CASE(metrics_read__reads_all_jobs_or_one),
		CASE(metrics__fail_as_a_whole_when_memory_is_out),
		CASE(metrics_read__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
