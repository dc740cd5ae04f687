#include "run/trouble.h"

#include <string.h>

#include "base/clock.h"
#include "run/watch.h"

static const struct {
	const char *name;
	bool matters;
} rows[TROUBLE_COUNT] = {
	[TROUBLE_UNUSABLE] = { "unusable", true },
	[TROUBLE_CRASHED] = { "crashed", true },
	[TROUBLE_FAILED] = { "failed", true },
	[TROUBLE_OVERDUE] = { "overdue", true },
	[TROUBLE_OWED] = { "owed", true },
	[TROUBLE_DEGRADED] = { "degraded", true },
	[TROUBLE_STOPPED] = { "stopped", true },
	[TROUBLE_PARKED] = { "parked", true },
	[TROUBLE_ALERTS] = { "alerts", true },
	[TROUBLE_HELD] = { "held", true },
	[TROUBLE_PAUSED] = { "paused", true },
	[TROUBLE_NEW] = { "new", true },
	[TROUBLE_GONE] = { "gone", true },
	[TROUBLE_RUNNING] = { "running", false },
	[TROUBLE_WAITING] = { "waiting", false },
	[TROUBLE_DISABLED] = { "disabled", false },
	[TROUBLE_REMOVED] = { "removed", false },
	[TROUBLE_NONE] = { "ok", false },
};

const char *
trouble_name(enum trouble trouble)
{
	return rows[trouble].name;
}

bool
trouble_matters(enum trouble trouble)
{
	return rows[trouble].matters;
}

static bool
is(const char *status, const char *word)
{
	return status != NULL && strcmp(status, word) == 0;
}

/* Overdue by the rule of `watch`; but a held job, or one under way, makes nobody late. */
static bool
is_overdue(const struct overview_job *job, const struct overview_client *c, int64_t now_ms)
{
	int64_t success;

	return c->due_ms > 0 && job->held == NULL && !is(job->last.status, "running") &&
	    clock_parse(c->last.last_success_at, &success) == 0 &&
	    now_ms >= watch_overdue_from(success, c->send_frequency, -1);
}

/* By what its last visit left, and by what waits since. */
static enum trouble
by_last_visit(const struct overview_job *job, const struct overview_client *c, int64_t now_ms)
{
	if (is(c->last.status, "failed"))
		return TROUBLE_FAILED;
	if (is_overdue(job, c, now_ms))
		return TROUBLE_OVERDUE;
	/* While a run is under way items are applied, and not yet acknowledged, as they should be. */
	if (c->owed > 0 && !is(job->last.status, "running"))
		return TROUBLE_OWED;
	if (is(c->last.status, "degraded"))
		return TROUBLE_DEGRADED;
	if (is(c->last.status, "stopped"))
		return TROUBLE_STOPPED;
	return c->parked > 0 ? TROUBLE_PARKED : TROUBLE_NONE;
}

enum trouble
trouble_of_client(const struct overview_job *job, const struct overview_client *c, int64_t now_ms)
{
	enum trouble trouble;

	if (!c->configured)
		return c->owed > 0 || c->parked > 0 ? TROUBLE_GONE : TROUBLE_REMOVED;
	if (c->problem != NULL)
		return TROUBLE_UNUSABLE;
	if (c->paused != NULL)
		return TROUBLE_PAUSED;
	if (!c->enabled)
		return TROUBLE_DISABLED;
	if (c->waits_for_rollout)
		return TROUBLE_WAITING;
	trouble = by_last_visit(job, c, now_ms);
	return trouble == TROUBLE_NONE && c->last.run == 0 ? TROUBLE_NEW : trouble;
}

enum trouble
trouble_of_job(const struct overview_job *job)
{
	/* Somebody knows of whatever else is wrong, and the reason is to be seen. */
	if (job->held != NULL)
		return TROUBLE_HELD;
	if (job->name == NULL || job->problem != NULL)
		return TROUBLE_UNUSABLE;
	if (is(job->last.status, "crashed"))
		return TROUBLE_CRASHED;
	if (is(job->last.status, "running"))
		return TROUBLE_RUNNING;
	if (is(job->last.status, "failed"))
		return TROUBLE_FAILED;
	if (is(job->last.status, "degraded"))
		return TROUBLE_DEGRADED;
	if (is(job->last.status, "stopped"))
		return TROUBLE_STOPPED;
	if (job->last.id == 0)
		return TROUBLE_NEW;
	return job->open_alerts > 0 ? TROUBLE_ALERTS : TROUBLE_NONE;
}

