#include <stdio.h>
#include <sysexits.h>

#include "app.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "check/check.h"
#include "print.h"
#include "report/findings.h"
#include "store/catalog.h"
#include "words.h"

struct taking {
	struct findings findings;
	bool all; /* also what is well */
	bool failed;
};

static void
on_finding(void *arg, const struct check_finding *f)
{
	struct taking *t = arg;

	if ((t->all || f->level != CHECK_OK || f->probe) && findings_add(&t->findings, f) == -1)
		t->failed = true;
}

static int
print_json(struct app *app, const struct findings *f, struct err *e)
{
	static const char *const levels[] = { [CHECK_OK] = "ok", [CHECK_WARNING] = "warning", [CHECK_ERROR] = "error" };
	static const struct table_column columns[] = { { "Level", 'c' }, { "Where", 's' }, { "Job", 's' },
		{ "ClientId", 's' }, { "GroupId", 's' }, { "Path", 's' }, { "Code", 's' }, { "Message", 's' },
		{ "Probe", 'j' }, { NULL, 0 } };
	struct table t = { .columns = columns };
	const struct findings_row *row;
	size_t i;

	for (i = 0; i < f->n; i++) {
		row = &f->at[i];
		table_add(&t, levels[row->level]);
		table_add(&t, row->where);
		table_add(&t, row->job);
		table_add(&t, row->client);
		table_add(&t, row->group);
		table_add(&t, row->path[0] != '\0' ? row->path : NULL);
		table_add(&t, row->code);
		table_add(&t, row->message);
		table_add_bool(&t, row->probe);
	}
	return print_table(app, &t, e);
}

static int
print_findings(struct app *app, struct findings *f, const struct check_summary *summary, struct err *e)
{
	struct table look = { 0 };
	struct buf b;
	int ret = 0;

	if (app->opt.value[OPT_JSON] != NULL)
		return print_json(app, f, e);
	buf_init(&b, BOUND_OUTPUT_BYTES);
	table_for_stdout(app, &look);
	if (findings_text(f, look.width, look.color, &b) == -1 || findings_sum(f, summary, &b) == -1)
		ret = err_memory(e);
	else
		fputs(b.at, stdout);
	buf_release(&b);
	return ret;
}

int
verb_check(struct app *app, int *status, struct err *e)
{
	struct taking taking = { .all = app->opt.value[OPT_JSON] != NULL };
	struct check_plan plan = {
		.db = &app->db,
		.probe = (app->opt.given & OPTION(OPT_PROBE)) != 0,
		.now_ms = clock_utc_ms(),
		.agent = "jobrun/" JOBRUN_VERSION,
		.signal = &app_signal,
		.finding = on_finding,
		.arg = &taking,
	};
	struct check_summary summary;
	struct catalog_job job = { 0 };
	int ret = -1;

	if (job_option(app, app->n_words > 0 ? app->words[0] : NULL, &job, e) == -1)
		return -1;
	plan.job_type = job.type;
	catalog_job_release(&job);
	if ((ret = check_all(&plan, &summary, e)) == 1)
		*status = 128 + app_signal;
	else if (ret == 0 && taking.failed)
		ret = err_memory(e);
	else if (ret == 0)
		ret = print_findings(app, &taking.findings, &summary, e);
	if (ret == 0)
		*status = taking.findings.errors > 0   ? EX_CONFIG
		    : taking.findings.probe_errors > 0 ? EX_UNAVAILABLE
		                                       : 0;
	findings_release(&taking.findings);
	return ret == -1 ? -1 : 0;
}
