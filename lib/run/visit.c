#include "run/visit.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "run/ack.h"
#include "run/dryrun.h"
#include "run/fetch.h"
#include "run/verdict.h"
#include "run/writer.h"
#include "store/catalog.h"
#include "store/runlog.h"

/* The definition of the system that the client or the job names, owned; NULL: none is named. 0 or -1. */
static int
find_system(const struct visit *v, char **definition, struct err *e)
{
	const struct run *run = v->run;
	const char *system = v->client->system != NULL ? v->client->system : run->job.system;
	int found;

	*definition = NULL;
	if (run->request->offline != NULL) {
		*definition = strdup("{\"BaseUrl\": \"" RUN_OFFLINE_URL "\"}");
		return *definition != NULL ? 0 : err_memory(e);
	}
	if (system == NULL)
		return 0;
	found = catalog_system(run->request->db, system, definition, e);
	if (found == 1)
		err_set(e, ERR_CONFIG, "client_config", "System: there is no external system %s; jobrun system set",
		    system);
	return found == 0 ? 0 : -1;
}

/* System, job and client laid over each other, and the secret that their Auth names. */
static int
make_ready(struct visit *v, struct err *e)
{
	struct run *run = v->run;
	char *definition = NULL;
	int ret = -1;

	if (find_system(v, &definition, e) == -1 ||
	    client_view_init(&v->view, v->client, &run->job, definition, &run->request->override, e) == -1)
		goto out;
	if (run->request->offline != NULL)
		v->view.settings.auth.kind = AUTH_NONE;
	if (run->request->offline != NULL && run->request->offline->once)
		v->view.settings.retries = 0;
	if (settings_check(&v->view.settings, "", NULL, e) == -1)
		goto out;
	if (request_auth_read(&v->auth, &v->view.settings, e) == -1) {
		err_prefix(e, "Auth: ");
		goto out;
	}
	ret = 0;
out:
	free(definition);
	return ret;
}

static bool
acks(const struct run *run)
{
	return run->job.ack.wanted && !run->request->dry_run;
}

struct visit *
visit_new(struct run *run, const struct client *client, struct err *e)
{
	struct visit *v = calloc(1, sizeof(*v));
	struct event ev = { .kind = EVENT_CLIENT_BEGIN, .client = client->id, .group = client->group };
	struct err why = ERR_INIT;

	if (v == NULL) {
		err_memory(e);
		return NULL;
	}
	v->run = run;
	v->client = client;
	v->who = (struct ledger_client){ run->job.type, client->id, client->group };
	v->begun_mono_ms = clock_mono_ms();
	v->begun_utc_ms = clock_utc_ms();
	v->state = acks(run) ? VISIT_OWED : VISIT_FETCH;
	request_auth_init(&v->auth);
	buf_init(&v->would_ack.ids, BOUND_DIFF_VALUE);
	fetch_init(v);
	ack_init(v);
	run_tell(run, &ev);
	if (make_ready(v, &why) == -1) {
		if (why.kind != ERR_CONFIG && why.kind != ERR_KEY && why.kind != ERR_INPUT) {
			*e = why;
			visit_free(v);
			return NULL;
		}
		visit_fail(v, "config", &why);
		v->state = VISIT_DONE;
	}
	return v;
}

void
visit_free(struct visit *v)
{
	if (v == NULL)
		return;
	fetch_release(v);
	ack_release(v);
	client_view_release(&v->view);
	request_auth_release(&v->auth);
	buf_release(&v->would_ack.ids);
	free(v);
}

/*
 * Of a visit whose items are committed: is anything owed that was not when it began? That had its pass, and what was
 * refused in it would be again.
 */
static bool
owes_more(const struct visit *v)
{
	return v->tally.processed > 0 || v->tally.duplicates > 0;
}

/* What follows when a state has nothing more to do. */
static enum visit_state
after(const struct visit *v)
{
	/* A system that could not be reached once is not asked again in this visit. */
	bool gone = v->failed && !v->reached;

	switch (v->state) {
	case VISIT_OWED:
		return v->stopped || gone ? VISIT_DONE : VISIT_FETCH;
	case VISIT_FETCH:
		return acks(v->run) && !gone ? VISIT_ACK : VISIT_DONE;
	case VISIT_ACK:
	case VISIT_DONE:
	case VISIT_GONE:
		break;
	}
	return VISIT_DONE;
}

