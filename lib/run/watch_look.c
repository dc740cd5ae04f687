#include "run/watch.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "store/catalog.h"
#include "store/recent.h"

/* Some of the runs that are read may have failed or crashed, and say nothing of what is usual. */
#define RUNS_READ 60
/* Acks that a run left are the next run's first work: one that was missed is no news yet. */
#define OWED_MS (60 * WATCH_MINUTE)
/* A hold is meant to be short. */
#define HELD_MS WATCH_DAY
/* A slow run that is over is news for so long. */
#define SLOW_NEWS_MS WATCH_DAY

/* One job that is looked at. */
struct look {
	struct watch *watch;
	struct db *db;
	const struct overview_job *job;
	int64_t grace, now_ms;
	struct recent_run runs[RUNS_READ]; /* the newest first */
	size_t n_runs;
	struct buf what, advice; /* of the finding that is being written */
};

/* Adds what was written into what and advice. 0 or -1. */
static int
add(struct look *look, const char *kind, const struct overview_client *client, int64_t since, struct err *e)
{
	struct watch *w = look->watch;
	struct finding *f = array_room(w->findings, w->n, &w->cap, sizeof(*f));

	if (f == NULL)
		return err_memory(e);
	w->findings = f;
	f += w->n++;
	*f = (struct finding){ .kind = kind, .job = look->job, .client = client, .since = since };
	f->what = strdup(buf_text(&look->what));
	f->advice = strdup(buf_text(&look->advice));
	buf_clear(&look->what);
	buf_clear(&look->advice);
	return f->what == NULL || f->advice == NULL ? err_memory(e) : 0;
}

/* A stamp of the tables as ms; -1: there is none, or it was mangled. */
static int64_t
stamp(const char *text)
{
	int64_t ms;

	return text != NULL && clock_parse(text, &ms) == 0 ? ms : -1;
}

static bool
is_held(const struct overview_job *job)
{
	return job->held != NULL;
}

/* To be visited at all? */
static bool
is_wanted(const struct overview_client *c)
{
	return c->due_ms != -1;
}

static int
look_at_hold(struct look *look, struct err *e)
{
	const struct overview_job *job = look->job;
	int64_t since = stamp(job->held_at);

	if (!is_held(job) || look->now_ms - since < HELD_MS)
		return 0;
	if (buf_addf(&look->what, "on hold since %s: %s", job->held_at, job->held) == -1 ||
	    buf_addf(&look->advice, "jobrun release %s", job->name) == -1)
		return err_memory(e);
	return add(look, ALERT_HELD, NULL, since, e);
}

static bool
is_running(const struct overview_job *job)
{
	return job->last.id != 0 && strcmp(job->last.status, "running") == 0;
}

/* The overview says crashed of a run whose process is gone; the row is still open until the next run heals it. */
static int
look_for_dead(struct look *look, struct err *e)
{
	const struct standing_run *last = &look->job->last;

	if (last->id == 0 || strcmp(last->status, "crashed") != 0 || last->finished_at != NULL)
		return 0;
	if (buf_addf(&look->what, "run %lld of %s died: its process %lld is gone, and no run came since",
	        (long long)last->id, last->started_at, (long long)last->pid) == -1 ||
	    buf_addf(&look->advice, "the next run goes on from there: jobrun %s", look->job->name) == -1)
		return err_memory(e);
	return add(look, ALERT_DEAD, NULL, stamp(last->started_at), e);
}

static bool
went_well(const struct recent_run *run)
{
	return strcmp(run->status, "ok") == 0 || strcmp(run->status, "degraded") == 0;
}

/* How long the runs before this one took, those that went well: from which duration on is it slow? */
static int64_t
slow_from(const struct look *look, size_t run)
{
	int64_t durations[WATCH_USUAL];
	size_t i, n = 0;

	for (i = run + 1; i < look->n_runs && n < WATCH_USUAL; i++)
		if (went_well(&look->runs[i]) && look->runs[i].duration_ms >= 0)
			durations[n++] = look->runs[i].duration_ms;
	return watch_slow_from(durations, n);
}

