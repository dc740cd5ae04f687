/*
 * Tells people and programs: alerts to the targets of "Notify", runs to the
 * URL of "Ping". Nothing here can fail a run: what cannot be told is reported to the caller, and that is all.
 */
#ifndef NOTIFY_NOTIFY_H
#define NOTIFY_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/notify.h"
#include "store/alerts.h"

/* Called for each target that could not be told; to is its name without any secret ("Notify[0] (https://host)"). */
struct notify_sink {
	void (*failed)(void *arg, const char *to, const struct err *why);
	void *arg;
};

/*
 * Sends every alert in the list whose change is set, all in one body where the format has lists, to all targets
 * at once; takes BOUND_NOTIFY_MS at the most. *told counts the targets that took it.
 */
void notify_alerts(const struct notify_config *c, const struct alert_list *alerts, const char *agent,
    const struct notify_sink *sink, size_t *told);

enum ping { PING_START, PING_END };

/*
 * POSTs to <url>/start, <url> (status 0) or <url>/<status>, body being text, with ?rid=<rid> where it is not NULL:
 * https://healthchecks.io/docs/http_api/. Blocks for BOUND_PING_MS at the most; tries twice.
 */
void notify_ping(const struct notify_target *target, enum ping what, int status, const char *text, const char *rid,
    const char *agent, const struct notify_sink *sink);

#endif
