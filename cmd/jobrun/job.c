#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "config/job.h"
#include "file.h"
#include "rules/rules.h"
#include "store/catalog.h"

#define PATH_MOST 8192

/* Reads DIR/NAME. 0 or -1. */
static int
read_from(const char *dir, const char *name, struct buf *out, struct err *e)
{
	struct buf path;
	int ret = -1;

	buf_init(&path, PATH_MOST);
	if (buf_addf(&path, "%s/%s", dir, name) == -1)
		err_set(e, ERR_INPUT, "input", "the folder's name is too long");
	else
		ret = file_read(path.at, out, e);
	buf_release(&path);
	return ret;
}

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

static int
install(struct app *app, const char *dir, const char *definition, const struct buf *rules, const struct job *job,
    struct err *e)
{
	struct rules *compiled = NULL;
	char *file = NULL;
	char now[CLOCK_TEXT];
	struct catalog_job row = {
		.type = job->type,
		.name = job->name,
		.definition = (char *)(uintptr_t)definition,
		.rules = rules->at,
		.stage = (char *)(uintptr_t) "full",
		.installed_at = now,
	};
	int64_t version;
	int changed, bad;

	clock_text(clock_utc_ms(), now);
	if (check_system(app, dir, job, e) == -1)
		return -1;
	if (asprintf(&file, "%s/%s", dir, job->rules) == -1)
		return err_memory(e);
	bad = rules_compile(&compiled, &app->db, buf_text(rules), rules->len, file, job->rule_timeout_ms, e);
	free(file);
	rules_free(compiled);
	if (bad == -1)
		return -1;
	if (catalog_job_install(&app->db, &row, &version, &changed, e) == -1)
		return -1;
	printf("job %s (%" PRId64 "): version %" PRId64 " %s\n", job->name, job->type, version,
	    changed ? "installed" : "is installed already; nothing changed");
	return 0;
}

int
verb_job_install(struct app *app, int *status, struct err *e)
{
	const char *dir = app->words[0];
	struct job job = { 0 };
	struct buf definition, rules;
	int ret = -1;

	(void)status;
	buf_init(&definition, BOUND_CONFIG_BYTES);
	buf_init(&rules, BOUND_RULES_BYTES);
	if (read_from(dir, "job.json", &definition, e) == -1)
		goto out;
	if (job_parse(&job, buf_text(&definition), definition.len, e) == -1) {
		/* What is wrong with the JSON itself names the file already. */
		err_prefix(e, strncmp(e->text, "job.json: ", strlen("job.json: ")) == 0 ? "%s/" : "%s/job.json: ", dir);
		goto out;
	}
	if (read_from(dir, job.rules, &rules, e) == 0 && install(app, dir, definition.at, &rules, &job, e) == 0)
		ret = 0;
	job_release(&job);
out:
	buf_release(&definition);
	buf_release(&rules);
	return ret;
}

static const struct table_column list_columns[] = { { "JobType", 'j' }, { "Name", 's' }, { "Version", 'j' },
	{ "Stage", 's' }, { "InstalledAt", 's' }, { NULL, 0 } };

int
verb_job_list(struct app *app, int *status, struct err *e)
{
	struct table t = { .columns = list_columns };

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
