#include "../scratch.h"

#include "../failing.h"
#include "base/clock.h"
#include "report/cell.h"
#include "report/table.h"

#define NOW "2026-11-23T12:00:00.000Z"

static const struct table_column columns[] = { { "Name", 's' }, { "Count", 'j' }, { NULL, 0 } };

static void
fill(struct table *t)
{
	assert_int_equal(table_row(t, (const char *const[]){ "a\033[2J\"b", "9007199254740993" }), 0);
	assert_int_equal(table_row(t, (const char *const[]){ "\u0141ukasz", NULL }), 0);
}

static int64_t
now(void)
{
	int64_t at;

	assert_int_equal(clock_parse(NOW, &at), 0);
	return at;
}

/* What it prints; valid until the next call. */
static const char *
text_of(const struct table *t)
{
	static char text[10000];
	struct buf b;

	buf_init(&b, sizeof(text) - 1);
	assert_int_equal(table_text(t, &b), 0);
	strlcpy(text, buf_text(&b), sizeof(text));
	buf_release(&b);
	return text;
}

static void
table__aligns_and_escapes_for_people(void **state)
{
	struct table t = { .columns = columns };

	(void)state;
	fill(&t);
	assert_string_equal(text_of(&t),
	    "Name                   Count\n"
	    "a\\x1b[2J\"b  9007199254740993\n"
	    "\u0141ukasz                     -\n");
	table_release(&t);
}

static void
table__is_json_for_programs(void **state)
{
	struct table t = { .columns = columns };
	struct buf b;

	(void)state;
	buf_init(&b, 10000);
	assert_int_equal(table_json(&t, &b), 0);
	assert_string_equal(b.at, "[]\n");
	buf_clear(&b);
	fill(&t);
	table_add(&t, "\xff\x80x\xc3");
	table_add_bool(&t, true);
	assert_int_equal(table_json(&t, &b), 0);
	assert_string_equal(b.at,
	    "[\n {\"Name\":\"a\\u001b[2J\\\"b\",\"Count\":9007199254740993},\n"
	    " {\"Name\":\"\u0141ukasz\",\"Count\":null},\n {\"Name\":\"\ufffd\ufffdx\ufffd\",\"Count\":true}\n]\n");
	buf_release(&b);
	table_release(&t);
}

static void
table__without_rows_is_a_sentence(void **state)
{
	struct table t = { .columns = columns };

	(void)state;
	assert_string_equal(text_of(&t), "Name  Count\n");
	t.empty = "nothing there";
	assert_string_equal(text_of(&t), "nothing there\n");
	table_release(&t);
}

