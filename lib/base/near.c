#include "base/near.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define LONGEST 64

static bool
same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance; both words are shorter than LONGEST. */
static size_t
distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t rows[3][LONGEST + 1], *before = rows[0], *above = rows[1], *row = rows[2], *spare, i, j;

	for (j = 0; j <= nb; j++)
		above[j] = j;
	for (i = 1; i <= na; i++) {
		row[0] = i;
		for (j = 1; j <= nb; j++) {
			row[j] = least(above[j], row[j - 1]) + 1;
			row[j] = least(row[j], above[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[nb];
}

const char *
near_word(const char *text, const char *const *words, size_t n)
{
	const char *found = NULL;
	size_t len = strlen(text), best, i, d, most;

	if (len >= LONGEST)
		return NULL;
	/* Of a single letter or digit nothing would be left. */
	most = len / 3 > 0 ? len / 3 : len > 1;
	best = most + 1;
	for (i = 0; i < n; i++) {
		if (words[i] == NULL || strlen(words[i]) >= LONGEST)
			continue;
		d = distance(text, len, words[i], strlen(words[i]));
		if (d < best) {
			best = d;
			found = words[i];
		}
	}
	return found;
}
