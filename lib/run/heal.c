#include "run/heal.h"

#include "base/bounds.h"
#include "run/state.h"
#include "store/runlog.h"

/* What is on record of it, for the log and for whoever is told. */
static void
say(const struct heal *h, struct err *why)
{
	err_set(why, ERR_ITEM, "rule_crash", "the process of run %lld died while the rules were at work on this item%s",
	    (long long)h->suspect.run,
	    h->deaths >= BOUND_RULE_CRASHES ? ", as others did before it in a row: parked" : "; it is tried again");
}

/*
 * Did that run die, and is the item's fate still open? A page that a power cut left behind may be older than what was
 * committed. 1, 0 or -1; *row is the item's.
 */
static int
is_open(const struct suspect *s, struct db *db, const struct ledger_client *who, struct ledger_row *row, struct err *e)
{
	bool open;

	if (runlog_is_open(db, who->job_type, s->run, &open, e) == -1)
		return -1;
	if (!open)
		return 0;
	if (ledger_find(db, who, &s->key, row, e) == -1)
		return -1;
	return row->state == LEDGER_NEW || (row->state == LEDGER_FAILED && row->run != s->run);
}

static int
write_suspect(struct heal *h, const struct run_request *request, const char *now, struct err *e)
{
	const struct suspect *s = &h->suspect;
	struct ledger_client who = { request->job->type, s->client, s->group };
	struct err why = ERR_INIT;
	struct ledger_row row;
	struct runlog_exception entry = {
		.run = s->run,
		.job_type = who.job_type,
		.at = now,
		.client = s->client,
		.group = s->group,
		.item = s->key.id,
		.item_len = s->key.id_len,
		.stage = "rules",
	};
	int open = is_open(s, request->db, &who, &row, e);

	if (open != 1)
		return open;
	if (runlog_deaths(request->db, &entry, &h->deaths, e) == -1)
		return -1;
	entry.attempt = ++h->deaths;
	say(h, &why);
	entry.code = why.code;
	entry.message = why.text;
	if (runlog_exception(request->db, &entry, e) == -1)
		return -1;
	/* MaxAttempts is for rules that say no. Those of the dead run: in this one it is left alone already. */
	return h->deaths < BOUND_RULE_CRASHES
	    ? 0
	    : ledger_put(request->db, &who, &s->key, LEDGER_PARKED, row.attempts + h->deaths, s->run, now, e);
}

int
heal_write(struct heal *h, const struct run_request *request, const char *now, struct err *e)
{
	h->deaths = 0;
	if (suspect_read(request->room, &h->suspect) == 1 && write_suspect(h, request, now, e) == -1)
		return -1;
	return runlog_heal(request->db, request->job->type, now, &h->runs, e);
}

void
heal_settled(const struct run_request *request)
{
	suspect_end(request->room);
}

void
heal_tell(const struct run *run)
{
	const struct heal *h = &run->healed;
	struct err why = ERR_INIT;
	struct event ev = {
		.kind = EVENT_ITEM_FAILED,
		.client = h->suspect.client,
		.group = h->suspect.group,
		.item = h->suspect.key.id,
		.item_len = h->suspect.key.id_len,
		.stage = "rules",
		.attempt = h->deaths,
	};

	if (h->runs > 0)
		run_tell(run, &(struct event){ .kind = EVENT_RUN_HEALED, .n = h->runs });
	if (h->deaths == 0)
		return;
	say(h, &why);
	ev.code = why.code;
	ev.message = why.text;
	run_tell(run, &ev);
}
