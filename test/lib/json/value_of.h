/*
 * A checked value of a literal, for tests.
 */
#ifndef TEST_VALUE_OF_H
#define TEST_VALUE_OF_H

#include <string.h>

#include "json/value.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static inline struct json_value
value_of(const char *text)
{
	struct json_value root = { .kind = JSON_ABSENT };
	struct err e = ERR_INIT;

	if (json_check(text, strlen(text), &root, &e) != 0)
		fail_msg("the test's own text is wrong: %s: %s", text, e.text);
	return root;
}

static inline void
assert_value(struct json_value value, const char *text)
{
	assert_int_equal(value.len, strlen(text));
	if (value.len > 0)
		assert_memory_equal(value.at, text, value.len);
}

#endif
