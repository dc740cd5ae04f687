#include "stream/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "stream/inside.h"

/* A name's token, with its quotes, where each character may be written as \uXXXX. */
#define NAME_TOKEN (BOUND_JSON_NAME * 6 + 2)

struct stream *
stream_new(const struct stream_plan *plan)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->plan = *plan;
	buf_init(&s->held, plan->max_item);
	buf_init(&s->name, NAME_TOKEN);
	buf_init(&s->captured, BOUND_CAPTURE);
	stream_reset(s);
	return s;
}

void
stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	buf_release(&s->held);
	buf_release(&s->name);
	buf_release(&s->captured);
	free(s);
}

void
stream_reset(struct stream *s)
{
	struct stream fresh = { .plan = s->plan, .held = s->held, .name = s->name, .captured = s->captured };

	*s = fresh;
	buf_clear(&s->held);
	buf_clear(&s->name);
	buf_clear(&s->captured);
	s->state = s->plan.format == STREAM_NDJSON ? AT_LINE : AT_VALUE;
	s->to_items = true;
	s->to_capture = s->plan.capture != NULL;
}

/* Leaves the window behind, but for the few bytes that a message may show. */
static void
pass_window(struct stream *s)
{
	size_t keep;

	if (s->n >= STREAM_TAIL) {
		memcpy(s->tail, s->bytes + s->n - STREAM_TAIL, STREAM_TAIL);
		s->tail_n = STREAM_TAIL;
	} else if (s->n > 0) {
		keep = s->tail_n < STREAM_TAIL - s->n ? s->tail_n : STREAM_TAIL - s->n;
		memmove(s->tail, s->tail + s->tail_n - keep, keep);
		memcpy(s->tail + keep, s->bytes, s->n);
		s->tail_n = keep + s->n;
	}
	s->base += s->n;
	s->bytes = NULL;
	s->n = s->at = 0;
}

void
stream_feed(struct stream *s, const char *bytes, size_t n)
{
	s->bytes = bytes;
	s->n = n;
	s->at = 0;
}

void
stream_end(struct stream *s)
{
	s->ended = true;
}

int
stream_next(struct stream *s, struct json_value *item, struct err *e)
{
	bool lines = s->plan.format == STREAM_NDJSON;
	int got = -1;

	if (!s->failed)
		got = lines ? lines_next(s, item) : envelope_next(s, item);
	if (got == 0) {
		pass_window(s);
		if (s->ended)
			got = lines ? lines_end(s, item) : envelope_end(s);
	}
	if (got == 1 && s->plan.max_items != 0 && s->items == s->plan.max_items)
		got = stream_endless(s);
	if (got == 1)
		s->items++;
	if (got == -1 && e != NULL)
		*e = s->why;
	return got;
}

struct json_value
stream_captured(const struct stream *s)
{
	if (s->failed || !s->ended || s->state != AT_END)
		return (struct json_value){ .kind = JSON_ABSENT };
	return json_value_of(buf_text(&s->captured), s->captured.len);
}

uint64_t
stream_items(const struct stream *s)
{
	return s->items;
}

uint64_t
stream_offset(const struct stream *s)
{
	return s->base + s->at;
}

bool
stream_blanks(struct stream *s)
{
	const char *p = s->bytes + s->at, *end = s->bytes + s->n;

	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	s->at = (size_t)(p - s->bytes);
	return p < end;
}

int
stream_limit(struct stream *s)
{
	if (stream_offset(s) - s->exempt <= BOUND_ENVELOPE_BYTES)
		return 0;
	return stream_too_large(s, "what the answer holds around its items", BOUND_ENVELOPE_BYTES);
}

void
stream_begin(struct stream *s, size_t outer, struct buf *keep)
{
	json_scan_start(&s->scan, BOUND_JSON_DEPTH - (unsigned)outer);
	s->over = false;
	if (keep != NULL)
		buf_clear(keep);
}

int
stream_take(struct stream *s, size_t stop, struct buf *keep, struct json_value *out)
{
	const char *from = s->bytes + s->at;
	enum json_scan_got got;
	size_t used;

	got = json_scan_feed(&s->scan, from, stop - s->at, &used);
	s->at += used;
	if (got == JSON_SCAN_BAD)
		return stream_malformed(s, s->scan.why);
	if (keep != NULL && used > keep->max - keep->len)
		s->over = true;
	if (keep != NULL && !s->over && (got == JSON_SCAN_MORE || keep->len > 0)) {
		if (buf_add(keep, from, used) == -1)
			return stream_no_memory(s);
		from = keep->at;
		used = keep->len;
	}
	if (got == JSON_SCAN_MORE)
		return 0;
	*out = json_value_of(from, used);
	return 1;
}

int
stream_hold(struct stream *s, struct buf *keep, struct json_value *value)
{
	if (keep->len > 0)
		return 0;
	if (buf_add(keep, value->at, value->len) == -1)
		return stream_no_memory(s);
	value->at = keep->at;
	return 0;
}
