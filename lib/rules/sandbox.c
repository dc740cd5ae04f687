#include "rules/sandbox.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "rules/guard.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Steps of SQLite's machine between two looks at the clock. Most take nanoseconds, but each of them may be a function
 * at work on megabytes.
 */
#define STEPS_A_LOOK 20

/* From sqlite.org/security.html, wide enough that no trigger or view of a platform meets them. */
static const struct {
	int id, value;
} limits[SANDBOX_LIMITS] = {
	{ SQLITE_LIMIT_LENGTH, (int)BOUND_RULE_VALUE },
	{ SQLITE_LIMIT_EXPR_DEPTH, 500 },
	{ SQLITE_LIMIT_VDBE_OP, 1000000 },
	{ SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 300 }, /* a UUID as GLOB spells it; LIKE takes its time by this too */
	{ SQLITE_LIMIT_TRIGGER_DEPTH, 100 },
};

/* Credentials, and where items and secrets are sent. */
static const char *const secret_tables[] = { "APP_JOB_KEY", "APP_EXTERNAL_SYSTEM", "APP_JOB_CONFIG" };

/* SQLite's windows on itself. json_each and json_tree are not among them. */
static const char *const inner_tables[] = { "sqlite_stmt", "dbstat", "bytecode", "tables_used", "sqlite_dbpage" };

/* The first is in every libsqlite3; the others come with builds and extensions that a platform may load. */
static const char *const outside_functions[] = { "load_extension", "fts3_tokenizer", "readfile", "writefile", "lsdir",
	"fsdir", "edit", "eval", "sqlite_log", "shell" };

static bool
listed(const char *name, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (sqlite3_stricmp(name, list[i]) == 0)
			return true;
	return false;
}

static bool
begins(const char *name, const char *prefix)
{
	return sqlite3_strnicmp(name, prefix, (int)strlen(prefix)) == 0;
}

static int deny(struct sandbox *s, const char *inner, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* SQLite itself says no more than "not authorized": what and why is kept here. The first refusal is the cause. */
static int
deny(struct sandbox *s, const char *inner, const char *fmt, ...)
{
	size_t len;
	va_list ap;

	if (s->why[0] != '\0')
		return SQLITE_DENY;
	va_start(ap, fmt);
	vsnprintf(s->why, sizeof(s->why), fmt, ap);
	va_end(ap);
	len = strlen(s->why);
	if (inner != NULL)
		snprintf(s->why + len, sizeof(s->why) - len, " (in the trigger or view %s)", inner);
	return SQLITE_DENY;
}

static int
may_read(struct sandbox *s, const char *table, const char *inner)
{
	if (listed(table, secret_tables, COUNT(secret_tables)))
		return deny(s, inner, "rules may not read %s: it is jobrun's own configuration", table);
	if (begins(table, "pragma_") || listed(table, inner_tables, COUNT(inner_tables)))
		return deny(s, inner, "rules may not read %s: it shows SQLite's own state", table);
	return SQLITE_OK;
}

static int
may_write(struct sandbox *s, int action, const char *table, const char *database, const char *inner)
{
	/*
	 * json_each, FTS and R*Tree declare their columns in a way that asks for this and never does it. An
	 * UPDATE of the schema that were meant is refused by SQLite: "may not be modified".
	 */
	if (action == SQLITE_UPDATE && sqlite3_stricmp(table, "sqlite_master") == 0)
		return SQLITE_OK;
	if (begins(table, "APP_"))
		return deny(s, inner, "rules may not write %s: it is jobrun's own", table);
	if (begins(table, "sqlite_"))
		return deny(s, inner, "rules may not write %s: the schema is the platform's own to change", table);
	if (database != NULL && sqlite3_stricmp(database, "main") != 0)
		return deny(s, inner, "rules may not write %s.%s: only the platform's own database", database, table);
	return SQLITE_OK;
}

/*
 * FTS and R*Tree tables of the platform ask these two of their database while a rule
 * writes them. Nothing can be changed by them, and a rule of its own cannot begin with PRAGMA.
 */
static bool
harmless_pragma(const char *name, const char *value)
{
	return value == NULL && (sqlite3_stricmp(name, "data_version") == 0 || sqlite3_stricmp(name, "page_size") == 0);
}

static int
authorize(void *arg, int action, const char *a, const char *b, const char *database, const char *inner)
{
	struct sandbox *s = arg;

	if (!s->on)
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		return may_read(s, a, inner);
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
		return may_write(s, action, a, database, inner);
	case SQLITE_FUNCTION:
		if (!listed(b, outside_functions, COUNT(outside_functions)))
			return SQLITE_OK;
		return deny(s, inner, "rules may not call %s(): it reaches outside the database", b);
	case SQLITE_PRAGMA:
		if (harmless_pragma(a, b))
			return SQLITE_OK;
		return deny(s, inner, "rules may not use pragmas (%s)", a);
	default:
		return deny(s, inner, "rules may only read and write rows of the platform's tables");
	}
}

