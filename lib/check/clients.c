#include "check/clients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/client.h"
#include "check/tell.h"
#include "store/holds.h"

/* Who stands where, to find those that stand there twice. */
struct entry {
	char *id, *group;
	int64_t row, order;
};

struct roll {
	struct client_checker checker;
	struct jobs_row *job;
	struct hold_list holds;
	bool *used; /* of each hold: its client is configured */
	struct entry *entries;
	size_t n, cap;
	int64_t row;                  /* APP_JOB_CONFIG.Id of the entry at hand */
	struct client_place place;    /* and where in it that is */
	int64_t bad, enabled, pilots; /* bad: entries that cannot be read, the last of which is: */
	int64_t bad_row, bad_index;
};

/* Takes id and group over. */
static int
add_entry(struct roll *r, struct client *c, struct err *e)
{
	struct entry *entry = array_room(r->entries, r->n, &r->cap, sizeof(*entry));

	if (entry == NULL)
		return err_memory(e);
	r->entries = entry;
	entry[r->n] = (struct entry){ c->id, c->group, r->row, (int64_t)r->n };
	r->n++;
	c->id = c->group = NULL;
	return 0;
}

static int
check_client(struct roll *r, const struct client *c, struct err *e)
{
	struct check *check = r->checker.check;
	struct subject s = { .kind = "job", .name = r->checker.job_subject->name, .client = c->id, .group = c->group };
	const struct hold *pause = holds_find(&r->holds, c->id, c->group);

	check->summary->clients++;
	r->enabled += c->enabled;
	r->pilots += c->enabled && c->pilot;
	s.lenient = !c->enabled || pause != NULL;
	if (pause != NULL) {
		r->used[pause - r->holds.at] = true;
		tell_finding(check, &s, CHECK_WARNING, "", "paused",
		    "paused since %.19sZ: %s (jobrun client resume %s %s %s)", pause->held_at, pause->reason, s.name,
		    s.client, s.group);
	}
	if (r->job->row.name == NULL)
		return 0;
	return client_check(&r->checker, &s, c, !s.lenient, e);
}

static int
on_client(void *arg, struct client *c, struct err *e)
{
	struct roll *r = arg;
	int ret = check_client(r, c, e);

	if (ret == 0)
		ret = add_entry(r, c, e);
	client_release(c);
	return ret;
}

/* "Configuration[2].Days: …", with its row, since nothing else tells where to look for it. */
static int
on_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	struct roll *r = arg;
	struct subject s = { .kind = "job", .name = r->checker.job_subject->name, .row = r->row };
	struct err in_row = *why;
	char below[48] = "Configuration";

	r->checker.check->blind = true;
	if (id[0] != '\0') {
		s.client = id;
		s.group = group[0] != '\0' ? group : "0";
	}
	if (r->place.index >= 0)
		snprintf(below, sizeof(below), "Configuration[%lld]", (long long)r->place.index);
	err_set(&in_row, why->kind, r->place.index >= 0 ? "client_config" : "configuration",
	    "%.900s (APP_JOB_CONFIG, Id %lld)", why->text, (long long)r->row);
	tell_err(r->checker.check, &s, below, &in_row);
	/* An entry may have many faults. */
	if (r->bad > 0 && r->row == r->bad_row && r->place.index == r->bad_index)
		return 0;
	r->bad++;
	r->bad_row = r->row;
	r->bad_index = r->place.index;
	if (r->place.index < 0)
		return 0;
	r->checker.check->summary->clients++;
	return client_check_keys(&r->checker, &s, below, r->place.entry, e);
}

static int
take_row(void *arg, const struct catalog_row *row, struct err *e)
{
	static const struct client_sink none;
	struct client_sink sink = none;
	struct roll *r = arg;

	sink.client = on_client;
	sink.bad = on_bad;
	sink.arg = r;
	r->row = row->id;
	return client_read_entries(
	    row->id, row->route, row->user, row->configuration, row->configuration_len, &sink, &r->place, e);
}