static void
go_on(struct visit *v)
{
	if (v->state == VISIT_FETCH)
		fetch_release(v);
	if ((v->state = after(v)) == VISIT_ACK)
		ack_rewind(v);
}

/* 1: a request is under way, or waits for its turn; 0: the state has nothing more to do; -1: the database failed. */
static int
next_request(struct visit *v, struct err *e)
{
	if (v->state == VISIT_FETCH)
		return fetch_next(v);
	return v->state == VISIT_OWED || owes_more(v) ? ack_next(v, e) : 0;
}

int
visit_advance(struct visit *v, struct err *e)
{
	int under_way = 0;

	while (v->transfer == NULL && v->state < VISIT_DONE && under_way == 0) {
		/*
		 * The next page may be asked for at once, and so may the next ack; but only what is committed is
		 * acknowledged, and not too much waits to be marked.
		 */
		if (v->state != VISIT_FETCH && (v->uncommitted > 0 || v->ack.marks.n >= BOUND_ACK_MARKS))
			return 0;
		under_way = next_request(v, e);
		/* What is offered once more is owed once more: a mark of before must not come after that. */
		if (under_way == 0 && v->state == VISIT_OWED && v->ack.marks.n > 0)
			return 0;
		if (under_way == 0)
			go_on(v);
	}
	return under_way == -1 ? -1 : 0;
}

void
visit_stop(struct visit *v, bool now)
{
	if (v->state >= VISIT_DONE)
		return;
	if (v->state != VISIT_ACK && !v->fetch.over)
		v->stopped = true;
	if (v->transfer != NULL && (now || v->state == VISIT_FETCH))
		engine_stop(v->transfer);
	else if (now)
		/* It waits for a commit, or for its turn: what it would have acknowledged stays owed. */
		v->ack.over = v->ack.given_up = v->stopped = true;
}

static bool
is_done(const struct visit *v)
{
	return v->state == VISIT_DONE && v->uncommitted == 0;
}

bool
visit_has_writing(const struct visit *v)
{
	return v->ack.marks.n > 0 || is_done(v);
}

bool
visit_wants_writing(const struct visit *v)
{
	return ack_is_due(v) || is_done(v);
}

static enum client_end
end_of(const struct visit *v)
{
	struct client_outcome outcome = {
		.failed = v->failed,
		.stopped = v->stopped,
		.acks_refused = v->acks_refused,
		.tally = v->tally,
		.least_ratio = v->run->job.alerts.min_processed_ratio,
	};

	return verdict_client(&outcome);
}

/* Below its ratio without any failure: the row says so in words. */
static void
say_degraded(struct visit *v)
{
	if (v->why.kind != ERR_NONE || end_of(v) != CLIENT_DEGRADED)
		return;
	if (v->acks_refused)
		err_set(&v->why, ERR_UNAVAILABLE, "ack_rejected", "the external system refused acks; they stay owed");
	else
		err_set(&v->why, ERR_ITEM, "ratio", "processed %lld of %lld, below MinProcessedRatio %g",
		    (long long)v->tally.processed, (long long)(v->tally.processed + v->tally.errors),
		    v->run->job.alerts.min_processed_ratio);
}

static int
write_request(struct visit *v, struct err *e)
{
	struct db *db = v->run->request->db;
	char started[CLOCK_TEXT];
	struct runlog_request row = {
		.run = v->run->id,
		.job_type = v->run->job.type,
		.client = v->client->id,
		.group = v->client->group,
		.started_at = started,
		.duration_ms = clock_mono_ms() - v->begun_mono_ms,
		.http_status = v->http_status,
		.requests = v->requests,
		.bytes = v->bytes,
	};

	clock_text(v->begun_utc_ms, started);
	if (v->run->job.ack.wanted && ledger_count_owed(db, &v->who, &v->tally.owed, e) == -1)
		return -1;
	say_degraded(v);
	row.status = verdict_client_name(end_of(v));
	row.tally = v->tally;
	/* They stand in the same transaction, or in one before it. */
	row.tally.acked += (int64_t)v->ack.marks.n;
	row.message = v->why.kind != ERR_NONE ? v->why.text : NULL;
	return runlog_request(db, &row, e);
}

