#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/escape.h"
#include "log_parts.h"
#include "run/summary.h"

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
	[EVENT_SANDBOX] = { "sandbox", INFO, 1 },
	[EVENT_RUN_BEGIN] = { "run_begin", INFO, 1 },
	[EVENT_RUN_HEALED] = { "run_healed", WARNING, 0 },
	[EVENT_NOTHING] = { "nothing_to_do", INFO, 1 },
	[EVENT_WARNING] = { "warning", WARNING, 0 },
	[EVENT_UNTOLD] = { "warning", WARNING, -1 },
	[EVENT_SKIPPED] = { "skipped", INFO, 1 },
	[EVENT_CLIENT_BEGIN] = { "client_begin", DEBUG, 2 },
	[EVENT_RETRY] = { "retry", INFO, 1 },
	[EVENT_ITEM_FAILED] = { "item_failed", ERROR, 0 },
	[EVENT_ITEMS_HIDDEN] = { "items_hidden", ERROR, 0 },
	[EVENT_CLIENT_FAILED] = { "client_failed", ERROR, -1 },
	[EVENT_CLIENT_END] = { "client_end", INFO, 1 },
	[EVENT_HOST_DOWN] = { "host_down", WARNING, 0 },
	[EVENT_HOST_UP] = { "host_up", INFO, 0 },
	[EVENT_STOPPING] = { "stopping", WARNING, 0 },
	[EVENT_ITEM_CHANGES] = { "item_changes", INFO, 0 },
	[EVENT_ROW] = { "row", INFO, 0 },
	[EVENT_WOULD_ACK] = { "would_ack", INFO, 0 },
	[EVENT_ITEMS_UNTOLD] = { "items_untold", INFO, 0 },
	[EVENT_CHANGE] = { "change", INFO, 0 },
	[EVENT_ALERT] = { "alert", WARNING, 0 },
	[EVENT_RUN_END] = { "run_end", INFO, 1 },
};

bool
log_is_colored(const struct options *opt, int fd)
{
	const char *when = opt->value[OPT_COLOR], *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != NULL && strcmp(when, "auto") != 0)
		return strcmp(when, "always") == 0;
	return isatty(fd) == 1 && term != NULL && strcmp(term, "dumb") != 0 &&
	    (no_color == NULL || no_color[0] == '\0');
}

int
log_set_up(struct log *log, const struct options *opt, struct err *e)
{
	static const char *const formats[] = { "text", "json", NULL },
	                         *const when[] = { "auto", "always", "never", NULL };
	const char *term = getenv("TERM");
	bool dumb = term == NULL || strcmp(term, "dumb") == 0, terminal = isatty(STDERR_FILENO) == 1;
	int format, progress;

	if ((format = options_word(opt, OPT_LOG_FORMAT, formats, 0, e)) == -1 ||
	    options_word(opt, OPT_COLOR, when, 0, e) == -1 ||
	    (progress = options_word(opt, OPT_PROGRESS, when, 0, e)) == -1)
		return -1;
	log->verbosity = opt->verbosity;
	log->json = format == 1;
	log->color = log_is_colored(opt, STDERR_FILENO);
	log->progress_on = progress == 1 || (progress == 0 && terminal && !dumb && !log->json && opt->verbosity >= 0);
	return 0;
}

void
log_put(const struct log *log, struct buf *line)
{
	if (log->progress_on)
		fputs("\r\033[K", stderr);
	/* What is at its ceiling gives up its end for it. */
	if (buf_addc(line, '\n') == -1)
		line->at[line->len - 1] = '\n';
	/* One write a line, so that lines of several processes do not mix. */
	fwrite(line->at, 1, line->len, stderr);
	fflush(stderr);
}

void
log_add_text(struct buf *b, const char *text, size_t len)
{
	(void)escape_line(b, text, len, BOUND_MESSAGE);
}

/* Starts a text line: time, level, job, run. */
static void
begin_text(const struct log *log, enum level level, struct buf *b)
{
	char now[CLOCK_TEXT];

	clock_text(clock_utc_ms(), now);
	(void)buf_addf(b, "%s %s%s%s", now, log->color ? levels[level].color : "", levels[level].name,
	    log->color ? "\033[0m" : "");
	if (log->job != NULL) {
		(void)buf_addc(b, ' ');
		log_add_text(b, log->job, strlen(log->job));
	}
	if (log->run != 0)
		(void)buf_addf(b, " run %lld", (long long)log->run);
	(void)buf_adds(b, ": ");
}