static int
compare_entry(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	if (order == 0)
		order = strcmp(x->group, y->group);
	/* As configured, so that the first one is the one that counts. */
	return order != 0 ? order : x->order < y->order ? -1 : x->order > y->order;
}

static void
tell_twice(struct roll *r)
{
	const struct entry *first = r->entries, *entry;
	size_t i;

	if (r->n > 0)
		qsort(r->entries, r->n, sizeof(*r->entries), compare_entry);
	for (i = 1; i < r->n; i++) {
		struct subject s = { .kind = "job", .name = r->checker.job_subject->name };

		entry = &r->entries[i];
		if (strcmp(first->id, entry->id) != 0 || strcmp(first->group, entry->group) != 0) {
			first = entry;
			continue;
		}
		s.client = entry->id;
		s.group = entry->group;
		tell_finding(r->checker.check, &s, CHECK_ERROR, "ClientId", "client_twice",
		    "configured twice (APP_JOB_CONFIG, Id %lld and %lld): the first counts, remove the other",
		    (long long)first->row, (long long)entry->row);
	}
}

/* The job's own hold has no client; a pause without one configured stops nobody, and was perhaps meant for another. */
static void
tell_holds(struct roll *r, struct subject *job)
{
	const struct hold *p;
	size_t i;

	for (i = 0; i < r->holds.n; i++) {
		struct subject s = { .kind = "job", .name = job->name };

		p = &r->holds.at[i];
		s.client = p->client;
		s.group = p->group;
		if (p->client[0] == '\0')
			tell_finding(r->checker.check, job, CHECK_WARNING, "", "on_hold",
			    "on hold since %.19sZ: %s (jobrun release %s)", p->held_at, p->reason, job->name);
		else if (!r->used[i])
			tell_finding(r->checker.check, &s, CHECK_WARNING, "", "paused_nobody",
			    "paused since %.19sZ, but there is no such client: jobrun client resume %s %s %s",
			    p->held_at, s.name, s.client, s.group);
	}
}

static void
tell_job(struct roll *r, struct subject *job)
{
	struct check *c = r->checker.check;

	if (r->job->row.name == NULL)
		tell_finding(c, job, CHECK_WARNING, "", "not_installed",
		    "%zu client%s configured for it, and no such job type is installed: jobrun job install DIR", r->n,
		    r->n == 1 ? " is" : "s are");
	else if (r->n == 0 && r->bad == 0)
		tell_finding(
		    c, job, CHECK_WARNING, "", "no_clients", "it has no client: jobrun client add %s JSON", job->name);
	else if (r->enabled == 0 && r->bad == 0)
		tell_finding(c, job, CHECK_WARNING, "", "no_clients",
		    "all its clients are switched off: jobrun client enable %s CLIENT", job->name);
	else if (r->pilots == 0 && strcmp(r->job->row.stage, "pilot") == 0)
		tell_finding(c, job, CHECK_WARNING, "", "no_pilots",
		    "it is at stage pilot, and no client has \"Pilot\": true, so nobody is visited: mark one, or jobrun "
		    "rollout %s --advance",
		    job->name);
}

static void
release(struct roll *r)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		free(r->entries[i].id);
		free(r->entries[i].group);
	}
	free(r->used);
	holds_release(&r->holds);
	free(r->entries);
	client_checker_release(&r->checker);
}

int
clients_check(struct check *c, struct subject *s, struct jobs_row *j, struct err *e)
{
	struct roll r = { .job = j };
	int64_t rows;
	int ret = -1;

	if (client_checker_init(&r.checker, c, s, j, e) == -1 || holds_load(&r.holds, c->plan->db, j->type, e) == -1)
		goto out;
	if ((r.used = calloc(r.holds.n + 1, sizeof(*r.used))) == NULL) {
		err_memory(e);
		goto out;
	}
	if (catalog_rows(c->plan->db, j->type, take_row, &r, &rows, e) == 0) {
		tell_twice(&r);
		tell_holds(&r, s);
		tell_job(&r, s);
		ret = 0;
	}
out:
	release(&r);
	return ret;
}
