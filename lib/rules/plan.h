/*
 * Where each parameter of the rules gets its value: resolved once when the
 * rules are compiled, so that an item costs one look-up a name and no allocation.
 */
#ifndef RULES_PLAN_H
#define RULES_PLAN_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "json/value.h"
#include "rules/rules.h"

enum source_kind { SOURCE_FIELD, SOURCE_KEY, SOURCE_ITEM, SOURCE_RUN, SOURCE_NOW, SOURCE_JOB, SOURCE_USER };

/* A value ready to be bound. Text points into the item, or into the source's own buffer. */
struct cell {
	enum { CELL_NULL, CELL_INTEGER, CELL_REAL, CELL_TEXT, CELL_NO_TEXT } kind;
	int64_t integer;
	double real;
	const char *text;
	size_t len;
};

/* One name, however many statements use it. */
struct source {
	enum source_kind kind;
	char *name; /* owned; as written, with its first sign */
	struct cell cell;
	struct buf own;
};

struct binding {
	int index; /* of the statement's parameter */
	size_t source;
};

struct plan {
	struct source *source;
	size_t n, cap;
	struct binding *binding; /* of all statements, one after another */
	size_t n_bindings, cap_bindings;
};

void plan_release(struct plan *p);

/*
 * Adds a binding of parameter index, called name (NULL: "?"), to the end of
 * the list. 0, or -1: ERR_CONFIG with why there is no such parameter and what was meant.
 */
int plan_add(struct plan *p, int index, const char *name, struct err *e);

void plan_run(struct plan *p, int64_t run, int64_t job_type);

/* The client's values, copied. 0 or -1 (no memory). */
int plan_client(struct plan *p, const struct rules_client *client, struct err *e);

/*
 * The item's values; item and members must outlive the bindings. 0 or -1 (no
 * memory). A string that is no Unicode text becomes CELL_NO_TEXT.
 */
int plan_item(
    struct plan *p, struct json_value item, const struct json_members *members, const char *now, struct err *e);

/* Binds n of the list, from first, to a reset statement: an SQLite result code. */
int plan_bind(const struct plan *p, sqlite3_stmt *st, size_t first, size_t n);

/* The first of those whose value is no text (CELL_NO_TEXT): its name; NULL if there is none. */
const char *plan_no_text(const struct plan *p, size_t first, size_t n);

#endif
