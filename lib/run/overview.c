#include "run/overview.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "config/job.h"
#include "run/lock.h"
#include "run/roster.h"
#include "run/verdict.h"
#include "store/holds.h"

/* One job under way: its clients by id and group, as far as they were known when they were last sorted. */
struct reading {
	struct overview_job *job;
	size_t *sorted;
	size_t n;
};

/* *out = a copy; NULL stays. 0 or -1. */
static int
copy(char **out, const char *text)
{
	*out = text != NULL ? strdup(text) : NULL;
	return text == NULL || *out != NULL ? 0 : -1;
}

static int
take_definition(struct overview_job *job, const char *definition, struct err *e)
{
	struct job parsed;
	struct err why = ERR_INIT;

	if (job_parse(&parsed, definition, strlen(definition), &why) == -1) {
		if (why.kind != ERR_CONFIG)
			return err_set(e, why.kind, why.code, "%s", why.text);
		return copy(&job->problem, why.text) == 0 ? 0 : err_memory(e);
	}
	job->consecutive_failures = parsed.alerts.consecutive_failures;
	job->min_processed_ratio = parsed.alerts.min_processed_ratio;
	job->remind_after = parsed.alerts.remind_after;
	job->acks = parsed.ack.wanted;
	job_release(&parsed);
	return 0;
}

static int
take_job(void *arg, const struct standing_job *from, struct err *e)
{
	struct overview *o = arg;
	struct overview_job *job;

	if ((job = array_room(o->jobs, o->n, &o->cap, sizeof(*job))) == NULL)
		return err_memory(e);
	o->jobs = job;
	job += o->n++;
	*job = (struct overview_job){ .type = from->type, .version = from->version, .acks = true };
	if ((copy(&job->name, from->name) | copy(&job->stage, from->stage)) == -1)
		return err_memory(e);
	return from->definition != NULL ? take_definition(job, from->definition, e) : 0;
}

/* Appends a client of which nothing is known but who it is; NULL: no memory. */
static struct overview_client *
add_client(struct overview_job *job, const char *id, const char *group)
{
	struct overview_client *c;

	if ((c = array_room(job->clients, job->n, &job->cap, sizeof(*c))) == NULL)
		return NULL;
	job->clients = c;
	c += job->n++;
	*c = (struct overview_client){ .due_ms = -1 };
	return (copy(&c->id, id) | copy(&c->group, group)) == 0 ? c : NULL;
}

/* Whoever a run would look at: those who can be visited, once each, and then the entries that cannot be used. */
static int
take_configured(struct overview_job *job, const struct roster *roster)
{
	bool pilots_only = job->stage != NULL && strcmp(job->stage, "pilot") == 0;
	const struct client *from;
	struct overview_client *c;
	size_t i;

	for (i = 0; i < roster->n; i++) {
		from = &roster->clients[i];
		if ((c = add_client(job, from->id, from->group)) == NULL || copy(&c->route, from->route) == -1)
			return -1;
		c->configured = true;
		c->enabled = from->enabled;
		c->pilot = from->pilot;
		c->send_frequency = from->send_frequency;
		c->waits_for_rollout = pilots_only && !from->pilot;
	}
	for (i = 0; i < roster->n_bad; i++) {
		if ((c = add_client(job, roster->bad[i].id, roster->bad[i].group)) == NULL ||
		    copy(&c->problem, roster->bad[i].message) == -1)
			return -1;
		c->configured = true;
	}
	return 0;
}

static int
read_configured(struct overview_job *job, struct db *db, struct err *e)
{
	struct roster roster = { 0 };
	int ret = roster_all(&roster, db, job->type, e);

	if (ret == 0 && take_configured(job, &roster) == -1)
		ret = err_memory(e);
	roster_release(&roster);
	return ret;
}

static int
compare_to(const struct overview_client *c, const char *id, const char *group)
{
	int order = strcmp(c->id, id);

	return order != 0 ? order : strcmp(c->group, group);
}

/* Among those of one name the one that counts stands first, as in the list itself: a usable one, if there is one. */
static int
compare(const void *a, const void *b, void *arg)
{
	const struct overview_client *clients = arg, *x = &clients[*(const size_t *)a],
	                             *y = &clients[*(const size_t *)b];
	int order = compare_to(x, y->id, y->group);

	return order != 0 ? order : x < y ? -1 : x > y;
}

static int
sort(struct reading *r, struct err *e)
{
	size_t i, *grown = reallocarray(r->sorted, r->job->n + 1, sizeof(*grown));

	if (grown == NULL)
		return err_memory(e);
	r->sorted = grown;
	r->n = r->job->n;
	for (i = 0; i < r->n; i++)
		r->sorted[i] = i;
	qsort_r(r->sorted, r->n, sizeof(*r->sorted), compare, r->job->clients);
	return 0;
}

