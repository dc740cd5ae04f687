/*
 * Items of one client in the ledger of a scratch database.
 */
#ifndef TEST_STORE_ON_LEDGER_H
#define TEST_STORE_ON_LEDGER_H

#include "scratch.h"

#include "store/ledger.h"

#define NOW "2026-11-23T07:00:00.000Z"

static const struct ledger_client seven = { 1, "7", "0" };

static inline struct ledger_key
key_of(const char *id, bool quoted, const char *version)
{
	return (struct ledger_key){ id, strlen(id), quoted, version, strlen(version) };
}

static inline enum ledger_state
state_of(struct scratch *s, const struct ledger_client *c, struct ledger_key key, int64_t *attempts)
{
	struct ledger_row row;

	OK(s, ledger_find(&s->db, c, &key, &row, &s->e));
	if (attempts != NULL)
		*attempts = row.attempts;
	assert_int_equal(row.run != 0, row.state != LEDGER_NEW);
	return row.state;
}

static inline void
put(struct scratch *s, const struct ledger_client *c, struct ledger_key key, enum ledger_state state)
{
	OK(s, ledger_put(&s->db, c, &key, state, 0, 1, NOW, &s->e));
}

#endif