static int
add_slow(struct look *look, const struct recent_run *run, int64_t usual_most, bool over, struct err *e)
{
	char at[CLOCK_TEXT];

	clock_text(run->started_ms, at);
	if ((over ? buf_addf(&look->what, "run %lld of %s took %lld min", (long long)run->id, at,
	                (long long)(run->duration_ms / WATCH_MINUTE))
	          : buf_addf(&look->what, "run %lld is running since %s", (long long)run->id, at)) == -1 ||
	    buf_addf(&look->what, ", far longer than usual (more than %lld min)",
	        (long long)(usual_most / WATCH_MINUTE)) == -1 ||
	    buf_addf(&look->advice, "jobrun runs %lld", (long long)run->id) == -1)
		return err_memory(e);
	return add(look, ALERT_SLOW, NULL, run->started_ms, e);
}

/* The run under way, else the last one that ended. */
static int
look_for_slow(struct look *look, struct err *e)
{
	const struct recent_run *run = look->runs;
	int64_t most;
	size_t i;

	if (look->n_runs > 0 && is_running(look->job) && run->id == look->job->last.id &&
	    look->now_ms - run->started_ms >= (most = slow_from(look, 0)))
		return add_slow(look, run, most, false, e);
	for (i = 0; i < look->n_runs && look->runs[i].duration_ms < 0; i++)
		continue;
	run = &look->runs[i];
	if (i == look->n_runs || look->now_ms - run->started_ms - run->duration_ms > SLOW_NEWS_MS ||
	    run->duration_ms < (most = slow_from(look, i)))
		return 0;
	return add_slow(look, run, most, true, e);
}

/* The shortest SendFrequency of those who are to be visited: 0 one of them goes by every run; -1 there is nobody. */
static int64_t
shortest_frequency(const struct overview_job *job)
{
	int64_t shortest = -1;
	size_t i;

	for (i = 0; i < job->n; i++)
		if (is_wanted(&job->clients[i]) && (shortest == -1 || job->clients[i].send_frequency < shortest))
			shortest = job->clients[i].send_frequency;
	return shortest;
}

/* When a job that never ran was installed. 0 or -1. */
static int
installed_at(const struct look *look, int64_t *ms, struct err *e)
{
	struct catalog_job job = { 0 };
	char number[24];
	int got;

	snprintf(number, sizeof(number), "%lld", (long long)look->job->type);
	if ((got = catalog_job(look->db, number, &job, e)) == -1)
		return -1;
	*ms = got == 0 ? stamp(job.installed_at) : look->now_ms;
	catalog_job_release(&job);
	return 0;
}

static int
add_absent(struct look *look, int64_t since, struct err *e)
{
	bool never = look->n_runs == 0;
	char at[CLOCK_TEXT];

	clock_text(since, at);
	if ((never ? buf_addf(&look->what, "has never run since it was installed at %s", at)
	           : buf_addf(&look->what, "has not run since %s", look->job->last.started_at)) == -1 ||
	    buf_addf(&look->advice, "is its crontab line there, and does cron run? jobrun runs --job %s",
	        look->job->name) == -1)
		return err_memory(e);
	return add(look, ALERT_ABSENT, NULL, since, e);
}

static int
look_for_absent(struct look *look, struct err *e)
{
	int64_t starts[RUNS_READ], since = 0, frequency = shortest_frequency(look->job);
	const struct recent_run *last = look->runs;
	size_t i;

	if (frequency == -1 || is_running(look->job))
		return 0;
	for (i = 0; i < look->n_runs; i++)
		starts[i] = look->runs[i].started_ms;
	if (look->n_runs == 0 && installed_at(look, &since, e) == -1)
		return -1;
	/* While a long run is under way, others do not begin. */
	if (look->n_runs > 0)
		since = last->started_ms + (last->duration_ms > 0 ? last->duration_ms : 0);
	if (look->now_ms - since <= watch_silence(frequency, starts, look->n_runs))
		return 0;
	return add_absent(look, look->n_runs > 0 ? last->started_ms : since, e);
}

