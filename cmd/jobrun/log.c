#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/escape.h"
#include "run/summary.h"

#define LINE_MOST 16384

enum level { DEBUG, INFO, WARNING, ERROR };

static const struct {
	const char *name, *color;
} levels[] = {
	[DEBUG] = { "debug", "\033[2m" },
	[INFO] = { "info", "" },
	[WARNING] = { "warning", "\033[33m" },
	[ERROR] = { "error", "\033[31m" },
};

/* least: the verbosity from which an event is shown. */
static const struct {
	const char *name;
	enum level level;
	int least;
} kinds[] = {
	[EVENT_RUN_BEGIN] = { "run_begin", INFO, 1 },
	[EVENT_RUN_HEALED] = { "run_healed", WARNING, 0 },
	[EVENT_NOTHING] = { "nothing_to_do", INFO, 1 },
	[EVENT_WARNING] = { "warning", WARNING, 0 },
	[EVENT_CLIENT_BEGIN] = { "client_begin", DEBUG, 2 },
	[EVENT_RETRY] = { "retry", INFO, 1 },
	[EVENT_ITEM_FAILED] = { "item_failed", ERROR, 0 },
	[EVENT_ITEMS_HIDDEN] = { "items_hidden", ERROR, 0 },
	[EVENT_CLIENT_FAILED] = { "client_failed", ERROR, -1 },
	[EVENT_CLIENT_END] = { "client_end", INFO, 1 },
	[EVENT_STOPPING] = { "stopping", WARNING, 0 },
	[EVENT_CHANGE] = { "change", INFO, 0 },
	[EVENT_ALERT] = { "alert", WARNING, 0 },
	[EVENT_RUN_END] = { "run_end", INFO, 1 },
};

int
log_set_up(struct log *log, const struct options *opt, struct err *e)
{
	static const char *const formats[] = { "text", "json", NULL },
	                         *const when[] = { "auto", "always", "never", NULL };
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	bool dumb = term == NULL || strcmp(term, "dumb") == 0, terminal = isatty(STDERR_FILENO) == 1;
	int format, color, progress;

	if ((format = options_word(opt, OPT_LOG_FORMAT, formats, 0, e)) == -1 ||
	    (color = options_word(opt, OPT_COLOR, when, 0, e)) == -1 ||
	    (progress = options_word(opt, OPT_PROGRESS, when, 0, e)) == -1)
		return -1;
	log->verbosity = opt->verbosity;
	log->json = format == 1;
	log->color = color == 1 || (color == 0 && terminal && !dumb && (no_color == NULL || no_color[0] == '\0'));
	log->progress_on = progress == 1 || (progress == 0 && terminal && !dumb && !log->json && opt->verbosity >= 0);
	return 0;
}

static void
put_line(const struct log *log, struct buf *line)
{
	if (log->progress_on)
		fputs("\r\033[K", stderr);
	(void)buf_addc(line, '\n');
	/* One write a line, so that lines of several processes do not mix. */
	fwrite(line->at, 1, line->len, stderr);
	fflush(stderr);
	buf_release(line);
}

static void
add_text(struct buf *b, const char *text, size_t len)
{
	(void)escape_line(b, text, len, BOUND_MESSAGE);
}

/* Starts a text line: time, level, job, run. */
static void
begin_text(const struct log *log, enum level level, struct buf *b)
{
	char now[CLOCK_TEXT];

	clock_text(clock_utc_ms(), now);
	buf_init(b, LINE_MOST);
	(void)buf_addf(b, "%s %s%s%s", now, log->color ? levels[level].color : "", levels[level].name,
	    log->color ? "\033[0m" : "");
	if (log->job != NULL) {
		(void)buf_addc(b, ' ');
		add_text(b, log->job, strlen(log->job));
	}
	if (log->run != 0)
		(void)buf_addf(b, " run %lld", (long long)log->run);
	(void)buf_adds(b, ": ");
}