/* The one of that name that counts, or NULL. Valid until a client is added. */
static struct overview_client *
find(const struct reading *r, const char *id, const char *group)
{
	size_t from = 0, to = r->n, middle;

	while (from < to) {
		middle = from + (to - from) / 2;
		if (compare_to(&r->job->clients[r->sorted[middle]], id, group) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == r->n || compare_to(&r->job->clients[r->sorted[from]], id, group) != 0)
		return NULL;
	return &r->job->clients[r->sorted[from]];
}

static struct overview_client *
find_or_add(struct reading *r, const char *id, const char *group)
{
	struct overview_client *c = find(r, id, group);

	return c != NULL ? c : add_client(r->job, id, group);
}

static int
take_standing(void *arg, const struct standing *from, struct err *e)
{
	struct standing unnamed = *from;
	struct overview_client *c;

	/* Of an entry whose id could not be read, and which is mended by now. */
	if (from->client[0] == '\0' && find(arg, from->client, from->group) == NULL)
		return 0;
	c = find_or_add(arg, from->client, from->group);
	unnamed.client = unnamed.group = NULL;
	return c != NULL ? standing_copy(&c->last, &unnamed, e) : err_memory(e);
}

static int
take_items(void *arg, const struct standing_items *from, struct err *e)
{
	struct overview_client *c = find_or_add(arg, from->client, from->group);

	if (c == NULL)
		return err_memory(e);
	c->owed = from->owed;
	c->parked = from->parked;
	c->failed = from->failed;
	return 0;
}

static int
take_hold(void *arg, const struct hold *from, struct err *e)
{
	struct reading *r = arg;
	struct overview_client *c;
	int bad = 0;

	if (from->client[0] == '\0')
		bad = copy(&r->job->held, from->reason) | copy(&r->job->held_at, from->held_at);
	else if ((c = find(r, from->client, from->group)) != NULL)
		bad = copy(&c->paused, from->reason) | copy(&c->paused_at, from->held_at);
	return bad == 0 ? 0 : err_memory(e);
}

static int64_t
due(const struct overview_job *job, const struct overview_client *c, int64_t now_ms)
{
	int64_t last = -1, at;

	if (job->held != NULL || !c->configured || !c->enabled || c->paused != NULL || c->problem != NULL ||
	    c->waits_for_rollout)
		return -1;
	if (c->last.last_success_at == NULL || clock_parse(c->last.last_success_at, &last) == -1)
		last = -1;
	at = verdict_due_at(last, c->send_frequency);
	return at > now_ms && verdict_due(now_ms, last, c->send_frequency) ? 0 : at;
}

/* The clients, and then source by source what is known of them; a source may add some, which the next must find. */
static int
read_clients(struct overview_job *job, struct db *db, int64_t now_ms, struct err *e)
{
	struct reading r = { .job = job };
	size_t i;
	int ret = -1;

	if (read_configured(job, db, e) == -1 || sort(&r, e) == -1 ||
	    standing_clients(db, job->type, take_standing, &r, e) == -1 || sort(&r, e) == -1 ||
	    standing_items(db, job->type, job->acks, take_items, &r, e) == -1 || sort(&r, e) == -1 ||
	    holds_read(db, job->type, take_hold, &r, e) == -1)
		goto out;
	for (i = 0; i < job->n; i++)
		job->clients[i].due_ms = due(job, &job->clients[i], now_ms);
	ret = 0;
out:
	free(r.sorted);
	return ret;
}

static int
read_all(struct overview *o, struct db *db, int64_t job, int64_t now_ms, struct err *e)
{
	struct overview_job *at;

	if (standing_jobs(db, job, take_job, o, e) == -1)
		return -1;
	for (at = o->jobs; at < o->jobs + o->n; at++)
		if (read_clients(at, db, now_ms, e) == -1 || standing_run(db, at->type, &at->last, e) == -1 ||
		    standing_last_success(db, at->type, &at->last_success_at, e) == -1 ||
		    standing_alerts(db, at->type, &at->open_alerts, e) == -1)
			return -1;
	return 0;
}

int
overview_is_dead(struct db *db, int64_t job, int64_t run, struct err *e)
{
	/* First the lock, then the row once more: a run that ends closes its row before it lets go of the lock. */
	return lock_is_held(db, job) == 0 ? standing_running(db, run, e) : 0;
}

/* What stands as running and is not: its status becomes crashed, as the next run will have it. */
static int
mark_dead(struct overview *o, struct db *db, struct err *e)
{
	struct overview_job *job;
	int dead;

	for (job = o->jobs; job < o->jobs + o->n; job++) {
		if (job->last.status == NULL || strcmp(job->last.status, "running") != 0)
			continue;
		if ((dead = overview_is_dead(db, job->type, job->last.id, e)) == -1)
			return -1;
		if (dead == 0)
			continue;
		free(job->last.status);
		if (copy(&job->last.status, "crashed") == -1)
			return err_memory(e);
	}
	return 0;
}

int
overview_read(struct overview *o, struct db *db, int64_t job, int64_t now_ms, struct err *e)
{
	int joined = db_begin_read(db, e), ret;

	if (joined == -1)
		return -1;
	ret = read_all(o, db, job, now_ms, e);
	if (joined == 1)
		return ret;
	db_rollback(db);
	return ret == 0 ? mark_dead(o, db, e) : -1;
}

static void
client_free(struct overview_client *c)
{
	free(c->id);
	free(c->group);
	free(c->route);
	free(c->paused);
	free(c->paused_at);
	free(c->problem);
	standing_release(&c->last);
}

void
overview_release(struct overview *o)
{
	struct overview_job *job;
	size_t i;

	for (job = o->jobs; job < o->jobs + o->n; job++) {
		for (i = 0; i < job->n; i++)
			client_free(&job->clients[i]);
		free(job->clients);
		free(job->name);
		free(job->stage);
		free(job->held);
		free(job->held_at);
		free(job->last_success_at);
		free(job->problem);
		standing_run_release(&job->last);
	}
	free(o->jobs);
	*o = (struct overview){ 0 };
}
