#include "run/left_out.h"

#include "base/bounds.h"
#include "base/buf.h"

static void
tell(const struct run *run, enum event_kind kind, const char *message)
{
	run_tell(run, &(struct event){ .kind = kind, .message = message });
}

static void
tell_client(const struct run *run, const struct roster_note *note)
{
	run_tell(run,
	    &(struct event){ .kind = run->request->n_clients > 0 ? EVENT_WARNING : EVENT_SKIPPED,
	        .client = note->id,
	        .group = note->group,
	        .message = note->message });
}

/* Those whom nobody named are told of together: at stage pilot that is nearly everyone. */
static void
tell_rollout(const struct run *run)
{
	const struct roster *roster = &run->roster;
	struct event ev = { .kind = EVENT_SKIPPED, .n = roster->held_back };
	struct buf b;

	if (roster->held_back == 0 || roster->n_refused > 0)
		return;
	buf_init(&b, BOUND_MESSAGE);
	if (roster->pilots == 0) {
		ev.kind = EVENT_WARNING;
		(void)buf_addf(&b,
		    "the job is at stage pilot, and no client that is switched on says \"Pilot\": true: nobody is visited; "
		    "jobrun rollout %s",
		    run->request->job->name);
	} else {
		(void)buf_addf(&b, "held by the rollout: %lld client%s; jobrun rollout %s",
		    (long long)roster->held_back, roster->held_back == 1 ? "" : "s", run->request->job->name);
	}
	ev.message = buf_text(&b);
	run_tell(run, &ev);
	buf_release(&b);
}

/* Why nobody is left, by count: "2 not due, 1 paused". */
static void
tell_counts(const struct run *run)
{
	const struct roster *roster = &run->roster;
	const struct {
		int64_t n;
		const char *words;
	} parts[] = {
		{ roster->skipped - roster->skipped_paused - roster->held_back, "not due" },
		{ roster->skipped_paused, "paused" },
		{ roster->held_back, "held by the rollout" },
		{ roster->off, "switched off" },
	};
	const char *before = ": ";
	struct buf b;
	size_t i;

	buf_init(&b, BOUND_MESSAGE);
	(void)buf_adds(&b, "no client is to be visited");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].n == 0)
			continue;
		(void)buf_addf(&b, "%s%lld %s", before, (long long)parts[i].n, parts[i].words);
		before = ", ";
	}
	tell(run, EVENT_NOTHING, buf_text(&b));
	buf_release(&b);
}

void
left_out_tell(const struct run *run)
{
	const struct roster *roster = &run->roster;
	size_t i;

	for (i = 0; i < roster->n_paused; i++)
		tell_client(run, &roster->paused[i]);
	for (i = 0; i < roster->n_refused; i++)
		tell_client(run, &roster->refused[i]);
	tell_rollout(run);
	if (roster->n > 0 || roster->n_bad > 0)
		return;
	if (roster->configured == 0)
		tell(run, EVENT_WARNING, "no client is configured for this job: jobrun client add");
	else if (roster->skipped == 0)
		tell(run, EVENT_NOTHING, "every client is switched off");
	else if (roster->skipped_paused + roster->held_back == 0)
		tell(run, EVENT_NOTHING, "no client is due");
	else
		tell_counts(run);
}
