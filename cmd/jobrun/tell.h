/*
 * Telling alerts and runs to whom it concerns. What cannot be told is one warning line, and changes nothing else.
 */
#ifndef CMD_TELL_H
#define CMD_TELL_H

#include "app.h"
#include "config/notify.h"
#include "log_tail.h"
#include "notify/notify.h"
#include "store/alerts.h"
#include "store/catalog.h"

#define TELL_HOST 256

struct launcher;

/* Who we are; host is room for the name; launcher NULL: commands are started as ever. Valid as long as these. */
void tell_from(struct notify_from *from, char host[TELL_HOST], struct launcher *launcher);

/* Tells the alerts whose change is set, each to those of its job. Hold no lock meanwhile: BOUND_NOTIFY_MS. */
void tell_alerts(struct app *app, const struct alert_list *alerts);

/* The job's Ping through one run. Zero-initialise. */
struct tell_run {
	struct app *app;
	struct notify_target ping; /* url NULL: there is none */
	struct log_tail tail;
	char rid[37];
	const char *what; /* for the warning: "start" or "end" */
	bool failed;      /* one warning is enough */
};

/* Tells that a run begins, and keeps the last lines of the log from here on. A broken definition pings nobody. */
void tell_run_begin(struct tell_run *t, struct app *app, const struct catalog_job *job);

/* Tells how it ended, and releases t. Nothing if it was not begun. why->kind ERR_NONE: of itself. */
void tell_run_end(struct tell_run *t, int status, const struct err *why);

#endif
