#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/cause.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Of whom a row speaks, unless it says otherwise. */
#define CLIENT "7"
#define GROUP "10"
#define ITEM "104"

static const struct {
	const char *code, *message, *cause;
} told[] = {
	/* lib/http */
	{ "http_503",
	    "GET https://ris.example:8443/api/records answered 503 (gave up after 5 attempts): Service Unavailable",
	    "GET https://ris.example:8443/api/records answered 503 (gave up after # attempts): Service Unavailable" },
	{ "http_404",
	    "GET http://127.0.0.1:8080/api/clients/7/records answered 404 (check BaseUrl and the path): no route",
	    "GET http://127.0.0.1:8080/api/clients/#/records answered 404 (check BaseUrl and the path): no route" },
	{ "http_500",
	    "POST https://ris.example/api/v2/ack?key=ab&n=3 answered 500: {\"error\":\"row 17 of 'x'\",\"id\":99}",
	    "POST https://ris.example/api/v2/ack?… answered 500: {\"error\":\"…\",\"id\":#}" },
	{ "proxy", "the proxy answered 502 (check Proxy)", "the proxy answered 502 (check Proxy)" },
	{ "timeout", "GET https://ris.example/api: no answer within 30 s (Timeout) (gave up after 5 attempts)",
	    "GET https://ris.example/api: no answer within # s (Timeout) (gave up after # attempts)" },
	{ "connect",
	    "GET http://127.0.0.1:9/x: no connection: Failed to connect to 127.0.0.1 port 9 after 0 ms: Connection refused",
	    "GET http://127.0.0.1:9/x: no connection: Failed to connect to # port # after # ms: Connection refused" },
	{ "dns",
	    "GET https://ris7.example/: the host's name could not be resolved (check BaseUrl and the resolver): Could not "
	    "resolve host: ris7.example",
	    "GET https://ris7.example/: the host's name could not be resolved (check BaseUrl and the resolver): Could not "
	    "resolve host: ris7.example" },
	{ "broken", "GET https://ris.example/: the answer broke off: transfer closed with 1834 bytes remaining to read",
	    "GET https://ris.example/: the answer broke off: transfer closed with # bytes remaining to read" },
	{ "redirect_refused",
	    "GET https://ris.example/a: answered 302, which would make another request of it (only 307 and "
	    "308 are followed)",
	    "GET https://ris.example/a: answered 302, which would make another request of it (only # and # are followed)" },
	{ "page_loop", "the pages go round in a circle: page 12 names an earlier one as the next",
	    "the pages go round in a circle: page # names an earlier one as the next" },
	/* lib/stream */
	{ "body_malformed",
	    "the answer is no valid JSON at byte 8123 (line 12): a digit is wanted, near: {\"id\": 7, \"a\": -}",
	    "the answer is no valid JSON at byte # (line #): a digit is wanted, near: …" },
	{ "body_truncated", "the answer breaks off at byte 65536, inside an item, near: \"name\": \"O'Ne",
	    "the answer breaks off at byte #, inside an item, near: …" },
	{ "item_too_large", "item 17 of the answer is larger than MaxItemBytes (4194304), at byte 9000000",
	    "item # of the answer is larger than MaxItemBytes (#), at byte #" },
	/* lib/config, lib/run */
	{ "client_config",
	    "configuration row 3, entry 17 (ClientId 7): SendFrequency: give a whole number from 0 to 525600",
	    "configuration row #, entry # (ClientId #): SendFrequency: give a whole number from # to #" },
	{ "client_twice", "client 7, group 10 is configured twice (configuration rows 3 and 4): remove one",
	    "client #, group # is configured twice (configuration rows # and #): remove one" },
	{ "item_bad_version", "its version (id 104) is an object, not a short string or a number",
	    "its version (id #) is an object, not a short string or a number" },
	{ "ratio", "processed 94 of 100, below MinProcessedRatio 0.95", "processed # of #, below MinProcessedRatio #" },
	{ "database", "running a rule: /var/lib/x.db: database is locked (SQLite 5): try later",
	    "running a rule: /var/lib/x.db: database is locked (SQLite #): try later" },
	/* lib/rules: the rule's name stays, whatever is in it */
	{ "rule_rejected", "check 1: the client has it: no such record: 104",
	    "check 1: the client has it: no such record: #" },
	{ "rule_rejected", "check that the slot is free: slot taken: R2 at 2026-11-23T07:00:00Z by A-1204",
	    "check that the slot is free: slot taken: … at # by …" },
	{ "rule_failed", "keep the patient: NOT NULL constraint failed: patient.address_1",
	    "keep the patient: NOT NULL constraint failed: patient.address_1" },
	{ "rule_timeout", "rule 2: stopped after 5.000 s (the job's RuleTimeout)",
	    "rule 2: stopped after # s (the job's RuleTimeout)" },
	{ "rule_rejected", "its status is 'DRAFT', not completed", "its status is '…', not completed" },
};

