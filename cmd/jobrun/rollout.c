#include "run/rollout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app.h"
#include "base/bounds.h"
#include "held.h"
#include "print.h"
#include "store/catalog.h"
#include "words.h"

static const struct table_column columns[] = { { "JobType", 'j' }, { "Job", 's' }, { "Version", 'j' }, { "Stage", 's' },
	{ "StageAt", 'w' }, { "StageNote", 's' }, { "CountedSince", 'w' }, { "ClientId", 's' }, { "GroupId", 's' },
	{ "RunId", 'j' }, { "StartedAt", 'w' }, { "Status", 'c' }, { "Received", 'j' }, { "Processed", 'j' },
	{ "Errors", 'j' }, { "Clean", 'j' }, { "CleanInARow", 'j' }, { "Missing", 's' }, { NULL, 0 } };
#define OWN_COLUMNS 7 /* of the job */
#define CELLS (sizeof(columns) / sizeof(columns[0]) - 1)
/* For people: the job's own are told above the table, and what is missing below it. */
static const struct table_view view[] = { { "ClientId", 's', NULL }, { "GroupId", 's', NULL }, { "RunId", 'j', NULL },
	{ "StartedAt", 'W', NULL }, { "Status", 'c', NULL }, { "Received", 'J', NULL }, { "Processed", 'J', NULL },
	{ "Errors", 'J', NULL }, { "Clean", 'j', NULL }, { NULL, 0, NULL } };

/* How a pilot stands, in words. */
static void
describe(struct buf *b, const struct catalog_job *job, const struct rollout_pilot *pilot)
{
	switch (rollout_state(pilot)) {
	case ROLLOUT_PAUSED:
		(void)buf_addf(b, "paused: %.*s; jobrun client resume %s %s %s", BOUND_REASON, pilot->paused, job->name,
		    pilot->id, pilot->group);
		return;
	case ROLLOUT_READY:
	case ROLLOUT_SHORT:
	case ROLLOUT_UNTRIED:
	case ROLLOUT_UNCLEAN:
		(void)buf_addf(b, "%d of %d clean cycles", rollout_clean(pilot), ROLLOUT_CLEAN);
		break;
	}
	if (pilot->n == 0)
		(void)buf_adds(b, "; not visited since then");
	else if (rollout_state(pilot) == ROLLOUT_UNCLEAN)
		(void)buf_addf(b, "; run %" PRId64 " ended %s", pilot->cycles[0].run, pilot->cycles[0].status);
}

static size_t
count_ready(const struct rollout *rollout)
{
	size_t i, n = 0;

	for (i = 0; i < rollout->n; i++)
		n += rollout_state(&rollout->pilots[i]) == ROLLOUT_READY;
	return n;
}

/* One cycle of a pilot, or that it had none (NULL). */
static int
add_cycle(struct table *t, const char **cells, const struct rollout_cycle *cycle)
{
	char numbers[4][24];
	const char **at = cells + OWN_COLUMNS + 2;
	size_t i;

	for (i = 0; i < 7; i++)
		at[i] = NULL;
	if (cycle != NULL) {
		snprintf(numbers[0], sizeof(numbers[0]), "%" PRId64, cycle->run);
		snprintf(numbers[1], sizeof(numbers[1]), "%" PRId64, cycle->received);
		snprintf(numbers[2], sizeof(numbers[2]), "%" PRId64, cycle->processed);
		snprintf(numbers[3], sizeof(numbers[3]), "%" PRId64, cycle->errors);
		at[0] = numbers[0];
		at[1] = cycle->started_at;
		at[2] = cycle->status;
		at[3] = numbers[1];
		at[4] = numbers[2];
		at[5] = numbers[3];
		at[6] = rollout_is_clean(cycle) ? "true" : "false";
	}
	return table_row(t, cells);
}

