#include "report/cause.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* An id of letters alone is taken for one from this length on: a client "a" must not blank every "a". */
#define LETTERS_LEAST 3
/* A word of letters from a to f alone is hexadecimal from this length on. */
#define HEX_LEAST 8
/* More digits than these make a word an id. */
#define NAME_DIGITS_MOST 2

static const char a_number[] = "#", a_text[] = "…";

struct scan {
	const char *at, *begin, *end;
	const char *host_end;  /* behind the host of the URL that was met last */
	bool no_single_quotes; /* no pair of them is left */
	const struct cause_of *of;
	char *out;
	size_t n;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_letter(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool
is_word(char c)
{
	return is_letter(c) || is_digit(c) || c == '_';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
at_border(const struct scan *s)
{
	return s->at == s->begin || !is_word(s->at[-1]);
}

static size_t
left(const struct scan *s)
{
	return (size_t)(s->end - s->at);
}

/* Appends as much as there is room for; more than BOUND_CAUSE is cut in the end. */
static void
put(struct scan *s, const char *bytes, size_t n)
{
	size_t room = CAUSE_TEXT - 1 - s->n;

	memcpy(s->out + s->n, bytes, n < room ? n : room);
	s->n += n < room ? n : room;
}

static bool
ends_with(const struct scan *s, const char *stand_in, const char *parting)
{
	size_t len = strlen(stand_in), more = strlen(parting);

	return s->n >= len + more && memcmp(s->out + s->n - more, parting, more) == 0 &&
	    memcmp(s->out + s->n - more - len, stand_in, len) == 0;
}

/* A list of ids is one, however long it is. */
static void
put_stand_in(struct scan *s, const char *stand_in)
{
	static const char *const partings[] = { ", ", ",", " " };
	size_t i;

	for (i = 0; i < sizeof(partings) / sizeof(partings[0]); i++) {
		if (ends_with(s, stand_in, partings[i])) {
			s->n -= strlen(partings[i]);
			return;
		}
	}
	put(s, stand_in, strlen(stand_in));
}

/*
 * Each of the functions below says how many bytes of what it knows stand at
 * s->at, 0 for none, and what is to stand there: NULL for the bytes themselves.
 */
typedef size_t taker(struct scan *s, const char **stand_in);

static bool
is_id_here(const struct scan *s, const char *id, size_t len, size_t letters_least)
{
	size_t i, letters = 0, digits = 0;

	if (id == NULL || len == 0 || len > left(s) || memcmp(s->at, id, len) != 0 ||
	    (len < left(s) && is_word(id[len - 1]) && is_word(s->at[len])))
		return false;
	for (i = 0; i < len; i++) {
		letters += is_letter(id[i]);
		digits += is_digit(id[i]);
	}
	/* Digits are a number like any other: else "client 5" would differ from the rest in "after 5 attempts". */
	return digits < len && (letters < len || len >= letters_least);
}

static size_t
take_own_id(struct scan *s, const char **stand_in)
{
	const struct cause_of *of = s->of;
	size_t client = of->client != NULL ? strlen(of->client) : 0, group = of->group != NULL ? strlen(of->group) : 0;

	*stand_in = a_text;
	if (!at_border(s))
		return 0;
	if (is_id_here(s, of->item, of->item_len, 1))
		return of->item_len;
	if (is_id_here(s, of->client, client, LETTERS_LEAST))
		return client;
	return is_id_here(s, of->group, group, LETTERS_LEAST) ? group : 0;
}

/* What lib/stream shows of an answer that it cannot read: to the end. */
static size_t
take_excerpt(struct scan *s, const char **stand_in)
{
	static const char before[] = ", near: ";

	*stand_in = ", near: …";
	return left(s) > sizeof(before) - 1 && memcmp(s->at, before, sizeof(before) - 1) == 0 ? left(s) : 0;
}

/* Also notes where the host ends: up to there nothing is a number. */
static size_t
take_scheme(struct scan *s, const char **stand_in)
{
	const char *c;

	*stand_in = NULL;
	if (left(s) < 3 || memcmp(s->at, "://", 3) != 0)
		return 0;
	for (c = s->at + 3; c < s->end && strchr("/?# \t\"'`<>()", *c) == NULL; c++)
		continue;
	s->host_end = c;
	return 3;
}

static size_t
take_query(struct scan *s, const char **stand_in)
{
	const char *c;
	bool assigns = false;

	*stand_in = "?…";
	if (*s->at != '?')
		return 0;
	for (c = s->at + 1; c < s->end && strchr(" \t\"'`<>", *c) == NULL; c++)
		assigns |= *c == '=';
	while (c > s->at + 1 && strchr(":,.;)", c[-1]) != NULL)
		c--;
	return assigns ? (size_t)(c - s->at) : 0;
}

/* "text", `text` and 'text'; an apostrophe within a word begins none. A quote given twice, or behind \, ends none. */
static size_t
take_quoted(struct scan *s, const char **stand_in)
{
	const char quote = *s->at, *c;

	*stand_in = quote == '\'' ? "'…'" : quote == '"' ? "\"…\"" : "`…`";
	if ((quote != '"' && quote != '`' && quote != '\'') ||
	    (quote == '\'' && (s->no_single_quotes || !at_border(s))))
		return 0;
	for (c = s->at + 1; c < s->end; c++) {
		if (*c == '\\') {
			c++;
		} else if (*c == quote) {
			if (c + 1 < s->end && c[1] == quote)
				c++;
			else if (quote != '\'' || c + 1 == s->end || !is_word(c[1]))
				return (size_t)(c + 1 - s->at);
		}
	}
	/* So that a text full of apostrophes is not searched from each of them. */
	if (quote == '\'')
		s->no_single_quotes = true;
	return 0;
}

/* A member's name, in the JSON that systems answer with: it tells what the value is, unless it is an id itself. */
static size_t
take_member(struct scan *s, const char **stand_in)
{
	const char *before = s->at, *c = s->at + 1, *end;
	size_t digits = 0;

	*stand_in = NULL;
	while (before > s->begin && before[-1] == ' ')
		before--;
	if (*s->at != '"' || before == s->begin || (before[-1] != '{' && before[-1] != ','))
		return 0;
	for (; c < s->end && is_word(*c); c++)
		digits += is_digit(*c);
	end = c + 1;
	if (c == s->end || *c != '"' || !is_letter(s->at[1]) || digits > NAME_DIGITS_MOST)
		return 0;
	while (++c < s->end && *c == ' ')
		continue;
	return c < s->end && *c == ':' ? (size_t)(end - s->at) : 0;
}

/* Does it begin like this, with a digit for each 0? */
static bool
is_like(const char *at, const char *end, const char *form)
{
	for (; *form != '\0'; form++, at++)
		if (at >= end || (*form == '0' ? !is_digit(*at) : *at != *form))
			return false;
	return true;
}

/* 2026-11-23T07:00:00.000Z and its like. */
static size_t
take_timestamp(struct scan *s, const char **stand_in)
{
	const char *c = s->at + strlen("0000-00-00");

	*stand_in = a_number;
	if (!at_border(s) || !is_like(s->at, s->end, "0000-00-00") || c >= s->end || strchr("Tt ", *c) == NULL ||
	    !is_like(c + 1, s->end, "00:00"))
		return 0;
	for (c += strlen(" 00:00"); is_like(c, s->end, ":00"); c += strlen(":00"))
		continue;
	if (is_like(c, s->end, ".0"))
		for (c++; c < s->end && is_digit(*c); c++)
			continue;
	if (c < s->end && (*c == 'Z' || *c == 'z'))
		c++;
	else if (is_like(c, s->end, "+00:00") || is_like(c, s->end, "-00:00"))
		c += strlen("+00:00");
	return c == s->end || !is_word(*c) ? (size_t)(c - s->at) : 0;
}

/* Where a word ends that begins here: one with a hyphen in it goes on behind that. */
static const char *
word_end(const struct scan *s, const char *c)
{
	while (c < s->end && (is_word(*c) || (*c == '-' && c + 1 < s->end && is_word(c[1]))))
		c++;
	return c;
}

static bool
is_number(const char *c, const char *end)
{
	for (; c < end; c++)
		if (!is_digit(*c) && *c != '-')
			return false;
	return true;
}

/* Something in a schema or a program, and no id: utf8, v2, address_1, Phone2. */
static bool
is_name(const char *word, const char *end)
{
	size_t digits = 0, lower = 0, in_a_row = 0;
	const char *c;

	for (c = word; c < end; c++) {
		if (*c == '-' && is_digit(c[1]))
			return false;
		digits += is_digit(*c);
		lower = is_lower(*c) ? lower + 1 : 0;
		if (lower > in_a_row)
			in_a_row = lower;
	}
	return digits <= NAME_DIGITS_MOST && (is_lower(*word) || in_a_row >= LETTERS_LEAST) && !is_digit(*word);
}

/* 104, 1.5, 07:00, 192.0.2.1, 3/4, 2026-11-23: one number each. */
static const char *
number_end(const struct scan *s, const char *c)
{
	const char *next;

	while (c + 1 < s->end && strchr(".,:/", *c) != NULL && is_digit(c[1])) {
		next = word_end(s, c + 1);
		if (!is_number(c + 1, next))
			break;
		c = next;
	}
	return c;
}

static size_t
take_word(struct scan *s, const char **stand_in)
{
	static const char answered[] = "answered ";
	bool sign = (*s->at == '-' || *s->at == '+') && (s->at == s->begin || strchr(" (=:,", s->at[-1]) != NULL);
	const char *first = s->at + sign, *c, *end;
	size_t digits = 0, hex = 0;

	*stand_in = NULL;
	if (first == s->end || !is_word(*first) || !at_border(s) || (sign && !is_digit(*first)))
		return 0;
	end = word_end(s, first);
	if (s->at < s->host_end)
		return (size_t)(end - s->at);
	if (is_number(first, end)) {
		/* It is what the message is about. */
		if (end - first == 3 && ends_with(s, answered, ""))
			return 3;
		*stand_in = a_number;
		return (size_t)(number_end(s, end) - s->at);
	}
	for (c = first; c < end; c++) {
		digits += is_digit(*c);
		hex += is_hex(*c);
	}
	if (digits > 0 ? !is_name(first, end) : hex == (size_t)(end - first) && hex >= HEX_LEAST)
		*stand_in = a_text;
	return (size_t)(end - s->at);
}

/* Ends the text, cut at a character's border if there is too much of it. */
static void
finish(struct scan *s)
{
	if (s->n > BOUND_CAUSE) {
		for (s->n = BOUND_CAUSE; s->n > 0 && ((unsigned char)s->out[s->n] & 0xc0) == 0x80; s->n--)
			continue;
		memcpy(s->out + s->n, a_text, sizeof(a_text) - 1);
		s->n += sizeof(a_text) - 1;
	}
	s->out[s->n] = '\0';
}

void
cause_text(const char *message, const struct cause_of *of, char out[CAUSE_TEXT])
{
	static taker *const takers[] = { take_own_id, take_excerpt, take_scheme, take_query, take_member, take_quoted,
		take_timestamp, take_word };
	size_t len = strnlen(message, BOUND_MESSAGE), took, i;
	struct scan s = { .at = message, .begin = message, .end = message + len, .of = of, .out = out };
	const char *stand_in, *name_end;

	s.host_end = message;
	if (strncmp(of->code, "rule_", 5) == 0 && (name_end = strstr(message, ": ")) != NULL && name_end < s.end) {
		put(&s, message, (size_t)(name_end - message));
		s.at = name_end;
	}
	while (s.at < s.end && s.n <= BOUND_CAUSE) {
		for (i = 0, took = 0; took == 0 && i < sizeof(takers) / sizeof(takers[0]); i++)
			took = takers[i](&s, &stand_in);
		if (took == 0) {
			took = 1;
			stand_in = NULL;
		}
		if (stand_in != NULL)
			put_stand_in(&s, stand_in);
		else
			put(&s, s.at, took);
		s.at += took;
	}
	finish(&s);
}
