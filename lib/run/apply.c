#include "run/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/suspect.h"
#include "store/changes.h"
#include "store/runlog.h"
#include "store/seen.h"

void
apply_init(struct apply *a, struct run *run)
{
	*a = (struct apply){ .run = run };
	item_init(&a->item);
}

void
apply_release(struct apply *a)
{
	item_release(&a->item);
}

void
apply_begin(struct apply *a)
{
	const struct run_request *request = a->run->request;

	clock_text(request->now_ms != 0 ? request->now_ms : clock_utc_ms(), a->now);
	a->visit = NULL;
	a->gap.client = NULL;
}

void
apply_failure_free(struct apply_failure *f)
{
	if (f != NULL)
		free(f->item);
	free(f);
}

/* What the item is called in messages: its id, or, for want of one, its place in the answer. */
static struct apply_failure *
failure_new(const struct apply *a, const struct err *why, uint64_t index)
{
	struct apply_failure *f = calloc(1, sizeof(*f));
	const struct ledger_key *key = &a->item.key;
	char place[24];

	if (f == NULL)
		return NULL;
	f->why = *why;
	f->stage = strncmp(why->code, "rule_", 5) == 0 ? "rules" : "fetch";
	if (key->id_len == 0) {
		f->item_len = (size_t)snprintf(place, sizeof(place), "#%llu", (unsigned long long)index);
		f->item = strdup(place);
	} else if ((f->item = malloc(key->id_len)) != NULL) {
		memcpy(f->item, key->id, key->id_len);
		f->item_len = key->id_len;
	}
	if (f->item == NULL) {
		free(f);
		return NULL;
	}
	return f;
}

/* Its ledger row, if it can have one, and its exception row. */
static int
write_failure(struct apply *a, struct visit *v, struct apply_failure *f, int64_t attempts, struct err *e)
{
	const struct job *job = &a->run->job;
	struct runlog_exception row = {
		.run = a->run->id,
		.job_type = job->type,
		.at = a->now,
		.client = v->client->id,
		.group = v->client->group,
		.item = f->item,
		.item_len = f->item_len,
		.stage = f->stage,
		.code = f->why.code,
		.message = f->why.text,
	};

	row.attempt = f->attempt = attempts + 1;
	/* A dry run writes to no log: its transaction only has to look like the real one to later items. */
	if (a->item.key.id_len > 0 &&
	    ledger_put(a->run->request->db, &v->who, &a->item.key,
	        row.attempt >= job->max_attempts ? LEDGER_PARKED : LEDGER_FAILED, row.attempt, a->run->id, a->now,
	        e) == -1)
		return -1;
	return a->run->request->dry_run ? 0 : runlog_exception(a->run->request->db, &row, e);
}

static struct json_value
value_of_client(void *arg, const char *name, size_t len)
{
	return client_view_get(arg, name, len);
}

static int
set_client(struct apply *a, struct visit *v, struct err *e)
{
	struct rules_client client = {
		.get = value_of_client,
		.arg = &v->view,
		.user = v->client->user,
	};

	if (a->visit == v)
		return 0;
	if (rules_set_client(a->run->rules, &client, e) == -1)
		return -1;
	a->visit = v;
	return 0;
}

/* New, or failed before: 0 with why->kind ERR_NONE applied, else rejected; 1 the transaction is gone; -1. */
static int
run_rules(struct apply *a, struct visit *v, struct json_value text, struct err *why, struct err *e)
{
	void *room = a->run->request->room;
	enum rules_verdict verdict;

	if (set_client(a, v, e) == -1)
		return -1;
	suspect_begin(room, a->run->id, &v->who, &a->item.key);
	verdict = rules_apply(a->run->rules, text, &a->item.members, a->now, why);
	suspect_end(room);
	switch (verdict) {
	case RULES_APPLIED:
		if (a->changes != NULL)
			changes_keep(a->changes);
		err_clear(why);
		return 0;
	case RULES_REJECTED:
		if (a->changes != NULL)
			changes_drop(a->changes);
		return 0;
	case RULES_ROLLED_BACK:
		return 1;
	case RULES_DATABASE:
	default:
		*e = *why;
		return -1;
	}
}

