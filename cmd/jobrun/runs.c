#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "app.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "cells.h"
#include "choice.h"
#include "held.h"
#include "print.h"
#include "run/overview.h"
#include "store/history.h"

/* Without --limit: runs, or visits; and, on a terminal, the visits of one run: what went badly stands first. */
#define LISTED 20
#define VISITS_SHOWN 50

struct runs {
	struct app *app;
	struct choice choice;
	struct history_choice which;
	struct history history;
	struct held held;
	struct table table;
};

/* All that is known of a run, or of a visit in it. */
static const struct table_column columns[] = { { "Run", 'j' }, { "JobType", 'j' }, { "Job", 's' }, { "ClientId", 's' },
	{ "GroupId", 's' }, { "StartedAt", 's' }, { "FinishedAt", 's' }, { "Status", 's' }, { "ExitCode", 'j' },
	{ "Message", 's' }, { "HttpStatus", 'j' }, { "Requests", 'j' }, { "Bytes", 'j' }, { "Clients", 'j' },
	{ "Skipped", 'j' }, { "Received", 'j' }, { "Processed", 'j' }, { "Duplicates", 'j' }, { "Errors", 'j' },
	{ "Parked", 'j' }, { "Acked", 'j' }, { "Owed", 'j' }, { "DurationMs", 'j' }, { "AvgItemMs", 'j' },
	{ "Host", 's' }, { "Pid", 'j' }, { "KeyId", 'j' }, { "UserId", 'j' }, { NULL, 0 } };

static const struct table_view of_runs[] = { { "Run", 'j', NULL }, { "Job", 's', NULL }, { "StartedAt", 'w', NULL },
	{ "Status", 'c', NULL }, { "Received", 'J', NULL }, { "Processed", 'j', NULL }, { "Errors", 'j', NULL },
	{ "Clients", 'J', NULL }, { "DurationMs", 'J', NULL }, { "ExitCode", 'J', NULL }, { "Owed", 'J', NULL },
	{ "Parked", 'J', NULL }, { "Skipped", 'J', NULL }, { "Duplicates", 'J', NULL }, { "Acked", 'J', NULL },
	{ "AvgItemMs", 'J', NULL }, { NULL, 0, NULL } };

/* Of one run: all but the first three. */
static const struct table_view of_visits[] = { { "Run", 'j', NULL }, { "Job", 's', NULL }, { "StartedAt", 'w', NULL },
	{ "ClientId", 's', NULL }, { "GroupId", 'S', NULL }, { "Status", 'c', NULL }, { "Received", 'J', NULL },
	{ "Processed", 'j', NULL }, { "Errors", 'j', NULL }, { "HttpStatus", 'J', NULL }, { "DurationMs", 'J', NULL },
	{ "Owed", 'J', NULL }, { "Parked", 'J', NULL }, { "Duplicates", 'J', NULL }, { "Acked", 'J', NULL },
	{ "Requests", 'J', NULL }, { "AvgItemMs", 'J', NULL }, { "Message", 't', NULL }, { NULL, 0, NULL } };
#define OF_ONE_RUN (of_visits + 3)

/* Of a run that has not ended nothing is counted yet. */
static int64_t
counted(const struct history_row *row, int64_t n)
{
	return row->client == NULL && row->duration_ms < 0 ? -1 : n;
}