/* Escaped as on a terminal, so that bytes that are no UTF-8 cannot make the line invalid. */
static void
add_string(cJSON *o, const char *name, const char *text, size_t len)
{
	struct buf plain;

	if (text == NULL)
		return;
	buf_init(&plain, 8 * BOUND_MESSAGE);
	add_text(&plain, text, len);
	cJSON_AddStringToObject(o, name, buf_text(&plain));
	buf_release(&plain);
}

static void
add_word(cJSON *o, const char *name, const char *text)
{
	add_string(o, name, text, text != NULL ? strlen(text) : 0);
}

static void
add_count(cJSON *o, const char *name, int64_t n)
{
	cJSON_AddNumberToObject(o, name, (double)n);
}

/* NULL without memory: then the line is lost, and nothing else. */
static cJSON *
begin_json(const struct log *log, enum level level, const char *event)
{
	cJSON *o = cJSON_CreateObject();
	char now[CLOCK_TEXT];

	clock_text(clock_utc_ms(), now);
	add_word(o, "time", now);
	add_word(o, "level", levels[level].name);
	add_word(o, "event", event);
	if (log->run != 0)
		add_count(o, "run", log->run);
	add_word(o, "job", log->job);
	return o;
}

static void
end_json(const struct log *log, cJSON *o)
{
	char *text = cJSON_PrintUnformatted(o);
	struct buf line;

	buf_init(&line, LINE_MOST);
	if (text != NULL && buf_adds(&line, text) == 0)
		put_line(log, &line);
	buf_release(&line);
	cJSON_free(text);
	cJSON_Delete(o);
}

static void
add_tally_json(cJSON *o, const struct tally *t)
{
	add_count(o, "received", t->received);
	add_count(o, "processed", t->processed);
	add_count(o, "duplicates", t->duplicates);
	add_count(o, "errors", t->errors);
	add_count(o, "parked", t->parked);
	add_count(o, "acked", t->acked);
	add_count(o, "owed", t->owed);
}

static void
event_json(const struct log *log, enum level level, const struct event *ev)
{
	cJSON *o = begin_json(log, level, kinds[ev->kind].name);

	add_word(o, "client", ev->client);
	add_word(o, "group", ev->group);
	add_string(o, "item", ev->item, ev->item_len);
	add_word(o, "status", ev->status);
	add_word(o, "stage", ev->stage);
	add_word(o, "code", ev->code);
	add_word(o, "message", ev->message);
	if (ev->attempt != 0)
		add_count(o, "attempt", ev->attempt);
	if (ev->n != 0)
		add_count(o, "count", ev->n);
	if (ev->tally != NULL)
		add_tally_json(o, ev->tally);
	if (ev->duration_ms != 0 || ev->tally != NULL)
		add_count(o, "duration_ms", ev->duration_ms);
	if (ev->kind == EVENT_RUN_END)
		cJSON_AddNumberToObject(o, "avg_item_ms", summary_avg_item_ms(ev->duration_ms, ev->tally->received));
	end_json(log, o);
}

/* "client 1, group 10, item 77: " as far as there is something to say. */
static void
add_subject(struct buf *b, const struct event *ev)
{
	if (ev->client == NULL || ev->client[0] == '\0')
		return;
	(void)buf_adds(b, "client ");
	add_text(b, ev->client, strlen(ev->client));
	(void)buf_adds(b, ", group ");
	add_text(b, ev->group, strlen(ev->group));
	if (ev->item != NULL) {
		(void)buf_adds(b, ", item ");
		add_text(b, ev->item, ev->item_len);
	}
	(void)buf_adds(b, ": ");
}

static void
add_totals(struct buf *b, const struct event *ev)
{
	const struct tally *t = ev->tally;

	(void)buf_addf(b,
	    ": received %lld, processed %lld, duplicates %lld, errors %lld, parked %lld, acked %lld, owed %lld",
	    (long long)t->received, (long long)t->processed, (long long)t->duplicates, (long long)t->errors,
	    (long long)t->parked, (long long)t->acked, (long long)t->owed);
	if (ev->kind == EVENT_RUN_END)
		(void)buf_addf(b, "; clients %lld", (long long)ev->n);
	(void)buf_addf(b, "; %.1f s", (double)ev->duration_ms / 1000.0);
	if (t->received > 0)
		(void)buf_addf(b, ", %.3f ms an item", summary_avg_item_ms(ev->duration_ms, t->received));
}

