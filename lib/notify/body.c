#include "notify/body.h"

#include <ctype.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/escape.h"

/* A test is over soon, whoever shows it. */
#define TEST_LASTS_MS 300000

/* The words of examples/prometheus. A whole job that does not run cannot wait for the morning. */
static const char *
severity(const struct alert *a)
{
	static const struct {
		const char *kind, *severity;
	} rows[] = {
		{ ALERT_ABSENT, "page" },
		{ ALERT_DEAD, "page" },
		{ NOTIFY_TEST, "info" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].kind, a->kind) == 0)
			return rows[i].severity;
	return "ticket";
}

/* Escaped, so that whatever stands in a message is valid UTF-8, on one line. 0 or -1. */
static int
add_text(cJSON *o, const char *name, const char *text)
{
	struct buf plain;
	cJSON *added = NULL;

	buf_init(&plain, 8 * BOUND_MESSAGE);
	if (escape_line(&plain, text, strlen(text), BOUND_MESSAGE) == 0)
		added = cJSON_AddStringToObject(o, name, buf_text(&plain));
	buf_release(&plain);
	return added != NULL ? 0 : -1;
}

/* NULL and "" are null. */
static int
add_text_or_null(cJSON *o, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0')
		return add_text(o, name, text);
	return cJSON_AddNullToObject(o, name) != NULL ? 0 : -1;
}

/* 0 is null. */
static int
add_number_or_null(cJSON *o, const char *name, int64_t n)
{
	if (n != 0)
		return cJSON_AddNumberToObject(o, name, (double)n) != NULL ? 0 : -1;
	return cJSON_AddNullToObject(o, name) != NULL ? 0 : -1;
}

static int
add_alert(cJSON *list, const struct alert *a)
{
	cJSON *o = cJSON_CreateObject();

	if (o == NULL || !cJSON_AddItemToArray(list, o)) {
		cJSON_Delete(o);
		return -1;
	}
	if (add_number_or_null(o, "id", a->id) == -1 || add_text(o, "change", a->change) == -1 ||
	    add_text(o, "kind", a->kind) == -1 || add_text(o, "severity", severity(a)) == -1 ||
	    add_text_or_null(o, "job", a->job) == -1 || add_number_or_null(o, "job_type", a->job_type) == -1 ||
	    add_text_or_null(o, "client", a->client) == -1 || add_text_or_null(o, "group", a->group) == -1 ||
	    add_text(o, "message", a->message) == -1 || add_text(o, "opened_at", a->opened_at) == -1 ||
	    add_text_or_null(o, "resolved_at", a->resolved_at) == -1)
		return -1;
	return add_number_or_null(o, "run", a->run);
}

/* The next alert that is to be told, or NULL. */
static const struct alert *
next_told(const struct alert_list *alerts, size_t *at)
{
	while (*at < alerts->n)
		if (alerts->at[(*at)++].change != NULL)
			return &alerts->at[*at - 1];
	return NULL;
}

static cJSON *
json_body(const struct alert_list *alerts, const struct notify_from *from)
{
	cJSON *o = cJSON_CreateObject(), *list = NULL;
	const struct alert *a;
	size_t at = 0, n = 0, omitted = 0;

	if (add_text(o, "version", from->version) == -1 || add_text(o, "host", from->host) == -1 ||
	    (list = cJSON_AddArrayToObject(o, "alerts")) == NULL)
		goto fail;
	while ((a = next_told(alerts, &at)) != NULL) {
		if (n == BOUND_NOTIFY_ALERTS)
			omitted++;
		else if (add_alert(list, a) == -1)
			goto fail;
		else
			n++;
	}
	if (cJSON_AddNumberToObject(o, "omitted", (double)omitted) != NULL)
		return o;
fail:
	cJSON_Delete(o);
	return NULL;
}

