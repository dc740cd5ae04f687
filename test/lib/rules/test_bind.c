/* What each kind of JSON value becomes in SQL. */
#include "fixture.h"

struct key {
	const char *name, *value; /* value NULL: ends the list */
};

static struct json_value
get_key(void *arg, const char *name, size_t len)
{
	const struct key *key;

	for (key = arg; key->value != NULL; key++)
		if (strlen(key->name) == len && memcmp(key->name, name, len) == 0)
			return json_value_of(key->value, strlen(key->value));
	return (struct json_value){ .kind = JSON_ABSENT };
}

static void
set_client(struct fixture *f, const struct key *keys, const char *user)
{
	struct rules_client client = { .get = get_key, .user = user };
	void *arg;

	memcpy(&arg, &keys, sizeof(arg));
	client.arg = arg;
	assert_int_equal(rules_set_client(f->rules, &client, &f->why), 0);
}

static const struct {
	const char *json, *sql, *type, *why;
} kinds[] = {
	{ "null", "NULL", "'null'", "null" },
	{ "true", "1", "'integer'", "true" },
	{ "false", "0", "'integer'", "false" },
	{ "0", "0", "'integer'", "zero" },
	{ "-0", "0", "'integer'", "minus zero written as an integer" },
	{ "7", "7", "'integer'", "a small integer" },
	{ "9007199254740993", "9007199254740993", "'integer'", "2^53 + 1: no double holds it" },
	{ "9223372036854775807", "9223372036854775807", "'integer'", "the largest" },
	{ "-9223372036854775808", "-9223372036854775808", "'integer'", "the smallest" },
	{ "9223372036854775808", "'9223372036854775808'", "'text'", "past 64 bits: its digits" },
	{ "18446744073709551615", "'18446744073709551615'", "'text'", "2^64 - 1: its digits" },
	{ "-123456789012345678901234567890", "'-123456789012345678901234567890'", "'text'", "30 digits" },
	{ "1.0", "1.0", "'real'", "a fraction, though whole" },
	{ "1e3", "1000.0", "'real'", "an exponent" },
	{ "-2.5", "-2.5", "'real'", "a fraction" },
	{ "1e999", "'1e999'", "'text'", "past a double: as it is written" },
	{ "\"\"", "''", "'text'", "an empty string" },
	{ "\"7\"", "'7'", "'text'", "a string of digits stays a string" },
	{ "\"it's\"", "'it''s'", "'text'", "a quote" },
	{ "\"'); DROP TABLE record; --\"", "'''); DROP TABLE record; --'", "'text'", "an injection is a text" },
	{ "\"Zo\xc3\xab \xf0\x9f\xa9\xbb\"", "'Zo\xc3\xab \xf0\x9f\xa9\xbb'", "'text'", "UTF-8, an emoji" },
	{ "\"\\ud83e\\ude7b\"", "'\xf0\x9f\xa9\xbb'", "'text'", "an escaped surrogate pair" },
	{ "\"a\\n\\t\\\"\\\\\\/b\"", "'a\n\t\"\\/b'", "'text'", "escapes" },
	{ "[1, \"a\"]", "'[1, \"a\"]'", "'text'", "an array: its JSON text" },
	{ "{\"a\": {\"b\": 9007199254740993}}", "'{\"a\": {\"b\": 9007199254740993}}'", "'text'",
	    "an object: its JSON text" },
};

static void
bind__fields_of_every_kind(void **state)
{
	struct fixture *f = *state;
	char item[300];
	size_t i;

	rules(f, "INSERT INTO got VALUES (typeof(:field), :field);");
	for (i = 0; i < COUNT(kinds); i++) {
		sql(f, sqlite3_get_autocommit(f->db.handle) ? "BEGIN; DELETE FROM got" : "DELETE FROM got");
		snprintf(item, sizeof(item), "{\"other\": \"x\", \"field\": %s}", kinds[i].json);
		assert_int_equal(apply(f, item), RULES_APPLIED);
		if (strcmp(value(f, "SELECT value FROM got"), kinds[i].sql) != 0)
			fail_msg("%s: %s became %s", kinds[i].why, kinds[i].json, f->text);
		assert_string_equal(value(f, "SELECT name FROM got"), kinds[i].type);
	}
}

static void
bind__client_keys_of_every_kind(void **state)
{
	struct fixture *f = *state;
	struct key keys[] = { { "Other", "1" }, { "Field", NULL }, { NULL, NULL } };
	char copy[300];
	size_t i;

	rules(f, "INSERT INTO got VALUES (typeof(@Field), @Field);");
	for (i = 0; i < COUNT(kinds); i++) {
		sql(f, sqlite3_get_autocommit(f->db.handle) ? "BEGIN; DELETE FROM got" : "DELETE FROM got");
		snprintf(copy, sizeof(copy), "%s", kinds[i].json);
		keys[1].value = copy;
		set_client(f, keys, NULL);
		/* The rules have copied it: what becomes of the entry is no matter. */
		memset(copy, '#', sizeof(copy));
		assert_int_equal(apply(f, "{}"), RULES_APPLIED);
		if (strcmp(value(f, "SELECT value FROM got"), kinds[i].sql) != 0)
			fail_msg("%s: %s became %s", kinds[i].why, kinds[i].json, f->text);
		assert_string_equal(value(f, "SELECT name FROM got"), kinds[i].type);
	}
}

static void
bind__what_is_absent_is_null(void **state)
{
	struct fixture *f = *state;
	struct key keys[] = { { NULL, NULL } };

	rules(f, "INSERT INTO got SELECT 'n', (:a IS NULL) + (@B IS NULL) + ($user IS NULL) + (@a IS NULL);");
	set_client(f, keys, NULL);
	assert_int_equal(apply(f, "{\"A\": 1, \"B\": 2}"), RULES_APPLIED);
	assert_string_equal(value(f, "SELECT value FROM got"), "4");
}

