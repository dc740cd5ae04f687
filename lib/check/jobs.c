#include "check/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/near.h"
#include "check/clients.h"
#include "check/targets.h"
#include "check/tell.h"
#include "rules/rules.h"

static int
take(void *arg, int n, const char *const *cells, struct err *e)
{
	struct jobs *j = arg;
	struct jobs_row *row = array_room(j->at, j->n, &j->cap, sizeof(*row));

	(void)n;
	if (row == NULL)
		return err_memory(e);
	j->at = row;
	row += j->n++;
	*row = (struct jobs_row){ .type = strtoll(cells[0], NULL, 10), .name = strdup(cells[1]) };
	return row->name != NULL ? 0 : err_memory(e);
}

int
jobs_load(struct check *c, struct err *e)
{
	return catalog_list(c->plan->db, SQL_LIST_JOBS, take, &c->jobs, e);
}

void
jobs_release(struct jobs *j)
{
	struct jobs_row *row;

	while (j->n > 0) {
		row = &j->at[--j->n];
		job_release(&row->job);
		catalog_job_release(&row->row);
		free(row->name);
	}
	free(j->at);
	*j = (struct jobs){ 0 };
}

bool
jobs_has(const struct jobs *j, const char *word)
{
	char number[24];
	size_t i;

	for (i = 0; i < j->n; i++) {
		snprintf(number, sizeof(number), "%lld", (long long)j->at[i].type);
		if (strcmp(j->at[i].name, word) == 0 || strcmp(number, word) == 0)
			return true;
	}
	return false;
}

int
jobs_near(const struct jobs *j, const char *word, const char **near, struct err *e)
{
	const char **names = calloc(j->n + 1, sizeof(*names));
	size_t i;

	if (names == NULL)
		return err_memory(e);
	for (i = 0; i < j->n; i++)
		names[i] = j->at[i].name;
	*near = near_word(word, names, j->n);
	free(names);
	return 0;
}

static int
check_system(struct check *c, struct subject *s, const struct job *job, struct err *e)
{
	const char *near;
	size_t i;

	if (job->system == NULL)
		return 0;
	if ((i = systems_find(&c->systems, job->system)) < c->systems.n) {
		c->systems.at[i].used = true;
		return 0;
	}
	if (systems_near(&c->systems, job->system, &near, e) == -1)
		return -1;
	tell_finding(c, s, CHECK_ERROR, "System", "no_such_system", "there is no external system %s%s%s%s", job->system,
	    near != NULL ? "; did you mean " : ": jobrun system set ", near != NULL ? near : job->system,
	    near != NULL ? "?" : " FILE");
	return 0;
}

/* Against the platform's tables as they are now; of a definition that does not name them, under their usual name. */
static int
check_rules(struct check *c, struct subject *s, const struct jobs_row *j, struct err *e)
{
	const char *name = j->job.rules != NULL ? j->job.rules : "rules.sql";
	struct rules *rules = NULL;
	struct err why = ERR_INIT;
	int bad =
	    rules_compile(&rules, c->plan->db, j->row.rules, strlen(j->row.rules), name, j->job.rule_timeout_ms, &why);

	rules_free(rules);
	if (bad == 0)
		return 0;
	if (why.kind != ERR_CONFIG) {
		*e = why;
		return -1;
	}
	tell_err(c, s, "", &why);
	return 0;
}

static int
parse(struct check *c, struct subject *s, struct jobs_row *j, struct err *e)
{
	struct faults faults = { 0 };
	struct err why = ERR_INIT;
	int ret = job_parse_all(&j->job, j->row.definition, strlen(j->row.definition), &faults, &why);

	j->parsed = ret == 0;
	if (ret == -1 && why.kind == ERR_CONFIG) {
		tell_faults(c, s, &faults);
		c->blind = true;
		ret = 0;
	} else if (ret == -1) {
		*e = why;
	}
	faults_release(&faults);
	return ret;
}

/* Its definition, its rules, its system: also of one that has faults, whatever could be read of it. 0 or -1. */
static int
check_definition(struct check *c, struct subject *s, struct jobs_row *j, struct err *e)
{
	if (parse(c, s, j, e) == -1)
		return -1;
	if (j->parsed && (j->job.type != j->type || strcmp(j->job.name, j->name) != 0))
		tell_finding(c, s, CHECK_ERROR, j->job.type != j->type ? "JobType" : "Name", "job_mixed",
		    "the definition in APP_JOB_TYPE is that of %s (%lld): install the job again", j->job.name,
		    (long long)j->job.type);
	if (check_system(c, s, &j->job, e) == -1 || check_rules(c, s, j, e) == -1)
		return -1;
	return targets_of_job(c, s, &j->job, e);
}

static int
check_one(struct check *c, struct jobs_row *j, struct err *e)
{
	struct subject s = { .kind = "job", .name = j->name };
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)j->type);
	/* 1: it was removed since the list was read. */
	switch (catalog_job(c->plan->db, number, &j->row, e)) {
	case 0:
		break;
	case 1:
		return 0;
	default:
		return -1;
	}
	c->summary->jobs++;
	if (check_definition(c, &s, j, e) == -1 || clients_check(c, &s, j, e) == -1)
		return -1;
	if (!keyring_opens(c, j->type, j->name))
		tell_finding(c, &s, CHECK_WARNING, "", "no_key",
		    "no valid key opens it, so nobody can run it: jobrun key new --jobs %s", j->name);
	tell_well(c, &s, "its definition and its rules can be used");
	return 0;
}

/* A job type that has clients; name NULL: and nothing else. */
static int
check_uninstalled(void *arg, int n, const char *const *cells, struct err *e)
{
	struct check *c = arg;
	struct subject s = { .kind = "job", .name = cells[0] };
	struct jobs_row j = { .type = strtoll(cells[0], NULL, 10) };

	(void)n;
	return cells[1] != NULL ? 0 : clients_check(c, &s, &j, e);
}

int
jobs_check(struct check *c, struct err *e)
{
	size_t i;

	for (i = 0; i < c->jobs.n; i++)
		if ((c->plan->job_type == 0 || c->jobs.at[i].type == c->plan->job_type) &&
		    check_one(c, &c->jobs.at[i], e) == -1)
			return -1;
	return c->plan->job_type != 0 ? 0 : catalog_list(c->plan->db, SQL_LIST_CONFIGURED, check_uninstalled, c, e);
}
