#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/bounds.h"
#include "run/suspect.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
/* Where the layout has its parts: magic, run, sum, lengths, quoted, at work, bytes. */
enum { RUN = 8, SUM = 16, LEN = 24, QUOTED = 40, AT_WORK = 44, BYTES = 48 };

static _Alignas(8) char room[LOCK_ROOM];
static struct suspect found;

static const struct ledger_client who = { 7, "client", "10" };

static struct ledger_key
key(const char *id, bool quoted, const char *version)
{
	return (struct ledger_key){
		.id = id, .id_len = strlen(id), .quoted = quoted, .version = version, .version_len = strlen(version)
	};
}

/* The sum of what stands in the room, so that only what is wrong besides is refused. */
static void
sign(void)
{
	uint64_t sum = 0xcbf29ce484222325;
	uint32_t len[4];
	size_t n, i;

	memcpy(len, room + LEN, sizeof(len));
	n = (size_t)len[0] + len[1] + len[2] + len[3];
	if (n > LOCK_ROOM - BYTES)
		n = LOCK_ROOM - BYTES;
	for (i = 0; i < 8; i++)
		sum = (sum ^ (unsigned char)room[RUN + i]) * 0x100000001b3;
	for (i = LEN; i < AT_WORK; i++)
		sum = (sum ^ (unsigned char)room[i]) * 0x100000001b3;
	for (i = 0; i < n; i++)
		sum = (sum ^ (unsigned char)room[BYTES + i]) * 0x100000001b3;
	memcpy(room + SUM, &sum, sizeof(sum));
}

static int
empty(void **state)
{
	(void)state;
	memset(room, 0, sizeof(room));
	return 0;
}

static void
suspect__is_read_as_it_was_written(void **state)
{
	static char longest[BOUND_ITEM_ID + 1];
	struct ledger_key keys[] = { key("7", false, ""), key("7", true, "2"), key("-1.5e3", false, "\xc3\xa9"),
		key("a b\"\xf0\x9f\x98\x80", true, ""), { .id = "a\0b", .id_len = 3, .quoted = true, .version = "" },
		{ .id = longest,
		    .id_len = BOUND_ITEM_ID,
		    .quoted = true,
		    .version = longest,
		    .version_len = BOUND_ITEM_ID } };
	size_t i;

	(void)state;
	memset(longest, 'x', BOUND_ITEM_ID);
	for (i = 0; i < N(keys); i++) {
		suspect_begin(room, 12 + (int64_t)i, &who, &keys[i]);
		assert_int_equal(suspect_read(room, &found), 1);
		assert_int_equal(found.run, 12 + (int64_t)i);
		assert_string_equal(found.client, "client");
		assert_string_equal(found.group, "10");
		assert_int_equal(found.key.id_len, keys[i].id_len);
		assert_memory_equal(found.key.id, keys[i].id, keys[i].id_len);
		assert_int_equal(found.key.version_len, keys[i].version_len);
		assert_memory_equal(found.key.version, keys[i].version, keys[i].version_len);
		assert_int_equal(found.key.quoted, keys[i].quoted);
	}
}

static void
suspect__is_nobody_before_and_after(void **state)
{
	struct ledger_key seven = key("7", false, "");

	(void)state;
	assert_int_equal(suspect_read(room, &found), 0);
	suspect_begin(room, 1, &who, &seven);
	suspect_end(room);
	assert_int_equal(suspect_read(room, &found), 0);
	suspect_begin(NULL, 1, &who, &seven);
	suspect_end(NULL);
	assert_int_equal(suspect_read(NULL, &found), 0);
}

