#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "app.h"
#include "base/bounds.h"
#include "choice.h"
#include "held.h"
#include "items.h"
#include "print.h"
#include "report/causes.h"

#define SINCE_DEFAULT (7 * 86400)
#define CAUSES_SHOWN 20
#define ERRORS_SHOWN 100

/* What is asked for, and what it is put into. */
struct asked {
	struct app *app;
	struct choice choice;
	struct errlog_choice errors;
	struct held held;
	struct table table;
	bool json;
};

/* The word RUN: 0 or -1. */
static int
read_run(struct asked *asked, const char *word, struct err *e)
{
	const char *wrong;
	int64_t type;
	int got;

	asked->errors.run = strtonum(word, 1, INT64_MAX, &wrong);
	if (wrong != NULL || word[0] < '0' || word[0] > '9')
		return err_set(e, ERR_USAGE, "usage", "RUN is a run's number; for one job's errors give --job");
	if ((got = errlog_run(&asked->app->db, asked->errors.run, &type, e)) == 1)
		return err_set(
		    e, ERR_USAGE, "no_such_run", "there is no run %s, or it was pruned; see jobrun runs", word);
	return got;
}

static int
read_asked(struct asked *asked, bool all, struct err *e)
{
	struct app *app = asked->app;
	struct errlog_choice *errors = &asked->errors;
	const struct choice *choice = &asked->choice;
	bool of_run = app->n_words == 1;

	if (choice_read(app, NULL, of_run ? 0 : SINCE_DEFAULT, all ? ERRORS_SHOWN : CAUSES_SHOWN, &asked->choice, e) ==
	        -1 ||
	    (of_run && read_run(asked, app->words[0], e) == -1))
		return -1;
	errors->job_type = choice->job.type;
	errors->clients = (const char *const *)choice->clients;
	errors->n_clients = choice->n_clients;
	errors->group = choice->group;
	errors->since = choice->since;
	return 0;
}

static int
on_visit(void *arg, const struct errlog_visit *visit, struct err *e)
{
	return causes_visit(arg, visit, e);
}

/* The two of them, for each error. */
struct counting {
	struct causes *causes;
	struct held *held;
};

static int
on_error(void *arg, const struct errlog_row *row, struct err *e)
{
	const struct counting *counting = arg;

	held_see(counting->held, row->job_type, row->client, row->group);
	return causes_add(counting->causes, row, e);
}

/* One line a cause. 0 or -1. */
static int
add_cause(struct asked *asked, const struct cause *cause, struct err *e)
{
	struct table *t = &asked->table;
	struct buf where, clients;
	int ret = 0;

	buf_init(&where, BOUND_CAUSE_WHERE);
	buf_init(&clients, BOUND_CAUSE_WHERE);
	if (causes_where(cause, asked->errors.n_clients > 0, &where) == -1 || causes_clients(cause, &clients) == -1)
		ret = err_memory(e);
	table_add_number(t, cause->count);
	table_add(t, asked->errors.run != 0 ? NULL : cause->open ? "open" : "over");
	table_add(t, cause->first);
	table_add(t, cause->last);
	table_add(t, buf_text(&where));
	table_add(t, cause->job);
	table_add(t, cause->stage);
	table_add(t, cause->code);
	table_add(t, cause->text);
	table_add_number(t, (int64_t)cause->hit);
	table_add_number(t, (int64_t)cause->visited);
	table_add(t, buf_text(&clients));
	buf_release(&where);
	buf_release(&clients);
	return ret;
}

/* What the table does not say. */
static void
print_rest(const struct asked *asked, size_t shown, size_t causes, int64_t others)
{
	if (asked->errors.run != 0)
		printf("run %" PRId64 ": ", asked->errors.run);
	if (shown < causes)
		printf("%zu more cause%s, --limit shows more; ", causes - shown, causes - shown == 1 ? "" : "s");
	if (others > 0)
		printf("%" PRId64 " errors of still other causes, too many to keep apart; ", others);
	printf("%zu cause%s%s%s; --all shows each error\n", causes, causes == 1 ? "" : "s", asked->choice.since_words,
	    asked->app->opt.value[OPT_SINCE] == NULL && asked->errors.run == 0 ? ", --since for more" : "");
}

