#include "progress.h"

#include <stdio.h>

#define EVERY_MS 200

void
progress_show(struct progress *p, const struct event_progress *now)
{
	double rate;

	if (!p->log->progress_on || now->elapsed_ms - p->shown_ms < EVERY_MS)
		return;
	p->shown_ms = now->elapsed_ms;
	rate = now->elapsed_ms > 0 ? (double)now->received * 1000.0 / (double)now->elapsed_ms : 0.0;
	fprintf(stderr, "\r\033[K%lld/%lld clients, %lld items, %.0f/s, %lld errors", (long long)now->clients_done,
	    (long long)now->clients, (long long)now->received, rate, (long long)now->errors);
	fflush(stderr);
}

void
progress_end(struct progress *p)
{
	if (p->log->progress_on && p->shown_ms > 0)
		fputs("\r\033[K", stderr);
	p->log->progress_on = false;
}
