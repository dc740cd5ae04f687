#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bsd/unistd.h>

#include "app.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "base/escape.h"
#include "confined.h"
#include "http/engine.h"
#include "metrics.h"
#include "progress.h"
#include "run/lock.h"
#include "run/run.h"
#include "run/summary.h"
#include "secret/key.h"
#include "store/holds.h"
#include "store/keys.h"
#include "tell.h"

/* What the options say, beside what struct run_request holds. */
struct asked {
	struct run_request request;
	char **clients; /* owned: the pieces of --client */
	int64_t wait_s;
	bool strict;
	struct run_summary summary; /* of the run; its alerts are told when the lock is free again */
	struct tell_run telling;
};

/* Both halves of what a run tells go to one place. */
struct teller {
	struct log *log;
	const char *sandbox; /* told behind the start */
	struct progress progress;
};

static void
on_event(void *arg, const struct event *ev)
{
	struct teller *teller = arg;

	log_event(teller->log, ev);
	if (ev->kind == EVENT_RUN_BEGIN)
		log_event(teller->log, &(struct event){ .kind = EVENT_SANDBOX, .message = teller->sandbox });
}

static void
on_progress(void *arg, const struct event_progress *progress)
{
	progress_show(&((struct teller *)arg)->progress, progress);
}

static int
read_options(struct asked *asked, const struct options *opt, struct err *e)
{
	struct run_request *r = &asked->request;
	int64_t parallel, max_time_s;

	if (options_number(opt, OPT_PARALLEL, 1, BOUND_PARALLEL, 0, &parallel, e) == -1 ||
	    options_number(opt, OPT_DAYS, 0, 100000, -1, &r->override.days, e) == -1 ||
	    options_number(opt, OPT_YEAR, 0, 9999, -1, &r->override.year, e) == -1 ||
	    options_number(opt, OPT_WAIT, 0, 7 * 86400, 0, &asked->wait_s, e) == -1 ||
	    options_number(opt, OPT_MAX_TIME, 1, 7 * 86400, 0, &max_time_s, e) == -1 ||
	    options_number(opt, OPT_LIMIT, 0, BOUND_DIFF_ITEMS_MOST, BOUND_DIFF_ITEMS, &r->show_items, e) == -1 ||
	    options_list(opt, OPT_CLIENT, &asked->clients, &r->n_clients, e) == -1)
		return -1;
	r->clients = (const char *const *)asked->clients;
	r->parallel = (int)parallel;
	r->max_time_ms = max_time_s * 1000;
	r->group = opt->value[OPT_GROUP];
	r->dry_run = (opt->given & OPTION(OPT_DRY_RUN)) != 0;
	r->force = (opt->given & OPTION(OPT_FORCE)) != 0;
	asked->strict = (opt->given & OPTION(OPT_STRICT)) != 0;
	return 0;
}

/* Missing, wrong, expired, revoked and not for this job read alike; the hint depends on the word typed alone. */
static int
refuse(const char *job, struct err *e)
{
	const char *near = verb_near(job);

	return err_set(e, ERR_KEY, "key",
	    "the job key was refused: give one that is valid for this job with --key-file FILE%s%s%s",
	    near != NULL ? " (no verb has that name; did you mean jobrun " : "", near != NULL ? near : "",
	    near != NULL ? "?)" : "");
}

/* Who may run what: 0 and *job filled; -1. That there is no such job is said to the holder of a valid key alone. */
static int
check_key(struct app *app, struct catalog_job *job, int64_t *key_id, struct err *e)
{
	struct key_source source = { app->opt.key, app->opt.value[OPT_KEY_FILE] };
	unsigned char hash[KEY_HASH];
	enum keys_verdict verdict;
	char now[CLOCK_TEXT];
	struct buf key;
	int found, known, ret = -1;

	buf_init(&key, BOUND_SECRET_BYTES);
	if ((found = key_find(&source, &key, e)) == -1)
		goto out;
	if ((known = catalog_job(&app->db, app->words[0], job, e)) == -1)
		goto out;
	clock_text(clock_utc_ms(), now);
	key_hash(buf_text(&key), key.len, hash);
	if (keys_check(&app->db, hash, job->type, known == 0 ? job->name : NULL, now, &verdict, key_id, e) == -1)
		goto out;
	if (found == 1 || verdict != KEYS_OK)
		ret = refuse(app->words[0], e);
	else if (known == 1)
		ret =
		    err_set(e, ERR_USAGE, "no_such_job", "there is no job type %s; see jobrun job list", app->words[0]);
	else
		ret = 0;
out:
	explicit_bzero(hash, sizeof(hash));
	buf_wipe(&key);
	return ret;
}

static int
exit_code(void *arg, const struct run_summary *s, const struct err *why)
{
	const struct asked *asked = arg;

	if (why->kind != ERR_NONE)
		return exit_status(why->kind);
	if (s->signal != 0)
		return 128 + s->signal;
	if (s->out_of_time)
		return exit_status(ERR_TRY_LATER);
	if (s->ran_clients > 0 && s->unreachable_clients == s->ran_clients)
		return exit_status(ERR_UNAVAILABLE);
	if (s->failed_clients > 0 || s->degraded_clients > 0 || (asked->strict && s->tally.errors > 0))
		return 1;
	return 0;
}

