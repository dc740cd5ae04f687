/*
 * Bytes of an answer in, items out: strict JSON (RFC 8259, UTF-8) read as it
 * arrives, in pieces of any size, holding no more than one item. What stands
 * around the items is checked as strictly and thrown away.
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include <stdint.h>

#include "base/err.h"
#include "json/pointer.h"
#include "json/value.h"

enum stream_format { STREAM_JSON, STREAM_NDJSON };

/*
 * What to look for; pointers are borrowed and must outlive the stream. A
 * capture that names the items, what they lie in, or something inside them is
 * never found: the items win.
 */
struct stream_plan {
	enum stream_format format;
	/* Where the array is; STREAM_JSON only. */
	const struct json_pointer *items;
	/* One value beside the items to keep, BOUND_CAPTURE at the most, or NULL: a next page's URL or cursor. */
	const struct json_pointer *capture;
	size_t max_item;    /* bytes of one item */
	uint64_t max_items; /* of one answer; 0: any number */
};

struct stream;

/* NULL if there is no memory. */
struct stream *stream_new(const struct stream_plan *plan);
void stream_free(struct stream *s);

/* Forgets everything fed, keeps the memory: for the next page, or the same once more. */
void stream_reset(struct stream *s);

/*
 * Gives the stream its next bytes. They are borrowed until stream_next() has
 * answered 0 or -1; feeding before that is a bug.
 */
void stream_feed(struct stream *s, const char *bytes, size_t n);

/* Says that nothing follows. Afterwards stream_next() answers 1 at most once more, then 0 if the body was whole. */
void stream_end(struct stream *s);

/*
 * The next whole item, validated, without blanks around it.
 * 1: *item is set, valid until the next call on this stream.
 * 0: feed more (before stream_end), or all is well and at its end (after it).
 * -1: the answer is malformed ("body_malformed"), breaks off ("body_truncated",
 *     only after stream_end), has no array at the pointer ("body_no_items"),
 *     or passes a limit ("item_too_large", "body_too_large", "body_endless"); kind
 *     ERR_UNAVAILABLE; the text says at which byte. It stays so until reset.
 * An array element that is not an object is an item all the same: judging it is the caller's.
 * JSON: a member found twice on the way to items or capture is malformed.
 * NDJSON: a line an item; blank lines and CRLF are fine, a last line needs no newline.
 * An empty body is "body_truncated" for JSON, and no items for NDJSON.
 */
int stream_next(struct stream *s, struct json_value *item, struct err *e);

/* The captured value, once the body was whole; kind JSON_ABSENT if it was not there. Valid until reset or free. */
struct json_value stream_captured(const struct stream *s);

/* Items given out since the last reset. */
uint64_t stream_items(const struct stream *s);

#endif
