#include "scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "bounds.h"

static void
skip_blanks(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
		s->at++;
}

static bool
take(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static size_t
take_digits(struct scan *s)
{
	const char *from = s->at;

	while (s->at < s->end && isdigit((unsigned char)*s->at))
		s->at++;
	return (size_t)(s->at - from);
}

static int
skip_escape(struct scan *s)
{
	int i;

	if (s->at == s->end)
		return -1;
	if (*s->at++ != 'u')
		return strchr("\"\\/bfnrt", s->at[-1]) != NULL && s->at[-1] != '\0' ? 0 : -1;
	for (i = 0; i < 4; i++) {
		if (s->at == s->end || !isxdigit((unsigned char)*s->at))
			return -1;
		s->at++;
	}
	return 0;
}

static int
skip_string(struct scan *s)
{
	unsigned char c;

	if (!take(s, '"'))
		return -1;
	while (s->at < s->end) {
		c = (unsigned char)*s->at++;
		if (c == '"')
			return 0;
		if (c < 0x20 || (c == '\\' && skip_escape(s) == -1))
			return -1;
	}
	return -1;
}

static int
skip_number(struct scan *s)
{
	take(s, '-');
	if (!take(s, '0') && take_digits(s) == 0)
		return -1;
	if (take(s, '.') && take_digits(s) == 0)
		return -1;
	if (take(s, 'e') || take(s, 'E')) {
		if (!take(s, '+'))
			take(s, '-');
		if (take_digits(s) == 0)
			return -1;
	}
	return 0;
}

static int
skip_scalar(struct scan *s)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t i, n;

	if (s->at < s->end && *s->at == '"')
		return skip_string(s);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		n = strlen(words[i]);
		if ((size_t)(s->end - s->at) >= n && memcmp(s->at, words[i], n) == 0) {
			s->at += n;
			return 0;
		}
	}
	return skip_number(s);
}

static int
skip_key(struct scan *s)
{
	skip_blanks(s);
	if (skip_string(s) == -1)
		return -1;
	skip_blanks(s);
	return take(s, ':') ? 0 : -1;
}

/* Reads what opens a value: a scalar whole, or brackets down to the first value in them. */
static int
skip_down(struct scan *s, char close[BOUND_DEPTH], size_t *depth)
{
	for (;;) {
		skip_blanks(s);
		if (s->at == s->end || (*s->at != '{' && *s->at != '['))
			return skip_scalar(s);
		if (*depth == BOUND_DEPTH)
			return -1;
		close[(*depth)++] = *s->at++ == '{' ? '}' : ']';
		skip_blanks(s);
		if (take(s, close[*depth - 1])) {
			(*depth)--;
			return 0;
		}
		if (close[*depth - 1] == '}' && skip_key(s) == -1)
			return -1;
	}
}

/* Without recursion, so that no nesting can exhaust a thread's small stack. */
static int
skip_value(struct scan *s)
{
	char close[BOUND_DEPTH];
	size_t depth = 0;

	do {
		if (skip_down(s, close, &depth) == -1)
			return -1;
		while (depth > 0) {
			skip_blanks(s);
			if (take(s, close[depth - 1])) {
				depth--;
				continue;
			}
			if (!take(s, ',') || (close[depth - 1] == '}' && skip_key(s) == -1))
				return -1;
			break;
		}
	} while (depth > 0);
	return 0;
}

static int
take_value(struct scan *s, struct slice *value)
{
	skip_blanks(s);
	value->at = s->at;
	if (skip_value(s) == -1)
		return -1;
	value->len = (size_t)(s->at - value->at);
	return 0;
}

bool
scan_whole(struct slice text, struct slice *value)
{
	struct scan s = { .at = text.at, .end = text.at + text.len };

	if (take_value(&s, value) == -1)
		return false;
	skip_blanks(&s);
	return s.at == s.end;
}

int
scan_open(struct scan *s, struct slice text, char open)
{
	*s = (struct scan){ .at = text.at, .end = text.at + text.len, .close = open == '{' ? '}' : ']' };
	skip_blanks(s);
	return take(s, open) ? 0 : -1;
}

/* 1: another entry begins here; 0: the bracket closed; -1: neither. */
static int
next_entry(struct scan *s)
{
	skip_blanks(s);
	if (take(s, s->close))
		return 0;
	if (s->started && !take(s, ','))
		return -1;
	s->started = true;
	skip_blanks(s);
	return 1;
}

int
scan_element(struct scan *s, struct slice *value)
{
	int got = next_entry(s);

	return got == 1 && take_value(s, value) == -1 ? -1 : got;
}

int
scan_member(struct scan *s, struct slice *key, struct slice *value)
{
	int got = next_entry(s);

	if (got != 1)
		return got;
	key->at = s->at;
	if (skip_string(s) == -1)
		return -1;
	key->len = (size_t)(s->at - key->at);
	skip_blanks(s);
	return take(s, ':') && take_value(s, value) == 0 ? 1 : -1;
}

int
scan_find(struct slice object, const char *name, struct slice *value)
{
	struct slice key;
	struct scan s;
	int got;

	if (scan_open(&s, object, '{') == -1)
		return -1;
	while ((got = scan_member(&s, &key, value)) == 1) {
		if (scan_is(key, name))
			return 1;
	}
	*value = (struct slice){ NULL, 0 };
	return got;
}

int
scan_integer(struct slice token, int64_t least, int64_t most, int64_t *out)
{
	char digits[24];
	const char *wrong;

	if (token.len == 0 || token.len >= sizeof(digits) ||
	    !(isdigit((unsigned char)token.at[0]) || token.at[0] == '-'))
		return -1;
	memcpy(digits, token.at, token.len);
	digits[token.len] = '\0';
	*out = strtonum(digits, least, most, &wrong);
	return wrong == NULL ? 0 : -1;
}
