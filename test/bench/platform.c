/*
 * platform DB MS SECONDS: a program of the platform's beside jobrun. Every MS milliseconds it inserts a row, a
 * transaction each, waiting for a busy database as SQLite does. Until SIGTERM, or for SECONDS; then it prints how
 * many rows it inserted and, in milliseconds, how long an insert took: the median, the 95th and 99th percentile, the
 * longest.
 */
#include <err.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BUSY_MS 30000
#define MOST 1000000

static volatile sig_atomic_t stopped;

static void
stop(int signum)
{
	stopped = signum;
}

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
sleep_until(int64_t when)
{
	struct timespec ts = { when / 1000000, when % 1000000 * 1000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/* One row, committed: what it took, in microseconds. */
static int64_t
insert(sqlite3 *db, sqlite3_stmt *st)
{
	int64_t begun = now_us();

	if (sqlite3_step(st) != SQLITE_DONE)
		errx(1, "insert: %s", sqlite3_errmsg(db));
	sqlite3_reset(st);
	return now_us() - begun;
}

static double
percentile(const int64_t *took, size_t n, double p)
{
	size_t at = (size_t)((double)n * p);

	return n == 0 ? 0 : (double)took[at < n ? at : n - 1] / 1000;
}

int
main(int argc, char **argv)
{
	struct sigaction end = { .sa_handler = stop };
	int64_t *took = calloc(MOST, sizeof(*took)), every_us, next, until;
	sqlite3_stmt *st = NULL;
	sqlite3 *db = NULL;
	size_t n = 0;

	if (argc != 4)
		errx(64, "usage: platform DB MS SECONDS");
	if (took == NULL)
		err(1, NULL);
	every_us = strtoll(argv[2], NULL, 10) * 1000;
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(db, BUSY_MS) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA synchronous = FULL", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO platform_note (at) VALUES (datetime())", -1, &st, NULL) != SQLITE_OK)
		errx(1, "%s: %s", argv[1], sqlite3_errmsg(db));
	next = now_us();
	until = next + strtoll(argv[3], NULL, 10) * 1000000;
	while (stopped == 0 && n < MOST && next < until) {
		took[n++] = insert(db, st);
		next += every_us;
		sleep_until(next);
	}
	qsort(took, n, sizeof(*took), compare);
	printf("%zu %.3f %.3f %.3f %.3f\n", n, percentile(took, n, 0.5), percentile(took, n, 0.95),
	    percentile(took, n, 0.99), percentile(took, n, 1));
	sqlite3_finalize(st);
	sqlite3_close(db);
	free(took);
	return 0;
}
