#include "json/value.h"

#include <stdio.h>
#include <string.h>

#include "json/walk.h"

/* A string token's characters, one at a time, without its quotes. */
struct reader {
	const char *p, *end;
};

static struct reader
reader_of(struct json_value string)
{
	return (struct reader){ string.at + 1, string.at + string.len - 1 };
}

static unsigned
hex4(const char *p)
{
	unsigned value = 0, i;

	for (i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];

		value = value << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

static size_t
encode(unsigned cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

/*
 * The bytes of the next escape, or the next byte as it is; 0 at the end. A
 * lone surrogate gives its three bytes, which no valid text holds, and sets
 * *lone: so strings that differ stay different.
 */
static size_t
next_bytes(struct reader *r, char out[4], bool *lone)
{
	static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	unsigned cp, low;

	if (r->p >= r->end)
		return 0;
	if (*r->p != '\\') {
		out[0] = *r->p++;
		return 1;
	}
	if (r->end - r->p < 6 || r->p[1] != 'u') {
		const char *which = r->end - r->p < 2 ? NULL : memchr(escapes, r->p[1], sizeof(escapes) - 1);

		out[0] = which != NULL ? meant[which - escapes] : '\\';
		r->p += which != NULL ? 2 : 1;
		return 1;
	}
	cp = hex4(r->p + 2);
	r->p += 6;
	if (cp >= 0xd800 && cp < 0xdc00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u') {
		low = hex4(r->p + 2);
		if (low >= 0xdc00 && low < 0xe000) {
			r->p += 6;
			return encode(0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00), out);
		}
	}
	if (cp >= 0xd800 && cp < 0xe000)
		*lone = true;
	return encode(cp, out);
}

/* A reader that gives single bytes, for comparing. */
struct stepper {
	struct reader reader;
	char bytes[4];
	size_t n, at;
};

static int
next_byte(struct stepper *s)
{
	bool lone;

	if (s->at == s->n) {
		s->at = 0;
		if ((s->n = next_bytes(&s->reader, s->bytes, &lone)) == 0)
			return -1;
	}
	return (unsigned char)s->bytes[s->at++];
}

static bool
has_escapes(struct json_value string)
{
	return memchr(string.at, '\\', string.len) != NULL;
}

static int
compare_plain(const char *a, size_t na, const char *b, size_t nb)
{
	int order = memcmp(a, b, na < nb ? na : nb);

	if (order != 0)
		return order;
	return na < nb ? -1 : na > nb;
}

int
walk_compare(struct json_value a, struct json_value b)
{
	struct stepper x = { .reader = reader_of(a) }, y = { .reader = reader_of(b) };
	int c, d;

	if (!has_escapes(a) && !has_escapes(b))
		return compare_plain(a.at + 1, a.len - 2, b.at + 1, b.len - 2);
	do {
		c = next_byte(&x);
		d = next_byte(&y);
	} while (c == d && c != -1);
	return c - d;
}

int
walk_compare_bytes(struct json_value a, const char *text, size_t len)
{
	struct stepper x = { .reader = reader_of(a) };
	size_t i;
	int c, d;

	if (!has_escapes(a))
		return compare_plain(a.at + 1, a.len - 2, text, len);
	for (i = 0;; i++) {
		c = next_byte(&x);
		d = i < len ? (unsigned char)text[i] : -1;
		if (c != d || c == -1)
			return c - d;
	}
}

bool
json_string_is(struct json_value string, const char *text, size_t len)
{
	/* Undoing escapes only shortens. */
	if (string.kind != JSON_STRING || string.len < len + 2)
		return false;
	return walk_compare_bytes(string, text, len) == 0;
}

/* Takes back what was added behind len. */
static void
cut(struct buf *b, size_t len)
{
	b->len = len;
	if (b->at != NULL)
		b->at[len] = '\0';
}

int
json_text(struct json_value string, struct buf *b)
{
	struct reader r = reader_of(string);
	size_t before = b->len, n;
	const char *run;
	char bytes[4];
	bool lone = false;

	while (r.p < r.end) {
		run = memchr(r.p, '\\', (size_t)(r.end - r.p));
		run = run == NULL ? r.end : run;
		if (buf_add(b, r.p, (size_t)(run - r.p)) == -1)
			goto full;
		r.p = run;
		if ((n = next_bytes(&r, bytes, &lone)) > 0 && buf_add(b, bytes, n) == -1)
			goto full;
		if (lone) {
			cut(b, before);
			return 1;
		}
	}
	return 0;
full:
	cut(b, before);
	return -1;
}

int
json_quote(struct buf *b, const char *text, size_t len)
{
	static const char controls[] = "\b\t\n\f\r", letters[] = "btnfr";
	const unsigned char *p = (const unsigned char *)text, *end = p + len, *run;
	size_t before = b->len;
	const char *which;
	char escape[8];

	if (buf_addc(b, '"') == -1)
		return -1;
	for (; p < end; p++) {
		for (run = p; p < end && *p >= 0x20 && *p != '"' && *p != '\\';)
			p++;
		if (buf_add(b, run, (size_t)(p - run)) == -1)
			goto full;
		if (p == end)
			break;
		if (*p >= 0x20)
			snprintf(escape, sizeof(escape), "\\%c", *p);
		else if ((which = memchr(controls, *p, sizeof(controls) - 1)) != NULL)
			snprintf(escape, sizeof(escape), "\\%c", letters[which - controls]);
		else
			snprintf(escape, sizeof(escape), "\\u%04x", *p);
		if (buf_adds(b, escape) == -1)
			goto full;
	}
	if (buf_addc(b, '"') == -1)
		goto full;
	return 0;
full:
	cut(b, before);
	return -1;
}
