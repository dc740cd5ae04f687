#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "config/client.h"
#include "fixture.h"

#define MOST 16

/* What a row gave. */
struct heard {
	struct client clients[MOST];
	size_t n_clients;
	struct {
		char id[300], group[300], text[1000];
	} bad[MOST];
	size_t n_bad;
	size_t stop_after; /* calls; 0: never */
};

static int
call(struct heard *heard, struct err *e)
{
	if (heard->stop_after > 0 && --heard->stop_after == 0)
		return err_set(e, ERR_DATABASE, "stop", "stop");
	return 0;
}

static int
hear_client(void *arg, struct client *c, struct err *e)
{
	struct heard *heard = arg;

	heard->clients[heard->n_clients++] = *c;
	return call(heard, e);
}

static int
hear_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	struct heard *heard = arg;

	assert_int_equal(why->kind, ERR_CONFIG);
	snprintf(heard->bad[heard->n_bad].id, 300, "%s", id);
	snprintf(heard->bad[heard->n_bad].group, 300, "%s", group);
	snprintf(heard->bad[heard->n_bad].text, 1000, "%s", why->text);
	heard->n_bad++;
	return call(heard, e);
}

static int
hear(struct heard *heard, const char *route, const char *configuration, size_t len, struct err *e)
{
	const struct client_sink sink = { hear_client, hear_bad, heard };

	return client_read_row(3, route, "999", configuration, len, &sink, e);
}

static void
forget(struct heard *heard)
{
	while (heard->n_clients > 0)
		client_release(&heard->clients[--heard->n_clients]);
	heard->n_bad = 0;
}

static void
row__gives_each_entry(void **state)
{
	static const char text[] =
	    "[ {\"ClientId\": 1, \"GroupId\": 10},\n"
	    "  {\"ClientId\": \"north\", \"Route\": \"/own\", \"Pilot\": true, \"Enabled\": false, \"SendFrequency\": 60} ]";
	struct heard heard = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(hear(&heard, "/api/Jobs/YourNewJob", text, strlen(text), &e), 0);
	assert_int_equal(heard.n_bad, 0);
	assert_int_equal(heard.n_clients, 2);
	assert_string_equal(heard.clients[0].id, "1");
	assert_string_equal(heard.clients[0].group, "10");
	assert_string_equal(heard.clients[0].text, "{\"ClientId\": 1, \"GroupId\": 10}");
	assert_string_equal(heard.clients[0].route, "/api/Jobs/YourNewJob");
	assert_string_equal(heard.clients[0].user, "999");
	assert_int_equal(heard.clients[0].row, 3);
	assert_int_equal(heard.clients[0].send_frequency, 0);
	assert_true(heard.clients[0].enabled);
	assert_false(heard.clients[0].pilot);
	assert_string_equal(heard.clients[1].id, "north");
	assert_string_equal(heard.clients[1].group, "0");
	assert_string_equal(heard.clients[1].route, "/own");
	assert_int_equal(heard.clients[1].send_frequency, 60);
	assert_false(heard.clients[1].enabled);
	assert_true(heard.clients[1].pilot);
	forget(&heard);
}

static void
row__with_no_entry_gives_none(void **state)
{
	struct heard heard = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(hear(&heard, NULL, " [ ] ", 5, &e), 0);
	assert_int_equal(heard.n_bad + heard.n_clients, 0);
}

static void
row__tells_of_a_configuration_that_is_no_array(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "{\"ClientId\": 1}",
		    "configuration row 3: Configuration is an object, not an array of clients; put [ and ] around it" },
		{ "7", "configuration row 3: Configuration is a number, not an array of clients" },
		{ "", "configuration row 3: " },
		{ "[{\"ClientId\": 1}", "configuration row 3: " },
		{ "[{\"ClientId\": 1},]", "configuration row 3: " },
	};
	struct heard heard = { 0 };
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(hear(&heard, NULL, cases[i].text, strlen(cases[i].text), &e), 0);
		assert_int_equal(heard.n_clients, 0);
		assert_int_equal(heard.n_bad, 1);
		assert_string_equal(heard.bad[0].id, "");
		assert_begins(heard.bad[0].text, cases[i].message, cases[i].text);
		forget(&heard);
	}
	assert_int_equal(hear(&heard, NULL, NULL, 0, &e), 0);
	assert_int_equal(heard.n_bad, 1);
	forget(&heard);
	/* Only its length is looked at. */
	assert_int_equal(hear(&heard, NULL, "", BOUND_CLIENTS_BYTES + (size_t)1, &e), 0);
	assert_begins(heard.bad[0].text, "configuration row 3: Configuration is 67108865 bytes long", "too large");
}

