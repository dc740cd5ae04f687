#include "progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <bsd/unistd.h>

#define DRAW_EVERY_MS 200
#define TITLE_EVERY_MS 1000
/* Before that, or with less done, an estimate would jump about. */
#define ESTIMATE_FROM_MS 2000
#define LINE_MOST 160

/* ", 3 min left": from the clients that are done; nothing while that would be a guess. */
static void
put_left(const struct event_progress *now, char *out, size_t size)
{
	int64_t left_s;

	out[0] = '\0';
	if (now->clients_done == 0 || now->clients_done >= now->clients || now->elapsed_ms < ESTIMATE_FROM_MS)
		return;
	left_s = now->elapsed_ms * (now->clients - now->clients_done) / now->clients_done / 1000;
	if (left_s < 60)
		snprintf(out, size, ", %lld s left", (long long)left_s);
	else if (left_s < 5400)
		snprintf(out, size, ", %lld min left", (long long)((left_s + 30) / 60));
	else
		snprintf(out, size, ", %lld h left", (long long)((left_s + 1800) / 3600));
}

static void
put_line(const struct event_progress *now, char out[LINE_MOST])
{
	double rate = now->elapsed_ms > 0 ? (double)now->received * 1000.0 / (double)now->elapsed_ms : 0.0;
	char left[40];

	put_left(now, left, sizeof(left));
	snprintf(out, LINE_MOST, "%lld/%lld clients, %lld items, %.0f/s, %lld errors%s", (long long)now->clients_done,
	    (long long)now->clients, (long long)now->received, rate, (long long)now->errors, left);
}

/* A line that wraps could not be wiped. */
static int
room(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : LINE_MOST;
}

void
progress_show(struct progress *p, const struct event_progress *now)
{
	char line[LINE_MOST];

	if (now->elapsed_ms - p->titled_ms >= TITLE_EVERY_MS) {
		p->titled_ms = now->elapsed_ms;
		put_line(now, line);
		setproctitle("%s: %s", p->log->job, line);
	}
	if (!p->log->progress_on || now->elapsed_ms - p->shown_ms < DRAW_EVERY_MS)
		return;
	p->shown_ms = now->elapsed_ms;
	put_line(now, line);
	fprintf(stderr, "\r\033[K%.*s", room(), line);
	fflush(stderr);
}

void
progress_end(struct progress *p)
{
	if (p->log->progress_on && p->shown_ms > 0)
		fputs("\r\033[K", stderr);
	p->log->progress_on = false;
}
