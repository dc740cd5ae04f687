#include "items.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/escape.h"
#include "choice.h"
#include "client_find.h"
#include "config/job.h"
#include "held.h"
#include "print.h"
#include "store/items.h"
#include "store/standing.h"

#define ITEMS_SHOWN 100

/* The words of --state, and what they mean in the ledger. */
static const char *const state_words[] = { "parked", "failed", "owed", "acked", NULL };

struct list {
	struct app *app;
	struct choice choice;
	bool wanted[ITEMS_ACKED + 1];
	const struct standing_job *job; /* at hand */
	enum items_state state;
	struct held held;
	struct table table;
	int64_t shown, more; /* more: counted beyond the limit */
	bool uncounted;      /* there are still more */
};

int
item_text(const char *text, size_t len, struct buf *b)
{
	return memchr(text, '\0', len) != NULL ? escape_line(b, text, len, b->max) : buf_add(b, text, len);
}

static int
add_item(void *arg, const struct items_row *row, struct err *e)
{
	struct list *list = arg;
	struct table *t = &list->table;
	/* Why its rules refused it once is over when it is applied. */
	bool applied = list->state == ITEMS_APPLIED || list->state == ITEMS_ACKED,
	     told = row->stage != NULL && (!applied || strcmp(row->stage, "ack") == 0);
	struct buf id, version;
	int ret = 0;

	if (list->shown == list->choice.limit) {
		list->uncounted = true;
		return 0;
	}
	list->shown++;
	held_see(&list->held, list->job->type, row->client, row->group);
	buf_init(&id, 8 * BOUND_ITEM_ID);
	buf_init(&version, 8 * BOUND_ITEM_ID);
	if (item_text(row->id, row->id_len, &id) == -1 || item_text(row->version, row->version_len, &version) == -1)
		ret = err_memory(e);
	table_add(t, list->job->name);
	table_add(t, row->client);
	table_add(t, row->group);
	table_add(t, buf_text(&id));
	table_add(t, row->version_len > 0 ? buf_text(&version) : NULL);
	table_add(t, state_words[list->state]);
	table_add_number(t, row->attempts);
	table_add(t, row->at);
	table_add(t, told ? row->stage : NULL);
	table_add(t, told ? row->message : NULL);
	table_add_number(t, row->run);
	table_add_bool(t, row->quoted);
	buf_release(&id);
	buf_release(&version);
	return ret;
}

/* Owed is what is applied where the job acknowledges; a wrong definition says nothing against it. -1: no memory. */
static int
owes(const struct standing_job *row, struct err *e)
{
	struct job job;
	bool wanted;
	int read;

	if (row->definition == NULL || (read = job_try(&job, row->definition, strlen(row->definition), e)) == 0)
		return 1;
	if (read == -1)
		return -1;
	wanted = job.ack.wanted;
	job_release(&job);
	return wanted;
}

/* Lists as many as there is room for. The rest is counted; of acked items one more only tells that there is a rest. */
static int
list_state(struct list *list, const struct items_choice *choice, struct err *e)
{
	struct db *db = &list->app->db;
	bool counts = list->state != ITEMS_ACKED;
	int64_t before = list->shown, room = list->choice.limit - before, all;

	if ((!counts || room > 0) &&
	    items_list(db, list->state, choice, counts ? room : room + 1, add_item, list, e) == -1)
		return -1;
	if (!counts || list->shown < list->choice.limit)
		return 0;
	if (items_count(db, list->state, choice, &all, e) == -1)
		return -1;
	list->more += all - (list->shown - before);
	return 0;
}

static int
list_job(void *arg, const struct standing_job *job, struct err *e)
{
	struct list *list = arg;
	const struct items_choice choice = {
		.job_type = job->type,
		.clients = (const char *const *)list->choice.clients,
		.n_clients = list->choice.n_clients,
		.group = list->choice.group,
		.since = list->choice.since[0] != '\0' ? list->choice.since : NULL,
	};
	int wanted;

	list->job = job;
	for (list->state = ITEMS_PARKED; list->state <= ITEMS_ACKED; list->state++) {
		wanted = list->wanted[list->state];
		if (wanted && list->state == ITEMS_APPLIED && (wanted = owes(job, e)) == -1)
			return -1;
		if (wanted && list_state(list, &choice, e) == -1)
			return -1;
	}
	return 0;
}

/* 0 or -1. Without --state: what needs a person. */
static int
read_state(struct list *list, struct err *e)
{
	int state = options_word(&list->app->opt, OPT_STATE, state_words, ITEMS_ACKED + 1, e);

	if (state == -1)
		return -1;
	if (state == ITEMS_ACKED && list->choice.n_clients == 0)
		return err_set(e, ERR_USAGE, "usage",
		    "--state acked needs --client: the ledger holds every item that was ever acknowledged");
	if (state <= ITEMS_ACKED)
		list->wanted[state] = true;
	else
		list->wanted[ITEMS_PARKED] = list->wanted[ITEMS_FAILED] = true;
	return 0;
}