static void
row__tells_of_each_bad_entry_and_goes_on(void **state)
{
	static const char text[] = "[{\"ClientId\": 1}, 7, {\"ClientId\": 2, \"Enabled\": 1}, {\"GroupId\": 4},"
	                           " {\"ClientId\": 5, \"GroupId\": []}, {\"ClientId\": 6}]";
	struct heard heard = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(hear(&heard, NULL, text, strlen(text), &e), 0);
	assert_int_equal(heard.n_clients, 2);
	assert_string_equal(heard.clients[1].id, "6");
	assert_null(heard.clients[1].route);
	assert_int_equal(heard.n_bad, 4);
	assert_string_equal(heard.bad[0].text,
	    "configuration row 3, entry 2: give an object, such as {\"ClientId\": 1}, found a number");
	assert_string_equal(
	    heard.bad[1].text, "configuration row 3, entry 3 (ClientId 2): Enabled: give true or false, found 1");
	assert_string_equal(heard.bad[1].id, "2");
	assert_string_equal(heard.bad[1].group, "0");
	assert_string_equal(
	    heard.bad[2].text, "configuration row 3, entry 4: ClientId: missing; give a whole number or a string");
	assert_string_equal(heard.bad[2].id, "");
	assert_string_equal(heard.bad[3].id, "5");
	assert_string_equal(heard.bad[3].group, "");
	forget(&heard);
}

static void
entries__say_where_they_are(void **state)
{
	static const char text[] = "[{\"ClientId\": 2, \"Days\": -1}]";
	struct heard heard = { 0 };
	const struct client_sink sink = { hear_client, hear_bad, &heard };
	struct client_place place = { .index = 9 };

	(void)state;
	assert_int_equal(client_read_entries(3, NULL, NULL, text, strlen(text), &sink, &place, NULL), 0);
	assert_int_equal(place.index, 0);
	assert_ptr_equal(place.entry.at, text + 1);
	assert_int_equal(client_read_entries(3, NULL, NULL, text, 3, &sink, &place, NULL), 0);
	assert_int_equal(place.index, -1);
	assert_begins(heard.bad[0].text, "Days: give", "the key alone");
}

static void
row__ends_when_the_sink_says_so(void **state)
{
	static const char text[] = "[{\"ClientId\": 1}, 7, {\"ClientId\": 2}]";
	struct heard heard = { .stop_after = 1 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(hear(&heard, NULL, text, strlen(text), &e), -1);
	assert_int_equal(e.kind, ERR_DATABASE);
	assert_int_equal(heard.n_clients, 1);
	forget(&heard);
	heard.stop_after = 2;
	assert_int_equal(hear(&heard, NULL, text, strlen(text), &e), -1);
	assert_int_equal(heard.n_clients, 1);
	assert_int_equal(heard.n_bad, 1);
	forget(&heard);
}

static void
parse__keeps_ids_exactly(void **state)
{
	static const struct {
		const char *json, *id, *group;
	} cases[] = {
		{ "{\"ClientId\": 0}", "0", "0" },
		{ "{\"ClientId\": -5, \"GroupId\": null}", "-5", "0" },
		{ "{\"ClientId\": 9007199254740993, \"GroupId\": -9223372036854775808}", "9007199254740993",
		    "-9223372036854775808" },
		{ "{\"ClientId\": 18446744073709551615, \"GroupId\": 9223372036854775808}", "18446744073709551615",
		    "9223372036854775808" },
		{ "{\"ClientId\": \"00a\\u00fc\", \"GroupId\": \"x y\"}", "00aü", "x y" },
		{ "{\"Client\\u0049d\": 4}", "4", "0" },
	};
	struct err e = ERR_INIT;
	struct client c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (client_parse(&c, 0, NULL, NULL, cases[i].json, strlen(cases[i].json), &e) == -1)
			fail_msg("%s: %s", cases[i].json, e.text);
		assert_string_equal(c.id, cases[i].id);
		assert_string_equal(c.group, cases[i].group);
		assert_null(c.user);
		client_release(&c);
	}
}

