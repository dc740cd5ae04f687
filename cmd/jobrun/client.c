#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "app.h"
#include "base/near.h"
#include "config/client.h"
#include "file.h"
#include "store/catalog.h"

/* A walk over a job's configured clients. */
struct walk {
	int (*take)(struct walk *walk, const struct client *c, struct err *e);
	int64_t job_type;
	const char *job_name;   /* NULL: not installed */
	struct table *table;    /* client list */
	const char *id, *group; /* who is looked for; group NULL: any */
	int64_t row, index;     /* where he was found */
	int found;
	char *near;      /* owned: an id like the one looked for */
	char *elsewhere; /* owned: a group that the one looked for is in, though not the group looked for */
	char *unusable;  /* owned: what is wrong with the entry of the one looked for */
};

static int
on_client(void *arg, struct client *c, struct err *e)
{
	struct walk *walk = arg;
	int ret = walk->take(walk, c, e);

	client_release(c);
	return ret;
}

static int
on_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	struct walk *walk = arg;
	const char *cells[] = { NULL, walk->job_name, id[0] != '\0' ? id : NULL, group[0] != '\0' ? group : NULL, NULL,
		NULL, NULL, why->text };
	char type[24];

	if (walk->table == NULL) {
		if (walk->unusable == NULL && strcmp(id, walk->id) == 0 && (walk->unusable = strdup(why->text)) == NULL)
			return err_memory(e);
		return 0;
	}
	snprintf(type, sizeof(type), "%" PRId64, walk->job_type);
	cells[0] = type;
	return table_row(walk->table, cells) == 0 ? 0 : err_memory(e);
}

static int
on_row(void *arg, const struct catalog_row *row, struct err *e)
{
	struct client_sink sink = { on_client, on_bad, arg };

	return client_read_row(row->id, row->route, row->user, row->configuration, row->configuration_len, &sink, e);
}

static int
walk_job(struct app *app, struct walk *walk, struct err *e)
{
	int64_t rows;

	return catalog_rows(&app->db, walk->job_type, on_row, walk, &rows, e);
}

/* A job type by name or number. A number need not be installed: clients may be configured before. */
static int
job_type(struct app *app, const char *word, int64_t *type, char **name, struct err *e)
{
	struct catalog_job job = { 0 };
	const char *wrong;

	*name = NULL;
	*type = strtonum(word, 1, INT32_MAX, &wrong);
	if (wrong == NULL && word[0] != '+' && catalog_job(&app->db, word, &job, e) == 1)
		return 0;
	if (job.name == NULL && find_job(app, word, &job, e) == -1)
		return -1;
	*type = job.type;
	*name = job.name;
	job.name = NULL;
	catalog_job_release(&job);
	return 0;
}

static int
list_one(struct walk *walk, const struct client *c, struct err *e)
{
	char type[24], frequency[24];
	const char *cells[] = { type, walk->job_name, c->id, c->group, c->route, frequency,
		c->enabled ? "true" : "false", NULL };

	snprintf(type, sizeof(type), "%" PRId64, walk->job_type);
	snprintf(frequency, sizeof(frequency), "%" PRId64, c->send_frequency);
	return table_row(walk->table, cells) == 0 ? 0 : err_memory(e);
}

struct list_all {
	struct app *app;
	struct walk *walk;
};

static int
list_job(void *arg, int n, const char *const *cells, struct err *e)
{
	struct list_all *all = arg;

	(void)n;
	all->walk->job_type = strtoll(cells[0], NULL, 10);
	all->walk->job_name = cells[1];
	return walk_job(all->app, all->walk, e);
}

int
verb_client_list(struct app *app, int *status, struct err *e)
{
	static const struct table_column columns[] = { { "JobType", 'j' }, { "Job", 's' }, { "ClientId", 's' },
		{ "GroupId", 's' }, { "Route", 's' }, { "SendFrequency", 'j' }, { "Enabled", 'j' }, { "Problem", 's' },
		{ NULL, 0 } };
	struct table t = { .columns = columns };
	struct walk walk = { .take = list_one, .table = &t };
	struct list_all all = { app, &walk };
	char *name = NULL;
	int ret;

	(void)status;
	if (app->n_words == 0) {
		ret = catalog_list(&app->db, SQL_LIST_CONFIGURED, list_job, &all, e);
	} else if ((ret = job_type(app, app->words[0], &walk.job_type, &name, e)) == 0) {
		walk.job_name = name;
		ret = walk_job(app, &walk, e);
	}
	if (ret == 0)
		ret = print_table(app, &t, e);
	table_release(&t);
	free(name);
	return ret;
}

