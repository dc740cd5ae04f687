#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "print.h"
#include "run/watch.h"
#include "store/catalog.h"
#include "tell.h"
#include "words.h"

/* --grace: 0 and *ms, -1 for none; or -1. */
static int
read_grace(const struct options *opt, int64_t *ms, struct err *e)
{
	const char *text = opt->value[OPT_GRACE];

	*ms = -1;
	if (text == NULL)
		return 0;
	if (clock_duration(text, ms) == -1)
		return err_set(e, ERR_USAGE, "usage", "--grace: give a time such as 30m, 2h or 1d");
	*ms *= 1000;
	return 0;
}

static bool
is_alike(const struct finding *a, const struct finding *b)
{
	return a->job == b->job && strcmp(a->kind, b->kind) == 0;
}

static void
print_line(const struct finding *f)
{
	print_text(f->job->name);
	if (f->client != NULL) {
		printf(": client ");
		print_text(f->client->id);
		printf(", group ");
		print_text(f->client->group);
	}
	printf(": ");
	print_text(f->what);
	printf("; ");
	print_text(f->advice);
	printf("\n");
}

/* Of many alike the first ones say enough: the rest is counted. */
static void
print_lines(const struct watch *w)
{
	const struct finding *f, *first = w->findings, *end = w->findings + w->n;

	for (f = w->findings; f < end; f++) {
		if (!is_alike(f, first))
			first = f;
		if (f - first < BOUND_SHOWN_FINDINGS) {
			print_line(f);
		} else if (f + 1 == end || !is_alike(f + 1, first)) {
			print_text(f->job->name);
			printf(": %s: %lld more; jobrun watch --json\n", f->kind,
			    (long long)(f - first + 1 - BOUND_SHOWN_FINDINGS));
		}
	}
}

static int
print_json(struct app *app, const struct watch *w, struct err *e)
{
	static const struct table_column columns[] = { { "Job", 's' }, { "ClientId", 's' }, { "GroupId", 's' },
		{ "Kind", 's' }, { "Since", 'w' }, { "Message", 's' }, { "Advice", 's' }, { NULL, 0 } };
	struct table t = { .columns = columns };
	const struct finding *f;

	for (f = w->findings; f < w->findings + w->n; f++) {
		table_add(&t, f->job->name);
		table_add(&t, f->client != NULL ? f->client->id : NULL);
		table_add(&t, f->client != NULL ? f->client->group : NULL);
		table_add(&t, f->kind);
		table_add_time(&t, f->since);
		table_add(&t, f->what);
		table_add(&t, f->advice);
	}
	return print_table(app, &t, e);
}

int
verb_watch(struct app *app, int *status, struct err *e)
{
	bool quiet = (app->opt.given & OPTION(OPT_QUIET)) != 0, json = app->opt.value[OPT_JSON] != NULL;
	int64_t now_ms = clock_utc_ms(), grace;
	struct catalog_job job = { 0 };
	struct watch w = { .n = 0 };
	int ret = -1;

	if (read_grace(&app->opt, &grace, e) == -1 || job_option(app, NULL, &job, e) == -1 ||
	    watch_look(&w, &app->db, job.type, grace, now_ms, e) == -1)
		goto out;
	/* First what a person is to see: a database that cannot be written now must not hide it. */
	if (!quiet && !json)
		print_lines(&w);
	if (!quiet && json && print_json(app, &w, e) == -1)
		goto out;
	fflush(stdout);
	/* Another grace is a question of the caller's: the alerts go by the usual one. */
	if (grace == -1) {
		if (watch_keep(&w, &app->db, now_ms, e) == -1)
			goto out;
		tell_alerts(app, &w.changed);
	}
	*status = w.n > 0;
	ret = 0;
out:
	watch_release(&w);
	catalog_job_release(&job);
	return ret;
}