static void
parse__refuses_with_client_and_key(void **state)
{
	static const struct {
		const char *json, *message;
	} cases[] = {
		{ "", "client: " },
		{ "{\"ClientId\": 1", "client: " },
		{ "[]", "client: give an object, such as {\"ClientId\": 1}, found an array" },
		{ "{}", "client: ClientId: missing" },
		{ "{\"clientid\": 1}", "client: ClientId: missing" },
		{ "{\"ClientId\": null}", "client: ClientId: missing" },
		{ "{\"ClientId\": 1, \"ClientId\": 2}", "client: ClientId: given twice" },
		{ "{\"ClientId\": 1, \"X\": {\"a\": 1, \"a\": 2}}", "client: X.a: given twice" },
		{ "{\"ClientId\": true}",
		    "client: ClientId: give a whole number of at most 64 bits, or a string, found true" },
		{ "{\"ClientId\": 1.0}",
		    "client: ClientId: give a whole number of at most 64 bits, or a string, found 1.0" },
		{ "{\"ClientId\": 1e2}",
		    "client: ClientId: give a whole number of at most 64 bits, or a string, found 1e2" },
		{ "{\"ClientId\": -0}",
		    "client: ClientId: give a whole number of at most 64 bits, or a string, found -0" },
		{ "{\"ClientId\": 18446744073709551616}", "client: ClientId: give a whole number of at most 64 bits" },
		{ "{\"ClientId\": 100000000000000000000}", "client: ClientId: give a whole number of at most 64 bits" },
		{ "{\"ClientId\": -9223372036854775809}", "client: ClientId: give a whole number of at most 64 bits" },
		{ "{\"ClientId\": \"\"}", "client: ClientId: is empty" },
		{ "{\"ClientId\": \"a\\tb\"}", "client: ClientId: holds a control character" },
		{ "{\"ClientId\": \"a\\u007f\"}", "client: ClientId: holds a control character" },
		{ "{\"ClientId\": \"a\\ud800\"}", "client: ClientId: holds half of a surrogate pair" },
		{ "{\"ClientId\": \"a\\u0000\"}", "client: ClientId: holds a NUL" },
		{ "{\"ClientId\": 7, \"GroupId\": {}}",
		    "client 7: GroupId: give a whole number of at most 64 bits, or a string, found an object" },
		{ "{\"ClientId\": 7, \"GroupId\": \"\"}", "client 7: GroupId: is empty" },
		{ "{\"ClientId\": 7, \"Route\": 5}", "client 7: Route: give a string, found a number" },
		{ "{\"ClientId\": 7, \"Route\": \"/a?b=c\"}",
		    "client 7: Route: holds a ? or #; give the path alone, and parameters in the job's Fetch.Query" },
		{ "{\"ClientId\": 7, \"Route\": \"/a#b\"}", "client 7: Route: holds a ? or #" },
		{ "{\"ClientId\": 7, \"Route\": \"https://h/a\"}", "client 7: Route: is a URL" },
		{ "{\"ClientId\": 7, \"Route\": \"/a\\n\"}", "client 7: Route: holds a control character" },
		{ "{\"ClientId\": 7, \"System\": 1}", "client 7: System: give a string, found a number" },
		{ "{\"ClientId\": 7, \"System\": \"\"}", "client 7: System: is empty" },
		{ "{\"ClientId\": 7, \"Days\": -1}", "client 7: Days: give a whole number, 0 or more, found -1" },
		{ "{\"ClientId\": 7, \"Days\": \"30\"}",
		    "client 7: Days: give a whole number, 0 or more, found \"30\"" },
		{ "{\"ClientId\": 7, \"Year\": 2026.5}",
		    "client 7: Year: give a whole number, 0 or more, found 2026.5" },
		{ "{\"ClientId\": 7, \"SendFrequency\": -1}",
		    "client 7: SendFrequency: give a whole number from 0 to 5256000, found -1" },
		{ "{\"ClientId\": 7, \"SendFrequency\": []}",
		    "client 7: SendFrequency: give a whole number from 0 to 5256000, found an array" },
		{ "{\"ClientId\": 7, \"Enabled\": \"no\"}", "client 7: Enabled: give true or false, found \"no\"" },
		{ "{\"ClientId\": 7, \"Pilot\": 0}", "client 7: Pilot: give true or false, found 0" },
		{ "{\"ClientId\": 7, \"Auth\": {\"Bearer\": \"s3cret\"}}", "client 7: Auth.Bearer: " },
		{ "{\"ClientId\": 7, \"Timeout\": {}}",
		    "client 7: Timeout: give seconds, above 0 and up to 86400, found an object" },
	};
	struct err e = ERR_INIT;
	struct client c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (client_parse(&c, 0, NULL, NULL, cases[i].json, strlen(cases[i].json), &e) != -1)
			fail_msg("%s passes", cases[i].json);
		assert_begins(e.text, cases[i].message, cases[i].json);
		assert_null(strstr(e.text, "s3cret"));
		assert_null(c.id);
	}
}

