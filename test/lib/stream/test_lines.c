#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drive.h"

static const size_t pieces[] = { WHOLE, 1, 2, 3, 7 };

static void
lines__gives_an_item_a_line(void **state)
{
	static const struct {
		const char *body, *expected, *why;
	} cases[] = {
		{ "", "", "an empty body" },
		{ "\n", "", "an empty line" },
		{ " \t\r\n\r\n  ", "", "blank lines alone" },
		{ "{\"id\":1}\n{\"id\":2}\n", "|{\"id\":1}|{\"id\":2}", "two lines" },
		{ "{\"id\":1}\n{\"id\":2}", "|{\"id\":1}|{\"id\":2}", "no line end behind the last" },
		{ "{\"id\":1}\r\n{\"id\":2}\r\n", "|{\"id\":1}|{\"id\":2}", "CRLF" },
		{ "{\"id\":1}\r\n{\"id\":2}\r", "|{\"id\":1}|{\"id\":2}", "a CR at the very end" },
		{ "\n\n  {\"id\":1}  \n \n\t{\"id\":2}\t", "|{\"id\":1}|{\"id\":2}", "blanks around" },
		{ "1\n-2.5e3\ntrue\nnull\n\"x\"\n[1, 2]\n", "|1|-2.5e3|true|null|\"x\"|[1, 2]", "values of any kind" },
		{ "12\r\n34 \n56", "|12|34|56", "numbers end with their line" },
		{ "9007199254740993\n18446744073709551615", "|9007199254740993|18446744073709551615",
		    "ids keep their digits" },
		{ "[\"a\\nb\"]\n", "|[\"a\\nb\"]", "an escaped line end" },
		{ "{\"a\": \r 1}\n", "|{\"a\": \r 1}", "a CR inside is a blank like others" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases) * COUNT(pieces); i++) {
		struct outcome o;
		size_t k = i / COUNT(pieces);

		drive(STREAM_NDJSON, "/ignored", "/ignored", 1000, cases[k].body, strlen(cases[k].body),
		    pieces[i % COUNT(pieces)], &o);
		if (o.end != 0 || strcmp(buf_text(&o.items), cases[k].expected) != 0)
			fail_msg("%s: %s, %s", cases[k].why, buf_text(&o.items), o.e.text);
		assert_string_equal(buf_text(&o.captured), "");
		outcome_release(&o);
	}
}

static void
lines__refuses(void **state)
{
	static const struct {
		const char *body, *expected, *code, *says, *why;
	} cases[] = {
		{ "{\"a\":\n1}\n", "", "body_malformed", "byte 5 (line 1): the line ends inside its value",
		    "a value over two lines" },
		{ "1\n\n\"a\nb\"\n", "|1", "body_malformed", "byte 5 (line 3): the line ends inside",
		    "a line end in a string" },
		{ "[1\n2]\n", "", "body_malformed", "(line 1)", "an array over two lines" },
		{ "-\n", "", "body_malformed", "(line 1)", "a minus alone" },
		{ "{} {}\n", "", "body_malformed", "byte 3 (line 1): something follows", "two values on a line" },
		{ "{}x\n", "", "body_malformed", "byte 2 (line 1): something follows", "garbage behind a value" },
		{ "{},\n{}\n", "", "body_malformed", "byte 2 (line 1)", "a comma behind a value" },
		{ "1x\n", "", "body_malformed", "byte 1 (line 1)", "garbage behind a number" },
		{ "1\n2\n\xef\xbb\xbf"
		  "3\n",
		    "|1|2", "body_malformed", "byte 4 (line 3)", "a byte order mark" },
		{ "{\"id\":1}\n{\"id\":", "|{\"id\":1}", "body_truncated",
		    "breaks off at byte 15 (line 2), inside an object", "cut in an object" },
		{ "{\"id\":1}\n{\"id", "|{\"id\":1}", "body_truncated", "inside a member's name", "cut in a name" },
		{ "\"abc", "", "body_truncated", "inside a string", "cut in a string" },
		{ "tru", "", "body_truncated", "inside a value", "cut in a word" },
		{ "-", "", "body_truncated", "inside a value", "cut in a number" },
		{ "[1,[2]", "", "body_truncated", "inside an array", "cut in an array" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases) * COUNT(pieces); i++) {
		struct outcome o;
		size_t k = i / COUNT(pieces);

		drive(
		    STREAM_NDJSON, "", NULL, 1000, cases[k].body, strlen(cases[k].body), pieces[i % COUNT(pieces)], &o);
		if (o.end != -1 || strcmp(o.e.code, cases[k].code) != 0 || strstr(o.e.text, cases[k].says) == NULL ||
		    strcmp(buf_text(&o.items), cases[k].expected) != 0)
			fail_msg("%s: %s, %d, %s", cases[k].why, buf_text(&o.items), o.end, o.e.text);
		outcome_release(&o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines__gives_an_item_a_line),
		cmocka_unit_test(lines__refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