static int
list_causes(struct asked *asked, struct err *e)
{
	static const struct table_column columns[] = { { "Count", 'j' }, { "State", 's' }, { "First", 'w' },
		{ "Last", 'w' }, { "Where", 's' }, { "Job", 's' }, { "Stage", 's' }, { "Code", 's' },
		{ "Message", 's' }, { "Hit", 'j' }, { "Visited", 'j' }, { "Clients", 'j' }, { NULL, 0 } };
	static const struct table_view since[] = { { "Count", 'j', NULL }, { "State", 'c', NULL },
		{ "First", 'a', NULL }, { "Last", 'a', NULL }, { "Where", 's', NULL }, { "Job", 's', NULL },
		{ "Stage", 's', NULL }, { "Code", 'S', NULL }, { "Message", 't', NULL }, { NULL, 0, NULL } };
	/* One run's rows do not tell whether it still is so: there is no State, in JSON null. */
	static const struct table_view of_run[] = { { "Count", 'j', NULL }, { "First", 'a', NULL },
		{ "Last", 'a', NULL }, { "Where", 's', NULL }, { "Job", 'S', NULL }, { "Stage", 's', NULL },
		{ "Code", 'S', NULL }, { "Message", 't', NULL }, { NULL, 0, NULL } };
	struct db *db = &asked->app->db;
	struct causes *causes = causes_new(e);
	struct counting counting = { causes, &asked->held };
	struct cause *const *sorted;
	size_t n = 0, i;
	int ret = -1;

	asked->table.columns = columns;
	asked->table.view = asked->errors.run != 0 ? of_run : since;
	if (causes == NULL || errlog_visits(db, &asked->errors, on_visit, causes, e) == -1 ||
	    errlog_all(db, &asked->errors, on_error, &counting, e) == -1 ||
	    (sorted = causes_sorted(causes, &n, e)) == NULL)
		goto out;
	for (i = 0; i < n && (int64_t)i < asked->choice.limit; i++)
		if (add_cause(asked, sorted[i], e) == -1)
			goto out;
	if (print_table(asked->app, &asked->table, e) == -1 || held_print(&asked->held, e) == -1)
		goto out;
	ret = 0;
	if (n > 0 && !asked->json)
		print_rest(asked, i, n, causes_others(causes));
out:
	causes_free(causes);
	return ret;
}

struct newest {
	struct asked *asked;
	int64_t seen;
};

/* A row beyond the limit only tells that there are more. */
static int
add_error(void *arg, const struct errlog_row *row, struct err *e)
{
	struct newest *newest = arg;
	struct table *t = &newest->asked->table;
	struct buf item;
	int ret = 0;

	if (++newest->seen > newest->asked->choice.limit)
		return 0;
	held_see(&newest->asked->held, row->job_type, row->client, row->group);
	buf_init(&item, 8 * BOUND_ITEM_ID);
	if (row->item != NULL && item_text(row->item, row->item_len, &item) == -1)
		ret = err_memory(e);
	table_add(t, row->at);
	table_add(t, row->job);
	table_add(t, row->client);
	table_add(t, row->group);
	table_add(t, row->item != NULL ? buf_text(&item) : NULL);
	table_add_number(t, row->run);
	table_add_number(t, row->attempt);
	table_add(t, row->stage);
	table_add(t, row->code);
	table_add(t, row->message);
	buf_release(&item);
	return ret;
}

static int
list_errors(struct asked *asked, struct err *e)
{
	static const struct table_column columns[] = { { "At", 'w' }, { "Job", 'S' }, { "ClientId", 's' },
		{ "GroupId", 'S' }, { "ItemId", 's' }, { "RunId", 'J' }, { "Attempt", 'J' }, { "Stage", 's' },
		{ "Code", 'S' }, { "Message", 't' }, { NULL, 0 } };
	struct newest newest = { .asked = asked };

	asked->table.columns = columns;
	if (errlog_newest(&asked->app->db, &asked->errors, asked->choice.limit + 1, add_error, &newest, e) == -1 ||
	    print_table(asked->app, &asked->table, e) == -1 || held_print(&asked->held, e) == -1)
		return -1;
	if (newest.seen > asked->choice.limit && !asked->json)
		printf("there are more; --limit shows more\n");
	return 0;
}

int
verb_errors(struct app *app, int *status, struct err *e)
{
	struct asked asked = { .app = app, .json = app->opt.value[OPT_JSON] != NULL };
	bool all = (app->opt.given & OPTION(OPT_ALL)) != 0 ||
	    (app->n_words == 1 && (app->opt.given & OPTION(OPT_CLIENT)) != 0);
	char empty[128];
	int ret = -1;

	(void)status;
	if (read_asked(&asked, all, e) == -1)
		goto out;
	snprintf(empty, sizeof(empty), "no errors%s", asked.choice.since_words);
	asked.table.empty = empty;
	/* One moment for all that is read. */
	if (db_begin_read(&app->db, e) == 0 && held_read(&asked.held, app, e) == 0)
		ret = all ? list_errors(&asked, e) : list_causes(&asked, e);
	db_rollback(&app->db);
out:
	table_release(&asked.table);
	held_release(&asked.held);
	choice_release(&asked.choice);
	return ret;
}