/* "Sync, client 7, group 10", whatever there is of it. */
static int
add_subject(struct buf *b, const struct alert *a)
{
	int ret;

	if (a->job != NULL)
		ret = buf_adds(b, a->job);
	else
		ret = a->job_type != 0 ? buf_addf(b, "job type %lld", (long long)a->job_type) : buf_adds(b, "all jobs");
	if (ret == 0 && a->client[0] != '\0')
		ret = buf_addf(b, ", client %s, group %s", a->client, a->group);
	return ret;
}

/* What Slack reads as markup outside of it: https://docs.slack.dev/messaging/formatting-message-text */
static int
add_slack_text(struct buf *b, const char *text)
{
	int ret = 0;

	for (; ret == 0 && *text != '\0'; text++) {
		if (*text == '&')
			ret = buf_adds(b, "&amp;");
		else if (*text == '<')
			ret = buf_adds(b, "&lt;");
		else if (*text == '>')
			ret = buf_adds(b, "&gt;");
		else
			ret = buf_addc(b, *text);
	}
	return ret;
}

static int
add_slack_line(struct buf *b, const struct alert *a)
{
	struct buf line, plain;
	int ret = -1;

	buf_init(&line, 16 * BOUND_MESSAGE);
	buf_init(&plain, 16 * BOUND_MESSAGE);
	if (buf_addf(&line, "%s: ", a->change) == 0 && add_subject(&line, a) == 0 &&
	    buf_addf(&line, ": %s", a->message) == 0 &&
	    escape_line(&plain, buf_text(&line), line.len, BOUND_MESSAGE) == 0 && buf_adds(b, "\n\u2022 ") == 0)
		ret = add_slack_text(b, buf_text(&plain));
	buf_release(&line);
	buf_release(&plain);
	return ret;
}

/* "jobrun on etl1: 2 opened, 1 resolved". */
static int
add_slack_head(struct buf *b, const struct alert_list *alerts, const struct notify_from *from)
{
	static const char *const changes[] = { ALERT_OPENED, ALERT_REMINDED, ALERT_RESOLVED, NOTIFY_TEST };
	const char *part = ": ";
	const struct alert *a;
	size_t i, at, n;

	if (buf_adds(b, "*jobrun on ") == -1 || add_slack_text(b, from->host) == -1 || buf_addc(b, '*') == -1)
		return -1;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		for (n = at = 0; (a = next_told(alerts, &at)) != NULL;)
			n += strcmp(a->change, changes[i]) == 0;
		if (n == 0)
			continue;
		if (buf_addf(b, "%s%zu %s", part, n, changes[i]) == -1)
			return -1;
		part = ", ";
	}
	return 0;
}

static cJSON *
slack_body(const struct alert_list *alerts, const struct notify_from *from)
{
	cJSON *o = cJSON_CreateObject();
	const struct alert *a;
	struct buf text;
	size_t at = 0, n = 0;
	int ret;

	buf_init(&text, BOUND_NOTIFY_BYTES);
	ret = add_slack_head(&text, alerts, from);
	while (ret == 0 && (a = next_told(alerts, &at)) != NULL)
		if (n++ < BOUND_NOTIFY_LINES)
			ret = add_slack_line(&text, a);
	if (ret == 0 && n > BOUND_NOTIFY_LINES)
		ret = buf_addf(&text, "\nand %zu more: jobrun alerts", n - BOUND_NOTIFY_LINES);
	if (ret == -1 || cJSON_AddStringToObject(o, "text", buf_text(&text)) == NULL) {
		cJSON_Delete(o);
		o = NULL;
	}
	buf_release(&text);
	return o;
}

/* "consecutive_failures" is JobrunConsecutiveFailures. */
static int
add_alertname(cJSON *labels, const char *kind)
{
	char name[64] = "Jobrun";
	size_t n = strlen(name);
	bool upper = true;

	for (; *kind != '\0' && n + 1 < sizeof(name); kind++) {
		if (*kind != '_')
			name[n++] = (char)(upper ? toupper((unsigned char)*kind) : *kind);
		upper = *kind == '_';
	}
	name[n] = '\0';
	return add_text(labels, "alertname", name);
}