/* One rule each. */
static const struct {
	const char *message, *cause, *reason;
} single[] = {
	{ "", "", "nothing" },
	{ "no such record", "no such record", "no id" },
	{ "1 2 3", "#", "a list of numbers is one" },
	{ "ids 1,2, 3 and 4", "ids # and #", "a list of numbers is one" },
	{ "ids R100, R200, R300", "ids …", "a list of ids is one" },
	{ "-5 or +5 or a-5", "# or # or …", "a sign belongs to its number" },
	{ "1.5 1,000.25 12/3 7:30 192.0.2.1", "#", "what parts digits belongs to them" },
	{ "in 5 s.", "in # s.", "a full stop does not" },
	{ "2026-11-23 07:00:00.123+01:00!", "#!", "a time" },
	{ "at 2026-11-23T07:00Z", "at #", "a time" },
	{ "at 2026-11-23", "at #", "a day" },
	{ "at 2026-11-23Tea", "at …", "no time" },
	{ "at 07:00:00", "at #", "a time of day" },
	{ "550e8400-e29b-41d4-a716-446655440000 is gone", "… is gone", "a UUID" },
	{ "(00000000-0000-0000-0000-000000000000)", "(#)", "a UUID of digits alone" },
	{ "sha deadbeefcafe, 0x7fff, 3f2a", "sha …", "hex" },
	{ "decade facade", "decade facade", "words that could be hex" },
	{ "REC-00012 rec12345 A104 104a x_1234", "…", "ids in words" },
	{ "utf8 v2 address_1 Phone2 ipv4 line10", "utf8 v2 address_1 Phone2 ipv4 line10", "names" },
	{ "the \"x\\\"y\" and `a b`", "the \"…\" and `…`", "quoted texts" },
	{ "the 'a ''b'' c' of \"\"", "the '…' of \"…\"", "quoted texts" },
	{ "the patient's and the doctors' names aren't", "the patient's and the doctors' names aren't", "apostrophes" },
	{ "{\"title\": \"Not Found\", \"at\":\"now\",\"of\" : [\"a\",\"b\"]}",
	    "{\"title\": \"…\", \"at\":\"…\",\"of\" : [\"…\"]}", "names of JSON's members" },
	{ "{\"R104x\":1,\"7\":2,\"a b\":3,\"d\"", "{\"…\":#,\"…\":#,\"…\":#,\"…\"", "no names of members" },
	{ "clinic \"Nord\": closed", "clinic \"…\": closed", "no member" },
	{ "5\" of pipe", "#\" of pipe", "a quote that never ends" },
	{ "see /a?x=1&y=2: no", "see /a?…: no", "a query" },
	{ "did you mean this? id=7", "did you mean this? id=#", "no query" },
	{ "Łukasz Ördög 104", "Łukasz Ördög #", "letters of other scripts" },
	{ "№104 and “R1”", "… and …", "signs of other scripts count as letters" },
	{ "answered 503 answered 50 answered 5030", "answered 503 answered # answered #", "a status has three digits" },
};

static const char *
cause_of(const char *code, const char *message)
{
	static char out[CAUSE_TEXT];
	static const struct cause_of of = { NULL, CLIENT, GROUP, ITEM, sizeof(ITEM) - 1 };
	struct cause_of mine = of;

	mine.code = code;
	cause_text(message, &mine, out);
	return out;
}

static void
cause__of_messages_as_jobrun_writes_them(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(told); i++)
		if (strcmp(cause_of(told[i].code, told[i].message), told[i].cause) != 0)
			fail_msg("%s\nis      %s\nand not %s", told[i].message, cause_of(told[i].code, told[i].message),
			    told[i].cause);
}

static void
cause__takes_out_one_kind_of_text_at_a_time(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(single); i++)
		if (strcmp(cause_of("x", single[i].message), single[i].cause) != 0)
			fail_msg("%s: %s\nis      %s\nand not %s", single[i].reason, single[i].message,
			    cause_of("x", single[i].message), single[i].cause);
}

static void
cause__knows_the_ids_of_its_own_when_they_are_words(void **state)
{
	static const struct {
		const char *client, *group, *item, *message, *cause;
	} rows[] = {
		{ "north", "A", "blue", "client north, group A: no such record: blue",
		    "client …, group A: no such record: …" },
		{ "north", "south", "x", "north south x y", "… y" },
		{ "north", "", "", "northern lights up north-west", "northern lights up …-west" },
		{ "a", "b", "c", "a client a of group b wants c", "a client a of group b wants …" },
		{ "a-b", "b 1", "c/d", "a-b and b 1 and c/d and c/de", "… and … and … and c/de" },
		{ "north.example", "0", "1", "GET https://north.example/x: no answer", "GET https://…/x: no answer" },
		{ "5", "2", "3", "5 clients gave up after 3 of 4", "# clients gave up after # of #" },
		{ "\"x\"", "0", "it's", "client \"x\": no it's", "client …: no …" },
	};
	char out[CAUSE_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct cause_of of = { "x", rows[i].client, rows[i].group, rows[i].item, strlen(rows[i].item) };

		cause_text(rows[i].message, &of, out);
		if (strcmp(out, rows[i].cause) != 0)
			fail_msg("%s\nis      %s\nand not %s", rows[i].message, out, rows[i].cause);
	}
}

