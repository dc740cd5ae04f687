#include "rules/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/escape.h"
#include "rules/rule.h"

void
rules_free(struct rules *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->n; i++) {
		sqlite3_finalize(r->rule[i].st);
		free(r->rule[i].name);
	}
	sqlite3_finalize(r->savepoint);
	sqlite3_finalize(r->rollback_to);
	sqlite3_finalize(r->release);
	sqlite3_finalize(r->rollback);
	sandbox_release(&r->sandbox);
	plan_release(&r->plan);
	free(r->rule);
	free(r);
}

size_t
rules_count(const struct rules *r)
{
	return r->n;
}

const char *
rules_name(const struct rules *r, size_t i)
{
	return r->rule[i].name;
}

void
rules_set_run(struct rules *r, int64_t run, int64_t job_type)
{
	plan_run(&r->plan, run, job_type);
}

int
rules_set_client(struct rules *r, const struct rules_client *client, struct err *e)
{
	return plan_client(&r->plan, client, e);
}

/*
 * "NAME: text" as valid UTF-8 without NUL, whatever bytes a row or a trigger
 * gives: it goes into a table. Cut at a character's border.
 */
static enum rules_verdict
reject(const struct rule *rule, const char *code, const char *text, size_t len, struct err *why)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const char *piece;
	size_t at, step, used, n;
	unsigned cp;

	err_set(why, ERR_ITEM, code, "%s: ", rule->name);
	used = strlen(why->text);
	for (at = 0; at < len; at += step) {
		step = n = escape_utf8(text + at, len - at, &cp);
		piece = text + at;
		if (n == 0 || cp == 0) {
			step = 1;
			n = sizeof(replacement) - 1;
			piece = replacement;
		}
		if (used + n >= sizeof(why->text))
			break;
		memcpy(why->text + used, piece, n);
		used += n;
	}
	why->text[used] = '\0';
	return RULES_REJECTED;
}

static enum rules_verdict
reject_text(const struct rule *rule, const char *code, const char *text, struct err *why)
{
	return reject(rule, code, text, strlen(text), why);
}

/* A row came back: its first column is the reason. */
static enum rules_verdict
reject_by_row(const struct rule *rule, struct err *why)
{
	const char *reason = (const char *)sqlite3_column_text(rule->st, 0);
	int len = sqlite3_column_bytes(rule->st, 0);

	if (reason == NULL || len == 0)
		return reject_text(rule, "rule_rejected", "rejected", why);
	return reject(rule, "rule_rejected", reason, (size_t)len, why);
}

static enum rules_verdict
reject_by_timeout(const struct rules *r, const struct rule *rule, struct err *why)
{
	char text[64];

	snprintf(text, sizeof(text), "stopped after %" PRId64 ".%03d s (the job's RuleTimeout)", r->timeout_ms / 1000,
	    (int)(r->timeout_ms % 1000));
	return reject_text(rule, "rule_timeout", text, why);
}

/* A statement failed: whose fault is it? Call it before the statement is reset. */
static enum rules_verdict
failed(struct rules *r, const struct rule *rule, struct err *why)
{
	int rc = sqlite3_extended_errcode(r->db->handle);

	/* The heap's bound is met inside the pager too, and is then called an I/O error. */
	if (((rc & 0xff) == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM) && sandbox_heap_full())
		return reject_text(rule, "rule_failed", "needs more memory than a rule may have", why);
	if (db_is_failure(rc)) {
		db_err(r->db, why, rule->name);
		return RULES_DATABASE;
	}
	if ((rc & 0xff) == SQLITE_INTERRUPT && r->sandbox.expired)
		return reject_by_timeout(r, rule, why);
	if (r->sandbox.why[0] != '\0')
		return reject_text(rule, "rule_failed", r->sandbox.why, why);
	return reject_text(rule, "rule_failed", sqlite3_errmsg(r->db->handle), why);
}

