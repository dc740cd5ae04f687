#include "trial/trial.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/disk.h"
#include "base/near.h"
#include "rules/rules.h"
#include "store/catalog.h"
#include "trial/case.h"
#include "trial/cases.h"
#include "trial/diff.h"
#include "trial/script.h"

struct trial {
	const struct trial_plan *plan;
	const struct trial_sink *sink;
	struct trial_count *count;
	struct model model;
};

static void
tell_skipped(void *arg, const char *what, const char *why)
{
	const struct trial *t = arg;
	char *text;

	if (asprintf(&text, "the platform's %s is not in the tests: %s", what, why) == -1)
		return;
	t->sink->note(t->sink->arg, text);
	free(text);
}

/* The rules must suit the tables, whatever the cases say. 0 or -1. */
static int
check_rules(struct trial *t, struct err *e)
{
	const struct folder *f = t->plan->folder;
	struct rules *rules = NULL;
	int ret = rules_compile(
	    &rules, &t->model.base, buf_text(&f->rules), f->rules.len, f->rules_path, f->job.rule_timeout_ms, e);

	rules_free(rules);
	return ret;
}

/* The tables, and the job in them: what every case begins with. 0 or -1. */
static int
set_up(struct trial *t, struct err *e)
{
	const struct folder *f = t->plan->folder;
	char stage[] = "full";
	struct catalog_job row = {
		.type = f->job.type,
		.name = f->job.name,
		.definition = (char *)(uintptr_t)buf_text(&f->definition),
		.rules = (char *)(uintptr_t)buf_text(&f->rules),
		.stage = stage,
	};
	const char *schema = t->plan->schema_path;
	int64_t version;
	int changed, found = 0;

	if (schema != NULL)
		found = script_run(&t->model.base, schema, NULL, e);
	else if (t->plan->platform != NULL)
		found = model_copy(&t->model, t->plan->platform, tell_skipped, t, e);
	if (found == 1)
		return err_set(e, ERR_INPUT, "input", "cannot read %s: there is no such file", schema);
	return found == -1 || check_rules(t, e) == -1 ||
	        catalog_job_install(&t->model.base, &row, &version, &changed, e) == -1
	    ? -1
	    : 0;
}

static void
tell(struct trial *t, const struct trial_result *result)
{
	if (result->verdict == TRIAL_PASSED || result->verdict == TRIAL_UPDATED)
		t->count->passed++;
	else
		t->count->failed++;
	t->sink->result(t->sink->arg, result);
}

/* What came out against what is expected. 0 and *result, whose text is in diff, or -1: that file is no use. */
static int
compare(const struct trial *t, const char *path, const struct buf *out, struct buf *diff, struct trial_result *result,
    struct err *e)
{
	struct diff_text to = { "what came out", buf_text(out), out->len }, from = { .name = path };
	struct buf expected;
	int ret = -1;

	buf_init(&expected, BOUND_TRIAL_FILE);
	errno = 0;
	if (disk_read(path, &expected, e) == -1 && errno == ENOENT) {
		if (!t->plan->update) {
			err_set(
			    e, ERR_CONFIG, "trial", "%s is missing: --update writes it; then see what it says", path);
			goto out;
		}
	} else if (e->kind != ERR_NONE) {
		goto out;
	}
	err_clear(e);
	from.at = buf_text(&expected);
	from.len = expected.len;
	if (diff_lines(&from, &to, diff) == -1) {
		if (diff->short_of_memory)
			err_memory(e);
		else
			err_set(e, ERR_CONFIG, "trial", "%s: all is otherwise, too much to be shown", path);
		goto out;
	}
	if (diff->len > 0)
		result->verdict = t->plan->update ? TRIAL_UPDATED : TRIAL_FAILED;
	if (result->verdict == TRIAL_UPDATED && disk_write(path, to.at, to.len, true, 0, e) == -1)
		goto out;
	result->text = result->verdict == TRIAL_FAILED ? diff->at : NULL;
	ret = 0;
out:
	buf_release(&expected);
	return ret;
}

/* One case, from its files to its verdict. 0; 1 a signal came, and what came out means nothing; -1 no memory. */
static int
try(struct trial *t, const char *name, struct err *e)
{
	struct trial_result result = { .name = name, .verdict = TRIAL_PASSED };
	struct err why = ERR_INIT;
	struct buf out, diff;
	char *folder, *path;
	int ret = 0;
	bool bad;

	if (asprintf(&folder, "%s/test/%s", t->plan->dir, name) == -1)
		return err_memory(e);
	if (asprintf(&path, "%s/after.txt", folder) == -1) {
		free(folder);
		return err_memory(e);
	}
	buf_init(&out, BOUND_TRIAL_TEXT);
	buf_init(&diff, BOUND_TRIAL_TEXT * 8);
	bad = cases_check(folder, &why) == -1 || case_run(t->plan, &t->model, folder, &out, &why) == -1;
	bad = bad || compare(t, path, &out, &diff, &result, &why) == -1;
	if (*t->plan->signal != 0) {
		ret = 1;
	} else if (bad && why.kind == ERR_INTERNAL) {
		*e = why;
		ret = -1;
	} else {
		if (bad) {
			result.verdict = TRIAL_BROKEN;
			result.text = why.text;
		}
		tell(t, &result);
	}
	free(folder);
	free(path);
	buf_release(&out);
	buf_release(&diff);
	return ret;
}

static int
try_all(struct trial *t, const struct cases *cases, struct err *e)
{
	const char *only = t->plan->only, *near;
	bool found = false;
	size_t i;
	int ret = 0;

	for (i = 0; i < cases->n && ret == 0; i++) {
		if (only != NULL && strcmp(cases->names[i], only) != 0)
			continue;
		found = true;
		ret = try(t, cases->names[i], e);
	}
	if (found || only == NULL)
		return ret;
	near = near_word(only, (const char *const *)cases->names, cases->n);
	return err_set(e, ERR_USAGE, "usage", "%s/test has no case %s%s%s", t->plan->dir, only,
	    near != NULL ? "; did you mean " : "", near != NULL ? near : "");
}

int
trial_run(const struct trial_plan *plan, const struct trial_sink *sink, struct trial_count *count, struct err *e)
{
	struct trial t = { .plan = plan, .sink = sink, .count = count };
	struct cases cases = { 0 };
	int ret = -1;

	*count = (struct trial_count){ 0 };
	if (cases_list(&cases, plan->dir, e) == -1)
		return -1;
	if (cases.n == 0 && plan->only == NULL) {
		ret = 0;
	} else if (model_init(&t.model, TRIAL_NOW_MS, e) == 0) {
		if (set_up(&t, e) == 0)
			ret = try_all(&t, &cases, e);
		model_release(&t.model);
	}
	cases_release(&cases);
	return ret;
}
