/*
 * A job's rules: SQL text compiled once a run, run once an item, inside the
 * writer's open transaction and inside the sandbox.
 */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "json/value.h"
#include "store/db.h"

struct rules;

/*
 * Compiles the text against the database's tables. 0, or -1 (ERR_CONFIG) with
 * "rules.sql:LINE:COLUMN: …" and a hint: not one statement, SQL that does not
 * compile, what the sandbox refuses (attach, pragma, transactions, DDL, load_extension, writing an
 * APP_ or sqlite_ table, reading APP_JOB_KEY, APP_EXTERNAL_SYSTEM or
 * APP_JOB_CONFIG), a parameter that is none of :field, @Key, $item, $run,
 * $now, $job, $user. ERR_DATABASE: the database failed. file is its name for messages; the text is not kept.
 * Call it outside a transaction. A connection has room for one struct rules at a time: free it
 * before the next is compiled, and before the connection is closed.
 */
int rules_compile(struct rules **out, struct db *db, const char *text, size_t len, const char *file, int64_t timeout_ms,
    struct err *e);
void rules_free(struct rules *r);

/* How many statements, and the name of each: its comment, or "rule N". Borrowed. */
size_t rules_count(const struct rules *r);
const char *rules_name(const struct rules *r, size_t i);

/* $run, and $job: the job type's number. */
void rules_set_run(struct rules *r, int64_t run, int64_t job_type);

/*
 * Whose items follow: @Key is asked for by name (JSON_ABSENT: NULL), $user is
 * the row's CreatedByUserId (NULL: NULL). Values are copied. 0 or -1 (no memory).
 */
struct rules_client {
	struct json_value (*get)(void *arg, const char *name, size_t len);
	void *arg;
	const char *user;
};
int rules_set_client(struct rules *r, const struct rules_client *client, struct err *e);

enum rules_verdict {
	RULES_APPLIED,
	RULES_REJECTED,    /* no trace is left of this item; the transaction goes on */
	RULES_ROLLED_BACK, /* the same, but the whole transaction is gone with it: begin again, without this item */
	RULES_DATABASE,    /* the database failed: roll back, end the run */
};

/*
 * Runs every statement for one item. A rejected one that has written takes the whole transaction with it; the next
 * BOUND_RULE_GUARDED items then have a savepoint of their own, and so can be rejected alone. item is its text (an
 * object), members its top level, now UTC text for $now. why is set unless
 * applied: kind ERR_ITEM and code "rule_rejected" (a row came back; its text is the reason),
 * "rule_failed" (SQLite's message), "rule_timeout" or "item_text" (a lone
 * surrogate in a field that a rule names); each text begins with the rule's name. RULES_DATABASE: ERR_DATABASE,
 * ERR_TRY_LATER (busy) or ERR_INTERNAL (no memory for the item's values, no transaction open).
 * Values: integers that fit 64 bits exactly, as INTEGER; other numbers that are written as integers as
 * TEXT by their digits; others REAL; true and false 1 and 0; null and absent NULL;
 * strings TEXT; objects and arrays their JSON text. A number past a double's range stays TEXT as it is written.
 */
enum rules_verdict rules_apply(
    struct rules *r, struct json_value item, const struct json_members *members, const char *now, struct err *why);

#endif
