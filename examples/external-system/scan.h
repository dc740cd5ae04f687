/*
 * JSON read in place: a value is the slice of text it was written as, so a
 * number keeps its digits and an id is compared as it came. This is on purpose
 * not the reader of the program under test: two readers that share no code
 * share no mistakes. Checks the grammar of RFC 8259; UTF-8 is taken as it comes.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

/* A walk over one object or array. */
struct scan {
	const char *at, *end;
	char close;
	bool started;
};

/* Is this one JSON value, blanks around it allowed, and nothing else? Then *value is it without the blanks. */
bool scan_whole(struct slice text, struct slice *value);

/* Begins at an object ('{') or an array ('['). 0, or -1 if the text is none. */
int scan_open(struct scan *s, struct slice text, char open);

/* 1: *value (and *key, a string token with its quotes) are set; 0: the end was reached; -1: malformed here. */
int scan_member(struct scan *s, struct slice *key, struct slice *value);
int scan_element(struct scan *s, struct slice *value);

/* The first top-level member of that name. 1, 0 if there is none, -1 if the text is malformed before it. */
int scan_find(struct slice object, const char *name, struct slice *value);

bool scan_is_string(struct slice token);

/* Appends a string token's characters, escapes undone; a lone surrogate stays as its three bytes. */
void scan_text(struct slice token, struct buf *out);

/* The token, decoded, is this name. */
bool scan_is(struct slice token, const char *name);

/* An integer token within the limits: 0, else -1. */
int scan_integer(struct slice token, int64_t least, int64_t most, int64_t *out);

/*
 * What two ids must share to be the same: a string's decoded characters, or
 * any other token's text, exactly (1.0 is not 1). Appends it to key, marked by kind.
 */
void scan_id_key(struct slice token, struct buf *key);

/* Appends text as a JSON string with its quotes. */
void scan_quote(struct slice text, struct buf *out);

#endif
