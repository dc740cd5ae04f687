#include "run/suspect.h"

#include <stdatomic.h>
#include <string.h>

#include "base/bounds.h"
#include "base/escape.h"
#include "json/value.h"

/* Another layout has another number at its end. */
static const char magic[8] = "jobrun\0\1";

enum part { CLIENT, GROUP, ID, VERSION, PARTS };

/*
 * The room. Written in this order and by one process, so that a process that is killed leaves it whole; the sum is for
 * a power cut, after which it may be of two times. at_work is 1 or 0.
 */
struct note {
	char magic[8];
	int64_t run;
	uint64_t sum;
	uint32_t len[PARTS]; /* the client and the group with their NUL */
	uint32_t quoted;
	atomic_uint at_work;
	char bytes[LOCK_ROOM - 8 - 8 - 8 - 4 * PARTS - 4 - 4];
};
_Static_assert(sizeof(struct note) == LOCK_ROOM, "the room is filled exactly");

/* FNV-1a. */
static uint64_t
add(uint64_t sum, const void *what, size_t n)
{
	const unsigned char *at = what;
	size_t i;

	for (i = 0; i < n; i++)
		sum = (sum ^ at[i]) * 0x100000001b3;
	return sum;
}

static uint64_t
sum_of(const struct note *note, const char *bytes, size_t n)
{
	uint64_t sum = 0xcbf29ce484222325;

	sum = add(sum, &note->run, sizeof(note->run));
	sum = add(sum, note->len, sizeof(note->len));
	sum = add(sum, &note->quoted, sizeof(note->quoted));
	return add(sum, bytes, n);
}

void
suspect_begin(void *room, int64_t run, const struct ledger_client *who, const struct ledger_key *key)
{
	const struct {
		const char *at;
		size_t len;
	} parts[PARTS] = {
		[CLIENT] = { who->id, strlen(who->id) + 1 },
		[GROUP] = { who->group, strlen(who->group) + 1 },
		[ID] = { key->id, key->id_len },
		[VERSION] = { key->version, key->version_len },
	};
	struct note *note = room;
	size_t n = 0;
	int i;

	if (room == NULL)
		return;
	suspect_end(room);
	for (i = 0; i < PARTS; i++) {
		if (parts[i].len > sizeof(note->bytes) - n)
			return;
		if (parts[i].len > 0)
			memcpy(note->bytes + n, parts[i].at, parts[i].len);
		note->len[i] = (uint32_t)parts[i].len;
		n += parts[i].len;
	}
	memcpy(note->magic, magic, sizeof(magic));
	note->run = run;
	note->quoted = key->quoted;
	note->sum = sum_of(note, note->bytes, n);
	atomic_store(&note->at_work, 1);
}

void
suspect_end(void *room)
{
	struct note *note = room;

	if (room != NULL)
		atomic_store(&note->at_work, 0);
}

static bool
is_text(const char *at, size_t n)
{
	size_t used, step;
	unsigned cp;

	for (used = 0; used < n; used += step)
		if ((step = escape_utf8(at + used, n - used, &cp)) == 0)
			return false;
	return true;
}

/* A name in a table: not empty, and the only NUL is its end. */
static bool
is_name(const char *at, size_t n)
{
	return n > 1 && memchr(at, '\0', n) == at + n - 1 && is_text(at, n);
}

static bool
is_key(const struct ledger_key *key)
{
	struct json_value value;
	struct err ignored = ERR_INIT;

	if (key->id_len == 0 || key->id_len > BOUND_ITEM_ID || key->version_len > BOUND_ITEM_ID ||
	    !is_text(key->id, key->id_len) || !is_text(key->version, key->version_len))
		return false;
	return key->quoted ||
	    (json_check(key->id, key->id_len, &value, &ignored) == 0 && value.kind == JSON_NUMBER &&
	        value.len == key->id_len);
}

int
suspect_read(const void *room, struct suspect *s)
{
	struct note note;
	size_t n = 0, at[PARTS];
	int i;

	if (room == NULL)
		return 0;
	memcpy(&note, room, sizeof(note));
	if (memcmp(note.magic, magic, sizeof(magic)) != 0 || atomic_load(&note.at_work) != 1 || note.run <= 0 ||
	    note.quoted > 1)
		return 0;
	for (i = 0; i < PARTS; i++) {
		if (note.len[i] > sizeof(note.bytes) - n)
			return 0;
		at[i] = n;
		n += note.len[i];
	}
	if (note.sum != sum_of(&note, note.bytes, n))
		return 0;
	memcpy(s->bytes, note.bytes, n);
	s->run = note.run;
	s->client = s->bytes + at[CLIENT];
	s->group = s->bytes + at[GROUP];
	s->key = (struct ledger_key){
		.id = s->bytes + at[ID],
		.id_len = note.len[ID],
		.quoted = note.quoted == 1,
		.version = s->bytes + at[VERSION],
		.version_len = note.len[VERSION],
	};
	return is_name(s->client, note.len[CLIENT]) && is_name(s->group, note.len[GROUP]) && is_key(&s->key);
}
