#include "fault_parse.h"

#include <stdlib.h>
#include <string.h>

#include "scan.h"

#define MOST_BYTES (1LL << 40)

static const struct {
	const char *name;
	enum fault_kind kind;
	bool executes;
} kinds[] = {
	{ "status", FAULT_STATUS, false },
	{ "body", FAULT_BODY, false },
	{ "redirect", FAULT_REDIRECT, false },
	{ "reset", FAULT_RESET, false },
	{ "hang", FAULT_HANG, false },
	{ "raw", FAULT_RAW, false },
	{ "delay", FAULT_DELAY, true },
	{ "header", FAULT_HEADER, true },
	{ "cut", FAULT_CUT, true },
	{ "cut_eof", FAULT_CUT_EOF, true },
	{ "drip", FAULT_DRIP, true },
	{ "drop_after_apply", FAULT_DROP, true },
	{ "answer_after_apply", FAULT_INSTEAD, true },
	{ "reject", FAULT_REJECT, true },
};

/* Where each key goes, and within which limits. */
static const struct {
	const char *name;
	enum { KEY_KIND, KEY_TEXT, KEY_NUMBER, KEY_BODY, KEY_OBJECT, KEY_ARRAY } type;
	size_t offset;
	int64_t least, most;
} keys[] = {
	{ "kind", KEY_KIND, 0, 0, 0 },
	{ "path", KEY_TEXT, offsetof(struct fault, path), 0, 0 },
	{ "method", KEY_TEXT, offsetof(struct fault, method), 0, 0 },
	{ "client", KEY_TEXT, offsetof(struct fault, client), 0, 0 },
	{ "location", KEY_TEXT, offsetof(struct fault, location), 0, 0 },
	{ "body", KEY_BODY, 0, 0, 0 },
	{ "headers", KEY_OBJECT, offsetof(struct fault, headers), 0, 0 },
	{ "ids", KEY_ARRAY, offsetof(struct fault, ids), 0, 0 },
	{ "status", KEY_NUMBER, offsetof(struct fault, status), 200, 599 },
	{ "delay_ms", KEY_NUMBER, offsetof(struct fault, delay_ms), 0, BOUND_WAIT_MS },
	{ "every_ms", KEY_NUMBER, offsetof(struct fault, every_ms), 1, BOUND_WAIT_MS },
	{ "at_byte", KEY_NUMBER, offsetof(struct fault, at_byte), 0, MOST_BYTES },
	{ "length", KEY_NUMBER, offsetof(struct fault, length), 0, MOST_BYTES },
	{ "times", KEY_NUMBER, offsetof(struct fault, times), 0, INT64_MAX },
	{ "skip", KEY_NUMBER, offsetof(struct fault, skip), 0, INT64_MAX },
};

/*
 * A string's characters, or any other value as it is written, so that "client": 1 and "1" are one.
 * Owned by the caller; NULL: no memory.
 */
static char *
plain(struct slice token, size_t *len)
{
	struct buf text;

	buf_init(&text, BOUND_BODY);
	if (scan_is_string(token))
		scan_text(token, &text);
	else
		buf_add(&text, token.at, token.len);
	buf_add(&text, "", 0);
	*len = text.len;
	if (buf_failed(&text))
		buf_release(&text);
	return text.at;
}

static int
set_kind(struct fault *f, struct slice token, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (scan_is_string(token) && scan_is(token, kinds[i].name)) {
			f->kind = kinds[i].kind;
			f->name = kinds[i].name;
			f->executes = kinds[i].executes;
			return 0;
		}
	}
	return err_set(e, "no such kind of fault: %.*s", (int)(token.len < 60 ? token.len : 60), token.at);
}

static int
set_text(char **field, struct slice token, size_t *len, struct err *e)
{
	free(*field);
	return (*field = plain(token, len)) == NULL ? err_memory(e) : 0;
}

static int
set_key(struct fault *f, size_t row, struct slice token, struct err *e)
{
	char *field = (char *)f + keys[row].offset;
	size_t len;

	switch (keys[row].type) {
	case KEY_KIND:
		return set_kind(f, token, e);
	case KEY_TEXT:
		return set_text((char **)(void *)field, token, &len, e);
	case KEY_BODY:
		return set_text(&f->body, token, &f->body_len, e);
	case KEY_NUMBER:
		if (scan_integer(token, keys[row].least, keys[row].most, (int64_t *)(void *)field) == -1)
			return err_set(e, "%s is no whole number from %lld to %lld", keys[row].name,
			    (long long)keys[row].least, (long long)keys[row].most);
		return 0;
	case KEY_OBJECT:
	case KEY_ARRAY:
		if (token.at[0] != (keys[row].type == KEY_OBJECT ? '{' : '['))
			return err_set(e, "%s is of the wrong type", keys[row].name);
		*(struct slice *)(void *)field = token;
		return 0;
	}
	return -1;
}

static int
set_member(struct fault *f, struct slice key, struct slice token, struct err *e)
{
	size_t row;

	for (row = 0; row < sizeof(keys) / sizeof(keys[0]); row++) {
		if (scan_is(key, keys[row].name))
			return set_key(f, row, token, e);
	}
	/* A key that is misspelt would make a test that tests nothing. */
	return err_set(e, "no such key of a fault: %.*s", (int)(key.len < 60 ? key.len : 60), key.at);
}

/* What each kind cannot do without, and headers that cannot be sent. */
static int
check(const struct fault *f, struct err *e)
{
	struct answer probe;
	int rc;

	if (f->name == NULL)
		return err_set(e, "a fault needs a kind");
	if ((f->kind == FAULT_BODY || f->kind == FAULT_RAW) && f->body == NULL)
		return err_set(e, "this fault needs a body");
	if (f->kind == FAULT_REDIRECT && f->location == NULL)
		return err_set(e, "this fault needs a location");
	answer_init(&probe);
	rc = fault_headers(f, &probe);
	if (rc == 0 && f->location != NULL)
		rc = answer_header(&probe, "Location", f->location);
	answer_release(&probe);
	return rc == -1 ? err_set(e, "headers that cannot be sent, or too many of them") : 0;
}

struct fault *
fault_parse(struct slice text, struct err *e)
{
	struct fault *f = calloc(1, sizeof(*f));
	struct slice object, key, token;
	struct scan s;
	int got;

	if (f == NULL || (f->text = strndup(text.at, text.len)) == NULL) {
		err_memory(e);
		goto out;
	}
	f->times = 1;
	f->length = -1;
	if (!scan_whole(slice_of(f->text), &object) || scan_open(&s, object, '{') == -1) {
		err_set(e, "a fault is a JSON object");
		goto out;
	}
	while ((got = scan_member(&s, &key, &token)) == 1) {
		if (set_member(f, key, token, e) == -1)
			goto out;
	}
	if (got == 0 && check(f, e) == 0)
		return f;
out:
	fault_free(f);
	return NULL;
}

void
fault_free(struct fault *f)
{
	if (f == NULL)
		return;
	free(f->path);
	free(f->method);
	free(f->client);
	free(f->location);
	free(f->body);
	free(f->text);
	free(f);
}
