#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_release(struct buf *b)
{
	free(b->at);
	buf_init(b, b->max);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->at != NULL)
		b->at[0] = '\0';
}

static bool
has_room(struct buf *b, size_t n)
{
	size_t cap = b->cap;
	char *at;

	if (b->failed || n > b->max - b->len)
		return false;
	if (b->len + n + 1 <= cap)
		return true;
	if (cap < 64)
		cap = 64;
	while (cap < b->len + n + 1)
		cap += cap / 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	if ((at = realloc(b->at, cap)) == NULL)
		return false;
	b->at = at;
	b->cap = cap;
	return true;
}

void
buf_add(struct buf *b, const char *bytes, size_t n)
{
	if (!has_room(b, n)) {
		b->failed = true;
		return;
	}
	if (n > 0)
		memcpy(b->at + b->len, bytes, n);
	b->len += n;
	b->at[b->len] = '\0';
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_adds(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !has_room(b, (size_t)n)) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(b->at + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

bool
buf_failed(const struct buf *b)
{
	return b->failed;
}

const char *
buf_text(const struct buf *b)
{
	return b->at != NULL ? b->at : "";
}

struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){ buf_text(b), b->len };
}

struct slice
slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

bool
slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}
