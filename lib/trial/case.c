#include "trial/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/disk.h"
#include "run/run.h"
#include "store/catalog.h"
#include "trial/account.h"
#include "trial/answers.h"
#include "trial/script.h"

#define CLIENT_DEFAULT "{\"ClientId\": 1}"
/* $user: who configured the client. */
#define USER 1

/* All that a case needs while it is under way. */
struct trial_case {
	const struct trial_plan *plan;
	struct model *model;
	const char *folder;
	struct client client;
	struct account account;
	struct answers answers;
};

/* A path in the case's folder, owned. NULL with e. */
static char *
path_in(const struct trial_case *c, const char *name, struct err *e)
{
	char *path;

	if (asprintf(&path, "%s/%s", c->folder, name) != -1)
		return path;
	err_memory(e);
	return NULL;
}

/* Runs one of its scripts, if it is there. 0 or -1. */
static int
run_script(const struct trial_case *c, const char *name, struct buf *out, struct err *e)
{
	char *path = path_in(c, name, e);
	int ret = path == NULL ? -1 : script_run(&c->model->db, path, out, e);

	free(path);
	return ret == -1 ? -1 : 0;
}

/* The client's entry as the case has it, comments blanked. 0 or -1. */
static int
read_entry(const char *path, struct buf *entry, struct err *e)
{
	if (access(path, F_OK) == -1)
		return buf_adds(entry, CLIENT_DEFAULT) == 0 ? 0 : err_memory(e);
	if (disk_read(path, entry, e) == -1)
		return -1;
	if (entry->len > 0 && json_strip_comments(entry->at, entry->len, e) == -1)
		return err_prefix(e, "%s: ", path);
	return 0;
}

/* Configures the client. 0 or -1. */
static int
add_client(struct trial_case *c, struct err *e)
{
	char *path = path_in(c, "client.json", e);
	struct buf entry;
	int ret = -1;

	buf_init(&entry, BOUND_CONFIG_BYTES);
	if (path == NULL || read_entry(path, &entry, e) == -1)
		goto out;
	if (client_parse(&c->client, 0, "", "", buf_text(&entry), entry.len, e) == -1) {
		err_prefix(e, "%s: ", path);
		goto out;
	}
	ret = catalog_client_add(&c->model->db, c->plan->folder->job.type, "", c->client.text, USER, e);
out:
	buf_release(&entry);
	free(path);
	return ret;
}

static int
exit_code(void *arg, const struct run_summary *s, const struct err *why)
{
	(void)arg;
	(void)s;
	(void)why;
	return 0;
}

/* The run itself, over the case's answers. 0 or -1. */
static int
run_over(struct trial_case *c, const struct catalog_job *job, struct err *e)
{
	struct run_request request = {
		.db = &c->model->db,
		.job = job,
		.override = { -1, -1 },
		.force = true,
		.signal = c->plan->signal,
		.offline = &c->answers.offline,
		.now_ms = TRIAL_NOW_MS,
		.events = { .event = account_event, .item = account_item, .arg = &c->account },
	};
	struct run_finish finish = { exit_code, NULL };
	struct run_summary summary;
	int ret = run_job(&request, &finish, &summary, e);

	run_summary_release(&summary);
	if (ret == -1)
		return -1;
	/* No fault of the job's: nothing is said about it. */
	if (strcmp(c->account.failed.code, "no_memory") == 0)
		return err_memory(e);
	if (c->account.failed.kind != ERR_NONE && strcmp(c->account.stage, "config") == 0)
		return err_set(e, ERR_CONFIG, "trial", "%s/client.json: %s", c->folder, c->account.failed.text);
	return answers_end(&c->answers, e);
}

static int
try(struct trial_case *c, struct buf *out, struct err *e)
{
	const struct job *job = &c->plan->folder->job;
	struct ledger_client who = { .job_type = job->type };
	struct catalog_job row = { 0 };
	int ret = -1;

	if (run_script(c, "before.sql", NULL, e) == -1 || add_client(c, e) == -1 ||
	    catalog_job(&c->model->db, job->name, &row, e) != 0 || run_over(c, &row, e) == -1)
		goto out;
	who.id = c->client.id;
	who.group = c->client.group;
	if (account_text(&c->account, &c->model->db, &who, job->ack.wanted, out, e) == -1 ||
	    run_script(c, "after.sql", out, e) == -1)
		goto out;
	ret = 0;
out:
	catalog_job_release(&row);
	return ret;
}

int
case_run(const struct trial_plan *plan, struct model *m, const char *folder, struct buf *out, struct err *e)
{
	struct trial_case c = { .plan = plan, .model = m, .folder = folder };
	int ret;

	if (model_begin(m, e) == -1)
		return -1;
	account_init(&c.account);
	answers_init(&c.answers, folder, &plan->folder->job, &c.account);
	ret = try(&c, out, e);
	client_release(&c.client);
	answers_release(&c.answers);
	account_release(&c.account);
	return ret;
}
