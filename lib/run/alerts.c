#include "run/alerts.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/escape.h"
#include "run/verdict.h"

const char *
alert_change(int64_t told_ms, enum alert_cause cause, int64_t remind_after, int64_t now_ms)
{
	if (cause == CAUSE_GONE)
		return ALERT_RESOLVED;
	if (cause == CAUSE_SUSPENDED || remind_after == 0)
		return NULL;
	return verdict_due(now_ms, told_ms, remind_after) ? ALERT_REMINDED : NULL;
}

enum alert_cause
alert_failures(const struct standing *s, int64_t consecutive_failures)
{
	if (s->failures >= consecutive_failures)
		return CAUSE_THERE;
	/* A shorter row that goes on, since ConsecutiveFailures was raised, is no recovery. */
	return s->failures == 0 ? CAUSE_GONE : CAUSE_UNKNOWN;
}

enum alert_cause
alert_ratio(const struct standing *s, double min_processed_ratio)
{
	bool ok = strcmp(s->status, "ok") == 0;

	if (!ok && strcmp(s->status, "degraded") != 0)
		return CAUSE_UNKNOWN;
	if (verdict_tried(&s->tally) == 0)
		return ok ? CAUSE_GONE : CAUSE_UNKNOWN;
	return verdict_ratio(&s->tally) < min_processed_ratio ? CAUSE_THERE : CAUSE_GONE;
}

int
alert_book_read(struct alert_book *book, struct db *db, struct err *e)
{
	clock_text(book->now_ms, book->now);
	if (alerts_read_open(db, book->job_type, &book->list, e) == -1)
		return -1;
	book->n_open = book->list.n;
	return 0;
}

size_t
alert_find(const struct alert_book *book, const char *client, const char *group, const char *kind)
{
	const struct alert *at = book->list.at;
	size_t from = 0, to = book->n_open, middle;
	int order;

	while (from < to) {
		middle = from + (to - from) / 2;
		if ((order = strcmp(at[middle].client, client)) == 0 &&
		    (order = strcmp(at[middle].group, group)) == 0 && (order = strcmp(at[middle].kind, kind)) == 0)
			return middle;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return book->n_open;
}

struct alert *
alert_open(struct alert_book *book, const char *client, const char *group, const char *kind, struct err *e)
{
	char empty[] = "";
	struct alert a = {
		.job_type = book->job_type,
		.run = book->run,
		.job = (char *)(uintptr_t)book->job,
		.client = (char *)(uintptr_t)client,
		.group = (char *)(uintptr_t)group,
		.kind = (char *)(uintptr_t)kind,
		.message = empty,
		.opened_at = book->now,
		.reminded_at = book->now,
		.change = ALERT_OPENED,
	};

	return alert_list_add(&book->list, &a, e);
}

int
alert_settle(struct alert_book *book, size_t at, enum alert_cause cause, const char *why, struct err *e)
{
	struct alert *a = &book->list.at[at];
	int64_t told_ms;

	if (clock_parse(a->reminded_at, &told_ms) == -1)
		told_ms = INT64_MAX;
	a->change = alert_change(told_ms, cause, book->remind_after, book->now_ms);
	return cause == CAUSE_GONE ? alert_resolve(a, why, book->now, e) : 0;
}

int
alert_reword(struct alert *alert, const char *text, struct err *e)
{
	struct buf b;
	char *copy = NULL;

	buf_init(&b, 2 * BOUND_MESSAGE);
	if (escape_line(&b, text, strlen(text), BOUND_MESSAGE) == 0)
		copy = strdup(buf_text(&b));
	buf_release(&b);
	if (copy == NULL)
		return err_memory(e);
	alert->reworded = alert->message == NULL || strcmp(alert->message, copy) != 0;
	free(alert->message);
	alert->message = copy;
	return 0;
}

int
alert_resolve(struct alert *alert, const char *why, const char *now, struct err *e)
{
	struct buf b;
	int ret = -1;

	buf_init(&b, 4 * BOUND_MESSAGE);
	if (buf_addf(&b, "%s; it was: %s", why, alert->message) == -1 || (alert->resolved_at = strdup(now)) == NULL)
		err_memory(e);
	else
		ret = alert_reword(alert, buf_text(&b), e);
	buf_release(&b);
	alert->change = ALERT_RESOLVED;
	return ret;
}

int
alerts_commit(struct db *db, struct alert_list *list, const char *now, struct err *e)
{
	struct alert *a;
	size_t rows = 0;
	int got;

	for (a = list->at; a < list->at + list->n; a++) {
		if (a->change == NULL && !a->reworded)
			continue;
		if (rows == 0 && db_begin(db, e) == -1)
			return -1;
		if ((got = alerts_write(db, a, now, e)) == -1)
			goto fail;
		if (got == 1)
			a->change = NULL;
		if (++rows < BOUND_ALERT_ROWS)
			continue;
		if (db_commit(db, e) == -1)
			goto fail;
		rows = 0;
	}
	if (rows == 0 || db_commit(db, e) == 0)
		return 0;
fail:
	db_rollback(db);
	return -1;
}