/* "paused for 3 h: reason". */
static int
say_since(struct buf *b, const char *what, const char *at, const char *reason, int64_t now_ms)
{
	char span[CLOCK_SPAN];
	int64_t since;

	if (at == NULL || clock_parse(at, &since) == -1 || since > now_ms)
		return buf_addf(b, "%s: %s", what, reason);
	clock_span(now_ms - since, span);
	return buf_addf(b, "%s for %s: %s", what, span, reason);
}

static int
say_failed(const struct standing *last, struct buf *b)
{
	if ((last->failures > 1 ? buf_addf(b, "failed %lld times in a row", (long long)last->failures)
	                        : buf_adds(b, "failed")) == -1)
		return -1;
	/* First, since a terminal cuts the rest. */
	if (last->http_status >= 400 && buf_addf(b, " (HTTP %lld)", (long long)last->http_status) == -1)
		return -1;
	return buf_addf(b, ": %s", last->message != NULL ? last->message : "see its errors");
}

static int
say_overdue(const struct overview_client *c, int64_t now_ms, struct buf *b)
{
	char span[CLOCK_SPAN];

	clock_span(now_ms - c->due_ms, span);
	return buf_addf(b, "overdue by %s: it is to run every %lld min", span, (long long)c->send_frequency);
}

int
trouble_say_client(const struct overview_job *job, const struct overview_client *c, int64_t now_ms, struct buf *b)
{
	const char *message = c->last.message;

	switch (trouble_of_client(job, c, now_ms)) {
	case TROUBLE_UNUSABLE:
		return buf_adds(b, c->problem);
	case TROUBLE_FAILED:
		return say_failed(&c->last, b);
	case TROUBLE_OVERDUE:
		return say_overdue(c, now_ms, b);
	case TROUBLE_OWED:
		return buf_addf(b, "%lld applied, but not acknowledged%s%s", (long long)c->owed,
		    message != NULL ? ": " : "; the next run will", message != NULL ? message : "");
	case TROUBLE_DEGRADED:
	case TROUBLE_STOPPED:
		return buf_addf(b, "%s: %s", c->last.status, message != NULL ? message : "before its work was done");
	case TROUBLE_PARKED:
		return buf_addf(b, "%lld parked: jobrun items list", (long long)c->parked);
	case TROUBLE_PAUSED:
		return say_since(b, "paused", c->paused_at, c->paused, now_ms);
	case TROUBLE_NEW:
		return buf_adds(b, "never visited");
	case TROUBLE_GONE:
		return buf_addf(b, "not configured any more: %lld not acknowledged, %lld parked", (long long)c->owed,
		    (long long)c->parked);
	default:
		return 0;
	}
}

int
trouble_say_job(const struct overview_job *job, int64_t now_ms, struct buf *b)
{
	long long run = (long long)job->last.id;

	switch (trouble_of_job(job)) {
	case TROUBLE_UNUSABLE:
		return buf_adds(b, job->problem != NULL ? job->problem : "not installed: jobrun job install");
	case TROUBLE_CRASHED:
		return buf_addf(b, "run %lld crashed: its process is gone; the next run goes on from there", run);
	case TROUBLE_HELD:
		return say_since(b, "held", job->held_at, job->held, now_ms);
	case TROUBLE_FAILED:
	case TROUBLE_DEGRADED:
	case TROUBLE_STOPPED:
		return buf_addf(b, "run %lld %s: jobrun runs %lld", run, job->last.status, run);
	case TROUBLE_ALERTS:
		return buf_addf(b, "%lld open: jobrun alerts", (long long)job->open_alerts);
	case TROUBLE_NEW:
		return buf_adds(b, "never run");
	default:
		return 0;
	}
}
