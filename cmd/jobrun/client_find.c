#include "client_find.h"

#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/near.h"
#include "config/client.h"
#include "print.h"
#include "store/catalog.h"
#include "words.h"

/* A walk over a job's configured clients in search of one. */
struct walk {
	struct client_find *find;
	const char *id, *group; /* who is looked for; group NULL: any */
	int found;
	char *near;      /* owned: an id like the one looked for */
	char *elsewhere; /* owned: a group that the one looked for is in, though not the group looked for */
	char *unusable;  /* owned: what is wrong with the entry of the one looked for */
};

void
client_find_release(struct client_find *find)
{
	free(find->job);
	free(find->group);
	*find = (struct client_find){ 0 };
}

int
client_find_job(struct app *app, const char *word, struct client_find *find, struct err *e)
{
	struct catalog_job job = { 0 };
	const char *wrong;

	find->job_type = strtonum(word, 1, INT32_MAX, &wrong);
	if (wrong == NULL && word[0] != '+' && catalog_job(&app->db, word, &job, e) == 1)
		return 0;
	if (job.name == NULL && find_job(app, word, &job, e) == -1)
		return -1;
	find->job_type = job.type;
	find->job = job.name;
	job.name = NULL;
	catalog_job_release(&job);
	return 0;
}

/* Remembers a copy, unless there is one. */
static int
keep(char **copy, const char *text, struct err *e)
{
	if (*copy == NULL && (*copy = strdup(text)) == NULL)
		return err_memory(e);
	return 0;
}

static int
look_at(struct walk *walk, const struct client *c, struct err *e)
{
	if (strcmp(c->id, walk->id) != 0)
		return walk->near == NULL && near_word(walk->id, (const char *const[]){ c->id }, 1) != NULL
		    ? keep(&walk->near, c->id, e)
		    : 0;
	if (walk->group != NULL && strcmp(c->group, walk->group) != 0)
		return keep(&walk->elsewhere, c->group, e);
	if (walk->found++ == 0) {
		walk->find->row = c->row;
		walk->find->index = c->index;
		return keep(&walk->find->group, c->group, e);
	}
	return walk->group != NULL || strcmp(c->group, walk->find->group) == 0
	    ? 0
	    : err_set(e, ERR_USAGE, "usage", "client %s is in several groups: name the GROUP, too", walk->id);
}

static int
on_client(void *arg, struct client *c, struct err *e)
{
	int ret = look_at(arg, c, e);

	client_release(c);
	return ret;
}

static int
on_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	struct walk *walk = arg;

	(void)group;
	return strcmp(id, walk->id) == 0 ? keep(&walk->unusable, why->text, e) : 0;
}

static int
on_row(void *arg, const struct catalog_row *row, struct err *e)
{
	struct client_sink sink = { on_client, on_bad, arg };

	return client_read_row(row->id, row->route, row->user, row->configuration, row->configuration_len, &sink, e);
}

/* Says as closely as can be why there is no such client. */
static void
not_found(const struct walk *walk, const char *job, struct err *e)
{
	if (walk->unusable != NULL)
		err_set(e, ERR_CONFIG, "client_config", "%s: mend it in APP_JOB_CONFIG", walk->unusable);
	else if (walk->elsewhere != NULL)
		err_set(e, ERR_USAGE, "no_such_client", "%s has no client %s in group %s, but one in group %s", job,
		    walk->id, walk->group, walk->elsewhere);
	else
		err_set(e, ERR_USAGE, "no_such_client", "%s has no client %s%s%s", job, walk->id,
		    walk->near != NULL ? "; did you mean " : "", walk->near != NULL ? walk->near : "");
}

int
client_find(struct app *app, const char *id, const char *group, struct client_find *find, struct err *e)
{
	struct walk walk = { .find = find, .id = id, .group = group };
	int64_t rows;
	int ret = catalog_rows(&app->db, find->job_type, on_row, &walk, &rows, e);

	if (ret == 0 && walk.found == 0) {
		not_found(&walk, find->job != NULL ? find->job : app->words[0], e);
		ret = 1;
	}
	free(walk.near);
	free(walk.elsewhere);
	free(walk.unusable);
	return ret;
}

int
client_find_words(struct app *app, struct client_find *find, struct err *e)
{
	const char *group = app->n_words > 2 ? app->words[2] : NULL;

	return client_find_job(app, app->words[0], find, e) == 0 && client_find(app, app->words[1], group, find, e) == 0
	    ? 0
	    : -1;
}

void
client_find_print(const struct app *app, const struct client_find *find, const char *client, const char *group)
{
	print_text(find->job != NULL ? find->job : app->words[0]);
	printf(": client ");
	print_text(client);
	printf(", group ");
	print_text(group);
}
