#include "on_ledger.h"

/* One letter an item, in the order of the ledger: A applied, K acked, F failed, P parked, "." not there. */
static void
put_states(struct scratch *s, const struct ledger_client *c, const char *letters)
{
	static const char names[] = "AKFP";
	char id[24];
	size_t i;

	scratch_sql(s->db.handle, "DELETE FROM APP_ITEM");
	for (i = 0; letters[i] != '\0'; i++) {
		snprintf(id, sizeof(id), "%03zu", i);
		if (letters[i] != '.')
			put(s, c, key_of(id, i % 2 == 0, ""),
			    (enum ledger_state)(LEDGER_APPLIED + (int)(strchr(names, letters[i]) - names)));
	}
}

static const char *
get_states(struct scratch *s, const struct ledger_client *c, size_t n, char *out)
{
	static const char names[] = ".AKFP";
	char id[24];
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "%03zu", i);
		out[i] = names[state_of(s, c, key_of(id, i % 2 == 0, ""), NULL)];
	}
	out[n] = '\0';
	return out;
}

/* Of those that were acknowledged, "x", and nobody else, whatever lies between them and was applied meanwhile. */
static void
ledger_acked__marks_what_was_named_alone(void **state)
{
	static const struct {
		const char *before, *named, *after, *reason;
	} cases[] = {
		{ "AAAAAA", "xxxxxx", "KKKKKK", "all that is owed" },
		{ "AAAAAA", " xxxx ", "AKKKKA", "not those before and behind" },
		{ "AAAAAA", "xx xxx", "KKAKKK", "one was refused, or applied meanwhile" },
		{ "AAAAAA", "x x x ", "KAKAKA", "every second one" },
		{ "AAAAAA", "x    x", "KAAAAK", "the first and the last" },
		{ "AKFPAA", "x   xx", "KKFPKK", "what is not owed lies between" },
		{ "AAAFKPAA", "xxx   xx", "KKKFKPKK", "it lies between those of one piece" },
		{ "AKFPAK", "xxxxxx", "KKFPKK", "what is not owed is named" },
		{ "A..AA.", "x  xx ", "K..KK.", "what is not there lies between" },
		{ "A.A.AA", "xxxxxx", "K.K.KK", "what is not there is named" },
		{ ".AAAAA", "x xxxx", ".AKKKK", "the first has gone, another is applied" },
		{ "AA.AAA", "x xxx ", "KA.KKA", "one has gone, another was applied: as many as were named" },
		{ "AKKKKKKKKKKKKKKKKA", "x                x", "KKKKKKKKKKKKKKKKKK", "far apart in a long ledger" },
		{ "AKKKKKKKKAKKKKKKKA", "x                x", "KKKKKKKKKAKKKKKKKK", "far apart, and one is not named" },
		{ "AAAAAA", "      ", "AAAAAA", "none" },
	};
	static const struct ledger_client others[] = { { 2, "7", "0" }, { 1, "70", "0" }, { 1, "7", "1" } };
	struct scratch *s = *state;
	struct ledger_key keys[20];
	char ids[20][24], got[32];
	size_t i, j, n;

	for (i = 0; i < N(cases); i++) {
		put_states(s, &seven, cases[i].before);
		for (j = 0; j < N(others); j++)
			put(s, &others[j], key_of("001", false, ""), LEDGER_APPLIED);
		for (j = n = 0; cases[i].named[j] != '\0'; j++) {
			snprintf(ids[j], sizeof(ids[j]), "%03zu", j);
			if (cases[i].named[j] == 'x')
				keys[n++] = key_of(ids[j], j % 2 == 0, "");
		}
		OK(s, db_begin(&s->db, &s->e));
		OK(s, ledger_acked(&s->db, &seven, keys, n, NOW, &s->e));
		OK(s, db_commit(&s->db, &s->e));
		if (strcmp(get_states(s, &seven, strlen(cases[i].before), got), cases[i].after) != 0)
			fail_msg("%s: %s, not %s", cases[i].reason, got, cases[i].after);
		for (j = 0; j < N(others); j++)
			assert_int_equal(state_of(s, &others[j], key_of("001", false, ""), NULL), LEDGER_APPLIED);
	}
}

/* The same id as a number, as a string, and in versions: each is an item of its own in the midst of a range. */
static void
ledger_acked__goes_by_the_whole_key(void **state)
{
	static const struct ledger_key all[] = {
		{ "7", 1, false, "", 0 },
		{ "7", 1, true, "", 0 },
		{ "7", 1, false, "a", 1 },
		{ "7", 1, true, "a", 1 },
		{ "7", 1, false, "ab", 2 },
		{ "7\0x", 3, true, "", 0 },
		{ "70", 2, false, "", 0 },
		{ "8", 1, false, "", 0 },
		{ "8", 1, false, "a", 1 },
		{ "8", 1, false, "b", 1 },
		{ "8", 1, false, "ba", 2 },
	};
	struct ledger_key named[N(all)];
	struct scratch *s = *state;
	size_t left, i, n;

	for (left = 0; left < N(all); left++) {
		for (i = n = 0; i < N(all); i++) {
			put(s, &seven, all[i], LEDGER_APPLIED);
			if (i != left)
				named[n++] = all[i];
		}
		OK(s, ledger_acked(&s->db, &seven, named, n, NOW, &s->e));
		for (i = 0; i < N(all); i++)
			assert_int_equal(state_of(s, &seven, all[i], NULL), i == left ? LEDGER_APPLIED : LEDGER_ACKED);
	}
}

/* In whatever order: only the speed goes by it. */
static void
ledger_acked__takes_keys_in_any_order(void **state)
{
	struct ledger_key keys[] = { key_of("003", false, ""), key_of("001", false, ""), key_of("002", true, ""),
		key_of("001", false, "") };
	struct scratch *s = *state;
	char got[32];

	put_states(s, &seven, "AAAAA");
	OK(s, ledger_acked(&s->db, &seven, keys, N(keys), NOW, &s->e));
	assert_string_equal(get_states(s, &seven, 5, got), "AKKKA");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(ledger_acked__marks_what_was_named_alone),
		CASE(ledger_acked__goes_by_the_whole_key),
		CASE(ledger_acked__takes_keys_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
