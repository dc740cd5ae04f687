#include "../scratch.h"

#include "trial/diff.h"

static struct diff_text
text(const char *name, const char *at)
{
	return (struct diff_text){ name, at, strlen(at) };
}

static void
expect_diff(const char *from, const char *to, const char *expected)
{
	struct diff_text a = text("a", from), b = text("b", to);
	struct buf out;

	buf_init(&out, 1 << 20);
	assert_int_equal(diff_lines(&a, &b, &out), 0);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void
diff__of_the_same_is_nothing(void **state)
{
	(void)state;
	expect_diff("", "", "");
	expect_diff("one\ntwo\n", "one\ntwo\n", "");
}

static void
diff__is_unified(void **state)
{
	(void)state;
	expect_diff("one\n", "two\n", "--- a\n+++ b\n@@ -1 +1 @@\n-one\n+two\n");
	expect_diff("", "one\n", "--- a\n+++ b\n@@ -0,0 +1 @@\n+one\n");
	expect_diff("one\ntwo\n", "", "--- a\n+++ b\n@@ -1,2 +0,0 @@\n-one\n-two\n");
	expect_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
	    "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
	expect_diff("a\nb\nc\nd\n", "a\nc\nd\ne\n", "--- a\n+++ b\n@@ -1,4 +1,4 @@\n a\n-b\n c\n d\n+e\n");
}

static void
diff__puts_changes_that_are_close_into_one_hunk(void **state)
{
	(void)state;
	expect_diff("x\n1\n2\n3\n4\n5\n6\ny\n", "X\n1\n2\n3\n4\n5\n6\nY\n",
	    "--- a\n+++ b\n@@ -1,8 +1,8 @@\n-x\n+X\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n+Y\n");
	expect_diff("x\n1\n2\n3\n4\n5\n6\n7\ny\n", "X\n1\n2\n3\n4\n5\n6\n7\nY\n",
	    "--- a\n+++ b\n@@ -1,4 +1,4 @@\n-x\n+X\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-y\n+Y\n");
}

static void
diff__counts_a_last_line_without_a_newline(void **state)
{
	(void)state;
	expect_diff("one\ntwo", "one\nthree", "--- a\n+++ b\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n");
}

static void
diff__moves_no_cursor(void **state)
{
	(void)state;
	expect_diff("\033[2J\n", "two\ttabs\r\n", "--- a\n+++ b\n@@ -1 +1 @@\n-\\x1b[2J\n+two\\ttabs\\r\n");
}

/* Of random texts: in each hunk the lines of - and ' ' stand in the first text, those of + and ' ' in the other. */
static void
diff__loses_no_line(void **state)
{
	unsigned seed = 7;
	char from[200], to[200], left[200] = "", right[200] = "";
	struct diff_text a = { "a", from, 0 }, b = { "b", to, 0 };
	struct buf out;
	const char *line;
	int round, i;

	(void)state;
	for (round = 0; round < 1000; round++) {
		from[0] = to[0] = '\0';
		for (i = rand_r(&seed) % 40; i > 0; i--)
			snprintf(from + strlen(from), 3, "%c\n", 'a' + rand_r(&seed) % 4);
		for (i = rand_r(&seed) % 40; i > 0; i--)
			snprintf(to + strlen(to), 3, "%c\n", 'a' + rand_r(&seed) % 4);
		a.len = strlen(from);
		b.len = strlen(to);
		buf_init(&out, 1 << 20);
		assert_int_equal(diff_lines(&a, &b, &out), 0);
		assert_int_equal(out.len == 0, strcmp(from, to) == 0);
		for (line = strchr(buf_text(&out), '@'); line != NULL && line[0] != '\0';
		     line = strchr(line, '\n') + 1) {
			if (line[0] == '@')
				left[0] = right[0] = '\0';
			if (line[0] == ' ' || line[0] == '-')
				snprintf(left + strlen(left), 3, "%.2s", line + 1);
			if (line[0] == ' ' || line[0] == '+')
				snprintf(right + strlen(right), 3, "%.2s", line + 1);
			if (strstr(from, left) == NULL || strstr(to, right) == NULL)
				fail_msg("round %d: %s", round, out.at);
		}
		buf_release(&out);
	}
}

/* Past what is compared line by line everything goes and everything comes. */
static void
diff__shows_texts_that_have_nothing_in_common(void **state)
{
	struct buf from, to, out;
	struct diff_text a = { .name = "a" }, b = { .name = "b" };
	size_t i, n = 3000, minus = 0, plus = 0;

	(void)state;
	buf_init(&from, 1 << 20);
	buf_init(&to, 1 << 20);
	buf_init(&out, 1 << 20);
	for (i = 0; i < n; i++) {
		assert_int_equal(buf_addf(&from, "old %zu\n", i), 0);
		assert_int_equal(buf_addf(&to, "new %zu\n", i), 0);
	}
	a.at = from.at;
	a.len = from.len;
	b.at = to.at;
	b.len = to.len;
	assert_int_equal(diff_lines(&a, &b, &out), 0);
	for (i = 0; i + 1 < out.len; i++) {
		minus += out.at[i] == '\n' && out.at[i + 1] == '-';
		plus += out.at[i] == '\n' && out.at[i + 1] == '+';
	}
	assert_int_equal(minus, n);
	assert_int_equal(plus, n + 1); /* and the heading */
	buf_release(&out);
	/* No room is said, not overrun. */
	buf_init(&out, 100);
	assert_int_equal(diff_lines(&a, &b, &out), -1);
	buf_release(&out);
	buf_release(&from);
	buf_release(&to);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(diff__of_the_same_is_nothing),
		cmocka_unit_test(diff__is_unified),
		cmocka_unit_test(diff__puts_changes_that_are_close_into_one_hunk),
		cmocka_unit_test(diff__counts_a_last_line_without_a_newline),
		cmocka_unit_test(diff__moves_no_cursor),
		cmocka_unit_test(diff__loses_no_line),
		cmocka_unit_test(diff__shows_texts_that_have_nothing_in_common),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
