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
		{ 41,
		    "Client    Status  Problem\n"
		    "norther…  failed  503 from the ex…\n"
		    "1         ok      -\n"
		    "left out: Received, …; --json has all\n" },
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
table__cuts_the_last_of_equally_wide_names(void **state)
{
	static const struct table_column names[] = { { "Where", 's' }, { "Job", 's' }, { NULL, 0 } };
	struct table t = { .columns = names, .width = 27 };

	(void)state;
	table_row(&t, (const char *const[]){ "client 2 of 9", "SyncDocuments" });
	assert_string_equal(text_of(&t),
	    "Where          Job\n"
	    "client 2 of 9  SyncDocumen…\n");
	table_release(&t);
}

/* What was looked for is read to its end, beside its row or below it. */
static void
table__wraps_its_last_long_text(void **state)
{
	static const struct table_column last[] = { { "Client", 's' }, { "Status", 'c' }, { "Received", 'J' },
		{ "Problem", 't' }, { NULL, 0 } };
	static const struct {
		size_t width;
		const char *text;
	} cases[] = {
		{ 0,
		    "Client  Status  Received  Problem\n"
		    "7       failed         3  503 from the external system: it is in maintenance\n"
		    "1       ok            12  -\n" },
		{ 64,
		    "Client  Status  Received  Problem\n"
		    "7       failed         3  503 from the external system: it is in\n"
		    "                          maintenance\n"
		    "1       ok            12  -\n" },
		{ 50,
		    "Client  Status  Received\n"
		    "    Problem\n"
		    "7       failed         3\n"
		    "    503 from the external system: it is in\n"
		    "    maintenance\n"
		    "1       ok            12\n" },
		{ 20,
		    "Client  Status\n"
		    "    Problem\n"
		    "7       failed\n"
		    "    503 from the\n"
		    "    external system:\n"
		    "    it is in\n"
		    "    maintenance\n"
		    "1       ok\n"
		    "…; --json has all\n" },
		{ 5, NULL },
	};
	struct table t = { .columns = last };
	const char *line, *text;
	size_t i, len;

	(void)state;
	table_row(
	    &t, (const char *const[]){ "7", "failed", "3", "503 from the external system: it is in maintenance" });
	table_row(&t, (const char *const[]){ "1", "ok", "12", NULL });
	for (i = 0; i < N(cases); i++) {
		t.width = cases[i].width;
		text = text_of(&t);
		if (cases[i].text != NULL)
			assert_string_equal(text, cases[i].text);
		for (line = text; t.width > 0 && *line != '\0'; line += len + 1) {
			len = strcspn(line, "\n");
			assert_true(cell_width(line, len) <= t.width);
		}
	}
	table_release(&t);

	/* Without any text there is nothing below; a text without an end has one here. */
	table_row(&t, (const char *const[]){ "1", "ok", "12", "" });
	t.width = 26;
	assert_string_equal(text_of(&t), "Client  Status  Received\n1       ok            12\n");
	table_row(&t,
	    (const char *const[]){ "7", "failed", "3",
	        "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x y "
	        "z a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x" });
	text = text_of(&t);
	for (i = 0; (text = strchr(text, '\n')) != NULL; i++)
		text++;
	assert_int_equal(i, 2 + 1 + 1 + 8);
	assert_non_null(strstr(text_of(&t), "…\n"));
	table_release(&t);
}

static void
table__leaves_numbers_out_rather_than_cut_them(void **state)
{
	static const struct table_column numbers[] = { { "Run", 'j' }, { "Job", 's' }, { "At", 'w' },
		{ "Processed", 'j' }, { "Errors", 'j' }, { NULL, 0 } };
	static const struct {
		size_t width;
		const char *text;
	} cases[] = {
		{ 54,
		    "Run  Job       At                    Processed  Errors\n"
		    "  7  SyncExa…  2026-11-23T07:00:00Z         12       0\n" },
		{ 53,
		    "Run  Job       At                    Processed\n"
		    "  7  SyncExa…  2026-11-23T07:00:00Z         12\n"
		    "left out: Errors; --json has all\n" },
		{ 13,
		    "Run  Job\n"
		    "  7  SyncExa…\n" },
	};
	struct table t = { .columns = numbers };
	size_t i;

	(void)state;
	table_row(&t, (const char *const[]){ "7", "SyncExams", "2026-11-23T07:00:00.123Z", "12", "0" });
	for (i = 0; i < N(cases); i++) {
		t.width = cases[i].width;
		if (strncmp(text_of(&t), cases[i].text, strlen(cases[i].text)) != 0)
			fail_msg("%s", text_of(&t));
	}
	table_release(&t);
}

static void
table__has_a_view_for_people(void **state)
{
	static const struct table_view view[] = { { "Failed", 'c', "Status" }, { "Client", 's', NULL },
		{ NULL, 0, NULL } };
	struct table t = { .columns = wide, .view = view };
	struct buf b;

	(void)state;
	table_row(&t, (const char *const[]){ "7", "failed", "3", "0", "why", "1" });
	assert_string_equal(text_of(&t), "Failed  Client\nfailed  7\n");
	buf_init(&b, 1000);
	assert_int_equal(table_json(&t, &b), 0);
	assert_string_equal(b.at,
	    "[\n {\"Client\":\"7\",\"Status\":\"failed\",\"Received\":3,\"Duplicates\":0,\"Problem\":\"why\",\"Owed\":1}\n]\n");
	buf_release(&b);
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
		cmocka_unit_test(table__is_no_wider_than_the_terminal),
		cmocka_unit_test(table__cuts_the_last_of_equally_wide_names),
		cmocka_unit_test(table__wraps_its_last_long_text),
		cmocka_unit_test(table__leaves_numbers_out_rather_than_cut_them),
		cmocka_unit_test(table__has_a_view_for_people),
		cmocka_unit_test(table__has_color_for_status_alone),
		cmocka_unit_test(table__tells_when_memory_was_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