bool
sandbox_late(struct sandbox *s)
{
	if (clock_mono_ms() >= s->deadline_ms)
		s->expired = true;
	return s->expired;
}

/* The most that was in use, and the largest piece that was asked for, since it was last called with reset. */
static sqlite3_int64
heap_peak(bool reset)
{
	sqlite3_int64 now, used = 0, piece = 0;

	sqlite3_status64(SQLITE_STATUS_MEMORY_USED, &now, &used, reset);
	sqlite3_status64(SQLITE_STATUS_MALLOC_SIZE, &now, &piece, reset);
	return used + piece;
}

bool
sandbox_heap_full(void)
{
	return heap_peak(false) >= (sqlite3_int64)BOUND_RULE_HEAP;
}

/* Called very often: the kernel's last tick is new enough, and costs a tenth. */
static int
look_at_clock(void *arg)
{
	struct sandbox *s = arg;

	if (clock_mono_tick_ms() >= s->deadline_ms)
		s->expired = true;
	return s->expired;
}

int
sandbox_init(struct sandbox *s, sqlite3 *handle, struct err *e)
{
	int rc;

	*s = (struct sandbox){ .handle = handle };
	/* What a rule sorts and gathers then counts against the heap's bound, and cannot fill a disk. */
	if ((rc = sqlite3_exec(handle, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL)) == SQLITE_NOMEM)
		return err_memory(e);
	if (rc != SQLITE_OK)
		return err_set(e, ERR_DATABASE, "database", "prepare the rules' sandbox: %s", sqlite3_errmsg(handle));
	/* Else a misspelt "column" is a text, and a check that never finds anything. */
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
	if ((s->guard = guard_new(s, handle, e)) == NULL)
		return -1;
	sqlite3_set_authorizer(handle, authorize, s);
	return 0;
}

void
sandbox_release(struct sandbox *s)
{
	if (s->handle != NULL)
		sqlite3_set_authorizer(s->handle, NULL, NULL);
	guard_forget(s->guard);
	s->guard = NULL;
	s->handle = NULL;
}

void
sandbox_enter(struct sandbox *s, int64_t deadline_ms)
{
	size_t i;

	for (i = 0; i < SANDBOX_LIMITS; i++)
		s->outside[i] = sqlite3_limit(s->handle, limits[i].id, limits[i].value);
	s->heap_soft = sqlite3_soft_heap_limit64(-1);
	s->heap_hard = sqlite3_hard_heap_limit64(BOUND_RULE_HEAP);
	(void)heap_peak(true);
	s->deadline_ms = deadline_ms;
	s->expired = false;
	s->why[0] = '\0';
	sqlite3_progress_handler(s->handle, STEPS_A_LOOK, look_at_clock, s);
	s->on = true;
}

void
sandbox_leave(struct sandbox *s)
{
	size_t i;

	s->on = false;
	sqlite3_progress_handler(s->handle, 0, NULL, NULL);
	/* The hard limit first: it caps what the soft one may be. */
	sqlite3_hard_heap_limit64(s->heap_hard);
	sqlite3_soft_heap_limit64(s->heap_soft);
	for (i = 0; i < SANDBOX_LIMITS; i++)
		sqlite3_limit(s->handle, limits[i].id, s->outside[i]);
}

const char *
sandbox_refuses(const char *word, size_t len)
{
	static const char *const allowed[] = { "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES" };
	static const struct {
		const char *word, *why;
	} refused[] = {
		{ "ATTACH", "rules may not attach databases" },
		{ "DETACH", "rules may not detach databases" },
		{ "PRAGMA", "rules may not use pragmas" },
		{ "BEGIN", "rules may not begin transactions: jobrun's own is open around them" },
		{ "COMMIT", "rules may not end transactions: jobrun commits the batch" },
		{ "END", "rules may not end transactions: jobrun commits the batch" },
		{ "ROLLBACK", "rules may not roll back: return a row to reject the item" },
		{ "SAVEPOINT", "rules may not set savepoints: what a rejected item wrote is undone by jobrun" },
		{ "RELEASE", "rules may not release savepoints" },
		{ "CREATE", "rules may not create anything: the schema is the platform's own to change" },
		{ "DROP", "rules may not drop anything: the schema is the platform's own to change" },
		{ "ALTER", "rules may not alter tables: the schema is the platform's own to change" },
		{ "REINDEX", "rules may not reindex" },
		{ "ANALYZE", "rules may not analyze" },
		{ "VACUUM", "rules may not vacuum" },
		{ "EXPLAIN", "EXPLAIN runs nothing, so it is no rule" },
	};
	size_t i;

	for (i = 0; i < COUNT(allowed); i++)
		if (len == strlen(allowed[i]) && sqlite3_strnicmp(word, allowed[i], (int)len) == 0)
			return NULL;
	for (i = 0; i < COUNT(refused); i++)
		if (len == strlen(refused[i].word) && sqlite3_strnicmp(word, refused[i].word, (int)len) == 0)
			return refused[i].why;
	return "a rule begins with SELECT, INSERT, UPDATE, DELETE, REPLACE, WITH or VALUES";
}
