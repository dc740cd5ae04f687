#include "base/escape.h"

#include <stdio.h>
#include <string.h>

size_t
escape_utf8(const char *text, size_t len, unsigned *cp)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	size_t n, i;

	if (len == 0)
		return 0;
	if (s[0] < 0x80) {
		*cp = s[0];
		return 1;
	}
	n = (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : (s[0] & 0xf8) == 0xf0 ? 4 : 0;
	if (n == 0 || n > len)
		return 0;
	*cp = s[0] & (0xffu >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < least[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return n;
}

bool
escape_acts(unsigned cp)
{
	static const struct {
		unsigned first, last;
	} ranges[] = {
		{ 0x00, 0x1f },
		{ 0x7f, 0x9f },
		{ 0xad, 0xad },
		{ 0x61c, 0x61c },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2060, 0x206f },
		{ 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb },
		{ 0xe0000, 0xe007f },
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

static int
spell(char out[16], unsigned cp)
{
	switch (cp) {
	case '\n':
		return snprintf(out, 16, "\\n");
	case '\r':
		return snprintf(out, 16, "\\r");
	case '\t':
		return snprintf(out, 16, "\\t");
	default:
		return snprintf(out, 16, cp < 0x80 ? "\\x%02x" : "\\u{%x}", cp);
	}
}

/* As JSON has it: two halves beyond the first 65536. */
static int
spell_json(struct buf *b, unsigned cp)
{
	if (cp < 0x10000)
		return buf_addf(b, "\\u%04x", cp);
	cp -= 0x10000;
	return buf_addf(b, "\\u%04x\\u%04x", 0xd800 + (cp >> 10), 0xdc00 + (cp & 0x3ff));
}

int
escape_json(struct buf *b, const char *json, size_t len)
{
	size_t i, n, from = 0;
	unsigned cp;

	for (i = 0; i < len; i += n) {
		n = escape_utf8(json + i, len - i, &cp);
		if (n == 0)
			n = 1;
		else if (cp >= 0x7f && escape_acts(cp)) {
			if (buf_add(b, json + from, i - from) == -1 || spell_json(b, cp) == -1)
				return -1;
			from = i + n;
		}
	}
	return buf_add(b, json + from, len - from);
}

int
escape_line(struct buf *b, const char *text, size_t len, size_t most)
{
	size_t i, n, from = b->len;
	unsigned cp;
	char out[16];
	int m;

	for (i = 0; i < len; i += n) {
		n = escape_utf8(text + i, len - i, &cp);
		if (n == 0) {
			n = 1;
			m = snprintf(out, sizeof(out), "\\x%02x", (unsigned char)text[i]);
		} else if (escape_acts(cp)) {
			m = spell(out, cp);
		} else {
			memcpy(out, text + i, n);
			m = (int)n;
		}
		if (b->len - from + (size_t)m > most)
			return buf_adds(b, "…");
		if (buf_add(b, out, (size_t)m) == -1)
			return -1;
	}
	return 0;
}
