#include "on_ledger.h"

static void
ledger__remembers_each_state(void **state)
{
	static const enum ledger_state states[] = { LEDGER_APPLIED, LEDGER_ACKED, LEDGER_FAILED, LEDGER_PARKED };
	struct scratch *s = *state;
	struct ledger_key key = key_of("7", false, "");
	int64_t attempts;
	size_t i;

	assert_int_equal(state_of(s, &seven, key, &attempts), LEDGER_NEW);
	assert_int_equal(attempts, 0);
	for (i = 0; i < N(states); i++) {
		OK(s, ledger_put(&s->db, &seven, &key, states[i], (int64_t)i + 3, 9, NOW, &s->e));
		assert_int_equal(state_of(s, &seven, key, &attempts), states[i]);
		assert_int_equal(attempts, i + 3);
	}
	assert_string_equal(
	    scratch_text(s->db.handle,
	        "SELECT group_concat(State || ' ' || Attempts || ' ' || RunId || ' ' || At) FROM APP_ITEM"),
	    "parked 6 9 " NOW);
}

static void
ledger__tells_items_apart_by_every_part_of_their_key(void **state)
{
	static const struct {
		struct ledger_client who;
		struct ledger_key key;
		const char *reason;
	} rows[] = {
		{ { 1, "7", "0" }, { "8", 1, false, "", 0 }, "another id" },
		{ { 1, "7", "0" }, { "7", 1, true, "", 0 }, "a string, not a number" },
		{ { 1, "7", "0" }, { "7", 1, false, "2", 1 }, "another version" },
		{ { 1, "7", "0" }, { "07", 2, false, "", 0 }, "other digits" },
		{ { 1, "7", "0" }, { "7.0", 3, false, "", 0 }, "other digits" },
		{ { 1, "7", "0" }, { "7\0", 2, false, "", 0 }, "a NUL behind it" },
		{ { 1, "7", "0" }, { "7 ", 2, false, "", 0 }, "a blank behind it" },
		{ { 2, "7", "0" }, { "7", 1, false, "", 0 }, "another job type" },
		{ { 1, "8", "0" }, { "7", 1, false, "", 0 }, "another client" },
		{ { 1, "7", "1" }, { "7", 1, false, "", 0 }, "another group" },
	};
	struct scratch *s = *state;
	size_t i;

	put(s, &seven, key_of("7", false, ""), LEDGER_APPLIED);
	for (i = 0; i < N(rows); i++) {
		if (state_of(s, &rows[i].who, rows[i].key, NULL) != LEDGER_NEW)
			fail_msg("%s", rows[i].reason);
		put(s, &rows[i].who, rows[i].key, LEDGER_ACKED);
	}
	assert_int_equal(state_of(s, &seven, key_of("7", false, ""), NULL), LEDGER_APPLIED);
	assert_int_equal(scratch_number(s->db.handle, "SELECT count(*) FROM APP_ITEM"), N(rows) + 1);
}

static void
ledger__takes_a_key_without_pointers_for_an_empty_one(void **state)
{
	struct scratch *s = *state;
	struct ledger_key bare = { .id = "7", .id_len = 1 };

	put(s, &seven, bare, LEDGER_APPLIED);
	assert_int_equal(state_of(s, &seven, key_of("7", false, ""), NULL), LEDGER_APPLIED);
}

static void
ledger__acks_applied_items_only(void **state)
{
	static const struct {
		enum ledger_state before, acked, owed;
	} rows[] = {
		{ LEDGER_APPLIED, LEDGER_ACKED, LEDGER_APPLIED },
		{ LEDGER_ACKED, LEDGER_ACKED, LEDGER_APPLIED },
		{ LEDGER_FAILED, LEDGER_FAILED, LEDGER_FAILED },
		{ LEDGER_PARKED, LEDGER_PARKED, LEDGER_PARKED },
	};
	struct scratch *s = *state;
	struct ledger_key key = key_of("7", false, "v"), other = key_of("70", false, "v");
	size_t i;

	put(s, &seven, other, LEDGER_APPLIED);
	for (i = 0; i < N(rows); i++) {
		put(s, &seven, key, rows[i].before);
		OK(s, ledger_acked(&s->db, &seven, &key, 1, "2027-01-01T00:00:00.000Z", &s->e));
		assert_int_equal(state_of(s, &seven, key, NULL), rows[i].acked);
		put(s, &seven, key, rows[i].before);
		OK(s, ledger_owe(&s->db, &seven, &key, &s->e));
		assert_int_equal(state_of(s, &seven, key, NULL), rows[i].owed);
	}
	assert_int_equal(state_of(s, &seven, other, NULL), LEDGER_APPLIED);
	OK(s, ledger_acked(&s->db, &seven, &other, 1, "2027-01-01T00:00:00.000Z", &s->e));
	assert_string_equal(
	    scratch_text(s->db.handle, "SELECT At FROM APP_ITEM WHERE ItemId = '70'"), "2027-01-01T00:00:00.000Z");
}

