/*
 * Time as text, in UTC.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* "2026-11-23T07:00:00.000Z" and its NUL; texts without milliseconds fit as well. */
#define CLOCK_TEXT 32

/* Now, with milliseconds. */
void clock_now(char out[CLOCK_TEXT]);

/* These seconds since 1970, without milliseconds: "2026-11-23T07:00:00Z". */
void clock_text(int64_t seconds, char out[CLOCK_TEXT]);

#endif
