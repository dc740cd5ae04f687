#include "run/watch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run/alerts.h"

/* The alerts of one job. */
struct keeping {
	const struct overview_job *job;
	struct alert_list list;
	size_t n_open;            /* the first of the list, sorted */
	enum alert_cause *causes; /* of each of those */
	const char **gone;        /* why, should its cause be gone; NULL: its client is no longer configured */
	int64_t now_ms;
	char now[CLOCK_TEXT];
};

static const char *const client_kinds[] = { ALERT_OVERDUE, ALERT_OWED };
static const char *const own_kinds[] = { ALERT_SLOW, ALERT_DEAD, ALERT_ABSENT, ALERT_HELD };

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
set_cause(struct keeping *k, const char *client, const char *group, const char *kind, enum alert_cause cause,
    const char *gone)
{
	size_t at = alert_find(&k->list, k->n_open, client, group, kind);

	if (at == k->n_open)
		return;
	k->causes[at] = cause;
	k->gone[at] = gone;
}

static void
assume_client(struct keeping *k, const struct overview_client *c)
{
	enum alert_cause cause = CAUSE_GONE;
	const char *gone = "well again";
	size_t kind;

	/* Paused, on hold, held by the rollout, or with an entry that cannot be used: not well, but not late either. */
	if (c->problem == NULL && !c->enabled)
		gone = "the client is switched off";
	else if (c->due_ms == -1 || k->job->held != NULL)
		cause = CAUSE_SUSPENDED;
	for (kind = 0; kind < N(client_kinds); kind++)
		set_cause(k, c->id, c->group, client_kinds[kind], cause, gone);
}

/* What nothing was found of is gone, but where a person holds it back. The rest of the alerts are not watch's. */
static void
assume(struct keeping *k)
{
	const struct overview_client *c;
	enum alert_cause cause;
	size_t i, kind;

	for (i = 0; i < k->n_open; i++) {
		k->causes[i] = CAUSE_UNKNOWN;
		for (kind = 0; kind < N(client_kinds); kind++)
			if (strcmp(k->list.at[i].kind, client_kinds[kind]) == 0)
				k->causes[i] = CAUSE_GONE;
	}
	for (kind = 0; kind < N(own_kinds); kind++) {
		cause =
		    strcmp(own_kinds[kind], ALERT_ABSENT) == 0 && k->job->held != NULL ? CAUSE_SUSPENDED : CAUSE_GONE;
		set_cause(k, "", "", own_kinds[kind], cause, "it is over");
	}
	/* A further entry of a client that has a good one says nothing. */
	for (i = k->job->n; i > 0; i--) {
		c = &k->job->clients[i - 1];
		if (c->configured)
			assume_client(k, c);
	}
}

/* A finding: its open alert, or a new one. 0 or -1. */
static int
take(struct keeping *k, const struct finding *f, struct err *e)
{
	char empty[] = "";
	char *client = f->client != NULL ? f->client->id : empty, *group = f->client != NULL ? f->client->group : empty;
	size_t at = alert_find(&k->list, k->n_open, client, group, f->kind);
	struct alert *a = at < k->n_open ? &k->list.at[at] : NULL;

	if (a != NULL) {
		k->causes[at] = CAUSE_THERE;
		return alert_reword(a, f->what, e);
	}
	a = alert_list_add(&k->list,
	    &(struct alert){ .job_type = k->job->type,
	        .job = k->job->name,
	        .client = client,
	        .group = group,
	        .kind = (char *)(uintptr_t)f->kind,
	        .message = empty,
	        .opened_at = k->now,
	        .reminded_at = k->now,
	        .change = ALERT_OPENED },
	    e);
	return a == NULL ? -1 : alert_reword(a, f->what, e);
}

/* What becomes of those that were open. 0 or -1. */
static int
judge(struct keeping *k, struct err *e)
{
	struct alert *a;
	const char *change;
	int64_t told_ms;
	size_t i;

	for (i = 0; i < k->n_open; i++) {
		a = &k->list.at[i];
		/* The alerts of a run are the run's to keep. */
		if (k->causes[i] == CAUSE_UNKNOWN)
			continue;
		if (clock_parse(a->reminded_at, &told_ms) == -1)
			told_ms = INT64_MAX;
		change = alert_change(true, told_ms, k->causes[i], k->job->remind_after, k->now_ms);
		if (k->causes[i] != CAUSE_GONE)
			a->change = change;
		else if (alert_resolve(a, k->gone[i] != NULL ? k->gone[i] : "the client is no longer configured",
		             k->now, e) == -1)
			return -1;
	}
	return 0;
}

static int
keep_job(struct keeping *k, struct watch *w, struct db *db, struct err *e)
{
	size_t i;

	if (alerts_read_open(db, k->job->type, &k->list, e) == -1)
		return -1;
	k->n_open = k->list.n;
	k->causes = calloc(k->n_open + 1, sizeof(*k->causes));
	k->gone = calloc(k->n_open + 1, sizeof(*k->gone));
	if (k->causes == NULL || k->gone == NULL)
		return err_memory(e);
	assume(k);
	for (i = 0; i < w->n; i++)
		if (w->findings[i].job == k->job && take(k, &w->findings[i], e) == -1)
			return -1;
	if (judge(k, e) == -1 || alerts_commit(db, &k->list, k->now, e) == -1)
		return -1;
	for (i = 0; i < k->list.n; i++)
		if (k->list.at[i].change != NULL && alert_list_add(&w->changed, &k->list.at[i], e) == NULL)
			return -1;
	return 0;
}

int
watch_keep(struct watch *w, struct db *db, int64_t now_ms, struct err *e)
{
	struct keeping k;
	size_t i;
	int ret = 0;

	for (i = 0; i < w->overview.n && ret == 0; i++) {
		k = (struct keeping){ .job = &w->overview.jobs[i], .now_ms = now_ms };
		clock_text(now_ms, k.now);
		ret = keep_job(&k, w, db, e);
		free(k.causes);
		free(k.gone);
		alert_list_release(&k.list);
	}
	return ret;
}
