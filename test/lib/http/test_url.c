#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "http/url.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
url_origin__is_lower_case_with_its_port(void **state)
{
	static const struct {
		const char *url, *origin, *reason;
	} rows[] = {
		{ "https://example.com/a?b=c#d", "https://example.com:443", "https has 443" },
		{ "http://example.com", "http://example.com:80", "http has 80" },
		{ "HTTPS://EXAMPLE.Com:8443/", "https://example.com:8443", "case does not matter" },
		{ "https://example.com:443/", "https://example.com:443", "the default port written out is the same" },
		{ "https://example.com:/", "https://example.com:443", "an empty port is the default" },
		{ "http://127.1/", "http://127.0.0.1:80", "a short address is the long one" },
		{ "http://[0:0::1]:8080/", "http://[::1]:8080", "IPv6 in its short form" },
		{ "http://[fe80::1%25eth0]/", "http://[fe80::1]%eth0:80", "the interface tells hosts apart" },
		{ "ftp://example.com/", NULL, "not http" },
		{ "file:///etc/passwd", NULL, "not http" },
		{ "example.com/a", NULL, "no scheme" },
		{ "https:/example.com", NULL, "one slash" },
		{ "https:///example.com", NULL, "three slashes" },
		{ "https://", NULL, "no host" },
		{ "https://:443/", NULL, "no host" },
		{ "https://u@example.com/", NULL, "a user" },
		{ "https://:p@example.com/", NULL, "a password" },
		{ "https://example.com/a b", NULL, "a blank" },
		{ "https://example.com/\r\nX: y", NULL, "a line break" },
		{ "https://example.com/\x7f", NULL, "DEL" },
		{ "https://example.com:99999/", NULL, "no such port" },
		{ "", NULL, "empty" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct err e = ERR_INIT;
		char *origin = url_origin(rows[i].url, &e);

		if (rows[i].origin == NULL) {
			if (origin != NULL || e.kind != ERR_CONFIG || strcmp(e.code, "url_invalid") != 0)
				fail_msg("\"%s\" (%s): %s", rows[i].url, rows[i].reason, origin ? origin : e.code);
		} else if (origin == NULL || strcmp(origin, rows[i].origin) != 0) {
			fail_msg("\"%s\" (%s): %s", rows[i].url, rows[i].reason, origin ? origin : e.text);
		}
		free(origin);
	}
}

static void
url_check_base__refuses_what_cannot_be_appended_to(void **state)
{
	static const struct {
		const char *url;
		int rc;
		const char *reason;
	} rows[] = {
		{ "https://example.com", 0, "a host alone" },
		{ "https://example.com:8443/api/v1", 0, "with a path" },
		{ "http://[::1]:8080/api", 0, "IPv6" },
		{ "https://example.com/?a=b", -1, "a query" },
		{ "https://example.com/?", -1, "an empty query still swallows the path" },
		{ "https://example.com/#", -1, "so does an empty fragment" },
		{ "https://u:secret@example.com", -1, "a user" },
		{ "example.com", -1, "no scheme" },
	};
	char longest[BOUND_URL + 2];
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		if (url_check_base(rows[i].url, &e) != rows[i].rc)
			fail_msg("\"%s\" (%s): %s", rows[i].url, rows[i].reason, e.text);
		if (rows[i].rc == -1)
			assert_int_equal(e.kind, ERR_CONFIG);
		assert_null(strstr(e.text, "secret"));
	}
	memset(longest, 'a', sizeof(longest) - 1);
	memcpy(longest, "https://h/", 10);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(url_check_base(longest, &e), -1);
}

