#include "json/value.h"

#include <string.h>

#include <bsd/string.h>

#include "json/scan.h"
#include "json/walk.h"

/* Line and column of a place, both from 1; a column is a character, not a byte. */
static void
place(const char *text, size_t at, size_t *line, size_t *column)
{
	size_t i;

	*line = *column = 1;
	for (i = 0; i < at; i++) {
		if (text[i] == '\n') {
			++*line;
			*column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			++*column;
		}
	}
}

static int
refuse(const char *text, size_t at, struct err *e, const char *why)
{
	size_t line, column;

	place(text, at, &line, &column);
	return err_set(e, ERR_CONFIG, "json", "no valid JSON at line %zu, column %zu: %s", line, column, why);
}

int
json_check(const char *text, size_t len, struct json_value *root, struct err *e)
{
	const char *end = text + len, *from = walk_blanks(text, end), *behind;
	enum json_scan_got got;
	struct json_scan scan;
	size_t used;

	if (from == end)
		return refuse(text, len, e, "there is nothing but blanks");
	if (end - from >= 3 && memcmp(from, "\xef\xbb\xbf", 3) == 0)
		return refuse(text, (size_t)(from - text), e, "it begins with a byte order mark: save it without one");
	json_scan_start(&scan, BOUND_JSON_DEPTH);
	got = json_scan_feed(&scan, from, (size_t)(end - from), &used);
	if (got == JSON_SCAN_BAD)
		return refuse(text, (size_t)(from - text) + used, e, scan.why);
	if (got == JSON_SCAN_MORE && !json_scan_end(&scan)) {
		refuse(text, len, e, "the text ends inside ");
		if (e != NULL)
			strlcat(e->text, json_scan_inside(&scan), sizeof(e->text));
		return -1;
	}
	behind = walk_blanks(from + used, end);
	if (behind != end)
		return refuse(text, (size_t)(behind - text), e, "something follows behind the value");
	*root = json_value_of(from, used);
	return 0;
}

/* Blanks out what lies in p to end, but for line ends. */
static void
blank(char *p, const char *end)
{
	for (; p < end; p++)
		if (*p != '\n' && *p != '\r')
			*p = ' ';
}

int
json_strip_comments(char *text, size_t len, struct err *e)
{
	char *p = text, *end = text + len, *behind;
	bool escaped;

	while (p < end) {
		if (*p == '"') {
			p += walk_string(p, end, &escaped) - p;
		} else if (end - p >= 2 && p[0] == '/' && p[1] == '/') {
			behind = memchr(p, '\n', (size_t)(end - p));
			behind = behind != NULL ? behind : end;
			blank(p, behind);
			p = behind;
		} else if (end - p >= 2 && p[0] == '/' && p[1] == '*') {
			behind = memmem(p + 2, (size_t)(end - p) - 2, "*/", 2);
			if (behind == NULL)
				return refuse(text, (size_t)(p - text), e, "a comment begins here and never ends");
			blank(p, behind + 2);
			p = behind + 2;
		} else {
			p++;
		}
	}
	return 0;
}
