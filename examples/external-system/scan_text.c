/*
 * The half of scan.h that turns string tokens into characters and back.
 */
#include <ctype.h>
#include <string.h>

#include "scan.h"

static unsigned
hex4(const char *at)
{
	unsigned value = 0;
	int i;

	for (i = 0; i < 4; i++)
		value = value * 16 +
		    (isdigit((unsigned char)at[i]) ? (unsigned)(at[i] - '0')
		                                   : (unsigned)(tolower((unsigned char)at[i]) - 'a' + 10));
	return value;
}

static void
add_utf8(struct buf *out, unsigned code)
{
	if (code < 0x80) {
		buf_addc(out, (char)code);
		return;
	}
	if (code < 0x800) {
		buf_addc(out, (char)(0xc0 | code >> 6));
	} else if (code < 0x10000) {
		buf_addc(out, (char)(0xe0 | code >> 12));
		buf_addc(out, (char)(0x80 | (code >> 6 & 0x3f)));
	} else {
		buf_addc(out, (char)(0xf0 | code >> 18));
		buf_addc(out, (char)(0x80 | (code >> 12 & 0x3f)));
		buf_addc(out, (char)(0x80 | (code >> 6 & 0x3f)));
	}
	buf_addc(out, (char)(0x80 | (code & 0x3f)));
}

/* at is behind "\u"; returns what follows the character, a surrogate pair taken as one. */
static const char *
add_unicode(struct buf *out, const char *at, const char *end)
{
	unsigned code = hex4(at), low;

	at += 4;
	if (code >= 0xd800 && code < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
		low = hex4(at + 2);
		if (low >= 0xdc00 && low < 0xe000) {
			add_utf8(out, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
			return at + 6;
		}
	}
	add_utf8(out, code);
	return at;
}

bool
scan_is_string(struct slice token)
{
	return token.len >= 2 && token.at[0] == '"';
}

void
scan_text(struct slice token, struct buf *out)
{
	static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *at = token.at + 1, *end = token.at + token.len - 1;

	while (at < end) {
		if (*at != '\\') {
			buf_addc(out, *at++);
		} else if (at[1] == 'u') {
			at = add_unicode(out, at + 2, end);
		} else {
			buf_addc(out, meant[strchr(escapes, at[1]) - escapes]);
			at += 2;
		}
	}
}

bool
scan_is(struct slice token, const char *name)
{
	struct buf text;
	bool same;

	if (memchr(token.at, '\\', token.len) == NULL)
		return slice_equal((struct slice){ token.at + 1, token.len - 2 }, slice_of(name));
	buf_init(&text, token.len);
	scan_text(token, &text);
	same = slice_equal(buf_slice(&text), slice_of(name));
	buf_release(&text);
	return same;
}

void
scan_id_key(struct slice token, struct buf *key)
{
	if (scan_is_string(token)) {
		buf_addc(key, 's');
		scan_text(token, key);
	} else {
		buf_addc(key, 'n');
		buf_add(key, token.at, token.len);
	}
}

void
scan_quote(struct slice text, struct buf *out)
{
	const char *at = text.at, *end = text.at + text.len;

	buf_addc(out, '"');
	for (; at < end; at++) {
		if (*at == '"' || *at == '\\')
			buf_addf(out, "\\%c", *at);
		else if ((unsigned char)*at < 0x20)
			buf_addf(out, "\\u%04x", (unsigned)*at);
		else
			buf_addc(out, *at);
	}
	buf_addc(out, '"');
}