static void
table__shows_each_kind_in_its_way(void **state)
{
	static const struct table_column kinds[] = { { "At", 'w' }, { "Ago", 'a' }, { "Json", 'j' }, { "Long", 't' },
		{ NULL, 0 } };
	struct table t = { .columns = kinds, .now_ms = now() };
	struct buf b;

	(void)state;
	table_row(&t, (const char *const[]){ "2026-11-23T07:00:00.123Z", "2026-11-23T07:00:00.123Z", "true", NULL });
	table_row(&t, (const char *const[]){ "by hand", "by hand", "-1", "x" });
	assert_string_equal(text_of(&t),
	    "At                    Ago      Json  Long\n"
	    "2026-11-23T07:00:00Z  4 h ago  true  -\n"
	    "by hand               by hand  -1    x\n");
	buf_init(&b, 10000);
	assert_int_equal(table_json(&t, &b), 0);
	assert_string_equal(b.at,
	    "[\n {\"At\":\"2026-11-23T07:00:00.123Z\",\"Ago\":\"2026-11-23T07:00:00.123Z\",\"Json\":true,"
	    "\"Long\":null},\n {\"At\":\"by hand\",\"Ago\":\"by hand\",\"Json\":-1,\"Long\":\"x\"}\n]\n");
	buf_release(&b);
	table_release(&t);
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

static const struct table_column wide[] = { { "Client", 's' }, { "Status", 'c' }, { "Received", 'j' },
	{ "Duplicates", 'J' }, { "Problem", 't' }, { "Owed", 'J' }, { NULL, 0 } };

static void
fill_wide(struct table *t)
{
	table_row(t,
	    (const char *const[]){
	        "northern clinic", "failed", "12345", "7", "503 from the external system: it is in maintenance", "3" });
	table_row(t, (const char *const[]){ "1", "ok", "1", NULL, NULL, "0" });
}

static void
table__is_no_wider_than_the_terminal(void **state)
{
	static const struct {
		size_t width;
		const char *text;
	} cases[] = {
		{ 109,
		    "Client           Status  Received  Duplicates  Problem                                             Owed\n"
		    "northern clinic  failed     12345           7  503 from the external system: it is in maintenance     3\n"
		    "1                ok             1           -  -                                                      0\n" },
		{ 86,
		    "Client           Status  Received  Duplicates  Problem                            Owed\n"
		    "northern clinic  failed     12345           7  503 from the external system: it…     3\n"
		    "1                ok             1           -  -                                     0\n" },
		{ 83,
		    "Client           Status  Received  Duplicates  Problem\n"
		    "northern clinic  failed     12345           7  503 from the external system: it is…\n"
		    "1                ok             1           -  -\n"
		    "left out: Owed; --json has all\n" },
		{ 60,
		    "Client           Status  Received  Problem\n"
		    "northern clinic  failed     12345  503 from the external sy…\n"
		    "1                ok             1  -\n"
		    "left out: Duplicates, Owed; --json has all\n" },
		{ 46,
		    "Client      Status  Received  Problem\n"
		    "northern …  failed     12345  503 from the ex…\n"
		    "1           ok             1  -\n"
		    "left out: Duplicates, Owed; --json has all\n" },
		{ 20, NULL },
		{ 11, NULL },
	};
	struct table t = { .columns = wide };
	const char *line, *text;
	size_t i, len;

	(void)state;
	fill_wide(&t);
	for (i = 0; i < N(cases); i++) {
		t.width = cases[i].width;
		text = text_of(&t);
		if (cases[i].text != NULL)
			assert_string_equal(text, cases[i].text);
		for (line = text; *line != '\0'; line += len + 1) {
			len = strcspn(line, "\n");
			assert_true(cell_width(line, len) <= cases[i].width);
			assert_true(len == 0 || line[len - 1] != ' ');
		}
	}
	table_release(&t);
}

static void
table__has_color_for_status_alone(void **state)
{
	struct table t = { .columns = wide, .color = true, .width = 60 };

	(void)state;
	fill_wide(&t);
	assert_string_equal(text_of(&t),
	    "Client           Status  Received  Problem\n"
	    "northern clinic  \033[31mfailed\033[0m     12345  503 from the external sy…\n"
	    "1                \033[32mok\033[0m             1  -\n"
	    "\033[2mleft out: Duplicates, Owed; --json has all\033[0m\n");
	table_release(&t);
	assert_string_equal(cell_color("running (pid 7)"), cell_color("running"));
	assert_string_equal(cell_color("degraded"), cell_color("held: migration"));
	assert_null(cell_color("failedly"));
	assert_null(cell_color(""));
}

static void
table__tells_when_memory_was_out(void **state)
{
	struct failing f = { 0 };
	struct table t = { .columns = wide };
	struct buf b;
	int ret;

	(void)state;
	while (failing_next(&f)) {
		buf_init(&b, 10000);
		failing_begin(&f);
		fill_wide(&t);
		ret = table_text(&t, &b);
		failing_end(&f);
		assert_int_equal(ret, f.failed ? -1 : 0);
		if (t.failed)
			assert_int_equal(table_json(&t, &b), -1);
		buf_release(&b);
		table_release(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table__aligns_and_escapes_for_people),
		cmocka_unit_test(table__is_json_for_programs),
		cmocka_unit_test(table__without_rows_is_a_sentence),
		cmocka_unit_test(table__shows_each_kind_in_its_way),
		cmocka_unit_test(cell__tells_how_long_ago),
		cmocka_unit_test(cell__is_as_wide_as_on_a_terminal),
		cmocka_unit_test(cell__is_cut_with_an_ellipsis),
		cmocka_unit_test(table__is_no_wider_than_the_terminal),
		cmocka_unit_test(table__has_color_for_status_alone),
		cmocka_unit_test(table__tells_when_memory_was_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
