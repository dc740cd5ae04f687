#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/template.h"

/* What the placeholders in this file stand for. */
static const struct {
	const char *name, *json;
} values[] = {
	{ "ClientId", "9007199254740993" },
	{ "Big", "18446744073709551615" },
	{ "Exact", "1.50e+2" },
	{ "GroupId", "\"ward 7/8\"" },
	{ "Umlaut", "\"M\\u00fcller \\ud83d\\ude00\"" },
	{ "Quote", "\"say \\\"hi\\\"\\n\"" },
	{ "Route", "\"/api/a b/%41%zz/ü?x#y&z=1\"" },
	{ "Flag", "true" },
	{ "Null", "null" },
	{ "Empty", "\"\"" },
	{ "Dots", "\"..\"" },
	{ "Lone", "\"x\\ud800\"" },
	{ "Ids", "[7, \"a\\u00e4\"]" },
	{ "Object", "{\"a\": \"b\"}" },
	{ "Slash", "\"../x\"" },
	{ "_a1", "5" },
};

static struct json_value
get(void *arg, const char *name, size_t len)
{
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strlen(values[i].name) == len && memcmp(values[i].name, name, len) == 0)
			return json_value_of(values[i].json, strlen(values[i].json));
	return (struct json_value){ JSON_ABSENT, NULL, 0 };
}

static const struct template_scope scope = { .get = get };

struct case_of {
	const char *template, *expected, *reason;
};

typedef int render_fn(const char *, const struct template_scope *, struct buf *, char[64], struct err *);

static void
check_rendered(render_fn *render, const struct case_of *cases, size_t n)
{
	char missing[64];
	struct err e = ERR_INIT;
	struct buf out;
	size_t i;

	for (i = 0; i < n; i++) {
		buf_init(&out, 1000);
		assert_int_equal(buf_adds(&out, "before|"), 0);
		if (render(cases[i].template, &scope, &out, missing, &e) != 0)
			fail_msg("%s: %s (%s)", cases[i].template, e.text, cases[i].reason);
		if (strcmp(out.at + strlen("before|"), cases[i].expected) != 0)
			fail_msg("%s gives %s (%s)", cases[i].template, out.at, cases[i].reason);
		buf_release(&out);
	}
}

static void
path__encodes_each_value(void **state)
{
	static const struct case_of cases[] = {
		{ "", "", "an empty template is an empty path" },
		{ "/a/b", "/a/b", "plain text stays" },
		{ "/c/{ClientId}", "/c/9007199254740993", "more than a double holds" },
		{ "/c/{Big}", "/c/18446744073709551615", "unsigned 64 bits" },
		{ "/c/{Exact}", "/c/1.50e%2B2", "a number's own digits, its plus encoded" },
		{ "/g/{GroupId}/x", "/g/ward%207%2F8/x", "a value cannot add a segment" },
		{ "/u/{Umlaut}", "/u/M%C3%BCller%20%F0%9F%98%80", "UTF-8, upper case hex" },
		{ "/q/{Quote}", "/q/say%20%22hi%22%0A", "escapes are undone, then encoded" },
		{ "/f/{Flag}", "/f/true", "a boolean by its name" },
		{ "/e/{Empty}/x", "/e//x", "an empty value is there" },
		{ "{Route}/ack", "/api/a%20b/%41%25zz/%C3%BC%3Fx%23y&z=1/ack", "a Route is a path: no ? and no #" },
		{ "/x{_a1}y", "/x5y", "an underscore begins a name" },
		{ "/{1a}/{}/{a b}/{Route", "/%7B1a%7D/%7B%7D/%7Ba%20b%7D/%7BRoute", "other braces are themselves" },
		{ "/{{Flag}}", "/%7Btrue%7D", "the inner one is a placeholder" },
		{ "/ä %41 %4", "/%C3%A4%20%41%20%254", "what cannot stand in a URL is encoded" },
		{ "/a?b={GroupId}&c=..", "/a?b=ward%207%2F8&c=..", "an ack's path may bring a query" },
		{ "/a.b/...", "/a.b/...", "dots among others are fine" },
		{ "/x/{Slash}", "/x/..%2Fx", "an encoded slash ends no segment" },
	};

	(void)state;
	check_rendered(template_path, cases, sizeof(cases) / sizeof(cases[0]));
}

