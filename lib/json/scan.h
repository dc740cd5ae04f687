/*
 * The grammar of RFC 8259 as an automaton that is fed bytes in pieces of any
 * size and keeps its place between them. It holds nothing but a bit for each
 * open container, so that reading it costs the same for any document. Strict:
 * valid UTF-8 (RFC 3629), no raw control characters in strings, no byte order
 * mark, numbers as written in the RFC. A lone surrogate escape is grammatical.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"

enum json_scan_got { JSON_SCAN_MORE, JSON_SCAN_WHOLE, JSON_SCAN_BAD };

struct json_scan {
	unsigned state;
	unsigned depth, most;                          /* containers open, and how many may be */
	bool name;                                     /* the string being read is a member's name */
	const char *why;                               /* set with JSON_SCAN_BAD: what is wrong, in static words */
	uint64_t object[(BOUND_JSON_DEPTH + 63) / 64]; /* bit n: container n is an object, not an array */
};

/* Expects one value, nested most deep at the most (BOUND_JSON_DEPTH or less). Cheap: once an item. */
void json_scan_start(struct json_scan *s, unsigned most);

/*
 * Reads on. The first byte of all must be the value's own: blanks before it
 * are the caller's.
 * MORE: the value is not at its end, *used is n.
 * WHOLE: it is; *used bytes of this piece belong to it. A number that is no
 * part of anything ends only at the byte behind it, which is not used.
 * BAD: *used is the place of the wrong byte, why says what is wrong.
 * After WHOLE or BAD, start anew.
 */
enum json_scan_got json_scan_feed(struct json_scan *s, const char *bytes, size_t n, size_t *used);

/* Nothing follows: was that a whole value? True only for a number outside any container, after MORE. */
bool json_scan_end(const struct json_scan *s);

/* What the bytes so far broke off in, for messages: "a string", "an object", … */
const char *json_scan_inside(const struct json_scan *s);

#endif