/* What the ledger knows already; in a dry run what earlier batches would have left in it counts too. */
static int
look_up(struct apply *a, struct visit *v, struct ledger_row *row, struct err *e)
{
	struct db *db = a->run->request->db;
	int seen;

	*row = (struct ledger_row){ .state = LEDGER_NEW };
	if (a->item.key.id_len == 0)
		return 0;
	if (ledger_look(db, &v->who, &a->item.key, &a->gap, row, e) == -1)
		return -1;
	if (!a->run->request->dry_run || row->state == LEDGER_APPLIED)
		return 0;
	if ((seen = seen_find(db, &v->who, &a->item.key, e)) == 1)
		row->state = LEDGER_APPLIED;
	return seen == -1 ? -1 : 0;
}

/* Is it done with, without its rules being run? 1 with *verdict, 0, or -1. */
static int
known(struct apply *a, struct visit *v, const struct ledger_row *row, enum apply_verdict *verdict, struct err *e)
{
	bool held = row->state == LEDGER_FAILED || row->state == LEDGER_PARKED;

	*verdict = APPLY_DUPLICATE;
	/* Failed in this very run: given twice in one answer, or once more after the answer broke off. */
	if (row->state == LEDGER_APPLIED || (held && row->run == a->run->id))
		return 1;
	/* Offered again, so the external system has not taken our word for it: it is owed once more. */
	if (row->state == LEDGER_ACKED) {
		a->owes = a->run->job.ack.wanted;
		if (a->owes && ledger_owe(a->run->request->db, &v->who, &a->item.key, e) == -1)
			return -1;
		return 1;
	}
	*verdict = APPLY_PARKED;
	return row->state == LEDGER_PARKED;
}

int
apply_item(struct apply *a, struct visit *v, struct json_value text, uint64_t index, const struct apply_failure *poison,
    enum apply_verdict *verdict, struct apply_failure **failure, struct err *e)
{
	struct err why = ERR_INIT;
	struct ledger_row row;
	int bad, done, gone = 0;

	*failure = NULL;
	a->owes = false;
	if ((bad = item_read(&a->item, &a->run->job, text, &why)) == -1) {
		*e = why;
		return -1;
	}
	if (look_up(a, v, &row, e) == -1 || (done = known(a, v, &row, verdict, e)) == -1)
		return -1;
	if (done == 1)
		return 0;
	if (poison != NULL)
		why = poison->why;
	else if (!bad && (gone = run_rules(a, v, text, &why, e)) == -1)
		return -1;
	if (why.kind == ERR_NONE) {
		*verdict = APPLY_PROCESSED;
		a->owes = a->run->job.ack.wanted;
		return ledger_put(
		    a->run->request->db, &v->who, &a->item.key, LEDGER_APPLIED, row.attempts, a->run->id, a->now, e);
	}
	*verdict = APPLY_FAILED;
	if ((*failure = failure_new(a, &why, index)) == NULL)
		return err_memory(e);
	return gone ? 1 : write_failure(a, v, *failure, row.attempts, e);
}

void
apply_tell(struct apply *a, struct json_value text, enum apply_verdict verdict, const struct apply_failure *failure)
{
	static const char *const became[] = {
		[APPLY_PROCESSED] = "applied",
		[APPLY_DUPLICATE] = "duplicate",
		[APPLY_FAILED] = "failed",
		[APPLY_PARKED] = "parked",
	};
	const struct event_sink *sink = &a->run->request->events;
	struct err why = ERR_INIT;
	struct event_item ev = { .key = &a->item.key, .became = became[verdict] };

	if (sink->item == NULL)
		return;
	(void)item_read(&a->item, &a->run->job, text, &why);
	ev.item = a->item.key.id;
	ev.item_len = a->item.key.id_len;
	if (failure != NULL) {
		ev.item = failure->item;
		ev.item_len = failure->item_len;
		ev.code = failure->why.code;
		ev.message = failure->why.text;
	}
	sink->item(sink->arg, &ev);
}
