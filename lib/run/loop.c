#include "run/loop.h"

#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "run/visit.h"
#include "run/writer.h"
#include "store/wal.h"

/* How long the loop may sleep: a signal or --max-time is noticed this late at the most. */
#define LOOP_WAIT_MS 250

/* A client whose items or row wait for a commit has no request under way: another may begin. */
static bool
may_start(const struct run *run)
{
	return run->next_client < run->roster.n && !run_stopping(run) && engine_active(run->engine) < run->parallel &&
	    run->n_visits < run->parallel + BOUND_PARALLEL_WAITING;
}

static int
start_visits(struct run *run, struct err *e)
{
	struct visit *v;

	while (may_start(run)) {
		if ((v = visit_new(run, &run->roster.clients[run->next_client], e)) == NULL)
			return -1;
		run->next_client++;
		run->n_visits++;
		run->summary->clients++;
		TAILQ_INSERT_TAIL(&run->visits, v, entry);
		if (visit_advance(v, e) == -1)
			return -1;
	}
	return 0;
}

/* Moves every visit on that waits for nothing, the oldest first, and lets those go that are on record. */
static int
advance_visits(struct run *run, struct err *e)
{
	struct visit *v, *next;

	for (v = TAILQ_FIRST(&run->visits); v != NULL; v = next) {
		next = TAILQ_NEXT(v, entry);
		if (visit_advance(v, e) == -1)
			return -1;
		if (v->state != VISIT_GONE)
			continue;
		TAILQ_REMOVE(&run->visits, v, entry);
		run->n_visits--;
		visit_free(v);
	}
	return 0;
}

static void
stop_visits(struct run *run, bool now)
{
	struct visit *v, *next;

	for (v = TAILQ_FIRST(&run->visits); v != NULL; v = next) {
		next = TAILQ_NEXT(v, entry);
		visit_stop(v, now);
	}
}

/* A signal or the end of --max-time: no new work from here on; acks have a grace. */
static void
watch_clock(struct run *run)
{
	const struct run_request *request = run->request;
	struct event ev = { .kind = EVENT_STOPPING };
	int64_t now = clock_mono_ms();

	if (run_stopping(run)) {
		if (now >= run->stop_at_ms)
			stop_visits(run, true);
		return;
	}
	if (!run_told_to_end(run))
		return;
	if (*request->signal != 0) {
		run->summary->signal = *request->signal;
		ev.message = strsignal(run->summary->signal);
	} else {
		run->summary->out_of_time = true;
		ev.message = "--max-time is over";
	}
	run_tell(run, &ev);
	run->stop_at_ms = now + BOUND_STOP_GRACE_MS;
	stop_visits(run, false);
}

static void
tell_progress(const struct run *run)
{
	const struct run_summary *s = run->summary;
	struct event_progress progress = {
		.clients = (int64_t)(run->roster.n + run->roster.n_bad),
		.clients_done = s->clients - (int64_t)run->n_visits,
		.received = s->tally.received,
		.errors = s->tally.errors,
		.elapsed_ms = clock_mono_ms() - run->begun_mono_ms,
	};
	const struct visit *v;

	if (run->request->events.progress == NULL)
		return;
	TAILQ_FOREACH(v, &run->visits, entry) {
		progress.received += v->tally.received;
		progress.errors += v->tally.errors;
	}
	run->request->events.progress(run->request->events.arg, &progress);
}

/* Nothing fails yet; but the disk fills, and every reader has to search the log. */
static void
watch_log(struct run *run)
{
	char message[200];
	struct event ev = { .kind = EVENT_WARNING, .message = message };
	int64_t bytes = wal_bytes(run->request->db);

	if (run->log_told || bytes <= BOUND_LOG_BYTES)
		return;
	run->log_told = true;
	snprintf(message, sizeof(message),
	    "the database's log (-wal) has grown to %lld MiB, and cannot be begun anew: another program reads the database"
	    " in one long transaction; it grows until that ends",
	    (long long)(bytes / (1024 * 1024)));
	run_tell(run, &ev);
}

/* Requests that are under way bring more to commit, unless they are all silent for a while. */
static int64_t
more_ms(const struct run *run)
{
	int64_t left = BOUND_BATCH_QUIET_MS - (clock_mono_ms() - engine_heard_ms(run->engine));

	return engine_active(run->engine) > 0 && left > 0 ? left : 0;
}

/* How long the network may be waited for. */
static int64_t
patience(const struct run *run)
{
	if (writer_waiting(run->writer))
		return writer_wait(run->writer, more_ms(run));
	return run->n_visits == 0 ? 0 : LOOP_WAIT_MS;
}

/* What was begun is sent before a commit is waited for. 0 or -1. */
static int
commit(struct run *run, struct err *e)
{
	return engine_step(run->engine, 0, e) == -1 ? -1 : writer_commit(run->writer, e);
}

static bool
commit_is_due(const struct run *run)
{
	return writer_waiting(run->writer) && patience(run) == 0;
}

static int
turn(struct run *run, struct err *e)
{
	/* First: a run that was told to end before it began asks nobody for anything. */
	watch_clock(run);
	/* Those that are over make room before others begin: the wait below is none for a place that is free. */
	if (advance_visits(run, e) == -1 || start_visits(run, e) == -1)
		return -1;
	if ((commit_is_due(run) ? commit(run, e) : engine_step(run->engine, patience(run), e)) == -1)
		return -1;
	if (run->fatal.kind != ERR_NONE) {
		*e = run->fatal;
		return -1;
	}
	watch_log(run);
	tell_progress(run);
	return 0;
}

int
loop_run(struct run *run, struct err *e)
{
	do {
		if (turn(run, e) == -1)
			return -1;
	} while (run->n_visits > 0 || writer_waiting(run->writer) ||
	    (run->next_client < run->roster.n && !run_stopping(run)));
	return 0;
}
