#include "run/dryrun.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "store/changes.h"
#include "store/seen.h"

struct dryrun {
	struct run *run;
	struct changes *changes;
	struct item item;
	int64_t untold; /* items whose rows are not shown */
};

struct dryrun *
dryrun_new(struct run *run, struct err *e)
{
	struct dryrun *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		err_memory(e);
		return NULL;
	}
	d->run = run;
	item_init(&d->item);
	if (seen_init(run->request->db, e) == 0 &&
	    (d->changes = changes_new(run->request->db, (size_t)run->request->show_items, e)) != NULL)
		return d;
	dryrun_free(d);
	return NULL;
}

void
dryrun_free(struct dryrun *d)
{
	if (d == NULL)
		return;
	changes_free(d->changes);
	item_release(&d->item);
	free(d);
}

struct changes *
dryrun_changes(struct dryrun *d)
{
	return d->changes;
}

void
dryrun_settle(struct dryrun *d)
{
	changes_settle(d->changes);
}

void
dryrun_forget(struct dryrun *d)
{
	changes_forget(d->changes);
}

static void
tell_rows(struct dryrun *d, const struct visit *v)
{
	struct event ev = {
		.kind = EVENT_ITEM_CHANGES,
		.client = v->client->id,
		.group = v->client->group,
		.item = d->item.key.id,
		.item_len = d->item.key.id_len,
	};
	struct rowdiff_lines lines;
	char shown[80];
	size_t i;

	if (changes_item(d->changes, &lines) == 0) {
		d->untold++;
		return;
	}
	ev.n = (int64_t)(lines.n + lines.hidden);
	if (lines.hidden > 0) {
		snprintf(shown, sizeof(shown), "%lld rows, of which the first %zu follow", (long long)ev.n, lines.n);
		ev.message = shown;
	}
	run_tell(d->run, &ev);
	ev.kind = EVENT_ROW;
	ev.n = 0;
	for (i = 0; i < lines.n; i++) {
		ev.code = lines.at[i].operation;
		ev.message = lines.at[i].text;
		run_tell(d->run, &ev);
	}
	rowdiff_lines_release(&lines);
}

/* Counts it, and keeps the first ids as words. */
static void
note_ack(struct visit *v, const struct ledger_key *key)
{
	struct buf *ids = &v->would_ack.ids;
	const char *between = ids->len > 0 ? ", " : "";

	v->would_ack.n++;
	v->would_ack.cut = v->would_ack.cut || ids->len + strlen(between) + key->id_len > ids->max ||
	    buf_adds(ids, between) == -1 || buf_add(ids, key->id, key->id_len) == -1;
}

int
dryrun_item(
    struct dryrun *d, struct visit *v, struct json_value text, enum apply_verdict verdict, bool owes, struct err *e)
{
	struct err why = ERR_INIT;
	struct ledger_key *key = &d->item.key;

	if (verdict == APPLY_PARKED || (verdict == APPLY_DUPLICATE && !owes))
		return 0;
	if (item_read(&d->item, &d->run->job, text, &why) == -1 || key->id_len == 0)
		return 0;
	if (seen_add(d->run->request->db, &v->who, key, e) == -1)
		return -1;
	if (owes)
		note_ack(v, key);
	if (verdict == APPLY_PROCESSED)
		tell_rows(d, v);
	return 0;
}

void
dryrun_tell_visit(const struct visit *v)
{
	struct event ev = { .kind = EVENT_WOULD_ACK, .client = v->client->id, .group = v->client->group };
	int64_t owed = 0;

	if (!v->run->job.ack.wanted)
		return;
	/* What an earlier run left owed goes with it. Should the count fail, the run fails by its next statement. */
	(void)ledger_count_owed(v->run->request->db, &v->who, &owed, NULL);
	ev.n = owed + v->would_ack.n;
	if (ev.n == 0)
		return;
	ev.owed = owed;
	ev.message = buf_text(&v->would_ack.ids);
	ev.code = v->would_ack.cut ? "cut" : NULL;
	run_tell(v->run, &ev);
}

void
dryrun_tell(const struct dryrun *d)
{
	struct changes_table t;
	struct event ev = { .kind = EVENT_CHANGE };
	size_t i, k;

	for (i = 0; changes_table(d->changes, i, &t) == 1; i++) {
		const struct {
			const char *code;
			int64_t n;
		} parts[] = { { "insert", t.inserted }, { "update", t.updated }, { "delete", t.deleted } };

		for (k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
			ev.message = t.name;
			ev.code = parts[k].code;
			ev.n = parts[k].n;
			if (ev.n > 0)
				run_tell(d->run, &ev);
		}
	}
	if (d->untold > 0)
		run_tell(d->run, &(struct event){ .kind = EVENT_ITEMS_UNTOLD, .n = d->untold });
}
