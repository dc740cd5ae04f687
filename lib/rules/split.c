#include "rules/split.h"

#include <string.h>

#include "base/escape.h"

enum token { TOKEN_BLANK, TOKEN_COMMENT, TOKEN_OPEN_COMMENT, TOKEN_WORD, TOKEN_PARAMETER, TOKEN_OTHER };

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* SQLite's IdChar. */
static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
	    (unsigned char)c >= 0x80;
}

static size_t
blanks(const char *text, size_t len, size_t at)
{
	for (;;) {
		if (at < len && is_blank(text[at]))
			at++;
		else if (len - at >= 3 && memcmp(text + at, "\xef\xbb\xbf", 3) == 0)
			at += 3; /* a byte order mark is a blank to SQLite too */
		else
			return at;
	}
}

/* Behind the closing quote; a doubled one does not close. */
static size_t
quoted(const char *text, size_t len, size_t at)
{
	char close = text[at] == '[' ? ']' : text[at];

	for (at++; at < len; at++) {
		if (text[at] != close)
			continue;
		if (close == ']' || at + 1 >= len || text[at + 1] != close)
			return at + 1;
		at++;
	}
	return len;
}

static size_t
names(const char *text, size_t len, size_t at)
{
	while (at < len && (is_name(text[at]) || (text[at] == ':' && at + 1 < len && text[at + 1] == ':'))) {
		at += text[at] == ':' ? 2 : 1;
	}
	return at;
}

static size_t
words(const char *text, size_t len, size_t at)
{
	while (at < len && is_name(text[at]))
		at++;
	return at;
}

static size_t
block_comment(const char *text, size_t len, size_t at, enum token *kind)
{
	const char *close = memmem(text + at + 2, len - at - 2, "*/", 2);

	*kind = close != NULL ? TOKEN_COMMENT : TOKEN_OPEN_COMMENT;
	return close != NULL ? (size_t)(close - text) + 2 : len;
}

/* The end of the token at text[at]; at < len. */
static size_t
token(const char *text, size_t len, size_t at, enum token *kind)
{
	char next = at + 1 < len ? text[at + 1] : '\0';
	const char *end;
	size_t behind;

	*kind = TOKEN_BLANK;
	if ((behind = blanks(text, len, at)) > at)
		return behind;
	if (text[at] == '/' && next == '*')
		return block_comment(text, len, at, kind);
	if (text[at] == '-' && next == '-') {
		*kind = TOKEN_COMMENT;
		end = memchr(text + at, '\n', len - at);
		return end != NULL ? (size_t)(end - text) : len;
	}
	*kind = TOKEN_PARAMETER;
	if (strchr(":@$#?", text[at]) != NULL)
		return names(text, len, at + 1);
	*kind = TOKEN_WORD;
	if (is_name(text[at]))
		return words(text, len, at);
	*kind = TOKEN_OTHER;
	return strchr("'\"`[", text[at]) != NULL ? quoted(text, len, at) : at + 1;
}

/* Copies n bytes into a name, cut at a character's border. */
static void
name_copy(char name[BOUND_RULE_NAME + 1], const char *from, size_t n)
{
	size_t len = 0, one;
	unsigned cp;

	while (len < n && (one = escape_utf8(from + len, n - len, &cp)) > 0 && len + one <= BOUND_RULE_NAME)
		len += one;
	memcpy(name, from, len);
	name[len] = '\0';
}

/* The first line of a block of comments that says anything: "-- ----" does not. */
static void
name_read(char name[BOUND_RULE_NAME + 1], const char *text, size_t from, size_t to)
{
	size_t first, end, line_end;

	for (name[0] = '\0'; from < to && name[0] == '\0'; from = line_end + 1) {
		for (line_end = from; line_end < to && text[line_end] != '\n'; line_end++)
			;
		first = from;
		end = line_end;
		while (first < end && (is_blank(text[first]) || strchr("-/*", text[first]) != NULL))
			first++;
		while (end > first && is_blank(text[end - 1]))
			end--;
		if (end - first >= 2 && memcmp(text + end - 2, "*/", 2) == 0)
			end -= 2;
		while (end > first && is_blank(text[end - 1]))
			end--;
		name_copy(name, text + first, end - first);
	}
}

static size_t
newlines(const char *text, size_t from, size_t to)
{
	size_t n = 0;

	for (; from < to; from++)
		n += text[from] == '\n';
	return n;
}

bool
split_next(const char *text, size_t len, size_t from, struct split_head *head)
{
	size_t at, end, lines, block;
	bool own_line = from == 0, in_block = false;
	enum token kind;

	block = from;
	for (at = from; at < len; at = end) {
		end = token(text, len, at, &kind);
		if (kind == TOKEN_BLANK) {
			lines = newlines(text, at, end);
			own_line |= lines > 0;
			in_block &= lines < 2;
		} else if (kind == TOKEN_COMMENT) {
			if (!in_block)
				block = at;
			in_block = own_line;
			own_line |= newlines(text, at, end) > 0;
		} else if (text[at] == ';') {
			in_block = false;
		} else {
			head->at = at;
			head->word_len = kind == TOKEN_WORD ? end - at : 0;
			name_read(head->name, text, block, in_block ? at : block);
			return true;
		}
	}
	return false;
}

bool
split_open_comment(const char *text, size_t len, size_t *at)
{
	enum token kind;
	size_t end;

	for (*at = 0; *at < len; *at = end) {
		end = token(text, len, *at, &kind);
		if (kind == TOKEN_OPEN_COMMENT)
			return true;
	}
	return false;
}

bool
split_bad_text(const char *text, size_t len, size_t *at)
{
	unsigned cp;
	size_t n;

	for (*at = 0; *at < len; *at += n) {
		n = escape_utf8(text + *at, len - *at, &cp);
		if (n == 0 || cp == 0)
			return true;
	}
	return false;
}

size_t
split_parameter(const char *text, size_t from, size_t to, const char *name)
{
	size_t at, end;
	enum token kind;

	for (at = from; at < to; at = end) {
		end = token(text, to, at, &kind);
		if (kind != TOKEN_PARAMETER)
			continue;
		if (name == NULL ? text[at] == '?' : end - at == strlen(name) && memcmp(text + at, name, end - at) == 0)
			return at;
	}
	return from;
}

void
split_place(const char *text, size_t at, size_t *line, size_t *column)
{
	size_t i;

	*line = *column = 1;
	for (i = 0; i < at; i++) {
		if (text[i] == '\n') {
			(*line)++;
			*column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			(*column)++;
		}
	}
}
