#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_lend(struct buf *b, char *room, size_t size)
{
	room[0] = '\0';
	*b = (struct buf){ .at = room, .cap = size, .max = size - 1 };
}

void
buf_release(struct buf *b)
{
	free(b->at);
	buf_init(b, b->max);
}

void
buf_wipe(struct buf *b)
{
	if (b->at != NULL)
		explicit_bzero(b->at, b->cap);
	buf_release(b);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->at != NULL)
		b->at[0] = '\0';
}

const char *
buf_text(const struct buf *b)
{
	return b->at != NULL ? b->at : "";
}

int
buf_reserve(struct buf *b, size_t n)
{
	size_t need, cap;
	char *at;

	if (n > b->max - b->len || n >= SIZE_MAX - b->len)
		return -1;
	need = b->len + n + 1;
	if (need <= b->cap)
		return 0;
	cap = b->cap < 64 ? 64 : b->cap + b->cap / 2;
	if (cap < need)
		cap = need;
	if (cap - 1 > b->max)
		cap = b->max + 1;
	if ((at = realloc(b->at, cap)) == NULL) {
		b->short_of_memory = true;
		return -1;
	}
	b->at = at;
	b->cap = cap;
	return 0;
}

int
buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (buf_reserve(b, n) == -1)
		return -1;
	if (n > 0)
		memcpy(b->at + b->len, bytes, n);
	b->len += n;
	b->at[b->len] = '\0';
	return 0;
}

int
buf_addc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

int
buf_adds(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

int
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || buf_reserve(b, (size_t)n) == -1)
		return -1;
	va_start(ap, fmt);
	vsnprintf(b->at + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return 0;
}
