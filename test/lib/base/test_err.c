#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void
err__holds_what_was_found(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(e.kind, ERR_NONE);
	assert_int_equal(err_set(&e, ERR_CONFIG, "no_route", "client %d: no Route", 7), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_string_equal(e.code, "no_route");
	assert_string_equal(e.text, "client 7: no Route");
	err_clear(&e);
	assert_int_equal(e.kind, ERR_NONE);
	assert_string_equal(e.code, "");
	assert_string_equal(e.text, "");
}

static void
err__says_what_the_system_says(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_sys(&e, ERR_INPUT, "open", "open %s", "/x"), -1);
	assert_string_equal(e.text, "open /x: No such file or directory");
	assert_int_equal(errno, ENOENT);
}

static void
err__gets_words_in_front(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(err_memory(&e), -1);
	assert_int_equal(err_prefix(&e, "client %s: ", "7"), -1);
	assert_int_equal(e.kind, ERR_INTERNAL);
	assert_string_equal(e.code, "no_memory");
	assert_string_equal(e.text, "client 7: out of memory");
}

static void
err__is_cut_and_never_overflows(void **state)
{
	struct err e = ERR_INIT;
	char long_text[3000];

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	err_set(&e, ERR_ITEM, long_text, "%s", long_text);
	assert_int_equal(strlen(e.code), sizeof(e.code) - 1);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	errno = EIO;
	err_sys(&e, ERR_ITEM, "x", "%s", long_text);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	err_set(&e, ERR_ITEM, "x", "end");
	err_prefix(&e, "%s", long_text);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

static void
err_sys__calls_no_memory_what_it_is(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	errno = ENOMEM;
	assert_int_equal(err_sys(&e, ERR_INPUT, "database", "cannot open %s", "x.db"), -1);
	assert_int_equal(e.kind, ERR_INTERNAL);
	assert_string_equal(e.code, "no_memory");
	assert_string_equal(e.text, "cannot open x.db: out of memory");
}

static void
err__may_be_nobodys(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_ITEM, "x", "y"), -1);
	assert_int_equal(err_sys(NULL, ERR_ITEM, "x", "y"), -1);
	assert_int_equal(err_memory(NULL), -1);
	assert_int_equal(err_prefix(NULL, "y"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(err__holds_what_was_found),
		cmocka_unit_test(err__says_what_the_system_says),
		cmocka_unit_test(err__gets_words_in_front),
		cmocka_unit_test(err__is_cut_and_never_overflows),
		cmocka_unit_test(err_sys__calls_no_memory_what_it_is),
		cmocka_unit_test(err__may_be_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
