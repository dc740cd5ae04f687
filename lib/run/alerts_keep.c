#include "run/alerts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "run/state.h"
#include "run/verdict.h"

/* What is known of the client of an open alert. */
enum presence { PRESENCE_ABSENT, PRESENCE_OFF, PRESENCE_THERE };

struct keeping {
	struct run *run;
	struct alert_list list;
	size_t n_open;           /* the first of the list, sorted */
	enum presence *presence; /* of each of those */
	int64_t now_ms;
	char now[CLOCK_TEXT];
};

static bool
is_ours(const struct alert *a)
{
	return strcmp(a->kind, ALERT_FAILURES) == 0 || strcmp(a->kind, ALERT_RATIO) == 0;
}

static int
compare_note(const void *key, const void *element)
{
	const struct standing *s = key;
	const struct roster_note *note = element;
	int order = strcmp(s->client, note->id);

	return order != 0 ? order : strcmp(s->group, note->group);
}

static bool
is_paused(const struct keeping *k, const struct standing *s)
{
	const struct roster *roster = &k->run->roster;

	return roster->n_paused > 0 &&
	    bsearch(s, roster->paused, roster->n_paused, sizeof(*roster->paused), compare_note) != NULL;
}

/* What the alert says of a client that is not well. */
static int
describe(const char *kind, const struct standing *s, double least, struct buf *b)
{
	if (strcmp(kind, ALERT_RATIO) == 0)
		return buf_addf(b, "processed %lld of %lld, below MinProcessedRatio %g", (long long)s->tally.processed,
		    (long long)verdict_tried(&s->tally), least);
	return buf_addf(b, "%lld failed visit%s in a row, %s%s; the last: %s", (long long)s->failures,
	    s->failures == 1 ? "" : "s", s->last_success_at != NULL ? "last success " : "never a success",
	    s->last_success_at != NULL ? s->last_success_at : "", s->message != NULL ? s->message : "");
}

/* A new one at the list's end. */
static struct alert *
add(struct keeping *k, const struct standing *s, char *kind, struct err *e)
{
	char empty[] = "";
	struct alert a = {
		.job_type = k->run->job.type,
		.run = k->run->id,
		.job = k->run->job.name,
		.client = s->client,
		.group = s->group,
		.kind = kind,
		.message = empty,
		.opened_at = k->now,
		.reminded_at = k->now,
	};

	return alert_list_add(&k->list, &a, e);
}

/* One kind of one client: what its alert becomes. */
static int
judge(struct keeping *k, const struct standing *s, char *kind, enum alert_cause cause, struct err *e)
{
	size_t at = alert_find(&k->list, k->n_open, s->client, s->group, kind);
	bool visited = s->run == k->run->id, open = at < k->n_open;
	struct alert *a = open ? &k->list.at[at] : NULL;
	int64_t told_ms = INT64_MAX;
	const char *change;
	struct buf b;
	int ret;

	/* What stands there from earlier runs opens nothing now: the client may have been switched off since. */
	if (!open && !visited)
		return 0;
	if (visited && open)
		k->presence[at] = PRESENCE_THERE;
	if (open)
		(void)clock_parse(a->reminded_at, &told_ms);
	if (!visited && cause != CAUSE_GONE && is_paused(k, s))
		cause = CAUSE_SUSPENDED;
	change = alert_change(open, told_ms, cause, k->run->job.alerts.remind_after, k->now_ms);
	if (open && change != NULL && strcmp(change, ALERT_RESOLVED) == 0)
		return alert_resolve(a, "well again", k->now, e);
	if (!open && change == NULL)
		return 0;
	if (!open && (a = add(k, s, kind, e)) == NULL)
		return -1;
	a->change = change;
	if (cause != CAUSE_THERE)
		return 0;
	buf_init(&b, 4 * BOUND_MESSAGE);
	ret = describe(kind, s, k->run->job.alerts.min_processed_ratio, &b) == 0 ? alert_reword(a, buf_text(&b), e)
	                                                                         : err_memory(e);
	buf_release(&b);
	return ret;
}

static int
take_standing(void *arg, const struct standing *s, struct err *e)
{
	char failures[] = ALERT_FAILURES, ratio[] = ALERT_RATIO;
	struct keeping *k = arg;
	const struct job *job = &k->run->job;

	if (judge(k, s, failures, alert_failures(s, job->alerts.consecutive_failures), e) == -1)
		return -1;
	return judge(k, s, ratio, alert_ratio(s, job->alerts.min_processed_ratio), e);
}

