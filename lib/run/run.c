#include "run/run.h"

#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "run/alerts.h"
#include "run/left_out.h"
#include "run/loop.h"
#include "run/state.h"
#include "run/verdict.h"
#include "run/visit.h"
#include "run/writer.h"
#include "store/keys.h"

static void
on_host(void *arg, bool down, const char *message)
{
	const struct run *run = arg;
	struct event ev = { .kind = down ? EVENT_HOST_DOWN : EVENT_HOST_UP, .message = message };

	run_tell(run, &ev);
}

/* Definition, rules, clients and engine: all that can be wrong before anything is begun. */
static int
prepare(struct run *run, struct err *e)
{
	const struct run_request *request = run->request;
	const struct engine_hosts hosts = { on_host, run };

	if (job_parse(&run->job, request->job->definition, strlen(request->job->definition), e) == -1)
		return err_prefix(e, "job %s: ", request->job->name);
	/* The lock and the clients go by the row, the ledger by the definition. */
	if (run->job.type != request->job->type || strcmp(run->job.name, request->job->name) != 0)
		return err_set(e, ERR_CONFIG, "job_mixed",
		    "job %s: its definition in APP_JOB_TYPE is that of %s (%lld): install it again", request->job->name,
		    run->job.name, (long long)run->job.type);
	run->parallel = (size_t)(request->parallel > 0 ? request->parallel : run->job.parallel);
	if (rules_compile(&run->rules, request->db, request->job->rules, strlen(request->job->rules), run->job.rules,
	        run->job.rule_timeout_ms, e) == -1)
		return err_prefix(e, "job %s: ", request->job->name);
	if (roster_read(&run->roster, request, run->begun_utc_ms, e) == -1)
		return -1;
	run->engine =
	    request->offline != NULL ? engine_new_offline(request->offline, e) : engine_new(request->agent, e);
	if (run->engine == NULL)
		return -1;
	if (request->offline == NULL)
		engine_watch_hosts(run->engine, &hosts);
	return 0;
}

/* The run's row, and the end of those rows whose runs died; from here on the run is on record. */
static int
open_books(struct run *run, struct err *e)
{
	const struct run_request *request = run->request;
	char host[256] = "", now[CLOCK_TEXT];
	struct runlog_run row = {
		.job_type = request->job->type,
		.key_id = request->key_id,
		.user_id = request->user_id,
		.started_at = now,
		.host = host,
		.pid = getpid(),
	};

	if (request->dry_run)
		return 0;
	(void)gethostname(host, sizeof(host) - 1);
	clock_text(run->begun_utc_ms, now);
	if (db_begin(request->db, e) == -1)
		return -1;
	if (heal_write(&run->healed, request, now, e) == -1 || keys_used(request->db, request->key_id, now, e) == -1 ||
	    runlog_begin(request->db, &row, e) == -1 || db_commit(request->db, e) == -1) {
		db_rollback(request->db);
		return -1;
	}
	heal_settled(request);
	run->id = run->summary->run = row.id;
	return 0;
}

/* Entries of the configuration that cannot be used: each a failed client, on record and told. */
static int
report_bad(struct run *run, struct err *e)
{
	struct event ev = { .kind = EVENT_CLIENT_FAILED, .stage = "config", .code = "client_config" };
	const struct roster_note *bad;
	size_t i;

	for (i = 0; i < run->roster.n_bad; i++) {
		bad = &run->roster.bad[i];
		run->summary->clients++;
		run->summary->failed_clients++;
		if (writer_bad(run->writer, bad->id, bad->group, bad->message, e) == -1)
			return -1;
		ev.client = bad->id;
		ev.group = bad->group;
		ev.message = bad->message;
		run_tell(run, &ev);
	}
	return 0;
}

static void
tell_begin(struct run *run)
{
	struct event ev = { .kind = EVENT_RUN_BEGIN, .run = run->id, .n = (int64_t)run->roster.n };

	run_tell(run, &ev);
	heal_tell(run);
	left_out_tell(run);
}

/*
 * Closes the run's row; when the run ends early this is the last thing that is tried, and a database that stayed busy
 * is not waited for as long again.
 */
static int
close_books(struct run *run, int exit_code, struct err *e)
{
	const struct run_summary *s = run->summary;
	char now[CLOCK_TEXT];
	struct runlog_run row = {
		.id = run->id,
		.finished_at = now,
		.status = s->status,
		.exit_code = exit_code,
		.clients = s->clients,
		.skipped = s->skipped,
		.duration_ms = s->duration_ms,
		.tally = s->tally,
	};

	if (run->id == 0)
		return 0;
	if (run->fatal.kind == ERR_TRY_LATER)
		db_hurry(run->request->db);
	clock_text(clock_utc_ms(), now);
	return runlog_end(run->request->db, &row, e);
}

/*
 * Only a run that ends early has visits left: what they committed is on the books all the same, and is owed. A database
 * that does not say what one owes is not asked about the others: it may take its time over each answer.
 */
static void
add_cut_off(struct run *run)
{
	bool owes = run->job.ack.wanted && !run->request->dry_run;
	struct visit *v;

	TAILQ_FOREACH(v, &run->visits, entry) {
		if (v->state == VISIT_GONE)
			continue;
		owes = owes && ledger_count_owed(run->request->db, &v->who, &v->tally.owed, NULL) == 0;
		tally_add(&run->summary->tally, &v->tally);
	}
}

