/*
 * Tells people and programs: alerts to the targets of "Notify", runs to the
 * URL of "Ping". Nothing here can fail a run: what cannot be told is reported to the caller, and that is all.
 */
#ifndef NOTIFY_NOTIFY_H
#define NOTIFY_NOTIFY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "config/notify.h"
#include "store/alerts.h"
#include "store/db.h"

/* Kind and change of an alert that is sent to see whether it arrives. */
#define NOTIFY_TEST "test"

/*
 * Starts a command with these as its standard input and error: 0 and *pid, a child of this process' own and the leader
 * of a session of its own, or an error number.
 */
typedef int notify_start_fn(void *arg, pid_t *pid, char *const *argv, char *const *environment, int in, int complaint);

/* Who tells. All is borrowed. */
struct notify_from {
	const char *version, *host;
	const char *home, *lang; /* a command's HOME and LANG; NULL: it has none */
	notify_start_fn *start;  /* for a process that may not start any itself; NULL: it may */
	void *start_arg;
};

/*
 * Called once for each target, when it is over with it: why is NULL if it took what it was told. to names it without
 * any secret ("Notify[0] (https://host)"), and so does why.
 */
struct notify_sink {
	void (*over)(void *arg, const char *to, const struct err *why);
	void *arg;
};

/*
 * Tells of every alert whose change is set: those whom its job's Notify names or, if that has none, those of the one
 * for all. All targets at once, each with all its alerts in one body (see body.h); takes BOUND_NOTIFY_MS at
 * the most. How many targets there were: 0 if nobody is to be told. engine_global() was called before.
 */
size_t notify_tell(
    struct db *db, const struct alert_list *alerts, const struct notify_from *from, const struct notify_sink *sink);

/* Whom notify_tell() would tell of that job's alerts now; released by the caller. 0, nobody being nobody, or -1. */
int notify_targets(struct db *db, int64_t job_type, struct notify_config *config, struct err *e);

enum ping { PING_START, PING_END };

/*
 * POSTs text to <url>/start, to <url> (status 0) or to <url>/<status>, with ?rid=<rid> added to its query:
 * https://healthchecks.io/docs/http_api/. Takes BOUND_PING_MS at the most; tries twice.
 */
void notify_ping(const struct notify_target *target, enum ping what, int status, const char *text, const char *rid,
    const struct notify_from *from, const struct notify_sink *sink);

#endif