static int
add_pilot(struct table *t, const char **cells, const struct catalog_job *job, const struct rollout_pilot *pilot)
{
	char clean[24];
	struct buf missing;
	size_t i;
	int ret;

	buf_init(&missing, 4 * BOUND_MESSAGE);
	if (rollout_state(pilot) != ROLLOUT_READY)
		describe(&missing, job, pilot);
	snprintf(clean, sizeof(clean), "%d", rollout_clean(pilot));
	cells[OWN_COLUMNS] = pilot->id;
	cells[OWN_COLUMNS + 1] = pilot->group;
	cells[CELLS - 2] = clean;
	cells[CELLS - 1] = missing.len > 0 ? missing.at : NULL;
	ret = pilot->n == 0 ? add_cycle(t, cells, NULL) : 0;
	for (i = 0; i < pilot->n && ret == 0; i++)
		ret = add_cycle(t, cells, &pilot->cycles[i]);
	buf_release(&missing);
	return ret;
}

/* In JSON there is a row for the job also where there is none for a pilot, so that its stage can be read there. */
static int
print_cycles(struct app *app, const struct catalog_job *job, const struct rollout *rollout, struct err *e)
{
	bool json = app->opt.value[OPT_JSON] != NULL, pilot = catalog_is_pilot(job);
	struct table t = { .columns = columns, .view = view };
	char type[24], version[24];
	const char *cells[CELLS] = { type, job->name, version, job->stage, job->stage_at, job->stage_note,
		pilot ? rollout->since : NULL };
	size_t i;
	int bad = 0;

	snprintf(type, sizeof(type), "%" PRId64, job->type);
	snprintf(version, sizeof(version), "%" PRId64, job->version);
	if (json && (!pilot || rollout->n == 0))
		bad = table_row(&t, cells);
	for (i = 0; pilot && i < rollout->n && bad == 0; i++)
		bad = add_pilot(&t, cells, job, &rollout->pilots[i]);
	if (bad == -1) {
		table_release(&t);
		return err_memory(e);
	}
	if (t.n > 0)
		return print_table(app, &t, e);
	table_release(&t);
	return 0;
}

static void
print_summary(const struct catalog_job *job, const struct rollout *rollout)
{
	const struct rollout_pilot *pilot;
	struct buf b;

	for (pilot = rollout->pilots; pilot < rollout->pilots + rollout->n; pilot++) {
		buf_init(&b, 4 * BOUND_MESSAGE);
		(void)buf_addf(&b, "client %s, group %s: ", pilot->id, pilot->group);
		describe(&b, job, pilot);
		print_text(buf_text(&b));
		putchar('\n');
		buf_release(&b);
	}
	if (rollout->n == 0)
		printf("no client that is switched on says \"Pilot\": true");
	else
		printf("%zu of %zu pilots ready", count_ready(rollout), rollout->n);
	printf("; %" PRId64 " other client%s wait%s", rollout->others, rollout->others == 1 ? "" : "s",
	    rollout->others == 1 ? "s" : "");
	printf(rollout_may_advance(rollout) ? ": jobrun rollout %s --advance\n" : "\n", job->name);
}

/* Why the job, or a client, will not run all the same. Of pilots that is told already, while there are any. */
static int
print_held(struct app *app, const struct catalog_job *job, const struct rollout *rollout, struct err *e)
{
	struct held held = { 0 };
	size_t i;
	int ret = held_read(&held, app, e);

	if (ret == 0) {
		held_see_all(&held, job->type);
		for (i = 0; catalog_is_pilot(job) && i < rollout->n; i++)
			held_told(&held, job->type, rollout->pilots[i].id, rollout->pilots[i].group);
		ret = held_print(&held, e);
	}
	held_release(&held);
	return ret;
}

static int
show(struct app *app, const struct catalog_job *job, const struct rollout *rollout, struct err *e)
{
	if (app->opt.value[OPT_JSON] != NULL)
		return print_cycles(app, job, rollout, e);
	printf("%s (%" PRId64 "), version %" PRId64 ": stage %s since %s", job->name, job->type, job->version,
	    job->stage, job->stage_at);
	if (job->stage_note != NULL) {
		printf("; ");
		print_text(job->stage_note);
	}
	if (!catalog_is_pilot(job)) {
		putchar('\n');
		return print_held(app, job, rollout, e);
	}
	if (rollout->since != job->stage_at)
		printf("; cycles count since version %" PRId64 " came, %s", job->version, rollout->since);
	putchar('\n');
	if (print_cycles(app, job, rollout, e) == -1)
		return -1;
	print_summary(job, rollout);
	return print_held(app, job, rollout, e);
}

