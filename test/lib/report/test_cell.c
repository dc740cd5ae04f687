#include "../scratch.h"

#include "base/clock.h"
#include "report/cell.h"

#define NOW "2026-11-23T12:00:00.000Z"

static int64_t
now(void)
{
	int64_t at;

	assert_int_equal(clock_parse(NOW, &at), 0);
	return at;
}

static void
cell__tells_how_long_ago(void **state)
{
	static const struct {
		int64_t ago_s;
		const char *text;
	} cases[] = {
		{ 0, "now" },
		{ 1, "1 s ago" },
		{ 119, "119 s ago" },
		{ 120, "2 min ago" },
		{ 7199, "119 min ago" },
		{ 7200, "2 h ago" },
		{ 172799, "47 h ago" },
		{ 172800, "2 d ago" },
		{ 86400 * 365, "365 d ago" },
		{ -1, "in 1 s" },
		{ -1200, "in 20 min" },
	};
	char at[CLOCK_TEXT];
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < N(cases); i++) {
		buf_clear(&b);
		clock_text(now() - cases[i].ago_s * 1000, at);
		assert_int_equal(cell_text(&b, 'a', at, now()), 0);
		assert_string_equal(b.at, cases[i].text);
	}
	buf_release(&b);
}

static void
cell__is_as_wide_as_on_a_terminal(void **state)
{
	static const struct {
		const char *text;
		size_t width;
	} cases[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "\u0141\u00f3", 2 },
		{ "e\u0301", 1 },
		{ "\u8a18\u9332", 4 },
		{ "\U0001f642", 2 },
		{ "\u2026", 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++)
		if (cell_width(cases[i].text, strlen(cases[i].text)) != cases[i].width)
			fail_msg("%s", cases[i].text);
}

static void
cell__is_cut_with_an_ellipsis(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
		const char *cut;
	} cases[] = {
		{ "abcdef", 6, "abcdef" },
		{ "abcdef", 5, "abcd…" },
		{ "abcdef", 1, "…" },
		{ "\u8a18\u9332\u8a18", 6, "\u8a18\u9332\u8a18" },
		{ "\u8a18\u9332\u8a18", 5, "\u8a18\u9332…" },
		{ "\u8a18\u9332\u8a18", 4, "\u8a18…" },
		{ "ae\u0301x", 2, "a…" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < N(cases); i++) {
		buf_clear(&b);
		assert_int_equal(buf_adds(&b, "..."), 0);
		assert_int_equal(buf_adds(&b, cases[i].text), 0);
		assert_int_equal(cell_cut(&b, 3, cases[i].columns), 0);
		assert_string_equal(b.at + 3, cases[i].cut);
		assert_int_equal(b.len, strlen(b.at));
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cell__tells_how_long_ago),
		cmocka_unit_test(cell__is_as_wide_as_on_a_terminal),
		cmocka_unit_test(cell__is_cut_with_an_ellipsis),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
