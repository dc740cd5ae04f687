#include "../scratch.h"

#include "report/libraries.h"

/* How many faults that version has, and the first one's words. */
static int
faults(const char *library, const char *version, const char **what)
{
	const struct libraries_fault *f = NULL;
	int n = 0;

	*what = "";
	while ((f = libraries_fault(library, version, f)) != NULL) {
		assert_string_equal(f->library, library);
		/* It says what can go wrong and what is done about it. */
		assert_true(f->what[0] != '\0' && f->about[0] != '\0');
		if (n++ == 0)
			*what = f->what;
		assert_true(n < 100);
	}
	return n;
}

static void
libraries__know_which_versions_are_bad(void **state)
{
	static const struct {
		const char *library, *version;
		int n;
		const char *words; /* of the first one */
		const char *reason;
	} rows[] = {
		{ "SQLite", "3.6.23", 0, "", "before there was a log to reset" },
		{ "SQLite", "3.7.0", 1, "WAL-reset", "the first with the fault" },
		{ "SQLite", "3.40.1", 1, "WAL-reset", "a line that nobody mended" },
		{ "SQLite", "3.44.5", 1, "WAL-reset", "the last before it was mended in its line" },
		{ "SQLite", "3.44.6", 0, "", "mended in an older line" },
		{ "SQLite", "3.44.10", 0, "", "numbers, not letters: 10 is later than 6" },
		{ "SQLite", "3.45.0", 1, "WAL-reset", "a line is not its neighbour" },
		{ "SQLite", "3.4.6", 0, "", "3.4 is not 3.44" },
		{ "SQLite", "3.50.6", 1, "WAL-reset", "the other older line, below" },
		{ "SQLite", "3.50.7", 0, "", "the other older line, at" },
		{ "SQLite", "3.51.0", 1, "WAL-reset", "the line after it" },
		{ "SQLite", "3.51.2", 1, "WAL-reset", "the last with the fault" },
		{ "SQLite", "3.51.3", 0, "", "the first without it" },
		{ "SQLite", "3.100.0", 0, "", "numbers again" },
		{ "SQLite", "4", 0, "", "a whole number" },
		{ "libcurl", "7.88.1", 2, "Retry-After", "both faults" },
		{ "libcurl", "8.11.1", 2, "Retry-After", "the last with both" },
		{ "libcurl", "8.12.0", 1, "compressed", "the first is mended" },
		{ "libcurl", "8.12.0-DEV", 1, "compressed", "what is no number ends it" },
		{ "libcurl", "8.12", 1, "compressed", "a part that is missing is 0" },
		{ "libcurl", "8.19.9", 1, "compressed", "the last with the second" },
		{ "libcurl", "8.20.0", 0, "", "both are mended" },
		{ "libcurl", "8.20.0.1", 0, "", "a part more" },
		{ "cJSON", "1.7.15", 1, "CVE-2023-50471", "below" },
		{ "cJSON", "1.7.17", 1, "CVE-2024-31755", "just below" },
		{ "cJSON", "1.7.18", 0, "", "at" },
		{ "cJSON", "1.8.0", 0, "", "above" },
		{ "libbsd", "0.1.0", 0, "", "nothing is known of it" },
		{ "sqlite", "3.40.1", 0, "", "its name as --version has it" },
		{ "", "", 0, "", "no library" },
		{ "libcurl", "", 2, "Retry-After", "what cannot be read is older than all" },
		{ "libcurl", "unknown", 2, "Retry-After", "the same" },
		{ "cJSON", "v1.8.0", 1, "CVE-2023-50471", "the same" },
		{ "SQLite", "unknown", 0, "", "older than the fault, too" },
		{ "SQLite", "3..51", 0, "", "an empty part is 0" },
		{ "SQLite", "3.44.", 1, "WAL-reset", "a dot at the end" },
	};
	const char *what;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		n = faults(rows[i].library, rows[i].version, &what);
		if (n != rows[i].n || strstr(what, rows[i].words) == NULL)
			fail_msg("%s %s, %s: %d faults, %s", rows[i].library, rows[i].version, rows[i].reason, n, what);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libraries__know_which_versions_are_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