/* Alike but for ids: one cause. Different in substance: two. */
static void
cause__merges_and_keeps_apart(void **state)
{
	static const struct {
		const char *code, *a, *b;
		bool same;
	} rows[] = {
		{ "rule_rejected", "known: no such record: 1", "known: no such record: R-2041", false },
		{ "rule_rejected", "known: no such record: 1", "known: no such record: 18446744073709551615", true },
		{ "rule_rejected", "known: no such record: R-1", "known: no such record: 3f2a-99-b", true },
		{ "rule_rejected", "check 1: bad", "check 2: bad", false },
		{ "rule_failed", "r: UNIQUE constraint failed: a.x1", "r: UNIQUE constraint failed: a.x2", false },
		{ "rule_failed", "r: no such table: a", "r: no such table: b", false },
		{ "http_503", "GET http://a:1/ answered 503", "GET http://a:2/ answered 503", false },
		{ "http_503", "GET http://a/x answered 503: try at 07:01",
		    "GET http://a/x answered 503: try at 07:02:11", true },
		{ "dns", "GET https://a/: could not resolve", "GET https://b/: could not resolve", false },
		{ "body_malformed", "no JSON at byte 1: x, near: a", "no JSON at byte 77: x, near: {\"b\"", true },
	};
	char first[CAUSE_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		strcpy(first, cause_of(rows[i].code, rows[i].a));
		if ((strcmp(first, cause_of(rows[i].code, rows[i].b)) == 0) != rows[i].same)
			fail_msg("%s\n%s", rows[i].a, rows[i].b);
	}
}

static void
cause__is_cut_at_a_characters_border(void **state)
{
	char message[2 * BOUND_MESSAGE];
	const char *cause;
	size_t shift;

	(void)state;
	for (shift = 0; shift < 3; shift++) {
		memset(message, 'x', sizeof(message));
		for (size_t i = shift; i + 2 < sizeof(message); i += 2)
			memcpy(message + i, "\xc3\xbc", 2);
		message[sizeof(message) - 1] = '\0';
		cause = cause_of("x", message);
		assert_in_range(strlen(cause), BOUND_CAUSE + 2, BOUND_CAUSE + 3);
		assert_string_equal(cause + strlen(cause) - 5, "\xc3\xbc…");
		/* The rule's name, too. */
		memcpy(message + sizeof(message) - 10, ": x", 4);
		assert_in_range(strlen(cause_of("rule_failed", message)), BOUND_CAUSE + 2, BOUND_CAUSE + 3);
	}
	/* What is behind the first of it does not part two causes. */
	memset(message, 'y', sizeof(message));
	message[sizeof(message) - 1] = '\0';
	assert_int_equal(strlen(cause_of("x", message)), BOUND_CAUSE + 3);
}

/* Any bytes, cut anywhere, with the ids of the message's own among them: no byte is read or written beside them. */
static void
cause__takes_any_bytes(void **state)
{
	static const char alphabet[] = "\"'`?=&:/. ,-+_#ab0123456789eE\\\xc3\xbc\xe2\x80\xa6\xff()T:Z";
	struct cause_of of = { "rule_x", "ab", "\xc3", "'0", 2 };
	char out[CAUSE_TEXT], *message;
	uint32_t seed = 1;
	size_t len, i, n;

	(void)state;
	for (n = 0; n < 20000; n++) {
		len = n % 1200;
		/* On the heap and of the exact size, so that the sanitizer sees a byte too many. */
		assert_non_null(message = malloc(len + 1));
		for (i = 0; i < len; i++) {
			seed = seed * 1664525 + 1013904223;
			message[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		message[len] = '\0';
		of.code = n % 2 == 0 ? "rule_x" : "http_503";
		cause_text(message, &of, out);
		assert_true(strlen(out) < CAUSE_TEXT);
		free(message);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cause__of_messages_as_jobrun_writes_them),
		cmocka_unit_test(cause__takes_out_one_kind_of_text_at_a_time),
		cmocka_unit_test(cause__knows_the_ids_of_its_own_when_they_are_words),
		cmocka_unit_test(cause__merges_and_keeps_apart),
		cmocka_unit_test(cause__is_cut_at_a_characters_border),
		cmocka_unit_test(cause__takes_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