int
visit_write(struct visit *v, const char *now, struct err *e)
{
	int more;

	if (v->run->request->dry_run)
		return 0;
	if (v->ack.marks.n > 0 && (more = ack_write(v, now, e)) != 0)
		return more;
	return is_done(v) ? write_request(v, e) : 0;
}

static void
tell_end(struct visit *v)
{
	struct event ev = { .client = v->client->id, .group = v->client->group };

	if (v->hidden > 0) {
		ev.kind = EVENT_ITEMS_HIDDEN;
		ev.n = v->hidden;
		run_tell(v->run, &ev);
	}
	if (v->run->request->dry_run)
		dryrun_tell_visit(v);
	ev.kind = EVENT_CLIENT_END;
	ev.status = verdict_client_name(end_of(v));
	ev.tally = &v->tally;
	ev.duration_ms = clock_mono_ms() - v->begun_mono_ms;
	/* A failure was told when it happened. */
	ev.message = v->why.kind != ERR_NONE && !v->failed ? v->why.text : NULL;
	run_tell(v->run, &ev);
}

void
visit_settled(struct visit *v)
{
	struct run_summary *s = v->run->summary;
	enum client_end end;

	ack_settled(v);
	if (!is_done(v))
		return;
	say_degraded(v);
	end = end_of(v);
	tally_add(&s->tally, &v->tally);
	s->failed_clients += end == CLIENT_FAILED;
	s->degraded_clients += end == CLIENT_DEGRADED;
	s->stopped_clients += end == CLIENT_STOPPED;
	s->ran_clients += v->requests > 0 || v->turned_away;
	s->unreachable_clients += end == CLIENT_FAILED && (v->requests > 0 || v->turned_away) && !v->reached;
	tell_end(v);
	/* Its counts are the run's now: a visit may stay in the list for a while. */
	v->tally = (struct tally){ 0 };
	v->state = VISIT_GONE;
}

void
visit_item_settled(struct visit *v, enum apply_verdict verdict, const struct apply_failure *failure)
{
	int64_t *const counts[] = {
		[APPLY_PROCESSED] = &v->tally.processed,
		[APPLY_DUPLICATE] = &v->tally.duplicates,
		[APPLY_FAILED] = &v->tally.errors,
		[APPLY_PARKED] = &v->tally.parked,
	};

	v->uncommitted--;
	v->tally.received++;
	++*counts[verdict];
	if (failure != NULL)
		visit_tell_item(v, failure->stage, failure->item, failure->item_len, &failure->why, failure->attempt);
}

void
visit_tell_item(
    struct visit *v, const char *stage, const char *item, size_t item_len, const struct err *why, int64_t attempt)
{
	struct event ev = {
		.kind = EVENT_ITEM_FAILED,
		.client = v->client->id,
		.group = v->client->group,
		.item = item,
		.item_len = item_len,
		.stage = stage,
		.code = why->code,
		.message = why->text,
		.attempt = attempt,
	};

	if (v->shown == BOUND_SHOWN_ERRORS) {
		v->hidden++;
		return;
	}
	v->shown++;
	run_tell(v->run, &ev);
}

void
visit_fail(struct visit *v, const char *stage, const struct err *why)
{
	struct writer_note note = { .stage = stage, .why = why };
	struct event ev = {
		.kind = EVENT_CLIENT_FAILED,
		.client = v->client->id,
		.group = v->client->group,
		.stage = stage,
		.code = why->code,
		.message = why->text,
	};
	struct err e = ERR_INIT;

	v->failed = true;
	if (v->why.kind == ERR_NONE)
		v->why = *why;
	if (writer_note(v->run->writer, v, &note, &e) == -1)
		run_fatal(v->run, &e);
	run_tell(v->run, &ev);
}
