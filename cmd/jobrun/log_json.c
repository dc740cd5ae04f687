#include <string.h>

#include <cjson/cJSON.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "log_parts.h"
#include "run/summary.h"

/* Escaped as on a terminal, so that bytes that are no UTF-8 cannot make the line invalid. */
static void
add_string(cJSON *o, const char *name, const char *text, size_t len)
{
	struct buf plain;

	if (text == NULL)
		return;
	buf_init(&plain, 8 * BOUND_MESSAGE);
	log_add_text(&plain, text, len);
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

/* Without memory NULL, or some of it is missing. */
static cJSON *
begin_json(const struct log *log, const char *level, const char *event)
{
	cJSON *o = cJSON_CreateObject();
	char now[CLOCK_TEXT];

	clock_text(clock_utc_ms(), now);
	add_word(o, "time", now);
	add_word(o, "level", level);
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
	char room[BOUND_LOG_LINE];
	struct buf line;

	buf_lend(&line, room, sizeof(room));
	if (text == NULL || buf_adds(&line, text) == -1)
		(void)buf_adds(&line,
		    "{\"level\":\"error\",\"event\":\"error\",\"code\":\"no_memory\","
		    "\"message\":\"out of memory: a line of the log is lost\"}");
	log_put(log, &line);
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

void
log_json_event(const struct log *log, const char *level, const char *name, const struct event *ev)
{
	cJSON *o = begin_json(log, level, name);

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
	if (ev->owed != 0)
		add_count(o, "owed", ev->owed);
	if (ev->tally != NULL)
		add_tally_json(o, ev->tally);
	if (ev->duration_ms != 0 || ev->tally != NULL)
		add_count(o, "duration_ms", ev->duration_ms);
	if (ev->kind == EVENT_RUN_END && ev->tally != NULL)
		cJSON_AddNumberToObject(o, "avg_item_ms", summary_avg_item_ms(ev->duration_ms, ev->tally->received));
	end_json(log, o);
}

void
log_json_error(const struct log *log, const struct err *e)
{
	cJSON *o = begin_json(log, "error", "error");

	add_word(o, "code", e->code);
	add_word(o, "message", e->text);
	end_json(log, o);
}