/* The one before must not be taken for it. */
static void
suspect__that_does_not_fit_is_nobody(void **state)
{
	static char id[LOCK_ROOM], name[LOCK_ROOM];
	const struct ledger_client named = { 7, name, "10" };
	struct ledger_key seven = key("7", false, ""),
	                  large = { .id = id, .id_len = sizeof(id), .quoted = true, .version = "" };

	(void)state;
	memset(id, 'x', sizeof(id));
	suspect_begin(room, 1, &who, &seven);
	suspect_begin(room, 1, &who, &large);
	assert_int_equal(suspect_read(room, &found), 0);
	/* What fills the room to its last byte does fit; a byte more does not. */
	large.id_len = BOUND_ITEM_ID;
	memset(name, 'n', LOCK_ROOM - BYTES - BOUND_ITEM_ID - sizeof("10") - 1);
	suspect_begin(room, 1, &named, &large);
	assert_int_equal(suspect_read(room, &found), 1);
	assert_string_equal(found.client, name);
	name[strlen(name)] = 'n';
	suspect_begin(room, 1, &named, &large);
	assert_int_equal(suspect_read(room, &found), 0);
}

/* Each bit of what was written; and whole pieces of another page. */
static void
suspect__is_nobody_when_torn(void **state)
{
	struct ledger_key seven = key("7000001", true, "v1"), eight = key("8", false, "");
	static _Alignas(8) char whole[LOCK_ROOM], other[LOCK_ROOM];
	size_t used = BYTES + sizeof("client") + sizeof("10") + 9, i, from, n;

	(void)state;
	suspect_begin(other, 99, &who, &eight);
	suspect_begin(whole, 12, &who, &seven);
	for (i = 0; i < used * 8; i++) {
		memcpy(room, whole, sizeof(room));
		room[i / 8] = (char)(room[i / 8] ^ 1 << i % 8);
		assert_int_equal(suspect_read(room, &found), 0);
	}
	srandom(1);
	for (i = 0; i < 100000; i++) {
		memcpy(room, whole, sizeof(room));
		from = (size_t)random() % (used - 1);
		n = 1 + (size_t)random() % (used - from);
		memcpy(room + from, other + from, n);
		if (memcmp(room, whole, sizeof(room)) != 0 && memcmp(room, other, sizeof(room)) != 0 &&
		    suspect_read(room, &found) == 1)
			assert_true(found.run == 99 && found.key.id_len == 1);
	}
}

/* Signed as ours, and wrong in one thing: it must not reach a table. */
static void
suspect__is_nobody_when_it_makes_no_sense(void **state)
{
	static const struct {
		const char *why;
		size_t at, n;
		const char *bytes;
	} cases[] = {
		{ "another layout", 7, 1, "\2" },
		{ "not at work, nor not", AT_WORK, 1, "\2" },
		{ "no run", RUN, 1, "\0" },
		{ "a run below zero", RUN + 7, 1, "\x80" },
		{ "quoted is neither", QUOTED, 1, "\2" },
		{ "a length past the room", LEN, 4, "\xff\xff\xff\x7f" },
		{ "lengths that overflow", LEN, 8, "\xff\xff\xff\xff\xff\xff\xff\xff" },
		{ "no client", LEN, 4, "\0\0\0\0" },
		{ "an empty id", LEN + 8, 4, "\0\0\0\0" },
		{ "an id past its bound", LEN + 8, 4, "\xe9\3\0\0" },
		{ "a version past its bound", LEN + 12, 4, "\xe9\3\0\0" },
		{ "a client with a NUL in it", BYTES + 2, 1, "\0" },
		{ "a client that does not end", BYTES + 6, 1, "x" },
		{ "a client that is no UTF-8", BYTES, 1, "\xff" },
		{ "an id that is no number", BYTES + 10, 1, "x" },
		{ "an id that is two numbers", BYTES + 11, 1, " " },
		{ "an id that is null", BYTES + 10, 4, "null" },
	};
	struct ledger_key number = key("1234", false, "");
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		memset(room, 0, sizeof(room));
		suspect_begin(room, 1, &who, &number);
		sign();
		assert_int_equal(suspect_read(room, &found), 1);
		memcpy(room + cases[i].at, cases[i].bytes, cases[i].n);
		sign();
		if (suspect_read(room, &found) != 0)
			fail_msg("%s: taken", cases[i].why);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, empty)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(suspect__is_read_as_it_was_written),
		TEST(suspect__is_nobody_before_and_after),
		TEST(suspect__that_does_not_fit_is_nobody),
		TEST(suspect__is_nobody_when_torn),
		TEST(suspect__is_nobody_when_it_makes_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
