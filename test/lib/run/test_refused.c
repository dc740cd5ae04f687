#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "run/refused.h"

#define ID(text, is_quoted)                                                                \
	{                                                                                  \
		.id = text, .id_len = sizeof(text) - 1, .quoted = is_quoted, .version = "" \
	}

static void
refused__marks_what_the_answer_lists(void **state)
{
	static const struct {
		const char *answer, *marks; /* one digit for each of the batch; "!": unreadable */
		const char *reason;
	} cases[] = {
		{ "{\"rejected\":[]}", "00000", "none" },
		{ "{}", "00000", "absent: none" },
		{ "{\"rejected\":null}", "00000", "null: none" },
		{ "{\"rejected\":[7]}", "10001", "a number; 7 and \"7\" have the same characters" },
		{ "{\"rejected\":[\"18446744073709551615\"]}", "01000", "a number written as a string" },
		{ "{\"rejected\":[18446744073709551615]}", "01000", "64 bits, exactly" },
		{ "{\"rejected\":[18446744073709551614]}", "00000", "one less is another id" },
		{ "{\"rejected\":[\"\\u0041-1\"]}", "00110", "escapes undone; both versions of an item" },
		{ "{\"rejected\":[\"nobody\", 99]}", "00000", "ids that were not sent" },
		{ "{\"rejected\":[{\"id\":7}]}", "!", "no id" },
		{ "{\"rejected\":{\"a\":1}}", "!", "no array" },
		{ "{\"rejected\":[7", "!", "breaks off" },
		{ "<html>", "!", "no JSON" },
	};
	struct ledger_key keys[] = { ID("7", false), ID("18446744073709551615", false), ID("A-1", true),
		ID("A-1", true), ID("7", true) };
	struct ledger_owed batch = { .at = keys, .n = 5 };
	struct json_pointer where;
	struct err e = ERR_INIT;
	bool marks[5];
	size_t i, k;
	int ret;

	(void)state;
	assert_int_equal(json_pointer_parse(&where, "/rejected", &e), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(marks, 0, sizeof(marks));
		ret = refused_read(&where, cases[i].answer, strlen(cases[i].answer), &batch, marks, &e);
		if ((ret == -1) != (cases[i].marks[0] == '!'))
			fail_msg("%s: answered %d", cases[i].reason, ret);
		if (ret == -1) {
			assert_string_equal(e.code, "ack_unreadable");
			assert_int_equal(e.kind, ERR_UNAVAILABLE);
			continue;
		}
		for (k = 0; k < 5; k++)
			if (marks[k] != (cases[i].marks[k] == '1'))
				fail_msg("%s: item %zu", cases[i].reason, k);
	}
	json_pointer_release(&where);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(refused__marks_what_the_answer_lists) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
