#include <stdio.h>

#include "config/files.h"
#include "fixture.h"

/* What was named, each with a newline. */
struct named {
	char text[1000];
	int calls, stop_at;
};

static int
on_file(void *arg, const char *path, struct err *e)
{
	struct named *n = arg;
	size_t at = strlen(n->text);

	snprintf(n->text + at, sizeof(n->text) - at, "%s\n", path);
	return ++n->calls == n->stop_at ? err_set(e, ERR_INTERNAL, "stop", "stop") : 0;
}

static void
files__are_secrets_and_certificates(void **state)
{
	static const struct {
		const char *text, *files, *reason;
	} cases[] = {
		{ "{\"Auth\": {\"Bearer\": \"file:/etc/token\"}}", "/etc/token\n", "a secret" },
		{ "{\"CaFile\": \"/etc/ca.pem\"}", "/etc/ca.pem\n", "certificates" },
		{ "{\"CaFile\":null,\"Proxy\":\"\"}", "", "none" },
		{ "[{\"ClientId\":1,\"CaFile\":\"/a\"},{\"ClientId\":2,\"Auth\":{\"Basic\":{\"User\":\"u\",\"Password\":"
		  "\"file:/b\"}}}]",
		    "/a\n/b\n", "of several clients" },
		{ "{\"Ping\": \"file:/p\", \"Notify\": [{\"Url\": \"file:/n\"}]}", "/p\n/n\n", "whom to tell" },
		{ "{\"Auth\": {\"Bearer\": \"fil\\u0065:/a\\/b\\\"c\"}}", "/a/b\"c\n", "with escapes" },
		{ "{\"\\u0043aFile\": \"/a\"}", "/a\n", "a name with escapes" },
		{ "// \"file:/no\n{\"A\": \"file:/yes\" /* \"file:/no\" */}", "/yes\n", "beside comments" },
		{ "{\"A\": \"env:X\", \"B\": \"cred:y\", \"C\": \"/etc/passwd\", \"D\": \"profile:/x\"}", "",
		    "other texts" },
		{ "{\"A\": \"file:relative\", \"CaFile\": \"relative\"}", "", "relative ones are refused elsewhere" },
		{ "{\"A\": \"file:/x\"", "", "no JSON names none" },
		{ "{\"A\": \"\\ud800\", \"B\": \"file:/x\"}", "/x\n", "half a character in another" },
		{ "", "", "nothing at all" },
	};
	struct err e = ERR_INIT;
	struct named named;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		named = (struct named){ .calls = 0 };
		if (config_files(cases[i].text, strlen(cases[i].text), on_file, &named, &e) == -1 ||
		    strcmp(named.text, cases[i].files) != 0)
			fail_msg("%s: %s", cases[i].reason, named.text);
	}
}

static void
files__end_when_the_caller_says_so(void **state)
{
	static const char text[] = "[\"file:/a\", \"file:/b\", \"file:/c\"]";
	struct named named = { .stop_at = 2 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(config_files(text, strlen(text), on_file, &named, &e), -1);
	assert_string_equal(named.text, "/a\n/b\n");
	assert_string_equal(e.text, "stop");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(files__are_secrets_and_certificates),
		cmocka_unit_test(files__end_when_the_caller_says_so),
	};

	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
