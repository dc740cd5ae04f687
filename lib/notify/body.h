/*
 * What targets are told, by Format. All three are public interface.
 *
 * json, and what a command gets on standard input (one line):
 *
 *	{"version": "0.1.0", "host": "etl1", "alerts": [{
 *		"id": 12,                       AlertId of APP_ALERT; null in a test
 *		"change": "opened",             or "reminded", "resolved", "test"
 *		"kind": "consecutive_failures", see store/alerts.h; "test" in a test
 *		"severity": "ticket",           or "page": the job as a whole; "info": a test
 *		"job": "SyncCompletedRecords",  null: it is not installed, or a test of the one for all
 *		"job_type": 1,
 *		"client": "7", "group": "10",   null: the alert is the job's own
 *		"message": "…",                 as it stands in APP_ALERT, escaped for a line
 *		"opened_at": "2026-11-23T07:00:00.000Z",
 *		"resolved_at": null,            or a time
 *		"run": 55}],                    that opened it; null: watch did
 *	 "omitted": 0}                          alerts beyond the BOUND_NOTIFY_ALERTS that are there
 *
 * slack: {"text": "…"}: a line on the whole and one for each alert, BOUND_NOTIFY_LINES at the most; &, < and > are escaped
 * as Slack wants it. Mattermost, Rocket.Chat and others read the same.
 *
 * alertmanager: what POST /api/v2/alerts takes. labels: alertname (Jobrun and the kind, JobrunConsecutiveFailures),
 * severity, job, client and group (none for a job's own), all as strings and the same each time; annotations: summary,
 * description, host; startsAt; endsAt: when it was resolved or, while it is open, the time until which it holds if
 * nobody reminds.
 */
#ifndef NOTIFY_BODY_H
#define NOTIFY_BODY_H

#include <stdint.h>

#include "base/buf.h"
#include "notify/notify.h"

/* Appends the body for the alerts whose change is set. lasts_ms: how long an open one holds. 0 or -1 (no memory). */
int body_write(enum notify_format format, const struct alert_list *alerts, const struct notify_from *from,
    int64_t now_ms, int64_t lasts_ms, struct buf *out, struct err *e);

#endif
