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
	struct alert_book book;
	enum presence *presence; /* of each that was open */
};

static bool
is_ours(const struct alert *a)
{
	return strcmp(a->kind, ALERT_FAILURES) == 0 || strcmp(a->kind, ALERT_RATIO) == 0;
}

static bool
is_paused(const struct keeping *k, const struct standing *s)
{
	return holds_find(&k->run->roster.holds, s->client, s->group) != NULL;
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

/* One kind of one client: what its alert becomes. */
static int
judge(struct keeping *k, const struct standing *s, const char *kind, enum alert_cause cause, struct err *e)
{
	size_t at = alert_find(&k->book, s->client, s->group, kind);
	bool visited = s->run == k->run->id, open = at < k->book.n_open;
	struct alert *a;
	struct buf b;
	int ret;

	/* What stands there from earlier runs opens nothing now: the client may have been switched off since. */
	if (!open && (!visited || cause != CAUSE_THERE))
		return 0;
	if (open && visited)
		k->presence[at] = PRESENCE_THERE;
	if (!visited && cause != CAUSE_GONE && is_paused(k, s))
		cause = CAUSE_SUSPENDED;
	if (open && alert_settle(&k->book, at, cause, "well again", e) == -1)
		return -1;
	if (cause != CAUSE_THERE)
		return 0;
	if ((a = open ? &k->book.list.at[at] : alert_open(&k->book, s->client, s->group, kind, e)) == NULL)
		return -1;
	buf_init(&b, 4 * BOUND_MESSAGE);
	ret = describe(kind, s, k->run->job.alerts.min_processed_ratio, &b) == 0 ? alert_reword(a, buf_text(&b), e)
	                                                                         : err_memory(e);
	buf_release(&b);
	return ret;
}

static int
take_standing(void *arg, const struct standing *s, struct err *e)
{
	struct keeping *k = arg;
	const struct job *job = &k->run->job;

	if (judge(k, s, ALERT_FAILURES, alert_failures(s, job->alerts.consecutive_failures), e) == -1)
		return -1;
	return judge(k, s, ALERT_RATIO, alert_ratio(s, job->alerts.min_processed_ratio), e);
}

static void
mark(struct keeping *k, const char *client, const char *group, enum presence presence)
{
	static const char *const kinds[] = { ALERT_FAILURES, ALERT_RATIO };
	size_t i, at;

	for (i = 0; i < 2; i++)
		if ((at = alert_find(&k->book, client, group, kinds[i])) < k->book.n_open)
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
	for (i = 0; nameless && i < k->book.n_open; i++)
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

	for (i = 0; i < k->book.n_open; i++)
		wanted = wanted || (is_ours(&k->book.list.at[i]) && k->presence[i] != PRESENCE_THERE);
	if (wanted && look_up(k, e) == -1)
		return -1;
	for (i = 0; i < k->book.n_open; i++) {
		a = &k->book.list.at[i];
		if (!is_ours(a) || k->presence[i] == PRESENCE_THERE || a->resolved_at != NULL)
			continue;
		if (alert_resolve(a,
		        k->presence[i] == PRESENCE_OFF ? "the client is switched off"
		                                       : "the client is no longer configured",
		        k->book.now, e) == -1)
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
	struct keeping k = { .run = run };
	struct db *db = run->request->db;
	int ret = -1;

	if (run->id == 0)
		return 0;
	k.book = (struct alert_book){ .job = run->job.name,
		.job_type = run->job.type,
		.remind_after = run->job.alerts.remind_after,
		.run = run->id,
		.now_ms = clock_utc_ms() };
	if (alert_book_read(&k.book, db, e) == -1)
		goto out;
	if ((k.presence = calloc(k.book.n_open + 1, sizeof(*k.presence))) == NULL) {
		err_memory(e);
		goto out;
	}
	if (standing_clients(db, run->job.type, take_standing, &k, e) == -1 || resolve_absent(&k, e) == -1 ||
	    alerts_commit(db, &k.book.list, k.book.now, e) == -1)
		goto out;
	tell(run, &k.book.list);
	run->summary->alerts = k.book.list;
	k.book.list = (struct alert_list){ 0 };
	ret = 0;
out:
	free(k.presence);
	alert_list_release(&k.book.list);
	return ret;
}
