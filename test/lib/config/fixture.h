/*
 * What the tests of this room share.
 */
#ifndef TEST_CONFIG_FIXTURE_H
#define TEST_CONFIG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/settings.h"

/* A message begins as it should, with the path of the key; what is its case. */
static inline void
assert_begins(const char *text, const char *begin, const char *what)
{
	if (strncmp(text, begin, strlen(begin)) != 0)
		fail_msg("%s\n  says:    %s\n  not: %s…", what, text, begin);
}

/* Applies one object at a level, as a caller does. */
static inline int
apply_json(struct settings *s, const char *json, enum settings_level level, struct err *e)
{
	struct json_members m = { 0 };
	struct json_value root;
	size_t twice;
	int ret;

	assert_int_equal(json_check(json, strlen(json), &root, e), 0);
	assert_int_equal(json_members_read(&m, root, &twice), 0);
	ret = settings_apply(s, &m, level, "client 7", e);
	json_members_release(&m);
	return ret;
}

#endif
