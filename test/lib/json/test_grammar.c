#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "accepted.h"
#include "base/bounds.h"
#include "json/scan.h"
#include "json/value.h"
#include "refused.h"

/* A copy without a byte behind it, so that a read too far is seen. */
static char *
exact(const char *text, size_t len)
{
	char *copy = malloc(len + (len == 0));

	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

static int
check(const char *text, size_t len, struct err *e)
{
	char *copy = exact(text, len);
	struct json_value root;
	int ret = json_check(copy, len, &root, e);

	if (ret == 0) {
		assert_true(root.at >= copy && root.at + root.len <= copy + len);
		assert_int_not_equal(root.kind, JSON_ABSENT);
	}
	free(copy);
	return ret;
}

static void
grammar__accepts_what_the_rfc_allows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(accepted); i++) {
		struct err e = ERR_INIT;

		if (check(accepted[i].text, accepted[i].len, &e) != 0)
			fail_msg("refused %s (%s): %s", accepted[i].text, accepted[i].why, e.text);
	}
}

static void
grammar__refuses_all_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct err e = ERR_INIT;

		if (check(refused[i].text, refused[i].len, &e) != -1)
			fail_msg("accepted %s (%s)", refused[i].text, refused[i].why);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_string_equal(e.code, "json");
		assert_non_null(strstr(e.text, "line "));
	}
}

static void
grammar__tables_are_as_large_as_the_suite(void **state)
{
	(void)state;
	assert_true(COUNT(accepted) >= 95);
	assert_true(COUNT(refused) >= 185);
}

/* The same verdict wherever the text is cut in two. */
static enum json_scan_got
scan_cut(const char *text, size_t len, size_t cut)
{
	struct json_scan scan;
	enum json_scan_got got;
	size_t used;
	char *head = exact(text, cut), *tail = exact(text + cut, len - cut);

	json_scan_start(&scan, BOUND_JSON_DEPTH);
	got = json_scan_feed(&scan, head, cut, &used);
	if (got == JSON_SCAN_MORE)
		got = json_scan_feed(&scan, tail, len - cut, &used);
	if (got == JSON_SCAN_MORE && json_scan_end(&scan))
		got = JSON_SCAN_WHOLE;
	free(head);
	free(tail);
	return got;
}

static void
grammar__is_the_same_in_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(accepted) + COUNT(refused); i++) {
		const struct grammar_case *c = i < COUNT(accepted) ? &accepted[i] : &refused[i - COUNT(accepted)];
		enum json_scan_got whole = scan_cut(c->text, c->len, c->len);

		for (size_t cut = 0; cut < c->len; cut++)
			if (scan_cut(c->text, c->len, cut) != whole)
				fail_msg("%s (%s) differs when cut at %zu", c->text, c->why, cut);
	}
}

/* Repeats open so many times, then the middle, then close as many times. */
static char *
nested(const char *open, const char *middle, const char *close, size_t times, size_t *len)
{
	size_t n = strlen(open), m = strlen(close), k = strlen(middle), i;
	char *text = malloc((n + m) * times + k + 1);

	assert_non_null(text);
	for (i = 0; i < times; i++)
		memcpy(text + i * n, open, n);
	memcpy(text + times * n, middle, k);
	for (i = 0; i < times; i++)
		memcpy(text + times * n + k + i * m, close, m);
	*len = (n + m) * times + k;
	return text;
}

static void
grammar__nesting_ends_at_the_bound(void **state)
{
	static const struct {
		const char *open, *close;
		size_t times;
		int ret;
		const char *why;
	} cases[] = {
		{ "[", "]", 500, 0, "decided: 500 arrays are fine" },
		{ "[", "]", 999, 0, "below the bound" },
		{ "[", "]", 1000, 0, "at the bound" },
		{ "[", "]", 1001, -1, "above the bound" },
		{ "{\"a\":", "}", 1001, -1, "objects above the bound" },
		{ "[", "", 100000, -1, "100,000 arrays that only open" },
		{ "[{\"\":", "", 50000, -1, "arrays and objects that only open" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err e = ERR_INIT;
		size_t len;
		char *text = nested(cases[i].open, "", cases[i].close, cases[i].times, &len);

		if (check(text, len, &e) != cases[i].ret)
			fail_msg("%s: %s", cases[i].why, e.text);
		if (cases[i].ret == -1)
			assert_non_null(strstr(e.text, "nested too deep"));
		free(text);
	}
}

static void
grammar__each_level_closes_as_it_opened(void **state)
{
	static const size_t places[] = { 0, 63, 64, 127, 128, 599 };
	size_t len;
	char *text = nested("[{\"a\":", "1", "}]", 300, &len), *closes = text + len - 600, right;

	(void)state;
	assert_int_equal(check(text, len, NULL), 0);
	for (size_t i = 0; i < COUNT(places); i++) {
		right = closes[places[i]];
		closes[places[i]] = right == '}' ? ']' : '}';
		assert_int_equal(check(text, len, NULL), -1);
		closes[places[i]] = right;
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grammar__accepts_what_the_rfc_allows),
		cmocka_unit_test(grammar__refuses_all_else),
		cmocka_unit_test(grammar__tables_are_as_large_as_the_suite),
		cmocka_unit_test(grammar__is_the_same_in_pieces),
		cmocka_unit_test(grammar__nesting_ends_at_the_bound),
		cmocka_unit_test(grammar__each_level_closes_as_it_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
