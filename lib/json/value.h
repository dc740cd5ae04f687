/*
 * JSON text that is already known to be valid, read in place: no tree, no
 * doubles, so that every number keeps the digits it was written with.
 * Strict: RFC 8259 and valid UTF-8.
 */
#ifndef JSON_VALUE_H
#define JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "json/pointer.h"

enum json_kind { JSON_ABSENT, JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* One value as it is written: a string has its quotes. Points into someone else's text. */
struct json_value {
	enum json_kind kind;
	const char *at;
	size_t len;
};

/* "a number", "an array", …: for messages. */
const char *json_kind_name(enum json_kind kind);

/*
 * Checks a whole document, nested BOUND_JSON_DEPTH deep at the most, and gives its root value. 0, or -1 with code
 * "json", kind ERR_CONFIG, line and column (a character) in the text. Blanks around it are fine, nothing else.
 */
int json_check(const char *text, size_t len, struct json_value *root, struct err *e);

/*
 * Overwrites // and block comments outside strings by blanks, so that offsets and lines
 * stay. 0, or -1 for a block comment that never ends.
 */
int json_strip_comments(char *text, size_t len, struct err *e);

/* A value's kind, from its first byte; text must be a valid value without blanks around it. */
struct json_value json_value_of(const char *text, size_t len);

struct json_member {
	struct json_value key; /* a JSON_STRING with its quotes */
	struct json_value value;
};

/* An object's members in order. Zero-initialise; the memory is kept from one read to the next. */
struct json_members {
	struct json_member *at;
	size_t n, cap;
	bool escaped;                /* some key has a backslash in it */
	struct json_member **sorted; /* by decoded key, if there are many; else stale */
	size_t sorted_cap;
};

/*
 * Lists the members of an object. 0; 1 if a key is there twice (compared
 * decoded; *twice is the index of the first such second one, all members are
 * listed all the same); -1 no memory. Anything but an object has no members.
 */
int json_members_read(struct json_members *m, struct json_value object, size_t *twice);
/* The same for members that were listed: 1 and the first such index from that one on; 0. */
int json_members_twice(const struct json_members *m, size_t from, size_t *twice);
void json_members_release(struct json_members *m);

/* The first member whose decoded key is name: its value, kind JSON_ABSENT if there is none. */
struct json_value json_members_get(const struct json_members *m, const char *name, size_t len);

/* Steps through an array: start with *at = 0 and pass it on. True: *out is the next element. */
bool json_array_next(struct json_value array, size_t *at, struct json_value *out);

/* What a pointer names in a value: kind JSON_ABSENT if nothing. First of equal keys. */
struct json_value json_find(struct json_value root, const struct json_pointer *p);

/* Does the string token, decoded, equal these bytes? */
bool json_string_is(struct json_value string, const char *text, size_t len);

/*
 * Appends a string's characters, escapes undone, as UTF-8 (a \u0000 is a NUL
 * byte). 0; 1 if it holds a lone surrogate and so is no Unicode text; -1 b is full.
 * After 1 and -1 b is as it was.
 */
int json_text(struct json_value string, struct buf *b);

/* Appends bytes of valid UTF-8 as a JSON string with its quotes; what must be escaped is. 0, or -1 b is full. */
int json_quote(struct buf *b, const char *text, size_t len);

/* A number written as an integer (no fraction, no exponent) that fits: 0; else -1. */
int json_int64(struct json_value number, int64_t *out);

/* Any number as a double, by the digits as written: 0, or -1 if it is no number or not finite. */
int json_double(struct json_value number, double *out);

#endif