static enum rules_verdict
run_rule(struct rules *r, const struct rule *rule, struct err *why)
{
	enum rules_verdict verdict;
	int rc = plan_bind(&r->plan, rule->st, rule->first, rule->n);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(rule->st);
	/* One long function, printf('%.*c', …) say, ends before the clock is looked at: too late all the same. */
	if (rc == SQLITE_DONE)
		verdict = sandbox_late(&r->sandbox) ? reject_by_timeout(r, rule, why) : RULES_APPLIED;
	else if (rc == SQLITE_ROW)
		verdict = reject_by_row(rule, why);
	else
		verdict = failed(r, rule, why);
	r->wrote |= !sqlite3_stmt_readonly(rule->st);
	sqlite3_reset(rule->st);
	/* A timeout amid a write, OR ROLLBACK and RAISE(ROLLBACK) end the whole transaction, savepoint and all. */
	if (verdict == RULES_REJECTED && sqlite3_get_autocommit(r->db->handle) != 0)
		verdict = RULES_ROLLED_BACK;
	return verdict;
}

/* Every rule in order. A deferred foreign key must hold at the item's end: at the batch's it would fail them all. */
static enum rules_verdict
run_all(struct rules *r, struct err *why)
{
	const struct rule *violator = NULL;
	enum rules_verdict verdict;
	int pending, most;
	size_t i;

	r->wrote = false;
	for (i = 0; i < r->n; i++) {
		verdict = run_rule(r, &r->rule[i], why);
		if (verdict != RULES_APPLIED)
			return verdict;
		pending = 0;
		sqlite3_db_status(r->db->handle, SQLITE_DBSTATUS_DEFERRED_FKS, &pending, &most, 0);
		if (pending == 0)
			violator = NULL;
		else if (violator == NULL)
			violator = &r->rule[i];
	}
	if (violator != NULL)
		return reject_text(violator, "rule_failed",
		    "FOREIGN KEY constraint failed (deferred, and not mended by the item's end)", why);
	return RULES_APPLIED;
}

static int
control(struct rules *r, sqlite3_stmt *st, struct err *why)
{
	int rc = sqlite3_step(st);

	if (rc != SQLITE_DONE)
		db_err(r->db, why, "an item's savepoint");
	sqlite3_reset(st);
	return rc == SQLITE_DONE ? 0 : -1;
}

/* Leaves no trace of a rejected item: by its savepoint, or, if it has none, with the whole transaction. */
static enum rules_verdict
undo(struct rules *r, bool guarded, struct err *why)
{
	if (guarded)
		return control(r, r->rollback_to, why) == -1 || control(r, r->release, why) == -1 ? RULES_DATABASE
		                                                                                  : RULES_REJECTED;
	if (!r->wrote)
		return RULES_REJECTED;
	r->guarded = BOUND_RULE_GUARDED;
	return control(r, r->rollback, why) == -1 ? RULES_DATABASE : RULES_ROLLED_BACK;
}

static const struct rule *
find_no_text(const struct rules *r, const char **name)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if ((*name = plan_no_text(&r->plan, r->rule[i].first, r->rule[i].n)) != NULL)
			return &r->rule[i];
	return NULL;
}

enum rules_verdict
rules_apply(
    struct rules *r, struct json_value item, const struct json_members *members, const char *now, struct err *why)
{
	const struct rule *bad;
	const char *name;
	enum rules_verdict verdict;
	bool guarded = r->guarded > 0;

	if (sqlite3_get_autocommit(r->db->handle) != 0) {
		err_set(why, ERR_INTERNAL, "internal", "rules applied outside a transaction");
		return RULES_DATABASE;
	}
	if (plan_item(&r->plan, item, members, now, why) == -1)
		return RULES_DATABASE;
	if ((bad = find_no_text(r, &name)) != NULL) {
		err_set(why, ERR_ITEM, "item_text", "%s: %s holds half a surrogate pair, which is no text", bad->name,
		    name);
		return RULES_REJECTED;
	}
	if (guarded) {
		r->guarded--;
		if (control(r, r->savepoint, why) == -1)
			return RULES_DATABASE;
	}
	sandbox_enter(&r->sandbox, clock_mono_ms() + r->timeout_ms);
	verdict = run_all(r, why);
	sandbox_leave(&r->sandbox);
	if (verdict == RULES_REJECTED)
		return undo(r, guarded, why);
	if (verdict == RULES_APPLIED && guarded && control(r, r->release, why) == -1)
		return RULES_DATABASE;
	return verdict;
}
