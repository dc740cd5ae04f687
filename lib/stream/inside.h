/*
 * The stream's own state, for the sources of this room: stream.c owns it and
 * hands out windows, envelope.c and lines.c are its two formats.
 */
#ifndef STREAM_INSIDE_H
#define STREAM_INSIDE_H

#include "base/buf.h"
#include "json/scan.h"
#include "stream/stream.h"

/* Bytes before the window's start that messages may still show. */
#define STREAM_TAIL 24

enum stream_state {
	/* Around the items of STREAM_JSON. */
	AT_VALUE,      /* a value must come: the document, a member's or an element's */
	AT_FIRST,      /* behind a '[' on the way */
	AT_FIRST_NAME, /* behind a '{' on the way */
	AT_NAME,
	IN_NAME,
	AT_COLON,
	AT_COMMA,   /* behind a value of a container on the way */
	IN_SKIPPED, /* in a value that is checked and thrown away */
	IN_CAPTURE,
	AT_FIRST_ITEM, /* behind the items' '[' */
	AT_ITEM,
	IN_ITEM,
	BEHIND_ITEM,
	AT_END, /* the document is whole: only blanks may follow */
	/* STREAM_NDJSON. */
	AT_LINE,
	IN_LINE,
	BEHIND_LINE, /* its value is whole, its end not seen yet */
};

/* A container on the way to the items or the capture. Its depth is the number of tokens matched so far. */
struct stream_frame {
	bool object;
	bool items, capture;           /* leads there */
	bool items_seen, capture_seen; /* the member that leads on came by */
	size_t index;                  /* of an array's present element */
};

struct stream {
	struct stream_plan plan;
	enum stream_state state;
	bool failed;      /* with why */
	bool ended;       /* nothing more will be fed */
	bool items_found; /* the array was there */
	struct err why;

	const char *bytes; /* the window, borrowed */
	size_t n, at;      /* its size; the place reached */
	uint64_t base;     /* where in the body it begins */
	char tail[STREAM_TAIL];
	size_t tail_n;

	/* Bytes that do not count as envelope: those of items, and of gaps that an item ended. */
	uint64_t exempt;
	uint64_t outside; /* envelope bytes before the items' array */

	struct json_scan scan;
	bool over;       /* the value in the scan passed the ceiling of what keeps it */
	struct buf held; /* what a window's end cut of an item */
	struct buf name; /* the same of a name */
	struct buf captured;

	struct stream_frame frames[JSON_POINTER_TOKENS];
	size_t depth;              /* frames in use */
	bool to_items, to_capture; /* the value that comes next is there, or on the way */
	enum json_kind wrong;      /* IN_SKIPPED: the kind of what stands where the items should */
	struct json_value line;    /* BEHIND_LINE: the line's value */
	uint64_t lines;            /* ended so far */
	uint64_t items;
};

/* Begins on a value that lies in outer containers; keep, if not NULL, is emptied for it. */
void stream_begin(struct stream *s, size_t outer, struct buf *keep);

/*
 * Reads on in that value, up to stop in the window. 1: it is whole; *out is
 * it, in the window if it lies there whole, else in keep. 0: what there was of
 * it is in keep. -1: failed. Sets over, and keeps no more, once it passes
 * keep's ceiling. keep may be NULL: nothing is kept, *out is its last piece.
 */
int stream_take(struct stream *s, size_t stop, struct buf *keep, struct json_value *out);

/* Copies a whole value to keep, unless it is there already, for the time after this window. 0 or -1 (failed). */
int stream_hold(struct stream *s, struct buf *keep, struct json_value *value);

/* Passes over blanks. True: a byte is there. */
bool stream_blanks(struct stream *s);

/* Fails if more stands around the items than an envelope may hold. 0 or -1. */
int stream_limit(struct stream *s);

/* What has been read of the body. */
uint64_t stream_offset(const struct stream *s);

/* The formats: stream_next() within one window, 0 once it is used up; and once all windows are. */
int envelope_next(struct stream *s, struct json_value *item);
int envelope_end(struct stream *s);
int lines_next(struct stream *s, struct json_value *item);
int lines_end(struct stream *s, struct json_value *item);

/* The faults (fault.c); each returns -1. Those with a place say where, and show what stands there. */
int stream_malformed(struct stream *s, const char *why);
int stream_truncated(struct stream *s, const char *inside);
int stream_no_items(struct stream *s, const char *found);
int stream_item_too_large(struct stream *s);
int stream_endless(struct stream *s);
int stream_too_large(struct stream *s, const char *what, size_t most);
int stream_no_memory(struct stream *s);

#endif
