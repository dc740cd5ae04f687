#include "store/prune.h"

#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "base/clock.h"
#include "print.h"
#include "run/keep.h"

/* Below that a typing error (90 for 90d) would take what somebody looks for tomorrow. */
#define LEAST_KEEP_S 3600

struct pruning {
	struct app *app;
	struct prune prune;
	struct prune_tally all;
	int64_t now_ms, keep_s;
};

/* What --keep says: 0 and *seconds, or -1. */
static int
read_keep(const struct app *app, int64_t *seconds, struct err *e)
{
	const char *text = app->opt.value[OPT_KEEP];

	if (text == NULL)
		return err_set(e, ERR_USAGE, "usage", "--keep is missing: say how old what is deleted must be: %s",
		    "jobrun prune --keep 90d");
	if (clock_duration(text, seconds) == -1)
		return err_set(e, ERR_USAGE, "usage", "--keep: give an age such as 90d or 12h");
	if (*seconds < LEAST_KEEP_S)
		return err_set(e, ERR_USAGE, "usage",
		    "--keep: %lld seconds are too short; give an hour (1h) at the least", (long long)*seconds);
	return 0;
}

/* "12 runs", "1 run", and what stands between it and the next. */
static void
print_count(int64_t n, const char *what, const char *then)
{
	printf("%lld %s%s%s", (long long)n, what, n == 1 ? "" : "s", then);
}

/* All that is deleted. */
static void
print_tally(const struct prune_tally *t)
{
	print_count(t->runs, "run", ", ");
	print_count(t->requests, "request row", ", ");
	print_count(t->exceptions, "error row", ", ");
	print_count(t->alerts, "resolved alert", ", ");
	print_count(t->items, "ledger row", "");
}

static void
print_kept(const struct prune_tally *t)
{
	print_count(t->kept_runs, "run", " and ");
	print_count(t->kept_items, "ledger row", "");
}

static const char *
verb(const struct pruning *p)
{
	return p->prune.count_only ? "would delete" : "deleted";
}

static void
print_job(
    const struct pruning *p, int64_t job_type, const char *name, const struct keep *keep, const struct prune_tally *t)
{
	char label[32], before[CLOCK_TEXT];

	snprintf(label, sizeof(label), "job type %lld", (long long)job_type);
	print_text(name != NULL ? name : label);
	printf(": %s ", verb(p));
	print_tally(t);
	printf("; %s ", p->prune.count_only ? "would keep" : "kept");
	print_kept(t);
	if (keep->leave) {
		printf("; its ledger is left alone, since nobody knows how far back a client asks: ");
		print_text(keep->why);
	} else if (keep->why[0] != '\0') {
		clock_text(keep->before_ms, before);
		printf("; of its ledger all since %.10s is kept, since ", before);
		print_text(keep->why);
	}
	putchar('\n');
}

/* One job type: 0, 1 the signal came, -1. */
static int
prune_job(struct pruning *p, int64_t job_type, const char *name, struct err *e)
{
	struct prune_tally t = { 0 };
	struct keep keep;
	char before[CLOCK_TEXT];
	int got;

	if (keep_read(&keep, &p->app->db, job_type, p->now_ms, p->keep_s * 1000, e) == -1)
		return -1;
	clock_text(p->now_ms - p->keep_s * 1000, before);
	got = prune_logs(&p->prune, job_type, before, &t, e);
	if (got == 0) {
		clock_text(keep.leave ? INT64_MIN : keep.before_ms, before);
		got = prune_items(&p->prune, job_type, before, &t, e);
	}
	if (got == -1)
		return -1;
	print_job(p, job_type, name, &keep, &t);
	prune_tally_add(&p->all, &t);
	return got;
}

static int
prune_all(struct pruning *p, struct err *e)
{
	int64_t job_type = INT64_MIN;
	char *name;
	int got;

	while ((got = prune_next_job(&p->app->db, job_type, &job_type, &name, e)) == 0) {
		got = prune_job(p, job_type, name, e);
		free(name);
		if (got != 0)
			break;
		fflush(stdout);
	}
	/* 1 is the end of the list as well as the signal's. */
	return got == -1 ? -1 : 0;
}

int
verb_prune(struct app *app, int *status, struct err *e)
{
	struct pruning p = {
		.app = app,
		.prune = { .db = &app->db, .signal = &app_signal },
		.now_ms = clock_utc_ms(),
	};

	p.prune.count_only = (app->opt.given & OPTION(OPT_DRY_RUN)) != 0;
	if (read_keep(app, &p.keep_s, e) == -1 || prune_all(&p, e) == -1)
		return -1;
	printf("%s ", verb(&p));
	print_tally(&p.all);
	printf("; %s ", p.prune.count_only ? "would keep" : "kept");
	print_kept(&p.all);
	putchar('\n');
	if (app_signal != 0) {
		printf("ended by a signal: the rest stays until the next prune\n");
		*status = 128 + app_signal;
	}
	if (p.prune.count_only)
		return 0;
	prune_checkpoint(&app->db);
	if (p.all.runs + p.all.items > 0)
		printf(
		    "the file keeps its size and uses the room again; VACUUM by sqlite3(1), in a quiet hour, gives it "
		    "back\n");
	return 0;
}
