#include "report/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/escape.h"

#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define CYAN "\033[36m"

/* What is well, what wants a look, what is wrong, what is under way. */
static const struct {
	const char *word, *color;
} words[] = {
	{ "ok", GREEN },
	{ "full", GREEN },
	{ "acked", GREEN },
	{ "passed", GREEN },
	{ "resolved", GREEN },
	{ "degraded", YELLOW },
	{ "stopped", YELLOW },
	{ "pilot", YELLOW },
	{ "held", YELLOW },
	{ "paused", YELLOW },
	{ "disabled", YELLOW },
	{ "overdue", YELLOW },
	{ "owed", YELLOW },
	{ "applied", YELLOW },
	{ "reminded", YELLOW },
	{ "warning", YELLOW },
	{ "failed", RED },
	{ "crashed", RED },
	{ "parked", RED },
	{ "unusable", RED },
	{ "gone", YELLOW },
	{ "alerts", YELLOW },
	{ "open", RED },
	{ "opened", RED },
	{ "error", RED },
	{ "running", CYAN },
};

/* Characters that take up two columns of a terminal, and none: as far as names and messages hold such. */
static const struct {
	unsigned first, last;
	size_t width;
} widths[] = {
	{ 0x300, 0x36f, 0 },
	{ 0x483, 0x489, 0 },
	{ 0x591, 0x5bd, 0 },
	{ 0x64b, 0x65f, 0 },
	{ 0x1100, 0x115f, 2 },
	{ 0x1ab0, 0x1aff, 0 },
	{ 0x1dc0, 0x1dff, 0 },
	{ 0x20d0, 0x20ff, 0 },
	{ 0x2e80, 0x303e, 2 },
	{ 0x3041, 0xa4cf, 2 },
	{ 0xac00, 0xd7a3, 2 },
	{ 0xf900, 0xfaff, 2 },
	{ 0xfe00, 0xfe0f, 0 },
	{ 0xfe20, 0xfe2f, 0 },
	{ 0xfe30, 0xfe6f, 2 },
	{ 0xff00, 0xff60, 2 },
	{ 0xffe0, 0xffe6, 2 },
	{ 0x1f300, 0x1f64f, 2 },
	{ 0x1f680, 0x1f6ff, 2 },
	{ 0x1f900, 0x1f9ff, 2 },
	{ 0x20000, 0x3fffd, 2 },
};

static size_t
width_of(unsigned cp)
{
	size_t i;

	for (i = 0; cp >= widths[0].first && i < sizeof(widths) / sizeof(widths[0]); i++)
		if (cp >= widths[i].first && cp <= widths[i].last)
			return widths[i].width;
	return 1;
}

/* One character of escaped text, which is valid UTF-8 throughout: its bytes, and its columns in *wide. */
static size_t
step(const char *text, size_t len, size_t *wide)
{
	unsigned cp = 0;
	size_t n = escape_utf8(text, len, &cp);

	*wide = width_of(cp);
	return n > 0 ? n : 1;
}

size_t
cell_width(const char *text, size_t len)
{
	size_t i, n, wide, columns = 0;

	for (i = 0; i < len; i += n) {
		n = step(text + i, len - i, &wide);
		columns += wide;
	}
	return columns;
}

/* As cell_fit(), but none where the first character is too wide. */
static size_t
fit(const char *text, size_t len, size_t columns)
{
	size_t i, n, wide, used = 0;

	for (i = 0; i < len; i += n) {
		n = step(text + i, len - i, &wide);
		if (used + wide > columns)
			break;
		used += wide;
	}
	return i;
}

size_t
cell_fit(const char *text, size_t len, size_t columns)
{
	size_t fits = fit(text, len, columns), wide;

	return fits > 0 || len == 0 ? fits : step(text, len, &wide);
}

int
cell_cut(struct buf *b, size_t from, size_t columns)
{
	if (cell_width(buf_text(b) + from, b->len - from) <= columns)
		return 0;
	b->len = from + fit(b->at + from, b->len - from, columns - 1);
	b->at[b->len] = '\0';
	/* A wide character that did not fit leaves a column over; the caller pads by what is there. */
	return buf_adds(b, "…");
}

static int
add_age(struct buf *b, int64_t at_ms, int64_t now_ms)
{
	char span[CLOCK_SPAN];
	int64_t ago = now_ms - at_ms;

	clock_span(ago < 0 ? -ago : ago, span);
	if (ago > -1000 && ago < 1000)
		return buf_adds(b, "now");
	return ago > 0 ? buf_addf(b, "%s ago", span) : buf_addf(b, "in %s", span);
}

int
cell_text(struct buf *b, char kind, const char *cell, int64_t now_ms)
{
	int64_t at;

	if (cell == NULL || cell[0] == '\0')
		return buf_addc(b, '-');
	/* A stamp that somebody wrote by hand in another form is shown as it is. */
	if ((kind == 'w' || kind == 'a') && clock_parse(cell, &at) == 0)
		return kind == 'a' ? add_age(b, at, now_ms) : buf_addf(b, "%.19sZ", cell);
	return escape_line(b, cell, strlen(cell), BOUND_MESSAGE);
}

const char *
cell_color(const char *word)
{
	size_t i, len = strcspn(word, " :,(");

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].word) == len && strncmp(words[i].word, word, len) == 0)
			return words[i].color;
	return NULL;
}
