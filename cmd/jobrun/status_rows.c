#include "status_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "cells.h"
#include "run/verdict.h"

/* A phrase holds a message and some words. */
#define PHRASE_MOST (2 * BOUND_MESSAGE)

const struct table_column status_columns[] = { { "JobType", 'j' }, { "Job", 's' }, { "ClientId", 's' },
	{ "GroupId", 's' }, { "State", 's' }, { "Problem", 's' }, { "Stage", 's' }, { "Held", 's' }, { "Paused", 's' },
	{ "Enabled", 'j' }, { "Pilot", 'j' }, { "SendFrequency", 'j' }, { "Run", 'j' }, { "StartedAt", 's' },
	{ "Status", 's' }, { "Message", 's' }, { "HttpStatus", 'j' }, { "Pid", 'j' }, { "ExitCode", 'j' },
	{ "LastSuccessAt", 's' }, { "Failures", 'j' }, { "DurationMs", 'j' }, { "Received", 'j' }, { "Processed", 'j' },
	{ "Duplicates", 'j' }, { "Errors", 'j' }, { "Acked", 'j' }, { "Ratio", 'j' }, { "AvgItemMs", 'j' },
	{ "Owed", 'j' }, { "Parked", 'j' }, { "Failed", 'j' }, { "Alerts", 'j' }, { "Due", 's' }, { NULL, 0 } };

const struct table_view status_of_jobs[] = { { "Job", 's', NULL }, { "Stage", 'c', NULL },
	{ "LastRun", 'a', "StartedAt" }, { "Status", 'c', NULL }, { "Received", 'j', NULL }, { "Processed", 'j', NULL },
	{ "Errors", 'j', NULL }, { "Alerts", 'J', NULL }, { "Owed", 'J', NULL }, { "Parked", 'J', NULL },
	{ "Due", 'A', NULL }, { "LastSuccess", 'A', "LastSuccessAt" }, { "Ratio", 'J', NULL },
	{ "AvgItemMs", 'J', NULL }, { "Run", 'J', NULL }, { NULL, 0, NULL } };

const struct table_view status_of_clients[] = { { "Job", 's', NULL }, { "ClientId", 's', NULL },
	{ "GroupId", 'S', NULL }, { "State", 'c', NULL }, { "LastRun", 'A', "StartedAt" },
	{ "LastSuccess", 'a', "LastSuccessAt" }, { "Failures", 'j', NULL }, { "Received", 'J', NULL },
	{ "Processed", 'J', NULL }, { "Errors", 'j', NULL }, { "Owed", 'j', NULL }, { "Parked", 'j', NULL },
	{ "Due", 'A', NULL }, { "Ratio", 'J', NULL }, { "AvgItemMs", 'J', NULL }, { "Problem", 't', NULL },
	{ NULL, 0, NULL } };

/* What both have, each in its way. NULL and -1: it has none. */
struct facts {
	const char *id, *group, *paused, *enabled, *pilot;
	const char *started_at, *status, *message, *last_success_at;
	int64_t send_frequency, run, http_status, pid, exit_code, failures, duration_ms;
	const struct tally *tally; /* of its last visit or run, once that ended */
	int64_t owed, parked, failed, alerts, due_ms;
};

static struct facts
facts_of_client(const struct overview_client *c)
{
	const struct standing *last = &c->last;
	bool usable = c->configured && c->problem == NULL, visited = last->run != 0;

	return (struct facts){
		.id = c->id,
		.group = c->group,
		.paused = c->paused,
		.enabled = !usable ? NULL
		    : c->enabled   ? "true"
		                   : "false",
		.pilot = !usable ? NULL
		    : c->pilot   ? "true"
		                 : "false",
		.started_at = last->started_at,
		.status = last->status,
		.message = last->message,
		.last_success_at = last->last_success_at,
		.send_frequency = usable ? c->send_frequency : -1,
		.run = visited ? last->run : -1,
		.http_status = last->http_status != 0 ? last->http_status : -1,
		.pid = -1,
		.exit_code = -1,
		.failures = visited ? last->failures : -1,
		.duration_ms = visited ? last->duration_ms : -1,
		.tally = visited ? &last->tally : NULL,
		.owed = c->owed,
		.parked = c->parked,
		.failed = c->failed,
		.alerts = -1,
		.due_ms = c->due_ms,
	};
}

