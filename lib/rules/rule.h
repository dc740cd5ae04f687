/*
 * What compiled rules are, for the two halves of this room: compile.c makes
 * them, rules.c runs them. For no one else.
 */
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/plan.h"
#include "rules/rules.h"
#include "rules/sandbox.h"

struct rule {
	sqlite3_stmt *st;
	char *name;
	size_t first, n; /* its bindings in the plan's list */
};

struct rules {
	struct db *db;
	struct sandbox sandbox;
	struct plan plan;
	struct rule *rule;
	size_t n;
	sqlite3_stmt *savepoint, *rollback_to, *release, *rollback;
	int64_t guarded; /* so many items to come have a savepoint each */
	bool wrote;      /* a rule of the item under way that may write has run */
	int64_t timeout_ms;
};

#endif
