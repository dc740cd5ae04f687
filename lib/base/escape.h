/*
 * The one escaper between text from outside and any terminal, log or table cell.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stdbool.h>

#include "base/buf.h"

/* Does it act on a terminal or on the order of what is read, instead of being read? */
bool escape_acts(unsigned cp);

/*
 * Appends len bytes of text so that they stay on one line and move no cursor:
 * C0, DEL, C1, U+2028/2029, bidirectional and zero-width controls and bytes
 * that are not UTF-8 become \n, \t, \r, \xHH or \u{HHHH}; a backslash stays.
 * Cut after most bytes of output, at a character's border, with "…".
 * 0, or -1 when b is full.
 */
int escape_line(struct buf *b, const char *text, size_t len, size_t most);

/*
 * Appends JSON text that is valid: the same value, with every such character beyond ASCII that stands in its strings
 * spelt \uHHHH, since JSON lets it stand there as it is. 0, or -1 when b is full.
 */
int escape_json(struct buf *b, const char *json, size_t len);

/*
 * Bytes of the valid UTF-8 character at text (RFC 3629), 1 to 4, and its code
 * point in *cp; 0 if it is invalid or cut short.
 */
size_t escape_utf8(const char *text, size_t len, unsigned *cp);

#endif
