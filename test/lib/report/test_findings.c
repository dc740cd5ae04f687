#include "../scratch.h"

#include "../failing.h"
#include "report/findings.h"

/* Fields with | between: level (e, w, o; capital: of a probe), client, path, code, message; all of job X. */
static void
take(struct findings *f, const char *line)
{
	char text[200], *rest = text, where[100];
	struct check_finding finding = { .job = "X", .group = "0", .where = where };
	const char *level, *client;

	strlcpy(text, line, sizeof(text));
	level = strsep(&rest, "|");
	client = strsep(&rest, "|");
	finding.path = strsep(&rest, "|");
	finding.code = strsep(&rest, "|");
	finding.message = rest;
	finding.level = strchr("eE", *level) != NULL ? CHECK_ERROR
	    : strchr("wW", *level) != NULL           ? CHECK_WARNING
	                                             : CHECK_OK;
	finding.probe = strchr("EWO", *level) != NULL;
	finding.client = *client != '\0' ? client : NULL;
	snprintf(where, sizeof(where), *client != '\0' ? "job X, client %s" : "job X", client);
	assert_int_equal(findings_add(f, &finding), 0);
}

static void
expect(const char *const *lines, size_t width, bool color, const char *expected)
{
	struct findings f = { 0 };
	struct buf b;

	buf_init(&b, 10000);
	for (; *lines != NULL; lines++)
		take(&f, *lines);
	assert_int_equal(findings_text(&f, width, color, &b), 0);
	assert_string_equal(buf_text(&b), expected);
	findings_release(&f);
	buf_release(&b);
}

/* Once, and from then on: no text, or the whole. */
static void
findings__do_without_memory(void **state)
{
	struct failing f = { 0 };
	struct findings found;
	struct buf b;
	int ret;

	(void)state;
	buf_init(&b, 10000);
	while (failing_next(&f)) {
		found = (struct findings){ 0 };
		take(&found, "e|1||client_config|bad");
		take(&found, "e|2||client_config|bad");
		take(&found, "w|1||paused|waits");
		failing_begin(&f);
		ret = findings_text(&found, 60, false, &b);
		failing_end(&f);
		assert_true(ret == 0 || f.failed);
		if (ret == 0)
			assert_string_equal(buf_text(&b),
			    "error    job X, client 1 and 1 more client: bad\n"
			    "warning  job X, client 1: waits\n");
		findings_release(&found);
		buf_release(&b);
	}
	assert_true(f.nth > 1);
}

static void
findings__errors_come_first(void **state)
{
	static const char *const lines[] = { "w|1||paused|waits", "o|1||ok|fine", "e||Rules|rules|bad",
		"O|1||answered|200", "E|2||http_401|401", NULL };

	(void)state;
	expect(lines, 0, false,
	    "error    job X: Rules: bad\n"
	    "error    job X, client 2: 401\n"
	    "warning  job X, client 1: waits\n"
	    "ok       job X, client 1: 200\n");
	expect(lines, 26, true,
	    "\033[31merror\033[0m    job X: Rules: bad\n"
	    "\033[31merror\033[0m    job X, client 2:\n"
	    "         401\n"
	    "\033[33mwarning\033[0m  job X, client 1:\n"
	    "         waits\n"
	    "\033[32mok\033[0m       job X, client 1:\n"
	    "         200\n");
}

static void
findings__the_same_of_many_clients_is_one_line(void **state)
{
	static const char *const lines[] = { "e|1|Auth|secret|absent", "e|2|Route|client_config|none",
		"e|3|Auth|secret|absent", "e|4|Auth|secret|open", "w|5|Auth|secret|absent", "e|6|Auth|secret|absent",
		NULL };
	static const char *const apart[] = { "e||Auth|secret|absent", "e||Auth|secret|absent", "E|1||http_401|401",
		"E|2||http_401|401", NULL };

	(void)state;
	expect(lines, 0, false,
	    "error    job X, client 1 and 2 more clients: Auth: absent\n"
	    "error    job X, client 2: Route: none\n"
	    "error    job X, client 4: Auth: open\n"
	    "warning  job X, client 5: Auth: absent\n");
	expect(apart, 0, false,
	    "error    job X: Auth: absent\n"
	    "error    job X: Auth: absent\n"
	    "error    job X, client 1: 401\n"
	    "error    job X, client 2: 401\n");
}

static void
findings__the_like_of_many_clients_is_counted(void **state)
{
	struct findings f = { 0 };
	char line[80];
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 10000);
	/* In the order of the configuration 9, 8, …, which is not that of the messages. */
	for (i = 40; i > 0; i--) {
		snprintf(line, sizeof(line), "e|%zu|Auth|secret|absent %02zu", i, i / 2);
		take(&f, line);
	}
	assert_int_equal(findings_text(&f, 0, false, &b), 0);
	assert_string_equal(buf_text(&b),
	    "error    job X, client 19 and 1 more client: Auth: absent 09\n"
	    "error    job X, client 17 and 1 more client: Auth: absent 08\n"
	    "error    job X, client 15 and 1 more client: Auth: absent 07\n"
	    "error    job X, client 13 and 1 more client: Auth: absent 06\n"
	    "error    job X, client 11 and 1 more client: Auth: absent 05\n"
	    "error    job X, client 9 and 1 more client: Auth: absent 04\n"
	    "error    job X, client 7 and 1 more client: Auth: absent 03\n"
	    "error    job X, client 5 and 1 more client: Auth: absent 02\n"
	    "error    job X, client 3 and 1 more client: Auth: absent 01\n"
	    "error    job X, client 1: Auth: absent 00\n"
	    "         job X, 21 more clients: Auth: the like; jobrun check --json has them all\n");
	findings_release(&f);
	buf_release(&b);
}

static void
findings__sum_up_in_a_line(void **state)
{
	static const struct {
		size_t errors, warnings, probe_errors;
		struct check_summary summary;
		const char *expected;
	} rows[] = {
		{ 0, 0, 0, { 0 }, "checked 0 systems, 0 jobs, 0 clients, 0 keys: all is well\n" },
		{ 1, 0, 0, { 1, 1, 1, 1, 0, false }, "checked 1 system, 1 job, 1 client, 1 key: 1 error\n" },
		{ 1, 2, 1, { 3, 4, 120, 5, 2, false },
		    "checked 3 systems, 4 jobs, 120 clients, 5 keys, 2 probes: 2 errors, 2 warnings\n" },
		{ 0, 1, 0, { 0, 0, 0, 0, 0, true },
		    "checked 0 systems, 0 jobs, 0 clients, 0 keys: 1 warning (the database is larger than 64 MiB, so its integrity was not checked)\n" },
	};
	struct findings f = { 0 };
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&b);
		f.errors = rows[i].errors;
		f.warnings = rows[i].warnings;
		f.probe_errors = rows[i].probe_errors;
		assert_int_equal(findings_sum(&f, &rows[i].summary, &b), 0);
		assert_string_equal(buf_text(&b), rows[i].expected);
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings__do_without_memory),
		cmocka_unit_test(findings__errors_come_first),
		cmocka_unit_test(findings__the_same_of_many_clients_is_one_line),
		cmocka_unit_test(findings__the_like_of_many_clients_is_counted),
		cmocka_unit_test(findings__sum_up_in_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