static int
look_for_overdue(struct look *look, const struct overview_client *c, struct err *e)
{
	int64_t since = stamp(c->last.last_success_at), due;
	const char *failed = c->last.run != 0 && strcmp(c->last.status, "failed") == 0 ? c->last.message : NULL;
	char at[CLOCK_TEXT], due_at[CLOCK_TEXT];
	bool never = since == -1;

	if (c->send_frequency == 0 || (never && c->last.run == 0))
		return 0;
	if (never && recent_first_visit(look->db, look->job->type, c->id, c->group, &since, e) == -1)
		return -1;
	if (look->now_ms <= watch_overdue_from(since, c->send_frequency, look->grace))
		return 0;
	due = since + c->send_frequency * WATCH_MINUTE;
	clock_text(since, at);
	clock_text(due, due_at);
	if (buf_addf(&look->what, "overdue since %s: %s %s, SendFrequency %lld min", due_at,
	        never ? "no success since its first visit at" : "last success", at,
	        (long long)c->send_frequency) == -1 ||
	    (failed != NULL && buf_addf(&look->what, "; its last visit failed: %s", failed) == -1) ||
	    buf_addf(&look->advice, "jobrun %s --job %s --client %s", failed != NULL ? "errors" : "runs",
	        look->job->name, c->id) == -1)
		return err_memory(e);
	return add(look, ALERT_OVERDUE, c, due, e);
}

/* When the last run that ended did so; -1: none did. */
static int64_t
last_end(const struct look *look)
{
	size_t i;

	for (i = 0; i < look->n_runs; i++)
		if (look->runs[i].duration_ms >= 0)
			return look->runs[i].started_ms + look->runs[i].duration_ms;
	return -1;
}

static int
look_for_owed(struct look *look, const struct overview_client *c, struct err *e)
{
	char at[CLOCK_TEXT];
	int64_t oldest;
	int got;

	if (c->owed == 0)
		return 0;
	if ((got = recent_oldest_owed(look->db, look->job->type, c->id, c->group, &oldest, e)) != 0)
		return got == 1 ? 0 : -1;
	if (look->now_ms - oldest < OWED_MS || last_end(look) < oldest)
		return 0;
	clock_text(oldest, at);
	if (buf_addf(&look->what, "%lld applied item%s not acknowledged, the oldest since %s", (long long)c->owed,
	        c->owed == 1 ? "" : "s", at) == -1 ||
	    buf_addf(&look->advice, "jobrun errors --job %s --client %s", look->job->name, c->id) == -1)
		return err_memory(e);
	return add(look, ALERT_OWED, c, oldest, e);
}

/* A job on hold is late since someone wants it to be. */
static int
look_at_job(struct look *look, struct err *e)
{
	const struct overview_job *job = look->job;
	size_t i;

	if (recent_runs(look->db, job->type, look->runs, RUNS_READ, &look->n_runs, e) == -1 ||
	    look_at_hold(look, e) == -1 || look_for_dead(look, e) == -1 || look_for_slow(look, e) == -1)
		return -1;
	if (is_held(job))
		return 0;
	if (look_for_absent(look, e) == -1)
		return -1;
	/* Kind by kind, so that what is alike is told together. */
	for (i = 0; i < job->n; i++)
		if (is_wanted(&job->clients[i]) && look_for_overdue(look, &job->clients[i], e) == -1)
			return -1;
	for (i = 0; i < job->n; i++)
		if (is_wanted(&job->clients[i]) && look_for_owed(look, &job->clients[i], e) == -1)
			return -1;
	return 0;
}

int
watch_look(struct watch *w, struct db *db, int64_t job_type, int64_t grace, int64_t now_ms, struct err *e)
{
	struct look look = { .watch = w, .db = db, .grace = grace, .now_ms = now_ms };
	size_t i;
	int ret = overview_read(&w->overview, db, job_type, now_ms, e);

	/* An id may be as long as an entry. */
	buf_init(&look.what, BOUND_CONFIG_BYTES);
	buf_init(&look.advice, 2 * BOUND_CONFIG_BYTES);
	for (i = 0; ret == 0 && i < w->overview.n; i++) {
		look.job = &w->overview.jobs[i];
		/* Clients that wait for a job type to be installed are nobody's fault. */
		if (look.job->name != NULL)
			ret = look_at_job(&look, e);
	}
	buf_release(&look.what);
	buf_release(&look.advice);
	return ret;
}
