#include "on_ledger.h"

/* How often the ledger was read for the looks since the last call. */
static int
reads(struct scratch *s)
{
	sqlite3_stmt *st = db_stmt(&s->db, SQL_LEDGER_FROM, &s->e);

	assert_non_null(st);
	return sqlite3_stmt_status(st, SQLITE_STMTSTATUS_RUN, 1);
}

static enum ledger_state
look(struct scratch *s, const struct ledger_client *c, struct ledger_key key, struct ledger_gap *gap)
{
	struct ledger_row row;

	OK(s, ledger_look(&s->db, c, &key, gap, &row, &s->e));
	return row.state;
}

static void
ledger_look__reads_once_for_what_comes_in_order(void **state)
{
	static const struct ledger_client other = { 1, "8", "0" };
	static struct ledger_gap gap;
	struct scratch *s = *state;
	char id[16];
	int i;

	put(s, &seven, key_of("1500", false, ""), LEDGER_FAILED);
	(void)reads(s);
	for (i = 1000; i < 1500; i++) {
		snprintf(id, sizeof(id), "%d", i);
		assert_int_equal(look(s, &seven, key_of(id, false, ""), &gap), LEDGER_NEW);
		put(s, &seven, key_of(id, false, ""), LEDGER_APPLIED);
	}
	assert_int_equal(reads(s), 1);
	/* Up to what is there, or was put; behind the last there is nothing to be met. */
	assert_int_equal(look(s, &seven, key_of("1499", false, ""), &gap), LEDGER_APPLIED);
	assert_int_equal(look(s, &seven, key_of("1500", false, ""), &gap), LEDGER_FAILED);
	assert_int_equal(reads(s), 2);
	for (i = 1501; i < 2000; i++) {
		snprintf(id, sizeof(id), "%d", i);
		assert_int_equal(look(s, &seven, key_of(id, false, ""), &gap), LEDGER_NEW);
	}
	assert_int_equal(reads(s), 1);
	/* Another client's items are others; and what is said to be forgotten is. */
	assert_int_equal(look(s, &other, key_of("2000", false, ""), &gap), LEDGER_NEW);
	assert_int_equal(look(s, &seven, key_of("2000", false, ""), &gap), LEDGER_NEW);
	gap.client = NULL;
	assert_int_equal(look(s, &seven, key_of("2001", false, ""), &gap), LEDGER_NEW);
	assert_int_equal(reads(s), 3);
}

/* The same numbers each time: 0 to n - 1. */
static unsigned
draw(unsigned n)
{
	static uint32_t seed = 7;

	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

/* A key of few characters, so that most are met again: near each other, and apart by each of their parts. */
static struct ledger_key
draw_key(char text[2][4])
{
	static const char bytes[] = { '1', '2', '\xc3', '\0' };
	struct ledger_key key = { text[0], 1 + draw(3), draw(4) == 0, text[1], draw(2) };
	size_t i, j;

	for (i = 0; i < 2; i++)
		for (j = 0; j < 4; j++)
			text[i][j] = bytes[draw(N(bytes))];
	return key;
}

static void
ledger_look__says_what_ledger_find_says(void **state)
{
	static const struct ledger_client who[] = { { 1, "7", "0" }, { 1, "7", "1" } };
	static const enum ledger_state states[] = { LEDGER_APPLIED, LEDGER_ACKED, LEDGER_FAILED, LEDGER_PARKED };
	static struct ledger_gap gap;
	struct ledger_row looked, found;
	struct scratch *s = *state;
	struct ledger_key key;
	char text[2][4];
	int round, i, c;

	for (round = 0; round < 200; round++) {
		gap.client = NULL;
		scratch_sql(s->db.handle, "BEGIN");
		for (i = 0; i < 40; i++) {
			c = draw(8) == 0;
			key = draw_key(text);
			OK(s, ledger_find(&s->db, &who[c], &key, &found, &s->e));
			OK(s, ledger_look(&s->db, &who[c], &key, &gap, &looked, &s->e));
			assert_int_equal(looked.state, found.state);
			assert_int_equal(looked.attempts, found.attempts);
			assert_int_equal(looked.run, found.run);
			if (looked.state == LEDGER_NEW && draw(8) != 0)
				OK(s, ledger_put(&s->db, &who[c], &key, states[i % 4], i, round + 1, NOW, &s->e));
		}
		scratch_sql(s->db.handle, round % 3 == 0 ? "COMMIT" : "ROLLBACK");
	}
	assert_in_range(scratch_number(s->db.handle, "SELECT count(*) FROM APP_ITEM"), 50, 10000);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(ledger_look__reads_once_for_what_comes_in_order),
		CASE(ledger_look__says_what_ledger_find_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
