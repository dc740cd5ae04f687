#include "rules/guard.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "rules/sandbox.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Of each the first two arguments' lengths are multiplied. */
static const struct {
	const char *name, *original;
	int arguments;
} functions[] = {
	{ "instr", "SELECT instr(?1, ?2)", 2 },
	{ "replace", "SELECT replace(?1, ?2, ?3)", 3 },
	{ "trim", "SELECT trim(?1, ?2)", 2 },
	{ "ltrim", "SELECT ltrim(?1, ?2)", 2 },
	{ "rtrim", "SELECT rtrim(?1, ?2)", 2 },
};

struct guarded {
	struct guard *guard;
	sqlite3_stmt *original;
};

/* Freed with the last function that needs it. */
struct guard {
	const struct sandbox *sandbox; /* NULL: gone */
	sqlite3 *inner;
	int users;
	struct guarded function[COUNT(functions)];
};

static void
call(sqlite3_context *context, int n, sqlite3_value **value)
{
	const struct guarded *f = sqlite3_user_data(context);
	int most = sqlite3_limit(sqlite3_context_db_handle(context), SQLITE_LIMIT_LENGTH, -1), i, rc = SQLITE_OK;

	sqlite3_limit(f->guard->inner, SQLITE_LIMIT_LENGTH, most);
	for (i = 0; i < n && rc == SQLITE_OK; i++)
		rc = sqlite3_bind_value(f->original, i + 1, value[i]);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(f->original);
	if (rc == SQLITE_ROW)
		sqlite3_result_value(context, sqlite3_column_value(f->original, 0));
	else
		sqlite3_result_error_code(context, rc);
	sqlite3_reset(f->original);
	/* Texts of megabytes are not kept for the next call. */
	sqlite3_clear_bindings(f->original);
}

/* The bytes of two arguments, multiplied. */
static int64_t
cost(sqlite3_value *a, sqlite3_value *b)
{
	return (int64_t)sqlite3_value_bytes(a) * sqlite3_value_bytes(b);
}

static void
ask(sqlite3_context *context, int n, sqlite3_value **value)
{
	const struct guarded *f = sqlite3_user_data(context);
	const struct sandbox *sandbox = f->guard->sandbox;

	if (sandbox != NULL && sandbox->on && cost(value[0], value[1]) > BOUND_RULE_COMPARISONS)
		sqlite3_result_error(context, "texts as long as these two are not searched through in a rule", -1);
	else
		call(context, n, value);
}

static void
release(struct guard *guard)
{
	size_t i;

	if (--guard->users > 0)
		return;
	for (i = 0; i < COUNT(functions); i++)
		sqlite3_finalize(guard->function[i].original);
	sqlite3_close(guard->inner);
	free(guard);
}

/* A function's place is taken by another, or its connection is closed. */
static void
on_gone(void *arg)
{
	release(((struct guarded *)arg)->guard);
}

/* Also when it fails, SQLite lets go of the function by on_gone(). */
static int
put(struct guard *guard, size_t i, sqlite3 *handle)
{
	struct guarded *f = &guard->function[i];

	f->guard = guard;
	if (sqlite3_prepare_v3(
	        guard->inner, functions[i].original, -1, SQLITE_PREPARE_PERSISTENT, &f->original, NULL) != SQLITE_OK)
		return -1;
	guard->users++;
	/* As SQLite's own are, also in indexes and checks of the platform's. */
	return sqlite3_create_function_v2(handle, functions[i].name, functions[i].arguments,
	           SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, f, ask, NULL, NULL, on_gone) == SQLITE_OK
	    ? 0
	    : -1;
}

struct guard *
guard_new(struct sandbox *sandbox, sqlite3 *handle, struct err *e)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
	struct guard *guard = calloc(1, sizeof(*guard));
	size_t i = 0;

	if (guard == NULL) {
		err_memory(e);
		return NULL;
	}
	guard->users = 1;
	guard->sandbox = sandbox;
	if (sqlite3_open_v2(":memory:", &guard->inner, flags, NULL) == SQLITE_OK)
		while (i < COUNT(functions) && put(guard, i, handle) == 0)
			i++;
	if (i == COUNT(functions)) {
		release(guard);
		return guard;
	}
	/* All of it is in memory: nothing else can have been missing. */
	err_memory(e);
	guard->sandbox = NULL;
	release(guard);
	return NULL;
}

void
guard_forget(struct guard *guard)
{
	if (guard != NULL)
		guard->sandbox = NULL;
}
