#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/near.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void
near__finds_what_was_meant(void **state)
{
	static const char *const words[] = { "install", NULL, "list", "show", "status", "rollout", "Route",
		"SendFrequency", "1" };
	static const struct {
		const char *text, *found, *why;
	} cases[] = {
		{ "install", "install", "the word itself" },
		{ "instal", "install", "a letter missing" },
		{ "installl", "install", "a letter too many" },
		{ "instakl", "install", "a wrong letter" },
		{ "lsit", "list", "two letters swapped count once" },
		{ "LIST", "list", "case folded" },
		{ "route", "Route", "case folded the other way" },
		{ "sendFrequenzy", "SendFrequency", "a longer word" },
		{ "sndfrequncey", "SendFrequency", "four edits of twelve letters" },
		{ "stat", NULL, "two edits of four letters are too many" },
		{ "backup", NULL, "nothing is near" },
		{ "xyz", NULL, "nothing is near to a short word" },
		{ "7", NULL, "one character changed is another word" },
		{ "0123456789012345678901234567890123456789012345678901234567890123456789", NULL,
		    "too long to be meant" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *found = near_word(cases[i].text, words, COUNT(words));

		if ((found == NULL) != (cases[i].found == NULL) ||
		    (found != NULL && strcmp(found, cases[i].found) != 0))
			fail_msg("%s (%s): %s", cases[i].text, cases[i].why, found != NULL ? found : "none");
	}
	assert_null(near_word("x", NULL, 0));
}

/* Of words as near as each other the first is taken; a nearer one behind it wins. */
static void
near__takes_the_nearest(void **state)
{
	static const char *const words[] = { "runs", "rune", "rules" };

	(void)state;
	assert_string_equal(near_word("runt", words, 3), "runs");
	assert_string_equal(near_word("rune", words, 3), "rune");
	assert_string_equal(near_word("rulse", words, 3), "rules");
}

/* A long word among the candidates is no word that was meant, and does no harm. */
static void
near__passes_over_long_words(void **state)
{
	static const char *const words[] = {
		"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
		"abcd",
	};

	(void)state;
	assert_string_equal(near_word("abce", words, 2), "abcd");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(near__finds_what_was_meant),
		cmocka_unit_test(near__takes_the_nearest),
		cmocka_unit_test(near__passes_over_long_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
