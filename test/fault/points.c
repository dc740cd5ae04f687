/*
 * Named crash points, linked between the modules of jobrun by the linker's --wrap (points.ld names the same functions):
 * JOBRUN_CRASH_AT=before_db_commit:3 kills the process at the third call of db_commit, after_db_commit:3 when it
 * returns. A trailing "!" (after_db_commit:3!) aborts instead. JOBRUN_POINTS=FILE: each point that is passed is a line
 * there. And rules may call die('kill') or die('abort'); die(NULL) is NULL. The real binary has none of this.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/disk.h"
#include "run/ack.h"
#include "run/alerts.h"
#include "run/fetch.h"
#include "run/heal.h"
#include "run/item.h"
#include "run/lock.h"
#include "run/refused.h"
#include "run/suspect.h"
#include "run/visit.h"
#include "run/writer.h"
#include "signals.h"
#include "store/db.h"
#include "stream/stream.h"

static void
die(bool aborts)
{
	if (aborts)
		abort();
	kill(getpid(), SIGKILL);
}

static void
note(const char *here)
{
	const char *path = getenv("JOBRUN_POINTS");
	char line[128];
	int fd, n;

	if (path == NULL || (fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) == -1)
		return;
	n = snprintf(line, sizeof(line), "%s\n", here);
	if (write(fd, line, (size_t)n) != n)
		abort();
	close(fd);
}

/* Dies if JOBRUN_CRASH_AT means this call of this point. */
static void
at_point(const char *when, const char *point, long *calls)
{
	const char *wanted = getenv("JOBRUN_CRASH_AT");
	char here[128];
	size_t len;

	len = (size_t)snprintf(here, sizeof(here), "%s_%s:%ld", when, point, ++*calls);
	note(here);
	signals_at(here);
	if (wanted != NULL && strncmp(wanted, here, len) == 0 && strspn(wanted + len, "!") == strlen(wanted + len))
		die(wanted[len] == '!');
}

static void
sql_die(sqlite3_context *context, int n, sqlite3_value **values)
{
	const char *how = (const char *)sqlite3_value_text(values[0]);

	(void)n;
	if (how != NULL)
		die(strcmp(how, "abort") == 0);
	sqlite3_result_null(context);
}

static int
add_functions(sqlite3 *handle, const char **message, const struct sqlite3_api_routines *api)
{
	(void)message;
	(void)api;
	return sqlite3_create_function_v2(handle, "die", 1, SQLITE_UTF8, NULL, sql_die, NULL, NULL, NULL);
}

/* Before main(): each connection that is opened has it. */
__attribute__((constructor)) static void
add_to_all(void)
{
	/* SQLite calls it with the three parameters above, whatever its header says. */
	if (sqlite3_auto_extension((void (*)(void))add_functions) != SQLITE_OK)
		abort();
}

#define POINT(type, name, parameters, arguments)      \
	type __real_##name parameters;                \
	type __wrap_##name parameters;                \
	type __wrap_##name parameters                 \
	{                                             \
		static long n_before, n_after;        \
		type ret;                             \
                                                      \
		at_point("before", #name, &n_before); \
		ret = __real_##name arguments;        \
		at_point("after", #name, &n_after);   \
		return ret;                           \
	}

/* One that returns nothing. */
#define VOID_POINT(name, parameters, arguments)       \
	void __real_##name parameters;                \
	void __wrap_##name parameters;                \
	void __wrap_##name parameters                 \
	{                                             \
		static long n_before, n_after;        \
                                                      \
		at_point("before", #name, &n_before); \
		__real_##name arguments;              \
		at_point("after", #name, &n_after);   \
	}

/* The run's begin and end. */
POINT(int, lock_take,
    (struct lock * lock, struct db *db, int64_t job_type, int64_t wait_ms, const volatile sig_atomic_t *signal,
        struct err *e),
    (lock, db, job_type, wait_ms, signal, e))
POINT(int, heal_write, (struct heal * h, const struct run_request *request, const char *now, struct err *e),
    (h, request, now, e))
POINT(int, runlog_begin, (struct db * db, struct runlog_run *run, struct err *e), (db, run, e))
POINT(int, runlog_request, (struct db * db, const struct runlog_request *row, struct err *e), (db, row, e))
POINT(int, runlog_exception, (struct db * db, const struct runlog_exception *row, struct err *e), (db, row, e))
POINT(int, alerts_keep, (struct run * run, struct err *e), (run, e))
POINT(int, runlog_end, (struct db * db, const struct runlog_run *run, struct err *e), (db, run, e))
POINT(int, disk_write, (const char *path, const char *bytes, size_t len, bool replace, mode_t mode, struct err *e),
    (path, bytes, len, replace, mode, e))
POINT(int, rename, (const char *from, const char *to), (from, to))

/* From the answer's bytes to what is committed. */
POINT(struct visit *, visit_new, (struct run * run, const struct client *client, struct err *e), (run, client, e))
POINT(int, fetch_next, (struct visit * v), (v))
VOID_POINT(stream_feed, (struct stream * s, const char *bytes, size_t n), (s, bytes, n))
POINT(int, writer_item, (struct writer * w, struct visit *v, struct json_value item, uint64_t index, struct err *e),
    (w, v, item, index, e))
POINT(int, writer_commit, (struct writer * w, struct err *e), (w, e))
POINT(int, db_begin, (struct db * db, struct err *e), (db, e))
POINT(int, item_read, (struct item * item, const struct job *job, struct json_value text, struct err *why),
    (item, job, text, why))
VOID_POINT(suspect_begin, (void *room, int64_t run, const struct ledger_client *who, const struct ledger_key *key),
    (room, run, who, key))
POINT(enum rules_verdict, rules_apply,
    (struct rules * r, struct json_value item, const struct json_members *members, const char *now, struct err *why),
    (r, item, members, now, why))
VOID_POINT(suspect_end, (void *room), (room))
POINT(int, ledger_put,
    (struct db * db, const struct ledger_client *c, const struct ledger_key *key, enum ledger_state state,
        int64_t attempts, int64_t run, const char *at, struct err *e),
    (db, c, key, state, attempts, run, at, e))
POINT(int, db_commit, (struct db * db, struct err *e), (db, e))

/* From what is committed to what is acknowledged. */
POINT(int, ack_next, (struct visit * v, struct err *e), (v, e))
POINT(int, ledger_owed_read,
    (struct db * db, const struct ledger_client *c, const struct ledger_key *after, int64_t limit,
        struct ledger_owed *owed, struct err *e),
    (db, c, after, limit, owed, e))
POINT(int, visit_request,
    (struct visit * v, struct http_request *request, const struct http_sink *sink, const struct http_header *extra,
        struct err *e),
    (v, request, sink, extra, e))
VOID_POINT(visit_count, (struct visit * v, const struct http_result *result), (v, result))
POINT(int, refused_read,
    (const struct json_pointer *where, const char *answer, size_t len, const struct ledger_owed *batch, bool *refused,
        struct err *e),
    (where, answer, len, batch, refused, e))
POINT(int, ack_write, (struct visit * v, const char *now, struct err *e), (v, now, e))
POINT(int, ledger_acked,
    (struct db * db, const struct ledger_client *c, const struct ledger_key *keys, size_t n, const char *at,
        struct err *e),
    (db, c, keys, n, at, e))
VOID_POINT(ack_settled, (struct visit * v), (v))
