#include "run/summary.h"

#include <cjson/cJSON.h>

void
run_summary_release(struct run_summary *s)
{
	alert_list_release(&s->alerts);
}

/* A count as a number: below 2^53, and cJSON writes its digits up to 10^15. */
static int
add_count(cJSON *o, const char *name, int64_t n)
{
	return cJSON_AddNumberToObject(o, name, (double)n) != NULL ? 0 : -1;
}

static int
add_counts(cJSON *o, const struct run_summary *s)
{
	const struct tally *t = &s->tally;
	const struct {
		const char *name;
		int64_t n;
	} counts[] = {
		{ "clients", s->clients },
		{ "failed_clients", s->failed_clients },
		{ "skipped", s->skipped },
		{ "received", t->received },
		{ "processed", t->processed },
		{ "duplicates", t->duplicates },
		{ "errors", t->errors },
		{ "parked", t->parked },
		{ "acked", t->acked },
		{ "owed", t->owed },
		{ "duration_ms", s->duration_ms },
	};
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (add_count(o, counts[i].name, counts[i].n) == -1)
			return -1;
	return 0;
}

/* A text, or null: for an alert of the job's own, "" names no client. */
static int
add_text(cJSON *o, const char *name, const char *text)
{
	cJSON *added =
	    text != NULL && text[0] != '\0' ? cJSON_AddStringToObject(o, name, text) : cJSON_AddNullToObject(o, name);

	return added != NULL ? 0 : -1;
}

static int
add_alert(cJSON *array, const struct alert *a)
{
	cJSON *o = cJSON_CreateObject();

	if (o == NULL || !cJSON_AddItemToArray(array, o)) {
		cJSON_Delete(o);
		return -1;
	}
	return add_text(o, "kind", a->kind) | add_text(o, "client", a->client) | add_text(o, "group", a->group) |
	    add_text(o, "message", a->message) | add_text(o, "since", a->opened_at) | add_text(o, "change", a->change);
}

static int
add_alerts(cJSON *o, const struct alert_list *list)
{
	cJSON *array = cJSON_AddArrayToObject(o, "alerts");
	size_t i;

	for (i = 0; array != NULL && i < list->n; i++)
		if (add_alert(array, &list->at[i]) == -1)
			return -1;
	return array != NULL ? 0 : -1;
}

double
summary_avg_item_ms(int64_t duration_ms, int64_t received)
{
	/* To the microsecond: more digits would be noise. */
	int64_t us = received > 0 ? duration_ms * 1000 / received : 0;

	return (double)us / 1000.0;
}

int
summary_json(const struct run_summary *s, const char *job, int exit_code, struct buf *b)
{
	cJSON *o = cJSON_CreateObject();
	char *text = NULL;
	int ret = -1;

	if (o == NULL ||
	    (s->run != 0                                      ? add_count(o, "run", s->run)
	            : cJSON_AddNullToObject(o, "run") != NULL ? 0
	                                                      : -1) == -1 ||
	    cJSON_AddStringToObject(o, "job", job) == NULL || cJSON_AddStringToObject(o, "status", s->status) == NULL ||
	    add_count(o, "exit", exit_code) == -1 || add_counts(o, s) == -1 ||
	    cJSON_AddNumberToObject(o, "avg_item_ms", summary_avg_item_ms(s->duration_ms, s->tally.received)) == NULL ||
	    add_alerts(o, &s->alerts) == -1)
		goto out;
	if ((text = cJSON_PrintUnformatted(o)) != NULL && buf_adds(b, text) == 0)
		ret = buf_addc(b, '\n');
out:
	cJSON_free(text);
	cJSON_Delete(o);
	return ret;
}
