#include "fixture.h"

#include "check/tell.h"

static void
tell__cuts_a_message_at_its_path(void **state)
{
	static const struct {
		const char *text, *path, *rest, *reason;
	} rows[] = {
		{ "Auth.Bearer: give a text", "Auth.Bearer", "give a text", "a key" },
		{ "Notify[1].Url: no", "Notify[1].Url", "no", "an element" },
		{ "[2]: give an object", "[2]", "give an object", "an element of the whole" },
		{ "rules.sql:2:1: no such table: note", "rules.sql:2:1", "no such table: note", "a place" },
		{ "no valid JSON at line 1: the text ends", "", "no valid JSON at line 1: the text ends", "no word" },
		{ "give an object", "", "give an object", "no colon" },
		{ ": empty", "", ": empty", "nothing before it" },
		{ "", "", "", "nothing at all" },
	};
	const char *rest;
	size_t i, n;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		n = tell_path(rows[i].text, &rest);
		if (n != strlen(rows[i].path) || strncmp(rows[i].text, rows[i].path, n) != 0 ||
		    strcmp(rest, rows[i].rest) != 0)
			fail_msg("%s: %.*s|%s", rows[i].reason, (int)n, rows[i].text, rest);
	}
}

static void
tell__leaves_out_what_the_subject_says(void **state)
{
	static const struct {
		struct subject subject;
		const char *below, *text, *heard;
	} rows[] = {
		{ { .kind = "system", .name = "ris" }, "", "system ris: Timeout: no", "error|system ris|Timeout|c\n" },
		{ { .kind = "system", .name = "ris" }, "", "no JSON", "error|system ris||c\n" },
		{ { .kind = "job", .name = "X", .client = "7", .group = "10" }, "", "client 7: Auth: no",
		    "error|job X, client 7, group 10|Auth|c\n" },
		{ { .kind = "job", .name = "X", .row = 3 }, "Configuration[0]", "Days: no",
		    "error|job X, configuration row 3|Configuration[0].Days|c\n" },
		{ { .kind = "job", .name = "X", .row = 3 }, "Configuration", "[1]: no",
		    "error|job X, configuration row 3|Configuration[1]|c\n" },
		{ { .kind = "job", .name = "X", .row = 3 }, "Configuration", "no JSON",
		    "error|job X, configuration row 3|Configuration|c\n" },
		{ { .kind = "database" }, "", "x: y", "error|database|x|c\n" },
		{ { .kind = "job", .name = "X", .client = "7", .group = "0", .lenient = true }, "", "Auth: no",
		    "warning|job X, client 7, group 0|Auth|c\n" },
	};
	struct fixture *f = *state;
	struct check c = { .plan = &f->plan };
	struct err why = ERR_INIT;
	struct subject subject;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		subject = rows[i].subject;
		buf_clear(&f->heard);
		err_set(&why, ERR_CONFIG, "c", "%s", rows[i].text);
		tell_err(&c, &subject, rows[i].below, &why);
		assert_string_equal(buf_text(&f->heard), rows[i].heard);
		assert_int_equal(subject.told, 1);
		tell_well(&c, &subject, "fine");
		assert_int_equal(f->well, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tell__cuts_a_message_at_its_path),
		cmocka_unit_test_setup_teardown(tell__leaves_out_what_the_subject_says, fixture_new, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