/* They are the alert's identity there: nothing in them may change while it is open. */
static int
add_labels(cJSON *o, const struct alert *a)
{
	cJSON *labels = cJSON_AddObjectToObject(o, "labels");
	struct buf job;
	int ret;

	if (add_alertname(labels, a->kind) == -1 || add_text(labels, "severity", severity(a)) == -1)
		return -1;
	buf_init(&job, BOUND_MESSAGE);
	ret = a->job != NULL ? buf_adds(&job, a->job) : buf_addf(&job, "%lld", (long long)a->job_type);
	/* A test alert may be of no job at all. */
	if (ret == 0 && (a->job != NULL || a->job_type != 0))
		ret = add_text(labels, "job", buf_text(&job));
	buf_release(&job);
	/* An empty label is none there. */
	if (ret == 0 && a->client[0] != '\0' &&
	    (add_text(labels, "client", a->client) == -1 || add_text(labels, "group", a->group) == -1))
		ret = -1;
	return ret;
}

static int
add_annotations(cJSON *o, const struct alert *a, const struct notify_from *from)
{
	cJSON *annotations = cJSON_AddObjectToObject(o, "annotations");
	struct buf summary;
	const char *c;
	int ret;

	buf_init(&summary, 4 * BOUND_MESSAGE);
	ret = add_subject(&summary, a) == 0 ? buf_adds(&summary, ": ") : -1;
	for (c = a->kind; ret == 0 && *c != '\0'; c++)
		ret = buf_addc(&summary, (char)(*c == '_' ? ' ' : *c));
	if (ret == 0)
		ret = add_text(annotations, "summary", buf_text(&summary));
	buf_release(&summary);
	if (ret == -1 || add_text(annotations, "description", a->message) == -1)
		return -1;
	return add_text(annotations, "host", from->host);
}

static int
add_time(cJSON *o, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT];

	clock_text(ms, text);
	return add_text(o, name, text);
}

static cJSON *
alertmanager_body(const struct alert_list *alerts, const struct notify_from *from, int64_t now_ms, int64_t lasts_ms)
{
	cJSON *list = cJSON_CreateArray(), *o;
	const struct alert *a;
	int64_t ends_ms;
	size_t at = 0, n = 0;

	while (list != NULL && n++ < BOUND_NOTIFY_ALERTS && (a = next_told(alerts, &at)) != NULL) {
		o = cJSON_CreateObject();
		if (o == NULL || !cJSON_AddItemToArray(list, o)) {
			cJSON_Delete(o);
			goto fail;
		}
		ends_ms = now_ms + (strcmp(a->change, NOTIFY_TEST) == 0 ? TEST_LASTS_MS : lasts_ms);
		if (strcmp(a->change, ALERT_RESOLVED) == 0 &&
		    (a->resolved_at == NULL || clock_parse(a->resolved_at, &ends_ms) == -1))
			ends_ms = now_ms;
		if (add_labels(o, a) == -1 || add_annotations(o, a, from) == -1 ||
		    add_text(o, "startsAt", a->opened_at) == -1 || add_time(o, "endsAt", ends_ms) == -1)
			goto fail;
	}
	return list;
fail:
	cJSON_Delete(list);
	return NULL;
}

int
body_write(enum notify_format format, const struct alert_list *alerts, const struct notify_from *from, int64_t now_ms,
    int64_t lasts_ms, struct buf *out, struct err *e)
{
	cJSON *body = NULL;
	char *text = NULL;
	int ret;

	switch (format) {
	case NOTIFY_JSON:
		body = json_body(alerts, from);
		break;
	case NOTIFY_SLACK:
		body = slack_body(alerts, from);
		break;
	case NOTIFY_ALERTMANAGER:
		body = alertmanager_body(alerts, from, now_ms, lasts_ms);
		break;
	}
	text = body != NULL ? cJSON_PrintUnformatted(body) : NULL;
	ret = text != NULL && buf_adds(out, text) == 0 && buf_addc(out, '\n') == 0 ? 0 : err_memory(e);
	cJSON_free(text);
	cJSON_Delete(body);
	return ret;
}