static int
find_one(struct walk *walk, const struct client *c, struct err *e)
{
	if (strcmp(c->id, walk->id) != 0) {
		if (walk->near == NULL && near_word(walk->id, (const char *const[]){ c->id }, 1) != NULL)
			walk->near = strdup(c->id);
		return 0;
	}
	if (walk->group != NULL && strcmp(c->group, walk->group) != 0) {
		if (walk->elsewhere == NULL)
			walk->elsewhere = strdup(c->group);
		return 0;
	}
	if (walk->found++ == 0) {
		walk->row = c->row;
		walk->index = c->index;
		return 0;
	}
	return walk->group != NULL
	    ? 0
	    : err_set(e, ERR_USAGE, "usage", "client %s is in several groups: name the GROUP, too", walk->id);
}

/* Says as closely as can be why there is no such client. Returns -1. */
static int
not_found(const struct walk *walk, const char *job, struct err *e)
{
	if (walk->unusable != NULL)
		return err_set(e, ERR_CONFIG, "client_config", "%s: mend it in APP_JOB_CONFIG", walk->unusable);
	if (walk->elsewhere != NULL)
		return err_set(e, ERR_USAGE, "no_such_client", "%s has no client %s in group %s, but one in group %s",
		    job, walk->id, walk->group, walk->elsewhere);
	return err_set(e, ERR_USAGE, "no_such_client", "%s has no client %s%s%s", job, walk->id,
	    walk->near != NULL ? "; did you mean " : "", walk->near != NULL ? walk->near : "");
}

static void
walk_release(struct walk *walk)
{
	free(walk->near);
	free(walk->elsewhere);
	free(walk->unusable);
}

/* Finds the client that the words name and does something with his entry. */
static int
change(struct app *app, int (*with)(struct db *, int64_t row, int64_t index, struct err *), const char *done,
    struct err *e)
{
	struct walk walk = { .take = find_one, .id = app->words[1], .group = app->n_words > 2 ? app->words[2] : NULL };
	char *name = NULL;
	int ret = -1;

	/* One transaction, so that nobody moves the entry between its being found and its being changed. */
	if (db_begin(&app->db, e) == -1 || job_type(app, app->words[0], &walk.job_type, &name, e) == -1 ||
	    walk_job(app, &walk, e) == -1)
		goto out;
	if (walk.found == 0) {
		not_found(&walk, app->words[0], e);
		goto out;
	}
	if (with(&app->db, walk.row, walk.index, e) == -1 || db_commit(&app->db, e) == -1)
		goto out;
	print_text(app->words[0]);
	printf(": client ");
	print_text(walk.id);
	printf(" %s\n", done);
	ret = 0;
out:
	db_rollback(&app->db);
	walk_release(&walk);
	free(name);
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

int
verb_client_add(struct app *app, int *status, struct err *e)
{
	struct walk walk = { .take = find_one };
	struct client c = { 0 };
	const char *entry = app->words[1], *route = app->opt.value[OPT_ROUTE];
	char *name = NULL;
	int64_t user;
	int ret = -1;

	(void)status;
	if (options_number(&app->opt, OPT_USER, 0, INT64_MAX, getuid(), &user, e) == -1 ||
	    job_type(app, app->words[0], &walk.job_type, &name, e) == -1 ||
	    client_parse(&c, 0, route != NULL ? route : "", NULL, entry, strlen(entry), e) == -1)
		goto out;
	walk.id = c.id;
	walk.group = c.group;
	/* One transaction here, too: two at once must not both find that the client is new. */
	if (db_begin(&app->db, e) == -1 || walk_job(app, &walk, e) == -1)
		goto out;
	if (walk.found > 0) {
		err_set(e, ERR_CONFIG, "client_twice",
		    "client %s, group %s is configured already (APP_JOB_CONFIG row %" PRId64 ")", c.id, c.group,
		    walk.row);
		goto out;
	}
	if (catalog_client_add(&app->db, walk.job_type, route != NULL ? route : "", entry, user, e) == -1 ||
	    db_commit(&app->db, e) == -1)
		goto out;
	print_text(app->words[0]);
	printf(": client ");
	print_text(c.id);
	printf(", group ");
	print_text(c.group);
	printf(" added\n");
	ret = 0;
out:
	db_rollback(&app->db);
	client_release(&c);
	walk_release(&walk);
	free(name);
	return ret;
}
