/*
 * Two clocks: one that never jumps, for durations and waits; one that people
 * read, for stamps. Decisions get the time passed in.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* "2026-11-23T07:00:00.000Z" and its NUL. */
#define CLOCK_TEXT 25

/* Milliseconds and microseconds of CLOCK_MONOTONIC. */
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
/* The first as of the kernel's last tick, some milliseconds ago at the most: for who asks very often. */
int64_t clock_mono_tick_ms(void);

/* Milliseconds since 1970-01-01T00:00:00Z. */
int64_t clock_utc_ms(void);

/* UTC text with milliseconds. Years outside 0000 to 9999 are clamped to those ends. */
void clock_text(int64_t utc_ms, char out[CLOCK_TEXT]);

/* The reverse, strict: 0, or -1 if text is not of exactly that form. */
int clock_parse(const char *text, int64_t *utc_ms);

/* A duration such as 90d, 12h, 30m, 45s (a bare number: seconds): 0 and its seconds, or -1. Most: ten years. */
int clock_duration(const char *text, int64_t *seconds);

/* The other way round, for people, in its largest unit that is not too coarse: "90 s", "12 min", "3 h", "5 d". */
#define CLOCK_SPAN 24
void clock_span(int64_t ms, char out[CLOCK_SPAN]);

#endif
