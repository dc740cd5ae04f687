#include "job_test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bounds.h"
#include "base/escape.h"
#include "http/engine.h"

/* Where results go, and how. */
struct teller {
	struct app *app;
	FILE *to;
	bool color, failures_only;
	size_t updated;
};

static void
put_escaped(FILE *to, const char *text)
{
	struct buf b;

	buf_init(&b, BOUND_MESSAGE * 16);
	(void)escape_line(&b, text, strlen(text), b.max);
	fputs(buf_text(&b), to);
	buf_release(&b);
}

/* Line by line, as diffs are coloured elsewhere. */
static void
put_diff(const struct teller *t, const char *diff)
{
	const char *line, *end, *color;

	for (line = diff; *line != '\0'; line = end + 1) {
		end = strchrnul(line, '\n');
		color = !t->color    ? ""
		    : line[0] == '-' ? "\033[31m"
		    : line[0] == '+' ? "\033[32m"
		    : line[0] == '@' ? "\033[36m"
		                     : "";
		fprintf(t->to, "%s%.*s%s\n", color, (int)(end - line), line, color[0] != '\0' ? "\033[0m" : "");
		if (*end == '\0')
			break;
	}
}

static void
on_result(void *arg, const struct trial_result *result)
{
	static const struct {
		const char *word, *color;
	} verdicts[] = {
		[TRIAL_PASSED] = { "ok", "\033[32m" },
		[TRIAL_UPDATED] = { "updated", "\033[33m" },
		[TRIAL_FAILED] = { "FAILED", "\033[31m" },
		[TRIAL_BROKEN] = { "BROKEN", "\033[31m" },
	};
	struct teller *t = arg;
	bool failed = result->verdict == TRIAL_FAILED || result->verdict == TRIAL_BROKEN;

	t->updated += result->verdict == TRIAL_UPDATED;
	if (t->failures_only && !failed)
		return;
	fprintf(t->to, "%s%s%s%*s", t->color ? verdicts[result->verdict].color : "", verdicts[result->verdict].word,
	    t->color ? "\033[0m" : "", 9 - (int)strlen(verdicts[result->verdict].word), "");
	put_escaped(t->to, result->name);
	if (result->verdict == TRIAL_BROKEN) {
		fputs(": ", t->to);
		put_escaped(t->to, result->text);
	}
	fputc('\n', t->to);
	if (result->verdict == TRIAL_FAILED)
		put_diff(t, result->text);
}

static void
on_note(void *arg, const char *text)
{
	struct teller *t = arg;

	log_event(&t->app->log, &(struct event){ .kind = EVENT_WARNING, .message = text });
}

int
job_test_run(struct app *app, struct trial_plan *plan, int told, struct trial_count *count, struct err *e)
{
	bool failures_only = told == JOB_TEST_FAILURES;
	struct teller teller = {
		.app = app,
		.to = failures_only ? stderr : stdout,
		.color = log_is_colored(&app->opt, failures_only ? STDERR_FILENO : STDOUT_FILENO),
		.failures_only = failures_only,
	};
	struct trial_sink sink = { on_result, on_note, &teller };
	mode_t ours;
	int ret;

	plan->signal = &app_signal;
	if (engine_global(e) == -1)
		return -1;
	/* What --update writes is the caller's own. */
	ours = umask(app->umask);
	ret = trial_run(plan, &sink, count, e);
	umask(ours);
	if (ret == 0 && teller.updated > 0)
		printf("after.txt written for %zu case%s\n", teller.updated, teller.updated == 1 ? "" : "s");
	return ret;
}

/* The database whose tables to copy, if one was named or is there by default. 0 or -1. */
static int
find_platform(struct app *app, struct trial_plan *plan, struct err *e)
{
	struct event ev = { .kind = EVENT_WARNING };

	plan->schema_path = app->opt.value[OPT_SCHEMA];
	if (plan->schema_path != NULL)
		return 0;
	if (app->db_path[0] != '\0' && db_open(&app->db, app->db_path, e) == 0) {
		plan->platform = &app->db;
		return 0;
	}
	if (app->db_path[0] != '\0' && (app->db_named || strcmp(e->code, "no_database") != 0))
		return -1;
	err_clear(e);
	ev.message = "there is no database to take the platform's tables from: tested without any; name their SQL with "
	             "--schema FILE, or the database with --db FILE";
	log_event(&app->log, &ev);
	return 0;
}

int
verb_job_test(struct app *app, int *status, struct err *e)
{
	const char *dir = app->words[0];
	struct folder folder;
	struct trial_plan plan = { .dir = dir, .folder = &folder };
	struct trial_count count = { 0 };
	int got, ret = -1;

	plan.only = app->n_words > 1 ? app->words[1] : NULL;
	plan.update = (app->opt.given & OPTION(OPT_UPDATE)) != 0;
	if (folder_read(&folder, dir, e) == -1)
		return -1;
	if (find_platform(app, &plan, e) == -1 || (got = job_test_run(app, &plan, JOB_TEST_ALL, &count, e)) == -1)
		goto out;
	if (got == 1) {
		*status = 128 + app_signal;
		ret = 0;
		goto out;
	}
	if (count.passed + count.failed == 0) {
		err_set(e, ERR_INPUT, "no_tests", "%s/test holds no case; jobrun job new makes a folder that has some",
		    dir);
		goto out;
	}
	if (count.failed > 0)
		printf("%zu of %zu test%s failed\n", count.failed, count.passed + count.failed,
		    count.passed + count.failed == 1 ? "" : "s");
	else
		printf("%zu test%s passed\n", count.passed, count.passed == 1 ? "" : "s");
	*status = count.failed > 0;
	ret = 0;
out:
	folder_release(&folder);
	return ret;
}