/* Many clients at once take many descriptors. */
static void
raise_limits(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* A job's own hold stands first. */
static int
refuse_held(void *arg, const struct hold *hold, struct err *e)
{
	const struct catalog_job *job = ((const struct run_request *)arg)->job;

	if (hold->client[0] != '\0')
		return 0;
	return err_set(e, ERR_TRY_LATER, "held", "%s is on hold since %s (jobrun release %s lets it run again): %s",
	    job->name, hold->held_at, job->name, hold->reason);
}

/* A dry run changes nothing: it may look on while others are held off. */
static int
check_hold(struct app *app, struct run_request *request, struct err *e)
{
	return request->dry_run ? 0 : holds_read(&app->db, request->job->type, refuse_held, request, e);
}

/* While it waited for the lock the job may have been held, advanced or installed anew: it goes by what is there now. */
static int
read_again(struct app *app, struct catalog_job *job, struct run_request *request, struct err *e)
{
	struct catalog_job now;
	char number[24];
	int found;

	snprintf(number, sizeof(number), "%lld", (long long)job->type);
	if ((found = catalog_job(&app->db, number, &now, e)) != 0)
		return found == 1 ? err_set(e, ERR_USAGE, "no_such_job", "job type %s is gone", number) : -1;
	catalog_job_release(job);
	*job = now;
	app->log.job = job->name;
	return check_hold(app, request, e);
}

static int
run_locked(struct app *app, struct asked *asked, const struct confined *confined, int *status, struct err *e)
{
	struct run_finish finish = { exit_code, asked };
	struct teller teller = { .log = &app->log, .sandbox = confined->told, .progress = { .log = &app->log } };
	struct run_summary *summary = &asked->summary;
	struct buf json, shown;
	int ret;

	asked->request.events = (struct event_sink){ .event = on_event, .progress = on_progress, .arg = &teller };
	if (!asked->request.dry_run)
		tell_run_begin(&asked->telling, app, asked->request.job);
	ret = run_job(&asked->request, &finish, summary, e);
	progress_end(&teller.progress);
	*status = ret == 0 ? exit_code(asked, summary, e) : exit_status(e->kind);
	if (app->opt.value[OPT_JSON] != NULL && (ret == 0 || summary->run != 0)) {
		buf_init(&json, BOUND_SUMMARY_BYTES);
		buf_init(&shown, 2 * BOUND_SUMMARY_BYTES);
		if (summary_json(summary, asked->request.job->name, *status, &json) == 0 &&
		    escape_json(&shown, json.at, json.len) == 0)
			fputs(shown.at, stdout);
		buf_release(&shown);
		buf_release(&json);
	}
	return ret;
}

int
verb_run(struct app *app, int *status, struct err *e)
{
	struct asked asked = { .request = { .signal = &app_signal, .agent = "jobrun/" JOBRUN_VERSION } };
	struct catalog_job job = { 0 };
	struct confined confined = { .launcher = { .fd = -1 } };
	struct lock lock = { .fd = -1, .db_fd = -1 };
	int ret = -1;

	if (read_options(&asked, &app->opt, e) == -1 || check_key(app, &job, &asked.request.key_id, e) == -1) {
		/* Whoever ended the wait for a key at standard input knows that there was none. */
		if (app_signal != 0) {
			*status = 128 + app_signal;
			ret = 1;
		}
		goto out;
	}
	setproctitle("%s", job.name);
	raise_limits();
	asked.request.db = &app->db;
	asked.request.job = &job;
	asked.request.user_id = getuid();
	app->log.job = job.name;
	app->log.dry_run = asked.request.dry_run;
	if (engine_global(e) == -1 || check_hold(app, &asked.request, e) == -1)
		goto out;
	/* A dry run changes nothing, so that it may look on beside a real one. */
	if (!asked.request.dry_run &&
	    (ret = lock_take(&lock, &app->db, job.type, asked.wait_s * 1000, &app_signal, e)) != 0) {
		if (ret == 1)
			*status = 128 + app_signal;
		goto out;
	}
	ret = asked.request.dry_run ? 0 : read_again(app, &job, &asked.request, e);
	asked.request.room = lock.room;
	/* All that it must open is known by now. */
	if (ret == 0)
		ret = confined_enter(&confined, app, &job, e);
	if (ret == 0)
		ret = run_locked(app, &asked, &confined, status, e);
out:
	lock_release(&lock);
	/* Also of a run that failed or could not begin; to whoever holds a valid key alone. */
	if (app->log.job != NULL && !asked.request.dry_run && app->opt.value[OPT_METRICS_FILE] != NULL)
		metrics_file(app, app->opt.value[OPT_METRICS_FILE]);
	/* Without the lock: whoever is slow to listen holds nobody up; and the end first, which is soon over. */
	tell_run_end(&asked.telling, ret == -1 ? exit_status(e->kind) : *status, e);
	tell_alerts(app, &asked.summary.alerts);
	app->launcher = NULL;
	confined_release(&confined);
	app->log.job = NULL;
	app->log.run = 0;
	catalog_job_release(&job);
	run_summary_release(&asked.summary);
	free(asked.clients);
	return ret == -1 ? -1 : 0;
}
