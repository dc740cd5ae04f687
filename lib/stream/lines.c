#include <string.h>

#include "stream/inside.h"

/* Passes over blank lines too. True: a line with something in it begins. */
static bool
find_line(struct stream *s)
{
	for (; s->at < s->n; s->at++) {
		switch (s->bytes[s->at]) {
		case '\n':
			s->lines++;
			break;
		case ' ':
		case '\t':
		case '\r':
			break;
		default:
			return true;
		}
	}
	return false;
}

/* Reads on in a line's value, no further than the line. 1: it is whole; 0: feed more; -1 failed. */
static int
take_line(struct stream *s)
{
	const char *end = memchr(s->bytes + s->at, '\n', s->n - s->at);
	size_t stop = end != NULL ? (size_t)(end - s->bytes) : s->n;
	int got = stream_take(s, stop, &s->held, &s->line);

	if (got == -1)
		return -1;
	if (s->over)
		return stream_item_too_large(s);
	if (got == 1)
		return 1;
	if (end == NULL)
		return 0;
	if (!json_scan_end(&s->scan))
		return stream_malformed(s, "the line ends inside its value");
	s->line = json_value_of(s->held.at, s->held.len);
	return 1;
}

/* An item is given once its line's end was seen: what follows on the line may still spoil it. */
static int
end_line(struct stream *s, struct json_value *item)
{
	while (s->at < s->n && (s->bytes[s->at] == ' ' || s->bytes[s->at] == '\t' || s->bytes[s->at] == '\r'))
		s->at++;
	if (s->at == s->n)
		return stream_hold(s, &s->held, &s->line);
	if (s->bytes[s->at] != '\n')
		return stream_malformed(s, "something follows behind the line's value");
	s->at++;
	s->lines++;
	s->state = AT_LINE;
	*item = s->line;
	return 1;
}

int
lines_next(struct stream *s, struct json_value *item)
{
	int got;

	if (s->state == AT_LINE) {
		if (!find_line(s))
			return stream_limit(s);
		if (stream_limit(s) == -1)
			return -1;
		stream_begin(s, 0, &s->held);
		s->state = IN_LINE;
	}
	if (s->state == IN_LINE) {
		if (s->at == s->n)
			return 0;
		if ((got = take_line(s)) != 1)
			return got;
		s->exempt = stream_offset(s);
		s->state = BEHIND_LINE;
	}
	if ((got = end_line(s, item)) == 0)
		return stream_limit(s);
	return got;
}

int
lines_end(struct stream *s, struct json_value *item)
{
	if (s->state == AT_LINE)
		return 0;
	if (s->state == IN_LINE) {
		if (!json_scan_end(&s->scan))
			return stream_truncated(s, json_scan_inside(&s->scan));
		s->line = json_value_of(s->held.at, s->held.len);
	}
	*item = s->line;
	s->state = AT_LINE;
	return 1;
}
