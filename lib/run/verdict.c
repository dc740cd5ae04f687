#include "run/verdict.h"

#define SLACK_MOST_MS 30000

int64_t
verdict_due_at(int64_t last_ms, int64_t frequency)
{
	int64_t period = frequency * 60000, slack = period / 100;

	if (frequency == 0 || last_ms < 0)
		return 0;
	return last_ms + period - (slack < SLACK_MOST_MS ? slack : SLACK_MOST_MS);
}

bool
verdict_due(int64_t now_ms, int64_t last_ms, int64_t frequency)
{
	/* A last run in the future means that the clock was set back: waiting it out could take years. */
	return last_ms > now_ms || now_ms >= verdict_due_at(last_ms, frequency);
}

int64_t
verdict_tried(const struct tally *t)
{
	return t->received - t->duplicates - t->parked;
}

double
verdict_ratio(const struct tally *t)
{
	int64_t tried = verdict_tried(t);

	return tried > 0 ? (double)t->processed / (double)tried : 1.0;
}

enum client_end
verdict_client(const struct client_outcome *c)
{
	if (c->failed)
		return CLIENT_FAILED;
	if (c->stopped)
		return CLIENT_STOPPED;
	if (c->acks_refused || verdict_ratio(&c->tally) < c->least_ratio)
		return CLIENT_DEGRADED;
	return CLIENT_OK;
}

const char *
verdict_client_name(enum client_end end)
{
	static const char *const names[] = {
		[CLIENT_OK] = "ok",
		[CLIENT_DEGRADED] = "degraded",
		[CLIENT_FAILED] = "failed",
		[CLIENT_STOPPED] = "stopped",
	};

	return names[end];
}

const char *
verdict_run(const struct run_summary *s)
{
	if (s->signal != 0 || s->out_of_time)
		return "stopped";
	if (s->clients > 0 && s->failed_clients == s->clients)
		return "failed";
	return s->failed_clients > 0 || s->degraded_clients > 0 ? "degraded" : "ok";
}