/* What waits is the sum of its clients; it is due when the first of them is, but on hold it is not. */
static struct facts
facts_of_job(const struct overview_job *job)
{
	const struct standing_run *run = &job->last;
	const struct overview_client *c;
	struct facts f = {
		.started_at = run->started_at,
		.status = run->status,
		.last_success_at = job->last_success_at,
		.send_frequency = -1,
		.run = run->id != 0 ? run->id : -1,
		.http_status = -1,
		.pid = run->id != 0 ? run->pid : -1,
		.exit_code = run->id != 0 ? run->exit_code : -1,
		.failures = -1,
		.duration_ms = run->id != 0 ? run->duration_ms : -1,
		.tally = run->finished_at != NULL ? &run->tally : NULL,
		.alerts = job->open_alerts,
		.due_ms = -1,
	};

	for (c = job->clients; c < job->clients + job->n; c++) {
		f.owed += c->owed;
		f.parked += c->parked;
		f.failed += c->failed;
		if (c->due_ms >= 0 && job->held == NULL && (f.due_ms < 0 || c->due_ms < f.due_ms))
			f.due_ms = c->due_ms;
	}
	return f;
}

/* The share of what was tried that was processed: of nothing there is none. */
static void
add_ratio(struct table *t, const struct tally *tally)
{
	if (tally != NULL && tally->processed + tally->errors > 0)
		cell_fraction(t, verdict_ratio(tally));
	else
		table_add(t, NULL);
}

static void
add_problem(struct table *t, const struct status_line *line, int64_t now_ms)
{
	struct buf phrase;

	buf_init(&phrase, PHRASE_MOST);
	if ((line->client != NULL ? trouble_say_client(line->job, line->client, now_ms, &phrase)
	                          : trouble_say_job(line->job, now_ms, &phrase)) == -1)
		t->failed = true;
	table_add(t, phrase.len > 0 ? phrase.at : NULL);
	buf_release(&phrase);
}

void
status_add(const struct app *app, struct table *t, const struct status_line *line, int64_t now_ms)
{
	struct facts f = line->client != NULL ? facts_of_client(line->client) : facts_of_job(line->job);
	bool people = app->opt.value[OPT_JSON] == NULL, job = people && line->client == NULL;
	char running[48];

	snprintf(running, sizeof(running), "running (pid %" PRId64 ")", f.pid);
	table_add_number(t, line->job->type);
	cell_job(app, t, line->job->name, line->job->type);
	table_add(t, f.id);
	table_add(t, f.group);
	table_add(t, trouble_name(line->trouble));
	add_problem(t, line, now_ms);
	table_add(t, people && line->job->held != NULL ? "held" : line->job->stage);
	table_add(t, line->job->held);
	table_add(t, f.paused);
	table_add(t, f.enabled);
	table_add(t, f.pilot);
	cell_number(t, f.send_frequency);
	cell_number(t, f.run);
	table_add(t, job && f.started_at == NULL ? "never" : f.started_at);
	table_add(t, job && f.status != NULL && strcmp(f.status, "running") == 0 ? running : f.status);
	table_add(t, f.message);
	cell_number(t, f.http_status);
	cell_number(t, f.pid);
	cell_number(t, f.exit_code);
	table_add(t, f.last_success_at);
	cell_number(t, f.failures);
	cell_number(t, f.duration_ms);
	cell_number(t, f.tally != NULL ? f.tally->received : -1);
	cell_number(t, f.tally != NULL ? f.tally->processed : -1);
	cell_number(t, f.tally != NULL ? f.tally->duplicates : -1);
	cell_number(t, f.tally != NULL ? f.tally->errors : -1);
	cell_number(t, f.tally != NULL ? f.tally->acked : -1);
	add_ratio(t, f.tally);
	cell_mean(t, f.duration_ms, f.tally != NULL ? f.tally->received : 0);
	cell_number(t, f.owed);
	cell_number(t, f.parked);
	cell_number(t, f.failed);
	cell_number(t, f.alerts);
	cell_due(app, t, f.due_ms, now_ms);
}
