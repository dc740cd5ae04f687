#include "json/value.h"

#include <stdlib.h>
#include <string.h>

#include "json/walk.h"

/* Up to here every key is compared with every other, which for such a few is faster than sorting. */
#define FEW 32

bool
walk_member(const char **p, const char *end, struct json_member *m, bool *escaped)
{
	const char *at = walk_blanks(*p, end), *behind;

	if (at < end && *at == ',')
		at = walk_blanks(at + 1, end);
	if (at == end || *at != '"')
		return false;
	behind = walk_string(at, end, escaped);
	m->key = (struct json_value){ JSON_STRING, at, (size_t)(behind - at) };
	at = walk_blanks(behind, end);
	if (at < end)
		at = walk_blanks(at + 1, end);
	behind = walk_value(at, end);
	m->value = json_value_of(at, (size_t)(behind - at));
	*p = behind;
	return true;
}

static bool
same_key(const struct json_members *m, struct json_value a, struct json_value b)
{
	if (m->escaped)
		return walk_compare(a, b) == 0;
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static int
twice_among_few(const struct json_members *m, size_t from, size_t *twice)
{
	size_t i, j;

	for (i = from; i < m->n; i++) {
		for (j = 0; j < i; j++) {
			if (same_key(m, m->at[i].key, m->at[j].key)) {
				*twice = i;
				return 1;
			}
		}
	}
	return 0;
}

/* By key, then by place: of equal keys the first stands first. */
static int
by_key(const void *a, const void *b)
{
	const struct json_member *const *x = a, *const *y = b;
	int order = walk_compare((*x)->key, (*y)->key);

	if (order != 0)
		return order;
	return *x < *y ? -1 : 1;
}

static int
sort(struct json_members *m)
{
	struct json_member **sorted;
	size_t i;

	if (m->sorted_cap < m->n) {
		if ((sorted = reallocarray(m->sorted, m->cap, sizeof(struct json_member *))) == NULL) {
			m->n = 0;
			return -1;
		}
		m->sorted = sorted;
		m->sorted_cap = m->cap;
	}
	for (i = 0; i < m->n; i++)
		m->sorted[i] = &m->at[i];
	qsort(m->sorted, m->n, sizeof(struct json_member *), by_key);
	return 0;
}

static int
twice_among_many(const struct json_members *m, size_t from, size_t *twice)
{
	size_t i, first = m->n, place;

	for (i = 1; i < m->n; i++) {
		place = (size_t)(m->sorted[i] - m->at);
		if (place >= from && place < first && same_key(m, m->sorted[i - 1]->key, m->sorted[i]->key))
			first = place;
	}
	if (first == m->n)
		return 0;
	*twice = first;
	return 1;
}

static int
grow(struct json_members *m)
{
	size_t cap = m->cap == 0 ? FEW : m->cap * 2;
	struct json_member *at;

	if ((at = reallocarray(m->at, cap, sizeof(*at))) == NULL)
		return -1;
	m->at = at;
	m->cap = cap;
	return 0;
}

int
json_members_read(struct json_members *m, struct json_value object, size_t *twice)
{
	const char *p = object.at + 1, *end = object.at + object.len;
	struct json_member member;

	m->n = 0;
	m->escaped = false;
	if (object.kind != JSON_OBJECT)
		return 0;
	while (walk_member(&p, end, &member, &m->escaped)) {
		if (m->n == m->cap && grow(m) == -1)
			return -1;
		m->at[m->n++] = member;
	}
	if (m->n > FEW && sort(m) == -1)
		return -1;
	return json_members_twice(m, 0, twice);
}

int
json_members_twice(const struct json_members *m, size_t from, size_t *twice)
{
	return m->n <= FEW ? twice_among_few(m, from, twice) : twice_among_many(m, from, twice);
}

void
json_members_release(struct json_members *m)
{
	free(m->at);
	free(m->sorted);
	*m = (struct json_members){ .n = 0 };
}

/* The first of the sorted members whose key is not before the name. */
static size_t
lower_bound(const struct json_members *m, const char *name, size_t len)
{
	size_t low = 0, high = m->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (walk_compare_bytes(m->sorted[middle]->key, name, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct json_value
json_members_get(const struct json_members *m, const char *name, size_t len)
{
	struct json_value absent = { .kind = JSON_ABSENT };
	size_t i;

	if (m->n > FEW) {
		i = lower_bound(m, name, len);
		return i < m->n && json_string_is(m->sorted[i]->key, name, len) ? m->sorted[i]->value : absent;
	}
	for (i = 0; i < m->n; i++) {
		/* Unless escapes are about, a key that is not two quotes longer cannot be it. */
		if (!m->escaped && m->at[i].key.len != len + 2)
			continue;
		if (json_string_is(m->at[i].key, name, len))
			return m->at[i].value;
	}
	return absent;
}