static void
bind__a_nul_in_a_string_is_a_byte_of_it(void **state)
{
	struct fixture *f = *state;

	rules(f, "INSERT INTO got VALUES ('n', :text);");
	assert_int_equal(apply(f, "{\"text\": \"a\\u0000b\"}"), RULES_APPLIED);
	assert_string_equal(value(f, "SELECT hex(value) FROM got"), "'610062'");
}

static void
bind__the_run(void **state)
{
	struct fixture *f = *state;
	struct key keys[] = { { NULL, NULL } };

	rules(f,
	    "INSERT INTO got SELECT 'run', $run UNION ALL SELECT 'job', $job UNION ALL SELECT 'now', $now"
	    " UNION ALL SELECT 'user', $user; INSERT INTO got VALUES ('item', $item);");
	rules_set_run(f->rules, 41, 7);
	set_client(f, keys, "999");
	assert_int_equal(apply(f, "{\"a\":  1}"), RULES_APPLIED);
	assert_string_equal(value(f, "SELECT json_group_object(name, value) FROM got"),
	    "'{\"run\":41,\"job\":7,\"now\":\"2026-11-23T07:00:00.000Z\",\"user\":999,\"item\":\"{\\\"a\\\":  1}\"}'");
	set_client(f, keys, "admin");
	assert_int_equal(apply(f, "{}"), RULES_APPLIED);
	assert_string_equal(value(f, "SELECT value FROM got WHERE name = 'user' AND rowid > 5"), "'admin'");
}

static void
bind__paths_into_the_item(void **state)
{
	static const char item[] =
	    "{\"id\": 9007199254740993, \"exam\": {\"code\": \"MR-\\u00e9\", \"parts\": [4, 5]}}";
	struct fixture *f = *state;

	rules(f,
	    "INSERT INTO got VALUES ('code', $item ->> '$.exam.code'), ('part', $item ->> '$.exam.parts[1]'),"
	    " ('id', $item ->> 'id'), ('field', :exam ->> 'code'), ('none', $item ->> '$.exam.none');");
	assert_int_equal(apply(f, item), RULES_APPLIED);
	assert_string_equal(value(f, "SELECT json_group_object(name, value) FROM got"),
	    "'{\"code\":\"MR-\xc3\xa9\",\"part\":5,\"id\":9007199254740993,\"field\":\"MR-\xc3\xa9\",\"none\":null}'");
}

static void
bind__names_that_are_not_ascii_or_escaped(void **state)
{
	struct fixture *f = *state;

	rules(f,
	    "INSERT INTO got VALUES ('a', :gr\xc3\xb6\xc3\x9f"
	    "e);");
	assert_int_equal(apply(f, "{\"gr\\u00f6\\u00dfe\": 3}"), RULES_APPLIED);
	assert_string_equal(value(f, "SELECT value FROM got"), "3");
}

static void
bind__half_a_surrogate_pair_rejects_where_a_rule_names_it(void **state)
{
	struct fixture *f = *state;
	struct key keys[] = { { "Note", "\"\\ud800\"" }, { NULL, NULL } };
	struct key good[] = { { NULL, NULL } };

	rules(f, "INSERT INTO got VALUES ('n', :name);\n-- notes it\nINSERT INTO got VALUES (:note, @Note);");
	assert_int_equal(
	    apply(f, "{\"name\": \"a\", \"note\": \"x\\udc00\", \"unused\": \"\\ud800\"}"), RULES_REJECTED);
	assert_int_equal(f->why.kind, ERR_ITEM);
	assert_string_equal(f->why.code, "item_text");
	assert_string_equal(f->why.text, "notes it: :note holds half a surrogate pair, which is no text");
	assert_string_equal(value(f, "SELECT count(*) FROM got"), "0");
	assert_int_equal(apply(f, "{\"name\": \"a\", \"unused\": \"\\ud800\"}"), RULES_APPLIED);

	set_client(f, keys, NULL);
	assert_int_equal(apply(f, "{}"), RULES_REJECTED);
	assert_string_equal(f->why.text, "notes it: @Note holds half a surrogate pair, which is no text");
	set_client(f, good, NULL);
	assert_int_equal(apply(f, "{}"), RULES_APPLIED);
}

static void
bind__no_value_of_one_item_is_seen_by_the_next(void **state)
{
	struct fixture *f = *state;

	rules(f, "INSERT INTO got VALUES (:a, :b);");
	assert_int_equal(apply(f, "{\"a\": \"x\\n\", \"b\": 5}"), RULES_APPLIED);
	assert_int_equal(apply(f, "{\"b\": \"y\\t\"}"), RULES_APPLIED);
	assert_int_equal(apply(f, "{}"), RULES_APPLIED);
	assert_string_equal(value(f, "SELECT json_group_array(json_array(name, value)) FROM got"),
	    "'[[\"x\\n\",5],[null,\"y\\t\"],[null,null]]'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bind__fields_of_every_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(bind__client_keys_of_every_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(bind__what_is_absent_is_null, setup, teardown),
		cmocka_unit_test_setup_teardown(bind__a_nul_in_a_string_is_a_byte_of_it, setup, teardown),
		cmocka_unit_test_setup_teardown(bind__the_run, setup, teardown),
		cmocka_unit_test_setup_teardown(bind__paths_into_the_item, setup, teardown),
		cmocka_unit_test_setup_teardown(bind__names_that_are_not_ascii_or_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    bind__half_a_surrogate_pair_rejects_where_a_rule_names_it, setup, teardown),
		cmocka_unit_test_setup_teardown(bind__no_value_of_one_item_is_seen_by_the_next, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
