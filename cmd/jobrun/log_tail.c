#include "log_tail.h"

#include <string.h>

#include "base/bounds.h"
#include "log_parts.h"

/* A line of more is cut, so that several always fit. */
#define LINE_MOST (BOUND_PING_BYTES / 4)

void
log_tail_init(struct log_tail *tail)
{
	buf_init(&tail->text, BOUND_PING_BYTES + LINE_MOST + 1);
	tail->lines = 0;
}

void
log_tail_release(struct log_tail *tail)
{
	buf_release(&tail->text);
	tail->lines = 0;
}

static void
drop_first(struct log_tail *tail)
{
	struct buf *b = &tail->text;
	size_t n = (size_t)((char *)memchr(b->at, '\n', b->len) + 1 - b->at);

	/* With the NUL behind it. */
	memmove(b->at, b->at + n, b->len - n + 1);
	b->len -= n;
	tail->lines--;
}

void
log_tail_add(struct log_tail *tail, const char *line, size_t len)
{
	if (len > LINE_MOST) {
		len = LINE_MOST;
		/* Not amid a character. */
		while (len > 0 && ((unsigned char)line[len] & 0xc0) == 0x80)
			len--;
	}
	if (buf_reserve(&tail->text, len + 1) == -1 || buf_add(&tail->text, line, len) == -1 ||
	    buf_addc(&tail->text, '\n') == -1)
		return;
	tail->lines++;
	while (tail->lines > BOUND_PING_LINES || tail->text.len > BOUND_PING_BYTES)
		drop_first(tail);
}

void
log_tail_error(struct log_tail *tail, const struct err *e)
{
	char room[BOUND_LOG_LINE];
	struct buf line;

	buf_lend(&line, room, sizeof(room));
	(void)buf_adds(&line, "jobrun: ");
	log_add_text(&line, e->text, strlen(e->text));
	log_tail_add(tail, buf_text(&line), line.len);
}
