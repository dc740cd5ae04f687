/*
 * Feeds a body to a stream in pieces of one size and notes what comes out.
 * Each piece is memory of its own, freed once the stream has let go of it.
 */
#ifndef TEST_DRIVE_H
#define TEST_DRIVE_H

#include <stdlib.h>
#include <string.h>

#include "stream/stream.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define WHOLE SIZE_MAX /* one piece */

struct outcome {
	int end;             /* the last answer of stream_next() */
	uint64_t n;          /* items */
	struct buf items;    /* as they came, each behind a '|' */
	struct buf captured; /* "" if absent */
	struct err e;
};

static inline void
outcome_release(struct outcome *o)
{
	buf_release(&o->items);
	buf_release(&o->captured);
}

static inline int
drain(struct stream *s, struct outcome *o)
{
	struct json_value item;
	int got;

	while ((got = stream_next(s, &item, &o->e)) == 1) {
		o->n++;
		assert_int_equal(buf_addc(&o->items, '|'), 0);
		assert_int_equal(buf_add(&o->items, item.at, item.len), 0);
		assert_int_equal(item.kind, json_value_of(item.at, item.len).kind);
		assert_int_equal(stream_items(s), o->n);
	}
	return got;
}

static inline void
drive_stream(struct stream *s, const char *body, size_t len, size_t piece, struct outcome *o)
{
	size_t at, n;
	char *copy;

	*o = (struct outcome){ .e = ERR_INIT };
	buf_init(&o->items, SIZE_MAX / 2);
	buf_init(&o->captured, SIZE_MAX / 2);
	for (at = 0; at < len && o->end == 0; at += n) {
		n = len - at < piece ? len - at : piece;
		copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, body + at, n);
		stream_feed(s, copy, n);
		o->end = drain(s, o);
		free(copy);
	}
	if (o->end == 0) {
		assert_int_equal(stream_captured(s).kind, JSON_ABSENT);
		stream_end(s);
		o->end = drain(s, o);
	}
	if (stream_captured(s).kind != JSON_ABSENT)
		assert_int_equal(buf_add(&o->captured, stream_captured(s).at, stream_captured(s).len), 0);
}

/* items and capture are pointers' texts; capture may be NULL. */
static inline void
drive(enum stream_format format, const char *items, const char *capture, size_t max_item, const char *body, size_t len,
    size_t piece, struct outcome *o)
{
	struct json_pointer at_items, at_capture = { .n = 0 };
	struct stream_plan plan = { format, &at_items, capture != NULL ? &at_capture : NULL, max_item, 0 };
	struct stream *s;

	assert_int_equal(json_pointer_parse(&at_items, items, NULL), 0);
	if (capture != NULL)
		assert_int_equal(json_pointer_parse(&at_capture, capture, NULL), 0);
	s = stream_new(&plan);
	assert_non_null(s);
	drive_stream(s, body, len, piece, o);
	stream_free(s);
	json_pointer_release(&at_items);
	json_pointer_release(&at_capture);
}

#endif
