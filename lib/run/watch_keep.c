#include "run/watch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "run/alerts.h"

/* The alerts of one job. */
struct keeping {
	const struct overview_job *job;
	struct alert_book book;
	enum alert_cause *causes; /* of each that was open */
	const char **gone;        /* why, should its cause be gone; NULL: its client is no longer configured */
};

static const char *const client_kinds[] = { ALERT_OVERDUE, ALERT_OWED };
static const char *const own_kinds[] = { ALERT_SLOW, ALERT_DEAD, ALERT_ABSENT, ALERT_HELD };

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
set_cause(struct keeping *k, const char *client, const char *group, const char *kind, enum alert_cause cause,
    const char *gone)
{
	size_t at = alert_find(&k->book, client, group, kind);

	if (at == k->book.n_open)
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

	for (i = 0; i < k->book.n_open; i++) {
		k->causes[i] = CAUSE_UNKNOWN;
		for (kind = 0; kind < N(client_kinds); kind++)
			if (strcmp(k->book.list.at[i].kind, client_kinds[kind]) == 0)
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
	const char *client = f->client != NULL ? f->client->id : "", *group = f->client != NULL ? f->client->group : "";
	size_t at = alert_find(&k->book, client, group, f->kind);
	struct alert *a;

	if (at < k->book.n_open) {
		k->causes[at] = CAUSE_THERE;
		a = &k->book.list.at[at];
	} else {
		a = alert_open(&k->book, client, group, f->kind, e);
	}
	return a == NULL ? -1 : alert_reword(a, f->what, e);
}

/* What becomes of those that were open. 0 or -1. */
static int
judge(struct keeping *k, struct err *e)
{
	size_t i;

	for (i = 0; i < k->book.n_open; i++) {
		/* The alerts of a run are the run's to keep. */
		if (k->causes[i] == CAUSE_UNKNOWN)
			continue;
		if (alert_settle(&k->book, i, k->causes[i],
		        k->gone[i] != NULL ? k->gone[i] : "the client is no longer configured", e) == -1)
			return -1;
	}
	return 0;
}

static int
keep_job(struct keeping *k, struct watch *w, struct db *db, struct err *e)
{
	size_t i;

	if (alert_book_read(&k->book, db, e) == -1)
		return -1;
	k->causes = calloc(k->book.n_open + 1, sizeof(*k->causes));
	k->gone = calloc(k->book.n_open + 1, sizeof(*k->gone));
	if (k->causes == NULL || k->gone == NULL)
		return err_memory(e);
	assume(k);
	for (i = 0; i < w->n; i++)
		if (w->findings[i].job == k->job && take(k, &w->findings[i], e) == -1)
			return -1;
	if (judge(k, e) == -1 || alerts_commit(db, &k->book.list, k->book.now, e) == -1)
		return -1;
	for (i = 0; i < k->book.list.n; i++)
		if (k->book.list.at[i].change != NULL && alert_list_add(&w->changed, &k->book.list.at[i], e) == NULL)
			return -1;
	return 0;
}

int
watch_keep(struct watch *w, struct db *db, int64_t now_ms, struct err *e)
{
	const struct overview_job *job;
	struct keeping k;
	size_t i;
	int ret = 0;

	for (i = 0; i < w->overview.n && ret == 0; i++) {
		job = &w->overview.jobs[i];
		k = (struct keeping){ .job = job,
			.book = { .job = job->name,
			    .job_type = job->type,
			    .remind_after = job->remind_after,
			    .now_ms = now_ms } };
		ret = keep_job(&k, w, db, e);
		free(k.causes);
		free(k.gone);
		alert_list_release(&k.book.list);
	}
	return ret;
}
