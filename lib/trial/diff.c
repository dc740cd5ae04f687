#include "trial/diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/escape.h"

#define CONTEXT 3

struct line {
	const char *at;
	size_t len;
};

struct lines {
	struct line *at; /* owned */
	size_t n;
};

/* One line of the way from one text to the other; from and to: how many lines of each lie before it. */
struct edit {
	char sign; /* ' ', '-' or '+' */
	size_t from, to;
};

struct diff {
	struct lines from, to;
	struct edit *edits;
	size_t n;
};

static int
split(const struct diff_text *text, struct lines *lines)
{
	const char *p = text->at, *end = p + text->len, *stop;
	size_t n = 1;

	for (; p < end; p++)
		n += *p == '\n';
	if ((lines->at = calloc(n, sizeof(*lines->at))) == NULL)
		return -1;
	for (p = text->at; p < end; p = stop + 1) {
		if ((stop = memchr(p, '\n', (size_t)(end - p))) == NULL)
			stop = end;
		lines->at[lines->n++] = (struct line){ p, (size_t)(stop - p) };
	}
	return 0;
}

static bool
same(const struct line *a, const struct line *b)
{
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

static void
add(struct diff *d, char sign, size_t from, size_t to)
{
	d->edits[d->n++] = (struct edit){ sign, from, to };
}

/*
 * The lines from..from+n and to..to+m, which neither begin nor end alike, by their longest common subsequence. common:
 * room for (n + 1) * (m + 1) lengths, all zero. Its lengths fit 16 bits: the shorter of the two has no more lines.
 */
static void
walk(struct diff *d, size_t from, size_t n, size_t to, size_t m, uint16_t *common)
{
	const struct line *a = d->from.at + from, *b = d->to.at + to;
	size_t i, k, row = m + 1;

	for (i = n; i-- > 0;)
		for (k = m; k-- > 0;) {
			uint16_t down = common[(i + 1) * row + k], right = common[i * row + k + 1];

			common[i * row + k] = same(&a[i], &b[k]) ? (uint16_t)(common[(i + 1) * row + k + 1] + 1)
			    : down > right                       ? down
			                                         : right;
		}
	for (i = k = 0; i < n || k < m;) {
		if (i < n && k < m && same(&a[i], &b[k])) {
			add(d, ' ', from + i++, to + k++);
		} else if (k == m || (i < n && common[(i + 1) * row + k] >= common[i * row + k + 1])) {
			add(d, '-', from + i, to + k);
			i++;
		} else {
			add(d, '+', from + i, to + k);
			k++;
		}
	}
}

/* All the lines, each as kept, gone or new. 0 or -1. */
static int
compare(struct diff *d)
{
	size_t n = d->from.n, m = d->to.n, head = 0, tail = 0, i;
	uint16_t *common;

	if ((d->edits = calloc(n + m + 1, sizeof(*d->edits))) == NULL)
		return -1;
	while (head < n && head < m && same(&d->from.at[head], &d->to.at[head])) {
		add(d, ' ', head, head);
		head++;
	}
	while (tail < n - head && tail < m - head && same(&d->from.at[n - tail - 1], &d->to.at[m - tail - 1]))
		tail++;
	n -= head + tail;
	m -= head + tail;
	/* Texts that differ in so many lines have nothing in common that would help a reader. */
	if ((n + 1) * (m + 1) > BOUND_TRIAL_DIFF) {
		for (i = 0; i < n; i++)
			add(d, '-', head + i, head);
		for (i = 0; i < m; i++)
			add(d, '+', head + n, head + i);
	} else {
		if ((common = calloc((n + 1) * (m + 1), sizeof(*common))) == NULL)
			return -1;
		walk(d, head, n, head, m, common);
		free(common);
	}
	for (i = 0; i < tail; i++)
		add(d, ' ', head + n + i, head + m + i);
	return 0;
}

/* "@@ -3,7 +3,6 @@": an empty side is named by the line before it, as diff(1) does. */
static int
put_range(struct buf *out, char sign, size_t first, size_t n)
{
	return n == 1 ? buf_addf(out, " %c%zu", sign, first + 1)
	              : buf_addf(out, " %c%zu,%zu", sign, n > 0 ? first + 1 : first, n);
}

static int
put_hunk(const struct diff *d, size_t first, size_t end, struct buf *out)
{
	size_t i, from = 0, to = 0;
	const struct line *line;

	for (i = first; i < end; i++) {
		from += d->edits[i].sign != '+';
		to += d->edits[i].sign != '-';
	}
	if (buf_adds(out, "@@") == -1 || put_range(out, '-', d->edits[first].from, from) == -1 ||
	    put_range(out, '+', d->edits[first].to, to) == -1 || buf_adds(out, " @@\n") == -1)
		return -1;
	for (i = first; i < end; i++) {
		line = d->edits[i].sign == '+' ? &d->to.at[d->edits[i].to] : &d->from.at[d->edits[i].from];
		if (buf_addc(out, d->edits[i].sign) == -1 || escape_line(out, line->at, line->len, out->max) == -1 ||
		    buf_addc(out, '\n') == -1)
			return -1;
	}
	return 0;
}

/* The changes, those that lie close together in one hunk. */
static int
put_hunks(const struct diff *d, struct buf *out)
{
	size_t i, at, last, first;

	for (i = 0; i < d->n; i = at) {
		while (i < d->n && d->edits[i].sign == ' ')
			i++;
		if (i == d->n)
			return 0;
		for (at = last = i; at < d->n && at - last <= 2 * CONTEXT + 1; at++)
			if (d->edits[at].sign != ' ')
				last = at;
		first = i > CONTEXT ? i - CONTEXT : 0;
		at = last + 1 + CONTEXT < d->n ? last + 1 + CONTEXT : d->n;
		if (put_hunk(d, first, at, out) == -1)
			return -1;
	}
	return 0;
}

int
diff_lines(const struct diff_text *from, const struct diff_text *to, struct buf *out)
{
	struct diff d = { .n = 0 };
	int ret = -1;

	if (from->len == to->len && memcmp(from->at, to->at, from->len) == 0)
		return 0;
	if (split(from, &d.from) == -1 || split(to, &d.to) == -1 || compare(&d) == -1) {
		out->short_of_memory = true;
		goto out;
	}
	if (buf_addf(out, "--- %s\n+++ %s\n", from->name, to->name) == -1 || put_hunks(&d, out) == -1)
		goto out;
	ret = 0;
out:
	free(d.from.at);
	free(d.to.at);
	free(d.edits);
	return ret;
}
