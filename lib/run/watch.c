#include "run/watch.h"

#include <stdlib.h>

/* Fewer runs than this are no habit. */
#define USUAL_LEAST 3

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int64_t
watch_median(int64_t *values, size_t n)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(*values), compare);
	return values[(n - 1) / 2];
}

int64_t
watch_overdue_from(int64_t since, int64_t frequency, int64_t grace)
{
	int64_t period = frequency * WATCH_MINUTE;

	if (since < 0 || frequency == 0)
		return WATCH_NEVER;
	if (grace < 0)
		grace = period / 4 > 5 * WATCH_MINUTE ? period / 4 : 5 * WATCH_MINUTE;
	return since + period + grace;
}

int64_t
watch_slow_from(int64_t *durations, size_t n)
{
	int64_t slow = 3 * watch_median(durations, n);

	if (n < USUAL_LEAST)
		return WATCH_NEVER;
	return slow > 10 * WATCH_MINUTE ? slow : 10 * WATCH_MINUTE;
}

int64_t
watch_silence(int64_t shortest_frequency, const int64_t *starts, size_t n)
{
	int64_t distances[WATCH_USUAL], silence = 2 * shortest_frequency * WATCH_MINUTE;
	size_t i;

	if (shortest_frequency == 0 && n < USUAL_LEAST)
		return WATCH_DAY;
	if (shortest_frequency == 0) {
		for (i = 0; i + 1 < n && i < WATCH_USUAL; i++)
			distances[i] = starts[i] - starts[i + 1];
		silence = 2 * watch_median(distances, i);
	}
	return silence > 5 * WATCH_MINUTE ? silence : 5 * WATCH_MINUTE;
}

void
watch_release(struct watch *w)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		free(w->findings[i].what);
		free(w->findings[i].advice);
	}
	free(w->findings);
	overview_release(&w->overview);
	alert_list_release(&w->changed);
	*w = (struct watch){ 0 };
}
