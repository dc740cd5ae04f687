#include "tell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/bounds.h"
#include "config/job.h"
#include "http/engine.h"
#include "launcher.h"

void
tell_from(struct notify_from *from, char host[TELL_HOST], struct launcher *launcher)
{
	host[0] = '\0';
	(void)gethostname(host, TELL_HOST - 1);
	host[TELL_HOST - 1] = '\0';
	*from = (struct notify_from){
		.version = JOBRUN_VERSION,
		.host = host,
		.home = getenv("HOME"),
		.lang = getenv("LANG"),
		.start = launcher != NULL ? launcher_start : NULL,
		.start_arg = launcher,
	};
}

static void
warn(struct app *app, enum event_kind kind, const char *what, const char *to, const struct err *why)
{
	struct event ev = { .kind = kind };
	char text[sizeof(why->text) + 400];

	snprintf(text, sizeof(text), "%s could not be told to %.300s: %s", what, to, why->text);
	ev.message = text;
	log_event(&app->log, &ev);
}

static void
alerts_over(void *arg, const char *to, const struct err *why)
{
	if (why != NULL)
		warn(arg, EVENT_UNTOLD, "alerts", to, why);
}

void
tell_alerts(struct app *app, const struct alert_list *alerts)
{
	struct notify_sink sink = { alerts_over, app };
	struct notify_from from;
	struct err e = ERR_INIT;
	char host[TELL_HOST];
	size_t i = 0;

	while (i < alerts->n && alerts->at[i].change == NULL)
		i++;
	if (i == alerts->n)
		return;
	tell_from(&from, host, app->launcher);
	if (engine_global(&e) == -1)
		alerts_over(app, "Notify", &e);
	else
		(void)notify_tell(&app->db, alerts, &from, &sink);
}

static void
ping_over(void *arg, const char *to, const struct err *why)
{
	struct tell_run *t = arg;
	char what[32];

	if (why == NULL || t->failed)
		return;
	t->failed = true;
	snprintf(what, sizeof(what), "the run's %s", t->what);
	warn(t->app, EVENT_WARNING, what, to, why);
}

/* A random UUID (RFC 9562, version 4), so that a start and its end are known to belong together. */
static void
make_rid(char rid[37])
{
	unsigned char b[16];

	arc4random_buf(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(rid, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
	    b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

static void
ping(struct tell_run *t, enum ping what, int status, const char *text)
{
	struct notify_sink sink = { ping_over, t };
	struct notify_from from;
	char host[TELL_HOST];

	tell_from(&from, host, NULL);
	t->what = what == PING_START ? "start" : "end";
	notify_ping(&t->ping, what, status, text, t->rid, &from, &sink);
}

void
tell_run_begin(struct tell_run *t, struct app *app, const struct catalog_job *job)
{
	struct err ignored = ERR_INIT;
	struct job parsed;
	char text[200];

	/* The run itself says what is wrong with it; that nothing is heard is the alarm at the other end. */
	if (job_parse(&parsed, job->definition, strlen(job->definition), &ignored) == -1)
		return;
	t->app = app;
	t->ping = parsed.ping;
	parsed.ping = (struct notify_target){ .url = NULL };
	job_release(&parsed);
	if (t->ping.url == NULL)
		return;
	make_rid(t->rid);
	log_tail_init(&t->tail);
	app->log.tail = &t->tail;
	snprintf(text, sizeof(text), "%s begins, process %lld\n", job->name, (long long)getpid());
	ping(t, PING_START, 0, text);
}

void
tell_run_end(struct tell_run *t, int status, const struct err *why)
{
	if (t->ping.url == NULL)
		return;
	if (why->kind != ERR_NONE)
		log_tail_error(&t->tail, why);
	t->app->log.tail = NULL;
	ping(t, PING_END, status, buf_text(&t->tail.text));
	log_tail_release(&t->tail);
	notify_target_release(&t->ping);
}
