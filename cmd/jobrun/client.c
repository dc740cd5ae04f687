#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "cells.h"
#include "client_find.h"
#include "config/client.h"
#include "print.h"
#include "run/overview.h"
#include "store/catalog.h"
#include "store/holds.h"
#include "words.h"

static void
list_client(const struct app *app, struct table *t, const struct overview_job *job, const struct overview_client *c,
    int64_t now_ms)
{
	bool usable = c->problem == NULL;
	char paused[sizeof("paused: ") + BOUND_REASON];

	snprintf(paused, sizeof(paused), "paused: %s", c->paused != NULL ? c->paused : "");
	cell_job(app, t, job->name, job->type);
	table_add(t, c->id[0] != '\0' ? c->id : NULL);
	table_add(t, c->group[0] != '\0' ? c->group : NULL);
	table_add(t, !usable ? NULL : c->enabled ? "true" : "false");
	cell_due(app, t, c->due_ms, now_ms);
	if (usable)
		table_add_number(t, c->send_frequency);
	else
		table_add(t, NULL);
	table_add(t, c->route);
	table_add_number(t, job->type);
	table_add(t, c->paused);
	/* For people the two are one. */
	table_add(t, usable && c->paused != NULL && app->opt.value[OPT_JSON] == NULL ? paused : c->problem);
}

int
verb_client_list(struct app *app, int *status, struct err *e)
{
	static const struct table_column columns[] = { { "Job", 's' }, { "ClientId", 's' }, { "GroupId", 's' },
		{ "Enabled", 'j' }, { "Due", 'w' }, { "SendFrequency", 'j' }, { "Route", 's' }, { "JobType", 'j' },
		{ "Paused", 's' }, { "Problem", 's' }, { NULL, 0 } };
	static const struct table_view view[] = { { "Job", 's', NULL }, { "ClientId", 's', NULL },
		{ "GroupId", 'S', NULL }, { "Enabled", 'j', NULL }, { "Due", 'A', NULL },
		{ "SendFrequency", 'J', NULL }, { "Route", 'S', NULL }, { "JobType", 'J', NULL },
		{ "Problem", 't', NULL }, { NULL, 0, NULL } };
	struct table t = { .columns = columns, .view = view, .empty = "no client is configured: jobrun client add" };
	struct client_find find = { 0 };
	struct overview o = { 0 };
	const struct overview_job *job;
	const struct overview_client *c;
	const char *word = app->n_words > 0 ? app->words[0] : NULL;
	int64_t now_ms = clock_utc_ms();
	int ret = -1;

	(void)status;
	if (job_word(app, &word, e) == -1 || (word != NULL && client_find_job(app, word, &find, e) == -1) ||
	    overview_read(&o, &app->db, find.job_type, now_ms, e) == -1)
		goto out;
	for (job = o.jobs; job < o.jobs + o.n; job++)
		for (c = job->clients; c < job->clients + job->n; c++)
			if (c->configured)
				list_client(app, &t, job, c, now_ms);
	ret = print_table(app, &t, e);
out:
	overview_release(&o);
	client_find_release(&find);
	return ret;
}

/* Finds the client that the words name and does something with his entry. */
static int
change(struct app *app, int (*with)(struct db *, int64_t row, int64_t index, struct err *), const char *done,
    struct err *e)
{
	struct client_find find = { 0 };
	int ret = -1;

	/* One transaction, so that nobody moves the entry between its being found and its being changed. */
	if (db_begin(&app->db, e) == -1 || client_find_words(app, &find, e) == -1 ||
	    with(&app->db, find.row, find.index, e) == -1 || db_commit(&app->db, e) == -1)
		goto out;
	client_find_print(app, &find, app->words[1], find.group);
	printf(" %s\n", done);
	ret = 0;
out:
	db_rollback(&app->db);
	client_find_release(&find);
	return ret;
}

static int
enable(struct db *db, int64_t row, int64_t index, struct err *e)
{
	return catalog_client_enable(db, row, index, 1, e);
}

static int
disable(struct db *db, int64_t row, int64_t index, struct err *e)
{
	return catalog_client_enable(db, row, index, 0, e);
}

int
verb_client_enable(struct app *app, int *status, struct err *e)
{
	(void)status;
	return change(app, enable, "enabled", e);
}

int
verb_client_disable(struct app *app, int *status, struct err *e)
{
	(void)status;
	return change(app, disable, "disabled: no run visits it until it is enabled", e);
}

int
verb_client_remove(struct app *app, int *status, struct err *e)
{
	(void)status;
	return change(app, catalog_client_remove, "removed from the configuration; its ledger and logs stay", e);
}

/* The entry, in the one transaction that finds that the client is new: two at once must not both find that. */
static int
add(struct app *app, struct client_find *find, const struct client *c, int64_t user, struct err *e)
{
	const char *route = app->opt.value[OPT_ROUTE];
	int there = client_find(app, c->id, c->group, find, e);

	if (there == 0)
		return err_set(e, ERR_CONFIG, "client_twice",
		    "client %s, group %s is configured already (APP_JOB_CONFIG row %" PRId64 ")", c->id, c->group,
		    find->row);
	if (there == -1)
		return -1;
	return catalog_client_add(&app->db, find->job_type, route != NULL ? route : "", app->words[1], user, e);
}

int
verb_client_add(struct app *app, int *status, struct err *e)
{
	const char *entry = app->words[1], *route = app->opt.value[OPT_ROUTE];
	struct client_find find = { 0 };
	struct client c = { 0 };
	struct hold_list holds = { 0 };
	int64_t user;
	int ret = -1;

	(void)status;
	if (options_number(&app->opt, OPT_USER, 0, INT64_MAX, getuid(), &user, e) == -1 ||
	    client_find_job(app, app->words[0], &find, e) == -1 ||
	    client_parse(&c, 0, route != NULL ? route : "", NULL, entry, strlen(entry), e) == -1)
		goto out;
	if (db_begin(&app->db, e) == -1 || add(app, &find, &c, user, e) == -1 ||
	    holds_load(&holds, &app->db, find.job_type, e) == -1 || db_commit(&app->db, e) == -1)
		goto out;
	client_find_print(app, &find, c.id, c.group);
	printf(" added%s\n",
	    holds_find(&holds, c.id, c.group) != NULL ? "; it is still paused: see jobrun client resume" : "");
	ret = 0;
out:
	db_rollback(&app->db);
	holds_release(&holds);
	client_release(&c);
	client_find_release(&find);
	return ret;
}
