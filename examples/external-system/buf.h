/*
 * A growing text with a ceiling. An add that fails marks the buffer, and
 * every later add is dropped: whoever builds a text asks buf_failed once, at
 * the end. Always NUL-terminated behind len once anything was added.
 */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that belong to someone else; not NUL-terminated. at is NULL where there is nothing. */
struct slice {
	const char *at;
	size_t len;
};

struct buf {
	char *at; /* owned; NULL until the first add */
	size_t len, cap, max;
	bool failed;
};

/* Empty, and never longer than max bytes. Allocates nothing. */
void buf_init(struct buf *b, size_t max);

/* Frees the memory; the buffer is empty and usable again. */
void buf_release(struct buf *b);

/* Empties it, forgets a failure, keeps the memory. */
void buf_clear(struct buf *b);

void buf_add(struct buf *b, const char *bytes, size_t n);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *text);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Was any add since the start dropped, for want of memory or over the ceiling? */
bool buf_failed(const struct buf *b);

/* Its text, "" if nothing was added. Valid until the next add. */
const char *buf_text(const struct buf *b);
struct slice buf_slice(const struct buf *b);

struct slice slice_of(const char *text);
bool slice_equal(struct slice a, struct slice b);

#endif
