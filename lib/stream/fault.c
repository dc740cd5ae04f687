#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "stream/inside.h"

/* What is shown behind the place of a fault, and the most that its escaped text may take. */
#define BEHIND 16
#define SHOWN 160

/* The n bytes around the place reached, kept in out: from the window, and from the tail of what came before it. */
static const char *
around(const struct stream *s, char out[STREAM_TAIL + BEHIND], size_t *n)
{
	size_t before = s->at < STREAM_TAIL ? s->at : STREAM_TAIL, older = STREAM_TAIL - before, behind, len, cut = 0;

	if (older > s->tail_n)
		older = s->tail_n;
	behind = s->n - s->at < BEHIND ? s->n - s->at : BEHIND;
	memcpy(out, s->tail + s->tail_n - older, older);
	if (before + behind > 0)
		memcpy(out + older, s->bytes + s->at - before, before + behind);
	len = older + before + behind;
	/* A character that the front cut in two is no fault of the body's. */
	while (cut < 3 && cut < len && ((unsigned char)out[cut] & 0xc0) == 0x80)
		cut++;
	*n = len - cut;
	return out + cut;
}

static int
fail(struct stream *s, const char *code, const char *text)
{
	char room[STREAM_TAIL + BEHIND];
	size_t n;
	const char *bytes = around(s, room, &n);
	struct buf near;

	buf_init(&near, SHOWN + sizeof("…"));
	s->failed = true;
	if (n > 0)
		escape_line(&near, bytes, n, SHOWN);
	err_set(&s->why, ERR_UNAVAILABLE, code, "%s%s%s", text, n > 0 ? ", near: " : "", buf_text(&near));
	buf_release(&near);
	return -1;
}

static void
place(const struct stream *s, char *out, size_t size)
{
	if (s->plan.format == STREAM_NDJSON)
		snprintf(out, size, "byte %" PRIu64 " (line %" PRIu64 ")", stream_offset(s), s->lines + 1);
	else
		snprintf(out, size, "byte %" PRIu64, stream_offset(s));
}

int
stream_malformed(struct stream *s, const char *why)
{
	char text[256], where[64];

	place(s, where, sizeof(where));
	snprintf(text, sizeof(text), "the answer is no valid JSON at %s: %s", where, why);
	return fail(s, "body_malformed", text);
}

int
stream_truncated(struct stream *s, const char *inside)
{
	char text[256], where[64];

	if (stream_offset(s) == 0)
		return fail(s, "body_truncated", "the answer's body is empty (byte 0): there should be JSON");
	place(s, where, sizeof(where));
	snprintf(text, sizeof(text), "the answer breaks off at %s, inside %s", where, inside);
	return fail(s, "body_truncated", text);
}

static const char *
items_name(const struct stream *s, char out[64])
{
	const struct json_pointer *p = s->plan.items;
	size_t i, len = 0;

	if (p->n == 0)
		return "the whole answer";
	out[0] = '\0';
	for (i = 0; i < p->n && len < 64; i++)
		len += (size_t)snprintf(out + len, 64 - len, "/%s", p->token[i]);
	return out;
}

int
stream_no_items(struct stream *s, const char *found)
{
	char text[256], where[64], name[64];

	place(s, where, sizeof(where));
	if (found != NULL)
		snprintf(text, sizeof(text), "the answer holds no array of items: %s is %s (it ends at %s)",
		    items_name(s, name), found, where);
	else
		snprintf(text, sizeof(text), "the answer holds no array of items: there is no %s (it ends at %s)",
		    items_name(s, name), where);
	return fail(s, "body_no_items", text);
}

int
stream_item_too_large(struct stream *s)
{
	char text[256], where[64];

	place(s, where, sizeof(where));
	snprintf(text, sizeof(text), "item %" PRIu64 " of the answer is larger than MaxItemBytes (%zu), at %s",
	    s->items + 1, s->plan.max_item, where);
	return fail(s, "item_too_large", text);
}

int
stream_endless(struct stream *s)
{
	char text[256], where[64];

	place(s, where, sizeof(where));
	snprintf(text, sizeof(text), "there is no end to the answer: more than %" PRIu64 " items, at %s",
	    s->plan.max_items, where);
	return fail(s, "body_endless", text);
}

int
stream_too_large(struct stream *s, const char *what, size_t most)
{
	char text[256], where[64];

	place(s, where, sizeof(where));
	snprintf(text, sizeof(text), "%s is larger than %zu bytes, at %s", what, most, where);
	return fail(s, "body_too_large", text);
}

int
stream_no_memory(struct stream *s)
{
	s->failed = true;
	return err_memory(&s->why);
}
