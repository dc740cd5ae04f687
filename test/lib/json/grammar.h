/*
 * What strict JSON is, case by case: every kind of text that the public
 * JSONTestSuite knows, and more, in our own words. The tables are used by the
 * tests of json_check() and of the stream.
 */
#ifndef TEST_GRAMMAR_H
#define TEST_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

struct grammar_case {
	const char *text;
	size_t len;
	const char *why;
	bool alone; /* refused as a whole document only: between others it adds up to something */
};

#define CASE(literal, reason)                               \
	{                                                   \
		literal, sizeof(literal) - 1, reason, false \
	}
#define ALONE(literal, reason)                             \
	{                                                  \
		literal, sizeof(literal) - 1, reason, true \
	}
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#endif