/* A row, which is shown. */
static void
add_row(struct runs *r, const struct history_row *row)
{
	const struct tally *tally = &row->tally;
	bool running = row->client == NULL && strcmp(row->status, "running") == 0;
	struct table *t = &r->table;
	char words[48];

	held_see(&r->held, row->job_type, row->client, row->group);
	snprintf(words, sizeof(words), "running (pid %" PRId64 ")", row->pid);
	table_add_number(t, row->run);
	table_add_number(t, row->job_type);
	cell_job(r->app, t, row->job, row->job_type);
	table_add(t, row->client);
	table_add(t, row->group);
	table_add(t, row->started_at);
	table_add(t, row->finished_at);
	table_add(t, running && r->app->opt.value[OPT_JSON] == NULL ? words : row->status);
	cell_number(t, row->exit_code);
	table_add(t, row->message);
	cell_number(t, row->http_status);
	cell_number(t, row->requests);
	cell_number(t, row->bytes);
	cell_number(t, counted(row, row->clients));
	cell_number(t, counted(row, row->skipped));
	cell_number(t, counted(row, tally->received));
	cell_number(t, counted(row, tally->processed));
	cell_number(t, counted(row, tally->duplicates));
	cell_number(t, counted(row, tally->errors));
	cell_number(t, counted(row, tally->parked));
	cell_number(t, counted(row, tally->acked));
	cell_number(t, counted(row, tally->owed));
	cell_number(t, row->duration_ms);
	cell_mean(t, row->duration_ms, row->tally.received);
	table_add(t, row->host);
	cell_number(t, row->pid);
	cell_number(t, row->key);
	cell_number(t, row->user);
}

/* What stands as running and is not, as the job's next run will have it. */
static int
mark_dead(struct runs *r, struct err *e)
{
	struct history_row *row;
	int dead;

	for (row = r->history.at; row < r->history.at + r->history.n; row++) {
		if (strcmp(row->status, "running") != 0)
			continue;
		if ((dead = overview_is_dead(&r->app->db, row->job_type, row->run, e)) == -1)
			return -1;
		if (dead == 0)
			continue;
		free(row->status);
		if ((row->status = strdup("crashed")) == NULL)
			return err_memory(e);
	}
	return 0;
}

static int
read_run(struct runs *r, const char *word, struct err *e)
{
	const char *wrong;

	r->which.run = strtonum(word, 1, INT64_MAX, &wrong);
	if (wrong != NULL || word[0] < '0' || word[0] > '9')
		return err_set(e, ERR_USAGE, "usage", "RUN is a run's number; for one job's runs give --job");
	if ((r->app->opt.given & OPTION(OPT_SINCE)) != 0)
		return err_set(e, ERR_USAGE, "usage", "--since means nothing to one run; leave it out");
	if (history_runs(&r->app->db, &r->which, &r->history, e) == -1)
		return -1;
	if (r->history.n == 0)
		return err_set(e, ERR_USAGE, "no_such_run", "there is no run %s%s%s, or it was pruned; see jobrun runs",
		    word, r->which.job_type != 0 ? " of " : "", r->which.job_type != 0 ? r->choice.job.name : "");
	return 0;
}

static int
print_json(struct runs *r, struct err *e)
{
	const struct history_row *row;

	for (row = r->history.at; row < r->history.at + r->history.n; row++)
		add_row(r, row);
	return print_table(r->app, &r->table, e);
}

/* The run's own facts, in a few lines. */
static void
print_run(const struct history_row *run)
{
	const struct tally *t = &run->tally;
	char span[CLOCK_SPAN];

	printf("run %" PRId64 " of ", run->run);
	print_text(run->job != NULL ? run->job : "a job type that is not installed");
	printf(" (%" PRId64 "): %s", run->job_type, run->status);
	if (run->exit_code >= 0)
		printf(", exit status %" PRId64, run->exit_code);
	printf("\n  began    %.19sZ on ", run->started_at);
	print_text(run->host != NULL && run->host[0] != '\0' ? run->host : "an unknown host");
	printf(", pid %" PRId64 ", user %" PRId64, run->pid, run->user);
	if (run->key >= 0)
		printf(", key %" PRId64, run->key);
	if (run->finished_at != NULL)
		printf("\n  ended    %.19sZ", run->finished_at);
	if (run->duration_ms >= 0) {
		if (run->duration_ms < 60000)
			snprintf(span, sizeof(span), "%.1f s", (double)run->duration_ms / 1000);
		else
			clock_span(run->duration_ms, span);
		printf(", after %s\n  clients  %" PRId64 ", and %" PRId64 " skipped", span, run->clients, run->skipped);
		printf("\n  items    %" PRId64 " received: %" PRId64 " processed, %" PRId64 " duplicates, %" PRId64
		       " errors, %" PRId64 " parked",
		    t->received, t->processed, t->duplicates, t->errors, t->parked);
		printf("\n  acks     %" PRId64 " acknowledged, %" PRId64 " owed at its end", t->acked, t->owed);
	}
	printf("\n\n");
}