static void
ledger_owed__reads_in_key_order_and_goes_on_after_a_key(void **state)
{
	/* In the order in which they must come out: bytes, not numbers. */
	static const struct ledger_key order[] = {
		{ "10", 2, false, "", 0 },
		{ "7", 1, false, "", 0 },
		{ "7", 1, true, "", 0 },
		{ "7", 1, false, "a", 1 },
		{ "7", 1, false, "b", 1 },
		{ "7\0x", 3, true, "", 0 },
		{ "9223372036854775808", 19, false, "", 0 },
		{ "A", 1, true, "", 0 },
		{ "a", 1, true, "", 0 },
		{ "\xc3\xa9", 2, true, "", 0 },
	};
	struct ledger_owed owed = { 0 };
	struct scratch *s = *state;
	size_t i, from, seen;

	for (i = N(order); i-- > 0;)
		put(s, &seven, order[i], LEDGER_APPLIED);
	put(s, &seven, key_of("0", false, ""), LEDGER_ACKED);
	put(s, &seven, key_of("1", false, ""), LEDGER_FAILED);
	put(s, &(struct ledger_client){ 1, "7", "1" }, key_of("2", false, ""), LEDGER_APPLIED);

	for (from = 0; from <= N(order); from++) {
		OK(s, ledger_owed_read(&s->db, &seven, from > 0 ? &order[from - 1] : NULL, 4, &owed, &s->e));
		seen = N(order) - from < 4 ? N(order) - from : 4;
		assert_int_equal(owed.n, seen);
		for (i = 0; i < owed.n; i++) {
			const struct ledger_key *want = &order[from + i], *got = &owed.at[i];

			assert_int_equal(got->id_len, want->id_len);
			assert_memory_equal(got->id, want->id, want->id_len);
			assert_int_equal(got->version_len, want->version_len);
			assert_memory_equal(got->version, want->version, want->version_len);
			assert_int_equal(got->quoted, want->quoted);
		}
	}
	ledger_owed_release(&owed);
	assert_null(owed.at);
}

static void
ledger_owed__keeps_its_keys_while_it_grows(void **state)
{
	struct ledger_owed owed = { 0 };
	struct scratch *s = *state;
	char id[16], long_id[1001], want[16];
	int64_t n;
	size_t i;

	OK(s, db_begin(&s->db, &s->e));
	for (i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "%04zu", i);
		put(s, &seven, key_of(id, false, "v1"), LEDGER_APPLIED);
	}
	memset(long_id, 'x', 1000);
	long_id[1000] = '\0';
	put(s, &seven, key_of(long_id, true, long_id), LEDGER_APPLIED);
	OK(s, db_commit(&s->db, &s->e));

	OK(s, ledger_owed_read(&s->db, &seven, NULL, 10000, &owed, &s->e));
	assert_int_equal(owed.n, 1001);
	for (i = 0; i < 1000; i++) {
		snprintf(want, sizeof(want), "%04zu", i);
		assert_int_equal(owed.at[i].id_len, 4);
		assert_memory_equal(owed.at[i].id, want, 4);
		assert_memory_equal(owed.at[i].version, "v1", 2);
	}
	assert_memory_equal(owed.at[1000].version, long_id, 1000);
	/* Read again into the same memory. */
	OK(s, ledger_owed_read(&s->db, &seven, NULL, 1, &owed, &s->e));
	assert_int_equal(owed.n, 1);
	OK(s, ledger_count_owed(&s->db, &seven, &n, &s->e));
	assert_int_equal(n, 1001);
	ledger_owed_release(&owed);
}

static void
ledger_owed__takes_no_more_room_when_it_is_used_again(void **state)
{
	struct ledger_key key = key_of("7000", false, "v1");
	struct ledger_owed owed = { 0 };
	struct err e = ERR_INIT;
	size_t cap;
	int i;

	(void)state;
	assert_int_equal(ledger_owed_add(&owed, &key, &e), 0);
	cap = owed.bytes_cap;
	for (i = 0; i < 100000; i++) {
		ledger_owed_clear(&owed);
		assert_int_equal(ledger_owed_add(&owed, &key, &e), 0);
	}
	assert_int_equal(owed.n, 1);
	assert_int_equal(owed.bytes_cap, cap);
	ledger_owed_release(&owed);
}

static void
ledger_owed__refuses_a_key_that_jobrun_never_wrote(void **state)
{
	struct ledger_owed owed = { 0 };
	struct scratch *s = *state;

	scratch_sql(s->db.handle,
	    "INSERT INTO APP_ITEM (JobType, ClientId, ItemId, State, RunId, At)"
	    " VALUES (1, '7', hex(zeroblob(501)), 'applied', 1, '')");
	REFUSED(s, ledger_owed_read(&s->db, &seven, NULL, 10, &owed, &s->e), ERR_DATABASE, "longer than 1000 bytes");
	scratch_sql(s->db.handle, "UPDATE APP_ITEM SET ItemId = '7', ItemVersion = hex(zeroblob(501))");
	REFUSED(s, ledger_owed_read(&s->db, &seven, NULL, 10, &owed, &s->e), ERR_DATABASE, "longer than 1000 bytes");
	ledger_owed_release(&owed);
}

