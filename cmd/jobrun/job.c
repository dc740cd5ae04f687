#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/clock.h"
#include "config/folder.h"
#include "job_test.h"
#include "print.h"
#include "rules/rules.h"
#include "run/rollout.h"
#include "store/catalog.h"
#include "words.h"

/* The system that the job names must be there by now, or its clients would all fail at their first run. */
static int
check_system(struct app *app, const char *dir, const struct job *job, struct err *e)
{
	char *definition = NULL;
	int found;

	if (job->system == NULL)
		return 0;
	found = catalog_system(&app->db, job->system, &definition, e);
	free(definition);
	if (found == 1)
		return err_set(e, ERR_CONFIG, "no_such_system",
		    "%s/job.json: System: there is no external system %s; first: jobrun system set %s FILE", dir,
		    job->system, job->system);
	return found;
}

/* With a client marked as pilot a rollout begins with the pilots: 0 and how many there are, or -1. */
static int
count_pilots(struct app *app, int64_t job_type, size_t *pilots, struct err *e)
{
	struct rollout rollout = { 0 };
	int ret = rollout_pilots(&rollout, &app->db, job_type, e);

	*pilots = rollout.n;
	rollout_release(&rollout);
	return ret;
}

/* Where the rollout begins is told when it is decided: for a new job type, or one that was not tried yet. */
static void
tell_stage(struct app *app, const struct catalog_job *row, size_t pilots)
{
	struct event ev = { .kind = EVENT_WARNING };

	if (pilots > 0) {
		printf("job %s: stage pilot: %zu pilot%s run%s, the others wait for jobrun rollout %s --advance\n",
		    row->name, pilots, pilots == 1 ? "" : "s", pilots == 1 ? "s" : "", row->name);
		return;
	}
	ev.message =
	    "no client of it is marked \"Pilot\": true, so all run from the start; for a rollout, mark some and "
	    "install it again before its first run";
	app->log.job = row->name;
	log_event(&app->log, &ev);
	app->log.job = NULL;
}

/* Stores it, and says what came of it. One transaction, so that the stage goes by the clients of that moment. */
static int
store(struct app *app, const struct catalog_job *given, size_t tests_passed, struct err *e)
{
	struct catalog_job row = *given;
	char now[CLOCK_TEXT], stage_pilot[] = "pilot", stage_full[] = "full";
	int64_t version;
	size_t pilots;
	int changed, staged = 0, ret = -1;

	if (db_begin(&app->db, e) == -1 || count_pilots(app, row.type, &pilots, e) == -1)
		goto out;
	clock_text(clock_utc_ms(), now);
	row.installed_at = now;
	row.stage = pilots > 0 ? stage_pilot : stage_full;
	if (catalog_job_install(&app->db, &row, &version, &changed, e) == -1 ||
	    catalog_stage_anew(&app->db, row.type, row.stage, now, &staged, e) == -1 || db_commit(&app->db, e) == -1)
		goto out;
	printf("job %s (%" PRId64 "): version %" PRId64 " %s", row.name, row.type, version,
	    changed      ? "installed"
	        : staged ? "is installed already"
	                 : "is installed already; nothing changed");
	if (tests_passed > 0)
		printf("; %zu test%s passed", tests_passed, tests_passed == 1 ? "" : "s");
	putchar('\n');
	if (staged || (changed && version == 1))
		tell_stage(app, &row, pilots);
	ret = 0;
out:
	db_rollback(&app->db);
	return ret;
}

/*
 * The folder's own tests, with this database's tables; one without tests has none that could fail. 0 and *passed; 1 a
 * signal came; -1.
 */
static int
pass_tests(struct app *app, const char *dir, const struct folder *folder, size_t *passed, struct err *e)
{
	struct trial_plan plan = { .dir = dir, .folder = folder, .platform = &app->db };
	struct trial_count count = { 0 };
	int got = job_test_run(app, &plan, JOB_TEST_FAILURES, &count, e);

	*passed = count.passed;
	if (got != 0 || count.failed == 0)
		return got;
	return err_set(e, ERR_CONFIG, "tests_failed",
	    "%zu of %zu test%s of %s failed, so nothing was installed; mend it (jobrun job test), or --no-test",
	    count.failed, count.passed + count.failed, count.passed + count.failed == 1 ? "" : "s", dir);
}

/* 0; 1 a signal came before anything was stored; -1. */
static int
install(struct app *app, const char *dir, const struct folder *folder, struct err *e)
{
	const struct job *job = &folder->job;
	struct rules *compiled = NULL;
	struct catalog_job row = {
		.type = job->type,
		.name = job->name,
		.definition = folder->definition.at,
		.rules = folder->rules.at,
	};
	size_t passed = 0;
	int got;

	if (check_system(app, dir, job, e) == -1)
		return -1;
	got = rules_compile(&compiled, &app->db, buf_text(&folder->rules), folder->rules.len, folder->rules_path,
	    job->rule_timeout_ms, e);
	rules_free(compiled);
	if (got == 0 && (app->opt.given & OPTION(OPT_NO_TEST)) == 0)
		got = pass_tests(app, dir, folder, &passed, e);
	return got == 0 ? store(app, &row, passed, e) : got;
}

int
verb_job_install(struct app *app, int *status, struct err *e)
{
	const char *dir = app->words[0];
	struct folder folder;
	int ret;

	if (folder_read(&folder, dir, e) == -1)
		return -1;
	if ((ret = install(app, dir, &folder, e)) == 1)
		*status = 128 + app_signal;
	folder_release(&folder);
	return ret == -1 ? -1 : 0;
}

static const struct table_column list_columns[] = { { "JobType", 'j' }, { "Name", 's' }, { "Version", 'j' },
	{ "Stage", 'c' }, { "InstalledAt", 'w' }, { "Held", 't' }, { NULL, 0 } };

int
verb_job_list(struct app *app, int *status, struct err *e)
{
	struct table t = { .columns = list_columns, .empty = "no job type is installed yet: jobrun job install DIR" };

	(void)status;
	if (catalog_list(&app->db, SQL_LIST_JOBS, table_take, &t, e) == -1) {
		table_release(&t);
		return -1;
	}
	return print_table(app, &t, e);
}

static int
show_json(struct app *app, const struct catalog_job *job, struct err *e)
{
	static const struct table_column columns[] = { { "JobType", 'j' }, { "Name", 's' }, { "Version", 'j' },
		{ "Stage", 's' }, { "InstalledAt", 's' }, { "Definition", 's' }, { "Rules", 's' }, { NULL, 0 } };
	struct table t = { .columns = columns };
	char type[24], version[24];
	const char *cells[] = { type, job->name, version, job->stage, job->installed_at, job->definition, job->rules };

	snprintf(type, sizeof(type), "%" PRId64, job->type);
	snprintf(version, sizeof(version), "%" PRId64, job->version);
	if (table_row(&t, cells) == -1) {
		table_release(&t);
		return err_memory(e);
	}
	return print_table(app, &t, e);
}

int
verb_job_show(struct app *app, int *status, struct err *e)
{
	struct catalog_job job = { 0 };
	int ret = 0;

	(void)status;
	if (find_job(app, app->words[0], &job, e) == -1)
		return -1;
	if (app->opt.value[OPT_JSON] != NULL)
		ret = show_json(app, &job, e);
	else
		printf("-- %s (%" PRId64 "), version %" PRId64
		       ", stage %s, installed %s\n\n-- job.json\n%s\n-- rules\n%s",
		    job.name, job.type, job.version, job.stage, job.installed_at, job.definition, job.rules);
	catalog_job_release(&job);
	return ret;
}
