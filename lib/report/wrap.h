/*
 * Text for a terminal, broken into lines at its blanks.
 */
#ifndef REPORT_WRAP_H
#define REPORT_WRAP_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Appends the text, escaped, to a line of which so many columns are taken (at). Before it would grow wider than width
 * the line is broken, and the next begins with indent blanks. A word that is wider than a line stays whole, so that a
 * path can be copied. width 0: one line. 0, or -1 when b is full. In b alone memory is asked for.
 */
int wrap_text(struct buf *b, const char *text, size_t at, size_t indent, size_t width);

/*
 * How many bytes of escaped text one line of so many columns (at least 1) takes: all, or up to a blank; of a word that
 * is wider than the line what fits, at least a character.
 */
size_t wrap_line(const char *text, size_t len, size_t width);

#endif