/* And then client by client. */
static int
print_one(struct runs *r, struct err *e)
{
	const struct history_row *run = r->history.at, *row, *end = run + r->history.n;
	int64_t id = run->run, errors = run->tally.errors, shown = 0;
	int64_t most = (r->app->opt.given & OPTION(OPT_LIMIT)) != 0 ? r->choice.limit : VISITS_SHOWN;

	r->table.view = OF_ONE_RUN;
	r->table.empty =
	    r->which.n_clients > 0 || r->which.group != NULL ? "it did not visit that client" : "it visited no client";
	print_run(run);
	for (row = run + 1; row < end && shown < most; row++, shown++)
		add_row(r, row);
	if (print_table(r->app, &r->table, e) == -1)
		return -1;
	for (row = run + 1; row < end; row++)
		errors += strcmp(row->status, "failed") == 0;
	if (end - run - 1 > shown)
		printf("and %lld more clients, none of which went worse; --limit shows more\n",
		    (long long)(end - run - 1 - shown));
	if (held_print(&r->held, e) == -1)
		return -1;
	if (errors > 0)
		printf("\nwhat failed, by cause: jobrun errors %" PRId64 "\n", id);
	return 0;
}

static int
print_list(struct runs *r, bool visits, struct err *e)
{
	const struct history_row *row;
	char empty[120];

	snprintf(empty, sizeof(empty), visits ? "no visit of such a client is on record%s" : "no runs yet%s",
	    r->choice.since_words);
	if (!visits && (r->which.job_type != 0 || r->which.since != NULL))
		snprintf(empty, sizeof(empty), "no runs%s%s", r->which.job_type != 0 ? " of that job" : "",
		    r->choice.since_words);
	r->table.empty = empty;
	r->table.view = visits ? of_visits : of_runs;
	for (row = r->history.at; row < r->history.at + r->history.n; row++)
		add_row(r, row);
	return print_table(r->app, &r->table, e) == 0 ? held_print(&r->held, e) : -1;
}

static int
show(struct runs *r, struct err *e)
{
	struct app *app = r->app;
	bool one = app->n_words > 0, visits = r->which.n_clients > 0 || r->which.group != NULL;

	if (one && read_run(r, app->words[0], e) == -1)
		return -1;
	if (one || visits ? history_visits(&app->db, &r->which, &r->history, e) == -1
	                  : history_runs(&app->db, &r->which, &r->history, e) == -1)
		return -1;
	if (mark_dead(r, e) == -1 || held_read(&r->held, app, e) == -1)
		return -1;
	if (app->opt.value[OPT_JSON] != NULL)
		return print_json(r, e);
	return one ? print_one(r, e) : print_list(r, visits, e);
}

int
verb_runs(struct app *app, int *status, struct err *e)
{
	struct runs r = { .app = app, .table = { .columns = columns } };
	bool one = app->n_words > 0;
	int ret;

	(void)status;
	if ((ret = choice_read(app, NULL, 0, one ? BOUND_LISTED : LISTED, &r.choice, e)) == 0) {
		r.which = (struct history_choice){
			.job_type = r.choice.job.type,
			.clients = (const char *const *)r.choice.clients,
			.n_clients = r.choice.n_clients,
			.group = r.choice.group,
			.since = r.choice.since[0] != '\0' ? r.choice.since : NULL,
			.limit = one && app->opt.value[OPT_JSON] == NULL ? BOUND_LISTED : r.choice.limit,
		};
		ret = show(&r, e);
	}
	table_release(&r.table);
	history_release(&r.history);
	held_release(&r.held);
	choice_release(&r.choice);
	return ret;
}