static void
query__encodes_everything(void **state)
{
	static const struct case_of cases[] = {
		{ "", "", "an empty value" },
		{ "a&b=c", "a%26b%3Dc", "the text cannot add a parameter" },
		{ "{Route}", "%2Fapi%2Fa%20b%2F%2541%25zz%2F%C3%BC%3Fx%23y%26z%3D1",
		    "a Route is nothing special here" },
		{ "{ClientId}-{Flag}", "9007199254740993-true", "several in one" },
		{ "{Dots}", "..", "dots lead nowhere in a query" },
		{ "{not one}", "%7Bnot%20one%7D", "braces are text" },
	};

	(void)state;
	check_rendered(template_query, cases, sizeof(cases) / sizeof(cases[0]));
}

static void
path__says_what_is_absent(void **state)
{
	static const struct {
		const char *template, *missing;
	} cases[] = {
		{ "/a/{Nobody}/{ClientId}", "Nobody" },
		{ "/a/{Null}", "Null" },
		{ "{A234567890123456789012345678901234567890123456789012345678901234567890}",
		    "A23456789012345678901234567890123456789012345678901234567890123" },
	};
	char missing[64];
	struct err e = ERR_INIT;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&out, 1000);
		assert_int_equal(template_path(cases[i].template, &scope, &out, missing, &e), 1);
		assert_string_equal(missing, cases[i].missing);
		assert_string_equal(buf_text(&out), "");
		assert_int_equal(buf_adds(&out, "kept"), 0);
		assert_int_equal(template_query(cases[i].template, &scope, &out, missing, &e), 1);
		assert_string_equal(buf_text(&out), "kept");
		buf_release(&out);
	}
}

static void
path__refuses(void **state)
{
	static const struct case_of cases[] = {
		{ "/a/{Ids}", "{Ids} is an array", "an array is no segment" },
		{ "/a/{Object}", "{Object} is an object", "nor is an object" },
		{ "/a/{Lone}", "{Lone} holds half of a surrogate pair", "no Unicode" },
		{ "/a/{Dots}/b", "/a/../b: a . or ..", "the path would be another" },
		{ "/a/{Dots}", "/a/..: a . or ..", "at its end too" },
		{ "/a/.?x", "/a/.?x: a . or ..", "before a query too" },
		{ "/a/{Route}/{Big}{Big}{Big}{Big}", "the rendered text would pass 60 bytes", "over the ceiling" },
	};
	char missing[64];
	struct err e = ERR_INIT;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&out, 60);
		assert_int_equal(buf_adds(&out, "kept"), 0);
		if (template_path(cases[i].template, &scope, &out, missing, &e) != -1)
			fail_msg("%s passes: %s", cases[i].template, cases[i].reason);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_non_null(strstr(e.text, cases[i].expected));
		assert_string_equal(out.at, "kept");
		buf_release(&out);
	}
	buf_init(&out, 8);
	assert_int_equal(template_path("/123456789", &scope, &out, missing, &e), -1);
	assert_int_equal(template_path("/{Umlaut}", &scope, &out, missing, &e), -1);
	buf_release(&out);
}