static void
mark(struct keeping *k, const char *client, const char *group, enum presence presence)
{
	static const char *const kinds[] = { ALERT_FAILURES, ALERT_RATIO };
	size_t i, at;

	for (i = 0; i < 2; i++)
		if ((at = alert_find(&k->list, k->n_open, client, group, kinds[i])) < k->n_open)
			k->presence[at] = presence;
}

/* Who of those that this run did not visit is to be visited at all? 0 or -1. */
static int
look_up(struct keeping *k, struct err *e)
{
	struct roster all = { 0 };
	bool nameless = false;
	size_t i;
	int ret = roster_all(&all, k->run->request->db, k->run->job.type, e);

	for (i = 0; ret == 0 && i < all.n; i++)
		mark(
		    k, all.clients[i].id, all.clients[i].group, all.clients[i].enabled ? PRESENCE_THERE : PRESENCE_OFF);
	for (i = 0; ret == 0 && i < all.n_bad; i++) {
		mark(k, all.bad[i].id, all.bad[i].group, PRESENCE_THERE);
		nameless = nameless || all.bad[i].id[0] == '\0';
	}
	/* An entry that does not say whose it is may be anyone's. */
	for (i = 0; nameless && i < k->n_open; i++)
		if (k->presence[i] == PRESENCE_ABSENT)
			k->presence[i] = PRESENCE_THERE;
	roster_release(&all);
	return ret;
}

/* Alerts of clients that nobody visits any more would stay for ever. */
static int
resolve_absent(struct keeping *k, struct err *e)
{
	bool wanted = false;
	struct alert *a;
	size_t i;

	for (i = 0; i < k->n_open; i++)
		wanted = wanted || (is_ours(&k->list.at[i]) && k->presence[i] != PRESENCE_THERE);
	if (wanted && look_up(k, e) == -1)
		return -1;
	for (i = 0; i < k->n_open; i++) {
		a = &k->list.at[i];
		if (!is_ours(a) || k->presence[i] == PRESENCE_THERE || a->resolved_at != NULL)
			continue;
		if (alert_resolve(a,
		        k->presence[i] == PRESENCE_OFF ? "the client is switched off"
		                                       : "the client is no longer configured",
		        k->now, e) == -1)
			return -1;
	}
	return 0;
}

static void
tell(struct run *run, const struct alert_list *list)
{
	struct event ev = { .kind = EVENT_ALERT };
	const struct alert *a;
	int64_t shown = 0, hidden = 0;
	char more[100];

	for (a = list->at; a < list->at + list->n; a++) {
		if (a->change == NULL)
			continue;
		if (strcmp(a->change, ALERT_RESOLVED) != 0 && ++shown > BOUND_SHOWN_ALERTS) {
			hidden++;
			continue;
		}
		ev.client = a->client;
		ev.group = a->group;
		ev.status = a->change;
		ev.code = a->kind;
		ev.message = a->message;
		run_tell(run, &ev);
	}
	if (hidden == 0)
		return;
	snprintf(more, sizeof(more), "%lld more alerts are not shown; jobrun alerts", (long long)hidden);
	run_tell(run, &(struct event){ .kind = EVENT_WARNING, .message = more });
}

int
alerts_keep(struct run *run, struct err *e)
{
	struct keeping k = { .run = run, .now_ms = clock_utc_ms() };
	struct db *db = run->request->db;
	int ret = -1;

	if (run->id == 0)
		return 0;
	clock_text(k.now_ms, k.now);
	if (alerts_read_open(db, run->job.type, &k.list, e) == -1)
		goto out;
	k.n_open = k.list.n;
	if ((k.presence = calloc(k.n_open + 1, sizeof(*k.presence))) == NULL) {
		err_memory(e);
		goto out;
	}
	if (standing_clients(db, run->job.type, take_standing, &k, e) == -1 || resolve_absent(&k, e) == -1 ||
	    alerts_commit(db, &k.list, k.now, e) == -1)
		goto out;
	tell(run, &k.list);
	run->summary->alerts = k.list;
	k.list = (struct alert_list){ 0 };
	ret = 0;
out:
	free(k.presence);
	alert_list_release(&k.list);
	return ret;
}
