#include <string.h>

#include "stream/inside.h"

/* What a step came to: go on in this window, feed more, an item, or failed. */
enum step { STEP_ON, STEP_FEED, STEP_ITEM, STEP_FAILED };

static enum step
failed(int ret)
{
	(void)ret;
	return STEP_FAILED;
}

static enum step
malformed(struct stream *s, const char *why)
{
	return failed(stream_malformed(s, why));
}

static enum step
go(struct stream *s, enum stream_state state)
{
	s->at++;
	s->state = state;
	return STEP_ON;
}

/* The container that is open, in states that have one. */
static struct stream_frame *
innermost(struct stream *s)
{
	return &s->frames[s->depth - 1];
}

static void
behind_value(struct stream *s)
{
	s->state = s->depth == 0 ? AT_END : AT_COMMA;
}

static enum step
close_frame(struct stream *s)
{
	s->at++;
	s->depth--;
	behind_value(s);
	return STEP_ON;
}

/* Something else than a comma stands behind a value. */
static enum step
end_frame(struct stream *s, char byte)
{
	bool object = innermost(s)->object;

	if (byte == (object ? '}' : ']'))
		return close_frame(s);
	return malformed(s, object ? "expected ',' or '}'" : "expected ',' or ']'");
}

static enum step
open_frame(struct stream *s, bool object)
{
	s->frames[s->depth++] =
	    (struct stream_frame){ .object = object, .items = s->to_items, .capture = s->to_capture };
	return go(s, object ? AT_FIRST_NAME : AT_FIRST);
}

/* A value of the way begins: is it the items, the capture, a container on the way, or to be skipped? */
static enum step
begin_value(struct stream *s)
{
	const struct json_pointer *items = s->plan.items, *capture = s->plan.capture;
	bool at_items = s->to_items && items->n == s->depth;
	bool at_capture = s->to_capture && capture->n == s->depth;
	char byte = s->bytes[s->at];

	if (at_items && byte == '[') {
		s->items_found = true;
		s->outside = stream_offset(s) + 1 - s->exempt;
		return go(s, AT_FIRST_ITEM);
	}
	/* Both pointers may lead on; a capture around the items would hold them all, and gives way. */
	s->to_items = s->to_items && !at_items;
	s->to_capture = s->to_capture && !at_capture;
	if ((s->to_items || (s->to_capture && !at_items)) && (byte == '{' || byte == '['))
		return open_frame(s, byte == '{');
	s->wrong = at_items ? json_value_of(&byte, 1).kind : JSON_ABSENT;
	s->state = at_capture && !at_items ? IN_CAPTURE : IN_SKIPPED;
	stream_begin(s, s->depth, s->state == IN_CAPTURE ? &s->captured : NULL);
	return STEP_ON;
}

/* What the element or member that comes next is to the pointers. */
static void
begin_element(struct stream *s)
{
	const struct stream_frame *f = innermost(s);

	s->to_items = f->items && json_pointer_is_index(s->plan.items, s->depth - 1, f->index);
	s->to_capture = f->capture && json_pointer_is_index(s->plan.capture, s->depth - 1, f->index);
	s->state = AT_VALUE;
}

static enum step
end_name(struct stream *s, struct json_value name)
{
	struct stream_frame *f = innermost(s);
	size_t i = s->depth - 1;

	s->to_items = f->items && json_string_is(name, s->plan.items->token[i], s->plan.items->len[i]);
	s->to_capture = f->capture && json_string_is(name, s->plan.capture->token[i], s->plan.capture->len[i]);
	if ((s->to_items && f->items_seen) || (s->to_capture && f->capture_seen))
		return malformed(s, "a member on the way to the items or the next page is there twice");
	f->items_seen = f->items_seen || s->to_items;
	f->capture_seen = f->capture_seen || s->to_capture;
	s->state = AT_COLON;
	return STEP_ON;
}

static enum step
take_name(struct stream *s)
{
	struct json_value name = { .kind = JSON_ABSENT };
	int got = stream_take(s, s->n, &s->name, &name);

	if (got != 1)
		return got == 0 ? STEP_FEED : STEP_FAILED;
	/* A name too long to be kept is longer than any that a pointer can hold. */
	if (s->over)
		name.kind = JSON_ABSENT;
	return end_name(s, name);
}

static enum step
take_skipped(struct stream *s)
{
	struct json_value last;
	int got = stream_take(s, s->n, NULL, &last);

	if (got != 1)
		return got == 0 ? STEP_FEED : STEP_FAILED;
	if (s->wrong != JSON_ABSENT)
		return failed(stream_no_items(s, json_kind_name(s->wrong)));
	behind_value(s);
	return STEP_ON;
}