static void
url_is_loopback__sees_through_spellings(void **state)
{
	static const struct {
		const char *url;
		bool is;
	} rows[] = {
		{ "http://localhost/", true },
		{ "http://LocalHost:80", true },
		{ "http://loc%61lhost/", true },
		{ "http://127.0.0.1", true },
		{ "http://127.9.9.9", true },
		{ "http://127.1/", true },
		{ "http://0x7f000001/", true },
		{ "http://2130706433/", true },
		{ "http://0177.0.0.1", true },
		{ "http://[::1]/", true },
		{ "http://[0:0:0:0:0:0:0:1]/", true },
		{ "http://[::ffff:127.0.0.1]/", true },
		{ "http://[::ffff:10.0.0.1]/", false },
		{ "http://128.0.0.1/", false },
		{ "http://localhost.example.com/", false },
		{ "http://127.0.0.1.example.com/", false },
		{ "http://example.com/127.0.0.1", false },
		{ "http://[::2]/", false },
		{ "http://0.0.0.0/", false },
		{ "http://u@localhost/", false },
		{ "nonsense", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++)
		if (url_is_loopback(rows[i].url, NULL) != rows[i].is)
			fail_msg("%s: not %d", rows[i].url, rows[i].is);
}

static void
url_follow__stays_within_the_origin(void **state)
{
	static const char from[] = "https://h.example:8443/a/b?x=1";
	static const struct {
		const char *link, *to, *code, *reason;
	} rows[] = {
		{ "c", "https://h.example:8443/a/c", NULL, "beside" },
		{ "./c", "https://h.example:8443/a/c", NULL, "beside" },
		{ "../c", "https://h.example:8443/c", NULL, "above" },
		{ "../../../c", "https://h.example:8443/c", NULL, "no higher than the root" },
		{ "/c?y=2", "https://h.example:8443/c?y=2", NULL, "from the root" },
		{ "?p=2", "https://h.example:8443/a/b?p=2", NULL, "another query" },
		{ "", "https://h.example:8443/a/b?x=1", NULL, "the document itself" },
		{ "#part", "https://h.example:8443/a/b?x=1", NULL, "the document itself" },
		{ "c#part", "https://h.example:8443/a/c", NULL, "a fragment is never sent" },
		{ "//h.example:8443/c", "https://h.example:8443/c", NULL, "same scheme" },
		{ "HTTPS://H.EXAMPLE:8443/c", "https://H.EXAMPLE:8443/c", NULL, "case does not matter" },
		{ "/a b", "https://h.example:8443/a%20b", NULL, "a careless server" },
		{ "/r\xc3\xb6", "https://h.example:8443/r%c3%b6", NULL, "a careless server" },
		{ "/go?to=http://evil/", "https://h.example:8443/go?to=http://evil/", NULL, "a query is a query" },
		{ "https://evil/", NULL, "link_other_origin", "another host" },
		{ "//evil/c", NULL, "link_other_origin", "another host" },
		{ "https://h.example/c", NULL, "link_other_origin", "another port" },
		{ "http://h.example:8443/c", NULL, "link_other_origin", "another scheme" },
		{ "https://h.example.evil:8443/", NULL, "link_other_origin", "a longer host" },
		{ "https://h.example:8443@evil/", NULL, "link_invalid", "a user that looks like our host" },
		{ "https://u:p@h.example:8443/", NULL, "link_invalid", "a user" },
		{ "https://h.example:8443\\@evil/", NULL, "link_invalid", "a backslash" },
		{ "file:///etc/passwd", NULL, "link_invalid", "a file" },
		{ "gopher://h.example:8443/", NULL, "link_invalid", "another protocol" },
		{ "javascript:alert(1)", NULL, "link_invalid", "no scheme of ours" },
		{ "https:///c", NULL, "link_other_origin", "a host by mistake" },
		{ "/a\r\nX: y", NULL, "link_invalid", "a line break" },
		{ "/\x7f", NULL, "link_invalid", "DEL" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct err e = ERR_INIT;
		char *to = url_follow(from, rows[i].link, &e);

		if (rows[i].to == NULL) {
			if (to != NULL || e.kind != ERR_UNAVAILABLE || strcmp(e.code, rows[i].code) != 0)
				fail_msg("\"%s\" (%s): %s %s", rows[i].link, rows[i].reason, to ? to : e.code, e.text);
		} else if (to == NULL || strcmp(to, rows[i].to) != 0) {
			fail_msg("\"%s\" (%s): %s", rows[i].link, rows[i].reason, to ? to : e.text);
		}
		free(to);
	}
}

static void
url_follow__refuses_a_base_it_cannot_read(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_null(url_follow("nonsense", "/c", &e));
	assert_string_equal(e.code, "url_invalid");
}

static void
url_follow__refuses_what_is_too_long(void **state)
{
	char link[BOUND_URL + 2];
	struct err e = ERR_INIT;

	(void)state;
	memset(link, 'a', sizeof(link) - 1);
	link[0] = '/';
	link[sizeof(link) - 1] = '\0';
	assert_null(url_follow("https://h/", link, &e));
	assert_string_equal(e.code, "link_invalid");
}

static void
url_with__sets_one_parameter(void **state)
{
	static const struct {
		const char *url, *name, *value, *to, *reason;
	} rows[] = {
		{ "https://h/a", "p", "1", "https://h/a?p=1", "the first parameter" },
		{ "https://h/a?", "p", "1", "https://h/a?p=1", "an empty query" },
		{ "https://h/a?x=1", "p", "2", "https://h/a?x=1&p=2", "one more" },
		{ "https://h/a?p=1&x=1", "p", "2", "https://h/a?x=1&p=2", "replaced" },
		{ "https://h/a?p=1&x=1&p=3", "p", "2", "https://h/a?x=1&p=2", "all of that name" },
		{ "https://h/a?p&x=1", "p", "2", "https://h/a?x=1&p=2", "one with no value" },
		{ "https://h/a?pp=1", "p", "2", "https://h/a?pp=1&p=2", "a longer name is another" },
		{ "https://h/a?%70=1", "p", "2", "https://h/a?p=2", "an encoded name is the same" },
		{ "https://h/a?x=%20+%2B", "p", "2", "https://h/a?x=%20+%2B&p=2", "others stay as written" },
		{ "https://h/a?&&x=1&", "p", "2", "https://h/a?x=1&p=2", "empty ones go" },
		{ "https://h/a?=1", "p", "2", "https://h/a?=1&p=2", "one with no name" },
		{ "https://h/a?x=1#f?p=1", "p", "2", "https://h/a?x=1&p=2", "a fragment goes" },
		{ "https://h/a#f", "p", "2", "https://h/a?p=2", "a fragment goes" },
		{ "https://h/a", "page[no]", "a&b=c d/\xc3\xb6+%",
		    "https://h/a?page%5Bno%5D=a%26b%3Dc%20d%2F%C3%B6%2B%25", "percent-encoded" },
		{ "https://h/a?page%5bno%5D=1", "page[no]", "2", "https://h/a?page%5Bno%5D=2", "encoded either way" },
		{ "https://h/a?p=1&x=1", "p", NULL, "https://h/a?x=1", "taken out" },
		{ "https://h/a?p=1", "p", NULL, "https://h/a", "nothing left" },
		{ "https://h/a", "p", "", "https://h/a?p=", "an empty value" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		char *to = url_with(rows[i].url, rows[i].name, rows[i].value);

		assert_non_null(to);
		if (strcmp(to, rows[i].to) != 0)
			fail_msg("%s (%s): %s", rows[i].url, rows[i].reason, to);
		free(to);
	}
}

static void
url_target__is_what_stands_behind_the_host(void **state)
{
	static const struct {
		const char *url, *target;
	} rows[] = {
		{ "https://h", "/" },
		{ "http://h:8080/", "/" },
		{ "https://h/a/../b?x=1&y=/?", "/a/../b?x=1&y=/?" },
		{ "https://h?x=1", "/?x=1" },
		{ "https://[::1]:1/a%20b?x#part", "/a%20b?x" },
		{ "https://h#part", "/" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *target = url_target(rows[i].url);

		assert_string_equal(target, rows[i].target);
		free(target);
	}
}

static void
url_is_address__tells_numbers_from_names(void **state)
{
	(void)state;
	assert_true(url_is_address("http://127.0.0.1:8080/a.b"));
	assert_true(url_is_address("https://10.0.0.1"));
	assert_true(url_is_address("https://[::1]:1/"));
	assert_false(url_is_address("https://1.example"));
	assert_false(url_is_address("https://localhost:10/1.2.3.4"));
	assert_false(url_is_address("https://h?1.2.3.4"));
}

static void
url_shown__ends_before_the_query(void **state)
{
	(void)state;
	assert_int_equal(url_shown("https://h/a?secret=1"), 11);
	assert_int_equal(url_shown("https://h/a#x"), 11);
	assert_int_equal(url_shown("https://h/a"), 11);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(url_origin__is_lower_case_with_its_port),
		cmocka_unit_test(url_check_base__refuses_what_cannot_be_appended_to),
		cmocka_unit_test(url_is_loopback__sees_through_spellings),
		cmocka_unit_test(url_follow__stays_within_the_origin),
		cmocka_unit_test(url_follow__refuses_a_base_it_cannot_read),
		cmocka_unit_test(url_follow__refuses_what_is_too_long),
		cmocka_unit_test(url_with__sets_one_parameter),
		cmocka_unit_test(url_target__is_what_stands_behind_the_host),
		cmocka_unit_test(url_is_address__tells_numbers_from_names),
		cmocka_unit_test(url_shown__ends_before_the_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