/* What a pilot lacks, as a log line. */
static void
tell_pilot(struct app *app, const struct catalog_job *job, const struct rollout_pilot *pilot)
{
	struct event ev = { .kind = EVENT_WARNING, .client = pilot->id, .group = pilot->group };
	struct buf b;

	buf_init(&b, 4 * BOUND_MESSAGE);
	describe(&b, job, pilot);
	ev.message = buf_text(&b);
	log_event(&app->log, &ev);
	buf_release(&b);
}

/* What is missing, pilot by pilot up to a limit, and what that comes to. */
static void
tell_refused(struct app *app, const struct catalog_job *job, const struct rollout *rollout)
{
	struct err why = ERR_INIT;
	size_t i, told = 0;

	app->log.job = job->name;
	for (i = 0; i < rollout->n && told < BOUND_SHOWN_PILOTS; i++) {
		if (rollout_state(&rollout->pilots[i]) == ROLLOUT_READY)
			continue;
		tell_pilot(app, job, &rollout->pilots[i]);
		told++;
	}
	app->log.job = NULL;
	if (rollout->n == 0)
		err_set(&why, ERR_TRY_LATER, "rollout",
		    "%s stays at stage pilot: no client that is switched on says \"Pilot\": true; --force advances all the "
		    "same",
		    job->name);
	else
		err_set(&why, ERR_TRY_LATER, "rollout",
		    "%s stays at stage pilot: %zu of %zu pilots ready; jobrun rollout %s shows each; --force advances all "
		    "the same",
		    job->name, count_ready(rollout), rollout->n, job->name);
	log_error(&app->log, &why);
}

static int
advance(struct app *app, const struct catalog_job *job, const struct rollout *rollout, int *status, struct err *e)
{
	bool ready = rollout_may_advance(rollout);
	struct event ev = { .kind = EVENT_WARNING };
	char now[CLOCK_TEXT], note[200];

	if (!catalog_is_pilot(job)) {
		printf("%s: is at stage full already, since %s; nothing changed\n", job->name, job->stage_at);
		return 0;
	}
	if (!ready && (app->opt.given & OPTION(OPT_FORCE)) == 0) {
		tell_refused(app, job, rollout);
		*status = 1;
		return 0;
	}
	clock_text(clock_utc_ms(), now);
	snprintf(note, sizeof(note), "advanced with --force by user %u at %s, with %zu of %zu pilots ready",
	    (unsigned)getuid(), now, count_ready(rollout), rollout->n);
	if (catalog_stage(&app->db, job->type, "full", now, ready ? NULL : note, e) == -1 ||
	    db_commit(&app->db, e) == -1)
		return -1;
	printf("%s: stage full: %" PRId64 " more client%s run%s from the next run on\n", job->name, rollout->others,
	    rollout->others == 1 ? "" : "s", rollout->others == 1 ? "s" : "");
	if (!ready) {
		app->log.job = job->name;
		ev.message = note;
		log_event(&app->log, &ev);
		app->log.job = NULL;
	}
	return 0;
}

int
verb_rollout(struct app *app, int *status, struct err *e)
{
	bool advances = (app->opt.given & OPTION(OPT_ADVANCE)) != 0;
	struct rollout rollout = { 0 };
	struct catalog_job job = { 0 };
	int ret = -1;

	if (!advances && (app->opt.given & OPTION(OPT_FORCE)) != 0)
		return err_set(e, ERR_USAGE, "usage", "--force means something with --advance alone");
	if (advances && (app->opt.given & OPTION(OPT_JSON)) != 0)
		return err_set(e, ERR_USAGE, "usage", "--advance says in a line what it did: leave --json out");
	if ((advances ? db_begin(&app->db, e) : db_begin_read(&app->db, e)) == -1 ||
	    find_job(app, app->words[0], &job, e) == -1 || rollout_read(&rollout, &app->db, &job, e) == -1)
		goto out;
	ret = advances ? advance(app, &job, &rollout, status, e) : show(app, &job, &rollout, e);
out:
	db_rollback(&app->db);
	rollout_release(&rollout);
	catalog_job_release(&job);
	return ret;
}