static void
ledger__counts_what_is_owed_by_one_client(void **state)
{
	struct scratch *s = *state;
	int64_t n;

	OK(s, ledger_count_owed(&s->db, &seven, &n, &s->e));
	assert_int_equal(n, 0);
	put(s, &seven, key_of("1", false, ""), LEDGER_APPLIED);
	put(s, &seven, key_of("2", false, ""), LEDGER_APPLIED);
	put(s, &seven, key_of("3", false, ""), LEDGER_ACKED);
	put(s, &(struct ledger_client){ 1, "8", "0" }, key_of("4", false, ""), LEDGER_APPLIED);
	OK(s, ledger_count_owed(&s->db, &seven, &n, &s->e));
	assert_int_equal(n, 2);
}

/* Each call says so when its table is gone: nothing is ever taken for "not there". */
static void
ledger__fails_when_the_database_fails(void **state)
{
	struct ledger_key key = key_of("7", false, "");
	struct ledger_owed owed = { 0 };
	static struct ledger_gap gap;
	struct ledger_row row;
	struct scratch *s = *state;
	int64_t n;

	scratch_sql(s->db.handle, "DROP TABLE APP_ITEM");
	REFUSED(s, ledger_find(&s->db, &seven, &key, &row, &s->e), ERR_DATABASE, "looking an item up");
	REFUSED(s, ledger_look(&s->db, &seven, &key, &gap, &row, &s->e), ERR_DATABASE, "looking through the ledger");
	REFUSED(s, ledger_put(&s->db, &seven, &key, LEDGER_ACKED, 0, 1, NOW, &s->e), ERR_DATABASE, "writing an item");
	REFUSED(s, ledger_acked(&s->db, &seven, &key, 1, NOW, &s->e), ERR_DATABASE, "looking through the ledger");
	REFUSED(s, ledger_owe(&s->db, &seven, &key, &s->e), ERR_DATABASE, "owed again");
	REFUSED(s, ledger_count_owed(&s->db, &seven, &n, &s->e), ERR_DATABASE, "counting what is owed");
	REFUSED(s, ledger_owed_read(&s->db, &seven, NULL, 1, &owed, &s->e), ERR_DATABASE, "reading what is owed");
}

/* Turns over a bit of the nth place in the file where the text stands. false: there is no such place. */
static bool
spoil(const char *path, const char *text, int nth)
{
	static char bytes[1024 * 1024];
	FILE *file = fopen(path, "r+b");
	size_t n, at, len = strlen(text);

	assert_non_null(file);
	n = fread(bytes, 1, sizeof(bytes), file);
	for (at = 0; at + len <= n; at++)
		if (memcmp(bytes + at, text, len) == 0 && nth-- == 0)
			break;
	if (at + len <= n) {
		assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
		assert_int_equal(fputc(text[0] ^ 1, file), text[0] ^ 1);
	}
	fclose(file);
	return at + len <= n;
}

/* One bit of the disk: the table, or the index, names another item than was applied. No ack may go by that. */
static void
ledger_owed__believes_no_damaged_index(void **state)
{
	struct scratch *s = *state;
	struct ledger_owed owed = { 0 };
	int nth;

	for (nth = 0;; nth++) {
		put(s, &seven, key_of("a-long-name", true, ""), LEDGER_APPLIED);
		OK(s, ledger_owed_read(&s->db, &seven, NULL, 10, &owed, &s->e));
		assert_int_equal(owed.n, 1);
		db_close(&s->db);
		if (!spoil(s->path, "a-long-name", nth))
			break;
		OK(s, db_open(&s->db, s->path, &s->e));
		REFUSED(s, ledger_owed_read(&s->db, &seven, NULL, 10, &owed, &s->e), ERR_DATABASE, "is damaged");
		db_close(&s->db);
		assert_true(spoil(s->path, "`-long-name", 0));
		OK(s, db_open(&s->db, s->path, &s->e));
	}
	assert_int_equal(nth, 2);
	ledger_owed_release(&owed);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(ledger__remembers_each_state),
		CASE(ledger__tells_items_apart_by_every_part_of_their_key),
		CASE(ledger__takes_a_key_without_pointers_for_an_empty_one),
		CASE(ledger__acks_applied_items_only),
		CASE(ledger_owed__reads_in_key_order_and_goes_on_after_a_key),
		CASE(ledger_owed__keeps_its_keys_while_it_grows),
		CASE(ledger_owed__takes_no_more_room_when_it_is_used_again),
		CASE(ledger_owed__refuses_a_key_that_jobrun_never_wrote),
		CASE(ledger_owed__believes_no_damaged_index),
		CASE(ledger__counts_what_is_owed_by_one_client),
		CASE(ledger__fails_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