static enum step
take_capture(struct stream *s)
{
	struct json_value capture;
	int got = stream_take(s, s->n, &s->captured, &capture);

	if (got == -1)
		return STEP_FAILED;
	if (s->over)
		return failed(stream_too_large(s, "the next page's URL or cursor in the answer", BOUND_CAPTURE));
	if (got == 0)
		return STEP_FEED;
	if (stream_hold(s, &s->captured, &capture) == -1)
		return STEP_FAILED;
	behind_value(s);
	return STEP_ON;
}

static enum step
take_item(struct stream *s, struct json_value *item)
{
	int got = stream_take(s, s->n, &s->held, item);

	if (got == -1)
		return STEP_FAILED;
	if (s->over)
		return failed(stream_item_too_large(s));
	if (got == 0)
		return STEP_FEED;
	s->exempt = stream_offset(s) - s->outside;
	s->state = BEHIND_ITEM;
	return STEP_ITEM;
}

static enum step
begin_item(struct stream *s)
{
	/* Bytes before an item stop counting with it, so this is the last time to count them. */
	if (stream_limit(s) == -1)
		return STEP_FAILED;
	/* The containers around an item count as depth of the whole document. */
	stream_begin(s, s->depth + 1, &s->held);
	s->state = IN_ITEM;
	return STEP_ON;
}

static enum step
end_items(struct stream *s)
{
	s->at++;
	behind_value(s);
	return STEP_ON;
}

static enum step
begin_name(struct stream *s)
{
	if (s->bytes[s->at] != '"')
		return malformed(s, "expected a name in double quotes");
	stream_begin(s, s->depth, &s->name);
	s->state = IN_NAME;
	return STEP_ON;
}

static enum step
behind_comma(struct stream *s)
{
	s->at++;
	if (innermost(s)->object) {
		s->state = AT_NAME;
	} else {
		innermost(s)->index++;
		begin_element(s);
	}
	return STEP_ON;
}

/* One step between values: byte is the next that is no blank. */
static enum step
step_between(struct stream *s, char byte)
{
	switch (s->state) {
	case AT_VALUE:
		return begin_value(s);
	case AT_FIRST:
		if (byte == ']')
			return close_frame(s);
		begin_element(s);
		return STEP_ON;
	case AT_FIRST_NAME:
		return byte == '}' ? close_frame(s) : begin_name(s);
	case AT_NAME:
		return begin_name(s);
	case AT_COLON:
		return byte == ':' ? go(s, AT_VALUE) : malformed(s, "expected ':'");
	case AT_COMMA:
		return byte == ',' ? behind_comma(s) : end_frame(s, byte);
	case AT_FIRST_ITEM:
		return byte == ']' ? end_items(s) : begin_item(s);
	case AT_ITEM:
		return begin_item(s);
	case BEHIND_ITEM:
		if (byte == ',')
			return go(s, AT_ITEM);
		return byte == ']' ? end_items(s) : malformed(s, "expected ',' or ']' behind an item");
	default:
		return malformed(s, "something follows behind the document");
	}
}

int
envelope_next(struct stream *s, struct json_value *item)
{
	enum step step = STEP_ON;

	while (step == STEP_ON) {
		if (s->state != IN_ITEM && stream_limit(s) == -1)
			return -1;
		if (s->at == s->n)
			return 0;
		switch (s->state) {
		case IN_NAME:
			step = take_name(s);
			break;
		case IN_SKIPPED:
			step = take_skipped(s);
			break;
		case IN_CAPTURE:
			step = take_capture(s);
			break;
		case IN_ITEM:
			step = take_item(s, item);
			break;
		default:
			step = stream_blanks(s) ? step_between(s, s->bytes[s->at]) : STEP_ON;
			break;
		}
	}
	if (step == STEP_FEED && s->state != IN_ITEM)
		return stream_limit(s);
	return step == STEP_ITEM ? 1 : step == STEP_FEED ? 0 : -1;
}

int
envelope_end(struct stream *s)
{
	/* A number alone ends with the body. It is no array of items, whatever the pointer. */
	if (s->state == IN_SKIPPED && s->depth == 0 && json_scan_end(&s->scan)) {
		if (s->wrong != JSON_ABSENT)
			return stream_no_items(s, json_kind_name(s->wrong));
		s->state = AT_END;
	}
	if (s->state != AT_END) {
		if (s->state == IN_ITEM || s->state == AT_ITEM || s->state == AT_FIRST_ITEM || s->state == BEHIND_ITEM)
			return stream_truncated(s, s->state == IN_ITEM ? "an item" : "the array of items");
		return stream_truncated(s, "the document around the items");
	}
	return s->items_found ? 0 : stream_no_items(s, NULL);
}