int
verb_items_list(struct app *app, int *status, struct err *e)
{
	static const struct table_view view[] = { { "Job", 'S', NULL }, { "ClientId", 's', NULL },
		{ "GroupId", 'S', NULL }, { "ItemId", 's', NULL }, { "ItemVersion", 'S', NULL }, { "State", 'c', NULL },
		{ "Attempts", 'J', NULL }, { "At", 'a', NULL }, { "Stage", 'S', NULL }, { "Message", 't', NULL },
		{ NULL, 0, NULL } };
	static const struct table_column columns[] = { { "Job", 's' }, { "ClientId", 's' }, { "GroupId", 's' },
		{ "ItemId", 's' }, { "ItemVersion", 's' }, { "State", 's' }, { "Attempts", 'j' }, { "At", 'w' },
		{ "Stage", 's' }, { "Message", 's' }, { "RunId", 'j' }, { "IdQuoted", 'j' }, { NULL, 0 } };
	struct list list = { .app = app, .table = { .columns = columns, .view = view } };
	char empty[128];
	int ret = -1;

	(void)status;
	if (choice_read(app, app->n_words > 0 ? app->words[0] : NULL, 0, ITEMS_SHOWN, &list.choice, e) == -1 ||
	    read_state(&list, e) == -1)
		goto out;
	snprintf(empty, sizeof(empty), "no %s items%s",
	    app->opt.value[OPT_STATE] != NULL ? app->opt.value[OPT_STATE] : "failed or parked",
	    list.choice.since_words);
	list.table.empty = empty;
	/* One moment for all that is read. */
	if (db_begin_read(&app->db, e) == 0 && held_read(&list.held, app, e) == 0 &&
	    standing_jobs(&app->db, list.choice.job.type, list_job, &list, e) == 0 &&
	    print_table(app, &list.table, e) == 0)
		ret = held_print(&list.held, e);
	db_rollback(&app->db);
	if (ret == -1 || app->opt.value[OPT_JSON] != NULL)
		goto out;
	if (list.more > 0)
		printf("%" PRId64 " more; --limit shows more\n", list.more);
	else if (list.uncounted)
		printf("there are more; --limit shows more\n");
out:
	table_release(&list.table);
	held_release(&list.held);
	choice_release(&list.choice);
	return ret;
}

/* The one group that was found. */
struct groups {
	const char *client;
	char *group; /* owned */
};

static int
on_group(void *arg, const char *group, struct err *e)
{
	struct groups *groups = arg;

	if (groups->group != NULL)
		return err_set(e, ERR_USAGE, "usage",
		    "client %s has it in several groups (%s, %s): name one with --group", groups->client, groups->group,
		    group);
	groups->group = strdup(group);
	return groups->group != NULL ? 0 : err_memory(e);
}

int
item_group(struct app *app, int64_t job_type, const char *client, const char *item, char **group, struct err *e)
{
	const char *given = app->opt.value[OPT_GROUP];
	struct groups groups = { .client = client };

	*group = NULL;
	if (given != NULL) {
		*group = strdup(given);
		return *group != NULL ? 0 : err_memory(e);
	}
	if (items_groups(&app->db, job_type, client, item, on_group, &groups, e) == -1) {
		free(groups.group);
		return -1;
	}
	*group = groups.group;
	return *group != NULL ? 0 : 1;
}

/* Is the client in the books in this group (NULL: in any), and if not, in which other one? */
struct membership {
	const char *group;
	bool seen;
	char *elsewhere; /* owned */
};

static int
see_group(void *arg, const char *group, struct err *e)
{
	struct membership *m = arg;

	if (m->group == NULL || strcmp(group, m->group) == 0)
		m->seen = true;
	else if (m->elsewhere == NULL && (m->elsewhere = strdup(group)) == NULL)
		return err_memory(e);
	return 0;
}

int
item_client(struct app *app, int64_t job_type, const char *client, struct err *e)
{
	struct client_find find = { .job_type = job_type };
	struct membership m = { .group = app->opt.value[OPT_GROUP] };
	int found = items_groups(&app->db, job_type, client, NULL, see_group, &m, e);

	if (found == 0 && !m.seen)
		found = client_find(app, client, m.group, &find, e);
	if (found == 1 && m.elsewhere != NULL)
		err_set(e, ERR_USAGE, "no_such_client", "client %s has no items in group %s, but in group %s", client,
		    m.group, m.elsewhere);
	client_find_release(&find);
	free(m.elsewhere);
	return found == 0 ? 0 : -1;
}

int
item_unknown(struct app *app, int64_t job_type, const char *client, const char *item, struct err *e)
{
	const char *group = app->opt.value[OPT_GROUP];

	if (item_client(app, job_type, client, e) == -1)
		return -1;
	return err_set(e, ERR_USAGE, "no_such_item",
	    "no item %s of client %s%s%s is known; those that are: jobrun items list %s --client %s --state acked",
	    item, client, group != NULL ? ", group " : "", group != NULL ? group : "", app->words[0], client);
}