static void
body__copies_all_but_strings(void **state)
{
	static const struct case_of cases[] = {
		{ "{ \"clientId\": \"{ClientId}\", \"ids\": \"{Ids}\" }",
		    "{ \"clientId\": 9007199254740993, \"ids\": [7, \"a\\u00e4\"] }", "one alone keeps its type" },
		{ "[\"{Big}\",\t18446744073709551616, 1.50E-3 ]",
		    "[18446744073709551615,\t18446744073709551616, 1.50E-3 ]", "numbers and blanks byte for byte" },
		{ "\"{Nobody}\"", "null", "absent alone is null" },
		{ "\"{Null}\"", "null", "so is null" },
		{ "\"a{Nobody}b{Null}c\"", "\"abc\"", "absent among text is nothing" },
		{ "\"n={ClientId}, {Flag}, {Umlaut}\"", "\"n=9007199254740993, true, M\\u00fcller \\ud83d\\ude00\"",
		    "characters among text" },
		{ "\"{Quote}!\"", "\"say \\\"hi\\\"\\n!\"", "a quote does not end the string" },
		{ "\"all: {Ids}\"", "\"all: [7, \\\"a\\\\u00e4\\\"]\"", "an array among text is its JSON" },
		{ "{\"{ClientId}\" : \"{Flag}\"}", "{\"{ClientId}\" : true}", "a key is no template" },
		{ "{\"a\":{\"b\":[true,null,\"\"]}}", "{\"a\":{\"b\":[true,null,\"\"]}}", "nothing to do" },
		{ "\"\\\"{Flag}\\\\\"", "\"\\\"true\\\\\"", "escapes around it stay" },
		{ "\"{ClientId} {\"", "\"9007199254740993 {\"", "a brace is itself" },
		{ "\"\\u007bClientId}\"", "\"\\u007bClientId}\"", "an escaped brace begins none" },
		{ "\"{Dots}\"", "\"..\"", "a string keeps its quotes" },
		{ "17", "17", "a scalar" },
	};
	struct err e = ERR_INIT;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&out, 1000);
		assert_int_equal(
		    template_body(json_value_of(cases[i].template, strlen(cases[i].template)), &scope, &out, &e), 0);
		if (strcmp(out.at, cases[i].expected) != 0)
			fail_msg("%s gives %s (%s)", cases[i].template, out.at, cases[i].reason);
		buf_release(&out);
	}
}

static void
body__refuses_what_is_too_long(void **state)
{
	static const char *const bodies[] = { "[\"{Ids}\"]", "\"x {Ids}\"", "[1, 2, 3, 4, 5]", "[1,2,3,4,\"x\"]" };
	struct err e = ERR_INIT;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		buf_init(&out, 10);
		assert_int_equal(template_body(json_value_of(bodies[i], strlen(bodies[i])), &scope, &out, &e), -1);
		assert_string_equal(buf_text(&out), "");
		buf_release(&out);
	}
}

static void
escape__leaves_the_unreserved(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 20);
	assert_int_equal(template_escape("aZ09-._~ /%", &out), 0);
	assert_string_equal(out.at, "aZ09-._~%20%2F%25");
	assert_int_equal(template_escape("ab//", &out), -1);
	assert_string_equal(out.at, "aZ09-._~%20%2F%25");
	buf_release(&out);
}

static void
has__finds_whole_placeholders(void **state)
{
	static const struct {
		const char *text;
		bool text_has, body_has;
		const char *reason;
	} cases[] = {
		{ "\"{Id}\"", true, true, "alone" },
		{ "[\"a {Id} b\"]", true, true, "among text" },
		{ "\"{Ids}\"", false, false, "another" },
		{ "{\"{Id}\": 1}", true, false, "a key is no template" },
		{ "{\"{Id}\": [\"x\", \"{Id}\"]}", true, true, "a value beside such a key" },
		{ "\"Id {id} {Id\"", false, false, "no placeholder of that name" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].text);

		if (template_has(cases[i].text, len, "Id") != cases[i].text_has ||
		    template_body_has(json_value_of(cases[i].text, len), "Id") != cases[i].body_has)
			fail_msg("%s (%s)", cases[i].text, cases[i].reason);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path__encodes_each_value),
		cmocka_unit_test(query__encodes_everything),
		cmocka_unit_test(path__says_what_is_absent),
		cmocka_unit_test(path__refuses),
		cmocka_unit_test(body__copies_all_but_strings),
		cmocka_unit_test(body__refuses_what_is_too_long),
		cmocka_unit_test(escape__leaves_the_unreserved),
		cmocka_unit_test(has__finds_whole_placeholders),
	};

	return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
