#include "complete_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/escape.h"
#include "config/client.h"
#include "store/catalog.h"

/* What a candidate's description may take of a line. */
#define ABOUT_MOST 120

void
complete_release(struct complete *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		free(c->at[i].text);
		free(c->at[i].about);
	}
	free(c->at);
	c->at = NULL;
	c->n = c->cap = 0;
}

void
complete_add(struct complete *c, const char *text, const char *about)
{
	struct complete_candidate *to;
	struct buf b;

	if (strncmp(text, c->begins, strlen(c->begins)) != 0)
		return;
	if ((to = array_room(c->at, c->n, &c->cap, sizeof(*to))) == NULL)
		return;
	c->at = to;
	to += c->n;
	buf_init(&b, 8 * ABOUT_MOST);
	to->text = strdup(text);
	to->about = escape_line(&b, about, strlen(about), ABOUT_MOST) == 0 ? strdup(buf_text(&b)) : NULL;
	buf_release(&b);
	if (to->text != NULL && to->about != NULL) {
		c->n++;
		return;
	}
	free(to->text);
	free(to->about);
}

void
complete_add_name(struct complete *c, const char *name, const char *about)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@%+/-";

	if (name[0] != '\0' && name[0] != '-' && name[strspn(name, plain)] == '\0')
		complete_add(c, name, about);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct complete_candidate *)a)->text, ((const struct complete_candidate *)b)->text);
}

void
complete_sort(struct complete *c)
{
	size_t i, kept = 0;

	if (c->n > 0)
		qsort(c->at, c->n, sizeof(*c->at), compare);
	for (i = 0; i < c->n; i++) {
		if (kept > 0 && strcmp(c->at[kept - 1].text, c->at[i].text) == 0) {
			free(c->at[i].text);
			free(c->at[i].about);
		} else {
			c->at[kept++] = c->at[i];
		}
	}
	c->n = kept;
}

static int
take_job(void *arg, int n, const char *const *cells, struct err *e)
{
	char about[64];

	(void)n;
	(void)e;
	snprintf(about, sizeof(about), "job type %s, %s", cells[0], cells[3]);
	complete_add_name(arg, cells[1], about);
	return 0;
}

static int
take_system(void *arg, int n, const char *const *cells, struct err *e)
{
	(void)n;
	(void)e;
	complete_add_name(arg, cells[0], "external system");
	return 0;
}

static int
take_key(void *arg, int n, const char *const *cells, struct err *e)
{
	char about[ABOUT_MOST];

	(void)n;
	(void)e;
	snprintf(about, sizeof(about), "%s, for %s%s", cells[2], cells[1], cells[5] != NULL ? ", revoked" : "");
	complete_add_name(arg, cells[0], about);
	return 0;
}

static int
take_run(void *arg, int n, const char *const *cells, struct err *e)
{
	char about[ABOUT_MOST];

	(void)n;
	(void)e;
	snprintf(about, sizeof(about), "%s, %s, %s", cells[1], cells[2], cells[3]);
	complete_add_name(arg, cells[0], about);
	return 0;
}

/* Of which the id or the group is wanted. */
struct clients {
	struct complete *complete;
	bool groups;
};

static int
take_client(void *arg, struct client *client, struct err *e)
{
	struct clients *wanted = arg;
	char about[ABOUT_MOST];

	(void)e;
	snprintf(about, sizeof(about), "%s %s", wanted->groups ? "of client" : "group",
	    wanted->groups ? client->id : client->group);
	if (!wanted->groups)
		complete_add_name(wanted->complete, client->id, about);
	else if (wanted->complete->client == NULL || strcmp(wanted->complete->client, client->id) == 0)
		complete_add_name(wanted->complete, client->group, about);
	client_release(client);
	return 0;
}

static int
pass_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	(void)arg;
	(void)id;
	(void)group;
	(void)why;
	(void)e;
	return 0;
}

static int
take_row(void *arg, const struct catalog_row *row, struct err *e)
{
	struct client_sink sink = { take_client, pass_bad, arg };

	return client_read_row(row->id, row->route, row->user, row->configuration, row->configuration_len, &sink, e);
}

/* Of each job type that has clients, or of the one that is named. */
static int
take_configured(void *arg, int n, const char *const *cells, struct err *e)
{
	struct clients *wanted = arg;
	const char *job = wanted->complete->job;
	int64_t rows;

	(void)n;
	if (job != NULL && strcmp(job, cells[0]) != 0 && (cells[1] == NULL || strcmp(job, cells[1]) != 0))
		return 0;
	return catalog_rows(&wanted->complete->app->db, strtoll(cells[0], NULL, 10), take_row, wanted, &rows, e);
}

bool
complete_from_database(struct complete *c, const char *kind)
{
	const struct {
		const char *kind;
		enum sql_id list;
		catalog_cells_fn *take;
		bool groups;
	} sources[] = {
		{ "JOB", SQL_LIST_JOBS, take_job, false },
		{ "CLIENT", SQL_LIST_CONFIGURED, take_configured, false },
		{ "GROUP", SQL_LIST_CONFIGURED, take_configured, true },
		{ "RUN", SQL_LIST_NEWEST_RUNS, take_run, false },
		{ "KEYID", SQL_LIST_KEYS, take_key, false },
		{ "SYSTEM", SQL_LIST_SYSTEMS, take_system, false },
	};
	struct clients clients = { .complete = c };
	struct err ignored = ERR_INIT;
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strcmp(sources[i].kind, kind) == 0)
			break;
	if (i == sizeof(sources) / sizeof(sources[0]))
		return false;
	clients.groups = sources[i].groups;
	/* Without a database, or while it is locked, there is nothing to offer, and nothing to complain of. */
	if (!c->opened && c->app->db_path[0] != '\0')
		(void)db_open_read(&c->app->db, c->app->db_path, &ignored);
	c->opened = true;
	if (c->app->db.handle != NULL)
		(void)catalog_list(&c->app->db, sources[i].list, sources[i].take,
		    sources[i].take == take_configured ? (void *)&clients : c, &ignored);
	return true;
}