static void
parse__limits_sizes(void **state)
{
	struct err e = ERR_INIT;
	struct heard heard = { 0 };
	struct client c;
	struct buf text;
	size_t n;

	(void)state;
	for (n = 200; n <= 201; n++) {
		buf_init(&text, 1000);
		buf_addf(&text, "{\"ClientId\": \"%0*d\"}", (int)n, 0);
		assert_int_equal(client_parse(&c, 0, NULL, NULL, text.at, text.len, &e), n == 200 ? 0 : -1);
		client_release(&c);
		buf_release(&text);
	}
	assert_begins(e.text, "client: ClientId: is 201 bytes long; at most 200 are allowed", "a long id");
	buf_init(&text, 2 * BOUND_CONFIG_BYTES);
	buf_adds(&text, "[{\"ClientId\": 1, \"X\": \"");
	while (text.len < BOUND_CONFIG_BYTES)
		buf_adds(&text, "xxxxxxxxxxxxxxxx");
	buf_adds(&text, "\"}, {\"ClientId\": 2}]");
	assert_int_equal(hear(&heard, NULL, text.at, text.len, &e), 0);
	assert_int_equal(heard.n_clients, 1);
	assert_begins(heard.bad[0].text, "configuration row 3, entry 1: is 10", "a large entry");
	forget(&heard);
	assert_int_equal(client_parse(&c, 0, NULL, NULL, text.at, text.len, &e), -1);
	assert_begins(e.text, "client: is 10", "a large entry");
	assert_int_equal(client_parse(&c, 0, text.at, NULL, "{\"ClientId\": 7}", 15, &e), -1);
	assert_begins(e.text, "client 7: Route: the row's is longer than 16384 bytes", "a large route");
	buf_release(&text);
}

static void
parse__checks_the_rows_route_too(void **state)
{
	static const struct {
		const char *json, *route, *expected, *message;
	} cases[] = {
		{ "{\"ClientId\": 7, \"Route\": \"\"}", "/row", "/row", "" },
		{ "{\"ClientId\": 7, \"Route\": null}", "/row \"ü\"", "/row \"ü\"", "" },
		{ "{\"ClientId\": 7, \"Route\": \"\\u002fown\"}", "/row?", "/own", "" },
		{ "{\"ClientId\": 7, \"Route\": \"\"}", "", NULL, "" },
		{ "{\"ClientId\": 7}", NULL, NULL, "" },
		{ "{\"ClientId\": 7}", "/row?a=b", NULL, "client 7: Route: holds a ? or #" },
		{ "{\"ClientId\": 7}", "http://h/row", NULL, "client 7: Route: is a URL" },
		{ "{\"ClientId\": 7}", "/row\n", NULL, "client 7: Route: holds a control character" },
		{ "{\"ClientId\": 7}", "/row\xff", NULL, "client 7: Route: the row's is no valid UTF-8" },
	};
	struct err e = ERR_INIT;
	struct client c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int ret = client_parse(&c, 0, cases[i].route, NULL, cases[i].json, strlen(cases[i].json), &e);

		if (ret != (cases[i].message[0] == '\0' ? 0 : -1))
			fail_msg("%s, %s: %s", cases[i].json, cases[i].route, e.text);
		if (ret == -1)
			assert_begins(e.text, cases[i].message, cases[i].route);
		assert_int_equal(c.route != NULL, cases[i].expected != NULL);
		if (cases[i].expected != NULL)
			assert_string_equal(c.route, cases[i].expected);
		client_release(&c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(row__gives_each_entry),
		cmocka_unit_test(row__with_no_entry_gives_none),
		cmocka_unit_test(row__tells_of_a_configuration_that_is_no_array),
		cmocka_unit_test(row__tells_of_each_bad_entry_and_goes_on),
		cmocka_unit_test(entries__say_where_they_are),
		cmocka_unit_test(row__ends_when_the_sink_says_so),
		cmocka_unit_test(parse__keeps_ids_exactly),
		cmocka_unit_test(parse__refuses_with_client_and_key),
		cmocka_unit_test(parse__limits_sizes),
		cmocka_unit_test(parse__checks_the_rows_route_too),
	};

	return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
