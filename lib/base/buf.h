/*
 * A growing buffer with a ceiling. It is always NUL-terminated behind len
 * (once anything was added), so text in it can be used as a C string.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *at;   /* owned; NULL until the first add */
	size_t len; /* bytes in use, without the NUL */
	size_t cap;
	size_t max;           /* ceiling for len */
	bool short_of_memory; /* an add failed for want of memory, not at the ceiling */
};

/* An empty buffer that will hold max bytes at the most. Allocates nothing. */
void buf_init(struct buf *b, size_t max);

/* The same in size bytes of the caller's own, for what must be said without memory: never released or wiped. */
void buf_lend(struct buf *b, char *room, size_t size);

/* Frees the memory; the buffer is empty and usable again. */
void buf_release(struct buf *b);

/* The same, for secrets: overwritten before it is freed. */
void buf_wipe(struct buf *b);

/* Empties it and keeps its memory. */
void buf_clear(struct buf *b);

/* Text so far, "" if nothing was added. Valid until the next add or release. */
const char *buf_text(const struct buf *b);

/* Each appends: 0, or -1 if the ceiling would be passed or there is no memory (then nothing is added). */
int buf_add(struct buf *b, const void *bytes, size_t n);
int buf_addc(struct buf *b, char c);
int buf_adds(struct buf *b, const char *text);
int buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for n more bytes without adding them: 0, or -1 as above. */
int buf_reserve(struct buf *b, size_t n);

#endif