/* "client 1, group 10, item 77: " as far as there is something to say. */
static void
add_subject(struct buf *b, const struct event *ev)
{
	if (ev->client == NULL || ev->client[0] == '\0')
		return;
	(void)buf_adds(b, "client ");
	log_add_text(b, ev->client, strlen(ev->client));
	(void)buf_adds(b, ", group ");
	log_add_text(b, ev->group, strlen(ev->group));
	if (ev->item != NULL) {
		(void)buf_adds(b, ", item ");
		log_add_text(b, ev->item, ev->item_len);
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
	case EVENT_WOULD_ACK:
		(void)buf_addf(b, "would acknowledge %lld item(s)", (long long)ev->n);
		if (ev->owed > 0)
			(void)buf_addf(b, ", %lld of them owed from before", (long long)ev->owed);
		if (ev->message[0] != '\0')
			(void)buf_adds(b, ": ");
		log_add_text(b, ev->message, strlen(ev->message));
		if (ev->code != NULL)
			(void)buf_adds(b, ", …");
		return;
	case EVENT_ITEMS_UNTOLD:
		(void)buf_addf(b, "the rows of %lld more items are not shown; --limit N shows more", (long long)ev->n);
		return;
	case EVENT_CHANGE:
		(void)buf_addf(b, "would %s %lld row(s): ", ev->code, (long long)ev->n);
		break;
	case EVENT_RETRY:
		log_add_text(b, ev->message, strlen(ev->message));
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
	case EVENT_SANDBOX:
	case EVENT_NOTHING:
	case EVENT_WARNING:
	case EVENT_UNTOLD:
	case EVENT_SKIPPED:
	case EVENT_ITEM_FAILED:
	case EVENT_HOST_DOWN:
	case EVENT_HOST_UP:
	case EVENT_ITEM_CHANGES:
	case EVENT_ROW:
		break;
	}
	if (ev->message != NULL)
		log_add_text(b, ev->message, strlen(ev->message));
}

/* What a dry run would change is read as a whole, like a diff: without time, level and job before each line. */
static void
put_change(const struct log *log, const struct event *ev)
{
	static const struct {
		const char *operation, *sign, *color;
	} rows[] = {
		{ "insert", "+", "\033[32m" },
		{ "update", "~", "\033[33m" },
		{ "delete", "-", "\033[31m" },
	};
	char room[BOUND_LOG_LINE];
	struct buf b;
	size_t i = 0;

	buf_lend(&b, room, sizeof(room));
	if (ev->kind == EVENT_ITEM_CHANGES) {
		add_subject(&b, ev);
		(void)buf_addf(&b, "would change%s%s",
		    ev->n == 0                ? " nothing"
		        : ev->message != NULL ? " "
		                              : "",
		    ev->message != NULL ? ev->message : "");
	} else {
		while (strcmp(rows[i].operation, ev->code) != 0)
			i++;
		(void)buf_addf(&b, "  %s%s ", log->color ? rows[i].color : "", rows[i].sign);
		log_add_text(&b, ev->message, strlen(ev->message));
		(void)buf_adds(&b, log->color ? "\033[0m" : "");
	}
	log_put(log, &b);
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
	/* Good news does not wake anyone. */
	if (ev->kind == EVENT_ALERT && strcmp(ev->status, "resolved") == 0) {
		*least = 1;
		return INFO;
	}
	if (end && strcmp(ev->status, "ok") != 0)
		return strcmp(ev->status, "failed") == 0 ? ERROR : WARNING;
	return kinds[ev->kind].level;
}

static void
text_line(const struct log *log, enum level level, const struct event *ev, struct buf *b)
{
	begin_text(log, level, b);
	add_subject(b, ev);
	add_words(log, b, ev);
}

/* For others to read elsewhere: without colour, and also what is not shown here. */
static void
keep(const struct log *log, enum level level, const struct event *ev)
{
	struct log plain = *log;
	char room[BOUND_LOG_LINE];
	struct buf b;

	plain.color = false;
	buf_lend(&b, room, sizeof(room));
	text_line(&plain, level, ev, &b);
	log_tail_add(log->tail, buf_text(&b), b.len);
}

static void
put_text(const struct log *log, enum level level, const struct event *ev)
{
	char room[BOUND_LOG_LINE];
	struct buf b;

	buf_lend(&b, room, sizeof(room));
	text_line(log, level, ev, &b);
	log_put(log, &b);
}

void
log_event(void *arg, const struct event *ev)
{
	struct log *log = arg;
	enum level level;
	int least;

	if (ev->kind == EVENT_RUN_BEGIN)
		log->run = ev->run;
	level = level_of(ev, &least);
	if (log->dry_run && ev->kind == EVENT_RUN_END)
		least = 0;
	if (log->tail != NULL && (least <= 0 || ev->kind == EVENT_RUN_END))
		keep(log, level, ev);
	if (log->verbosity < least)
		return;
	if (log->json) {
		log_json_event(log, levels[level].name, kinds[ev->kind].name, ev);
		return;
	}
	if (ev->kind == EVENT_ITEM_CHANGES || ev->kind == EVENT_ROW) {
		put_change(log, ev);
		return;
	}
	put_text(log, level, ev);
}

void
log_error(const struct log *log, const struct err *e)
{
	char room[BOUND_LOG_LINE];
	struct buf b;

	if (log->json) {
		log_json_error(log, e);
		return;
	}
	buf_lend(&b, room, sizeof(room));
	(void)buf_addf(&b, "%sjobrun:%s ", log->color ? levels[ERROR].color : "", log->color ? "\033[0m" : "");
	log_add_text(&b, e->text, strlen(e->text));
	log_put(log, &b);
}