static void
sum_up(struct run *run)
{
	struct run_summary *s = run->summary;

	add_cut_off(run);
	s->skipped = run->roster.skipped;
	s->duration_ms = clock_mono_ms() - run->begun_mono_ms;
	s->out_of_time = s->out_of_time && (s->stopped_clients > 0 || run->next_client < run->roster.n);
	if (run->fatal.kind == ERR_NONE && !tally_balances(&s->tally)) {
		err_set(&run->fatal, ERR_INTERNAL, "books", "the books of run %lld do not balance: please report this",
		    (long long)run->id);
	}
	s->status = run->fatal.kind != ERR_NONE ? "failed" : verdict_run(s);
}

/*
 * Entries that cannot be used failed like any client, so that their streaks count: a row for each that says whose it
 * is. Of a client that is configured twice the other entry has the row.
 */
static int
record_bad(struct run *run, struct err *e)
{
	struct db *db = run->request->db;
	char started[CLOCK_TEXT];
	struct runlog_request row = { .run = run->id, .job_type = run->job.type, .started_at = started };
	const struct roster_note *bad = run->roster.bad, *end = bad + run->roster.n_bad;
	size_t rows;

	clock_text(run->begun_utc_ms, started);
	while (run->id != 0 && bad < end) {
		if (db_begin(db, e) == -1)
			return -1;
		for (rows = 0; bad < end && rows < BOUND_BATCH_ROWS; bad++, rows++) {
			row.client = bad->id;
			row.group = bad->group;
			row.message = bad->message;
			if (bad->id[0] != '\0' && !bad->twice && runlog_unusable(db, &row, e) == -1)
				goto fail;
		}
		if (db_commit(db, e) == -1)
			goto fail;
	}
	return 0;
fail:
	db_rollback(db);
	return -1;
}

/* What the logs of this run mean for those on call. A database that has failed already is not waited for again. */
static int
draw_conclusions(struct run *run, struct err *e)
{
	if (run->fatal.kind == ERR_DATABASE || run->fatal.kind == ERR_TRY_LATER)
		return 0;
	return record_bad(run, e) == -1 ? -1 : alerts_keep(run, e);
}

static void
tell_end(const struct run *run)
{
	const struct run_summary *s = run->summary;
	struct event ev = {
		.kind = EVENT_RUN_END,
		.status = s->status,
		.tally = &s->tally,
		.n = s->clients,
		.duration_ms = s->duration_ms,
	};

	if (run->writer != NULL)
		writer_tell_changes(run->writer);
	run_tell(run, &ev);
}

static void
release(struct run *run)
{
	struct visit *v;

	engine_free(run->engine);
	while ((v = TAILQ_FIRST(&run->visits)) != NULL) {
		TAILQ_REMOVE(&run->visits, v, entry);
		visit_free(v);
	}
	writer_free(run->writer);
	roster_release(&run->roster);
	rules_free(run->rules);
	job_release(&run->job);
}

/* A job that cannot be used is on record like any run: whoever looks at the tables, and not at a mail, must see it. */
static void
record_unusable(struct run *run, const struct run_finish *finish, const struct err *why)
{
	struct err ignored = ERR_INIT;
	char now[CLOCK_TEXT];
	struct runlog_exception row = {
		.job_type = run->request->job->type,
		.at = now,
		.client = "",
		.group = "",
		.stage = "config",
		.code = why->code,
		.message = why->text,
	};

	if (open_books(run, &ignored) == -1 || run->id == 0)
		return;
	clock_text(clock_utc_ms(), now);
	row.run = run->id;
	(void)runlog_exception(run->request->db, &row, &ignored);
	run->fatal = *why;
	sum_up(run);
	(void)close_books(run, finish->exit_code(finish->arg, run->summary, why), &ignored);
}

int
run_job(const struct run_request *request, const struct run_finish *finish, struct run_summary *summary, struct err *e)
{
	struct run run = { .request = request, .summary = summary };
	int ret = -1;

	*summary = (struct run_summary){ .status = "failed" };
	TAILQ_INIT(&run.visits);
	run.begun_mono_ms = clock_mono_ms();
	run.begun_utc_ms = clock_utc_ms();
	if (prepare(&run, e) == -1) {
		if (e->kind == ERR_CONFIG)
			record_unusable(&run, finish, e);
		goto out;
	}
	if (open_books(&run, e) == -1)
		goto out;
	rules_set_run(run.rules, run.id, run.job.type);
	tell_begin(&run);
	if ((run.writer = writer_new(&run, e)) == NULL || report_bad(&run, e) == -1 || loop_run(&run, e) == -1)
		run_fatal(&run, e);
	sum_up(&run);
	/* The run's own result stays what it was, and its row is written all the same. */
	if (draw_conclusions(&run, e) == -1)
		run_fatal(&run, e);
	if (close_books(&run, finish->exit_code(finish->arg, summary, &run.fatal), e) == -1) {
		run_fatal(&run, e);
		summary->status = "failed";
	}
	tell_end(&run);
	*e = run.fatal;
	ret = run.fatal.kind == ERR_NONE ? 0 : -1;
out:
	release(&run);
	return ret;
}
