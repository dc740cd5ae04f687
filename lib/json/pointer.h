/*
 * JSON Pointer, RFC 6901: parsed once, matched many times.
 */
#ifndef JSON_POINTER_H
#define JSON_POINTER_H

#include <stddef.h>

#include "base/err.h"

#define JSON_POINTER_TOKENS 16

struct json_pointer {
	char *text; /* owned; the tokens point into it, ~0 and ~1 undone, each NUL-terminated */
	const char *token[JSON_POINTER_TOKENS];
	size_t len[JSON_POINTER_TOKENS];
	size_t n; /* 0: the whole document */
};

/* Parses "" or "/a/b/0". 0, or -1 with what is wrong (ERR_CONFIG, "pointer"); then there is nothing to release. */
int json_pointer_parse(struct json_pointer *p, const char *text, struct err *e);

void json_pointer_release(struct json_pointer *p);

/* Does token i name the array element at index? No leading zeros, as the RFC has it. */
int json_pointer_is_index(const struct json_pointer *p, size_t i, size_t index);

#endif
