/*
 * Steps over text that is known to be valid: nothing is judged again, and no
 * step goes behind end whatever the text. For the sources of this room.
 */
#ifndef JSON_WALK_H
#define JSON_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "json/plain.h"
#include "json/value.h"

static inline const char *
walk_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

/* Behind the string that opens at p. Sets *escaped if there is a backslash in it, else leaves it. */
static inline const char *
walk_string(const char *p, const char *end, bool *escaped)
{
	const unsigned char *s = (const unsigned char *)p + 1, *stop = (const unsigned char *)end;

	for (;;) {
		s = json_plain(s, stop);
		if (s >= stop)
			return end;
		if (*s == '"')
			return (const char *)s + 1;
		if (*s == '\\') {
			*escaped = true;
			s++;
		}
		s++;
	}
}

/* Behind the value at p. */
const char *walk_value(const char *p, const char *end);

/* Walks an object's members: start with p behind '{'. True: *m is the next member, *p behind it. */
bool walk_member(const char **p, const char *end, struct json_member *m, bool *escaped);

/* Orders strings by their decoded bytes, as memcmp would, the shorter first: < 0, 0, > 0. */
int walk_compare(struct json_value a, struct json_value b);

/* The same with bytes as they are. */
int walk_compare_bytes(struct json_value a, const char *text, size_t len);

#endif