static void
add_words(const struct log *log, struct buf *b, const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_RUN_BEGIN:
		(void)buf_addf(b, "%s, clients %lld", log->dry_run ? "dry run begins" : "run begins", (long long)ev->n);
		return;
	case EVENT_RUN_HEALED:
		(void)buf_addf(
		    b, "%lld earlier run(s) had died; marked crashed, their work goes on here", (long long)ev->n);
		return;
	case EVENT_CLIENT_BEGIN:
		(void)buf_adds(b, "begins");
		return;
	case EVENT_ITEMS_HIDDEN:
		(void)buf_addf(b, "%lld more failed items are not shown%s", (long long)ev->n,
		    log->dry_run ? "" : "; all are in APP_EXCEPTION_LOG");
		return;
	case EVENT_STOPPING:
		(void)buf_adds(b, "stopping tidily: ");
		break;
	case EVENT_CHANGE:
		(void)buf_addf(b, "would %s %lld row(s): ", ev->code, (long long)ev->n);
		break;
	case EVENT_RETRY:
		add_text(b, ev->message, strlen(ev->message));
		(void)buf_addf(
		    b, "; attempt %lld, again in %.1f s", (long long)ev->n, (double)ev->duration_ms / 1000.0);
		return;
	case EVENT_CLIENT_END:
	case EVENT_RUN_END:
		(void)buf_addf(b, "%s %s",
		    ev->kind == EVENT_CLIENT_END ? "ended"
		        : log->dry_run           ? "dry run ended"
		                                 : "run ended",
		    ev->status);
		add_totals(b, ev);
		if (ev->message != NULL)
			(void)buf_adds(b, "; ");
		break;
	case EVENT_CLIENT_FAILED:
		(void)buf_addf(b, "%s failed: ", ev->stage);
		break;
	case EVENT_ALERT:
		(void)buf_addf(b, "alert %s: ", ev->status);
		break;
	case EVENT_NOTHING:
	case EVENT_WARNING:
	case EVENT_ITEM_FAILED:
		break;
	}
	if (ev->message != NULL)
		add_text(b, ev->message, strlen(ev->message));
}

/* An end that a person must look at is shown where a good one is not. */
static enum level
level_of(const struct event *ev, int *least)
{
	bool end = ev->kind == EVENT_CLIENT_END || ev->kind == EVENT_RUN_END;

	*least = kinds[ev->kind].least;
	if (ev->kind == EVENT_RUN_END && (strcmp(ev->status, "ok") != 0 || ev->tally->errors > 0))
		*least = 0;
	if (ev->kind == EVENT_CLIENT_END && strcmp(ev->status, "degraded") == 0)
		*least = -1;
	if (end && strcmp(ev->status, "ok") != 0)
		return strcmp(ev->status, "failed") == 0 ? ERROR : WARNING;
	return kinds[ev->kind].level;
}

void
log_event(void *arg, const struct event *ev)
{
	struct log *log = arg;
	struct buf b;
	enum level level;
	int least;

	if (ev->kind == EVENT_RUN_BEGIN)
		log->run = ev->run;
	level = level_of(ev, &least);
	if (log->dry_run && ev->kind == EVENT_RUN_END)
		least = 0;
	if (log->verbosity < least)
		return;
	if (log->json) {
		event_json(log, level, ev);
		return;
	}
	begin_text(log, level, &b);
	add_subject(&b, ev);
	add_words(log, &b, ev);
	put_line(log, &b);
}

void
log_error(const struct log *log, const struct err *e)
{
	struct buf b;
	cJSON *o;

	if (log->json) {
		o = begin_json(log, ERROR, "error");
		add_word(o, "code", e->code);
		add_word(o, "message", e->text);
		end_json(log, o);
		return;
	}
	buf_init(&b, LINE_MOST);
	(void)buf_addf(&b, "%sjobrun:%s ", log->color ? levels[ERROR].color : "", log->color ? "\033[0m" : "");
	add_text(&b, e->text, strlen(e->text));
	put_line(log, &b);
}
