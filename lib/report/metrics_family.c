#include "report/metrics_parts.h"

#include <string.h>

#include "base/clock.h"

static bool
last_run(const struct metrics_subject *s, int64_t *value)
{
	return s->started_at != NULL && clock_parse(s->started_at, value) == 0;
}

static bool
last_success(const struct metrics_subject *s, int64_t *value)
{
	return s->last_success_at != NULL && clock_parse(s->last_success_at, value) == 0;
}

static bool
duration(const struct metrics_subject *s, int64_t *value)
{
	*value = s->duration_ms;
	return s->started_at != NULL && s->duration_ms >= 0;
}

/* In microseconds. */
static bool
mean_item(const struct metrics_subject *s, int64_t *value)
{
	if (s->started_at == NULL || s->duration_ms < 0 || s->tally->received == 0)
		return false;
	*value = s->duration_ms * 1000 / s->tally->received;
	return true;
}

static bool
exit_code(const struct metrics_subject *s, int64_t *value)
{
	*value = s->exit_code;
	return s->started_at != NULL && s->exit_code >= 0;
}

static bool
running(const struct metrics_subject *s, int64_t *value)
{
	*value = s->job->last.status != NULL && strcmp(s->job->last.status, "running") == 0;
	return true;
}

static bool
held(const struct metrics_subject *s, int64_t *value)
{
	*value = s->job->held != NULL;
	return true;
}

static bool
usable(const struct metrics_subject *s, int64_t *value)
{
	*value = s->job->name != NULL && s->job->problem == NULL;
	return true;
}

static bool
open_alerts(const struct metrics_subject *s, int64_t *value)
{
	*value = s->job->open_alerts;
	return true;
}

static bool
failures(const struct metrics_subject *s, int64_t *value)
{
	*value = s->client->last.failures;
	return s->started_at != NULL;
}

static bool
next_due(const struct metrics_subject *s, int64_t *value)
{
	*value = s->client->due_ms;
	return *value > 0;
}

static int64_t
count_configured(const struct overview_client *c)
{
	return c->configured;
}

static int64_t
count_unusable(const struct overview_client *c)
{
	return c->problem != NULL;
}

static int64_t
count_failing(const struct overview_client *c)
{
	return c->last.failures > 0;
}

static int64_t
count_paused(const struct overview_client *c)
{
	return c->paused != NULL;
}

static int64_t
count_owed(const struct overview_client *c)
{
	return c->owed;
}

static int64_t
count_parked(const struct overview_client *c)
{
	return c->parked;
}

static int64_t
count_failed(const struct overview_client *c)
{
	return c->failed;
}

static const char *
status(const struct metrics_subject *s)
{
	return s->started_at != NULL ? s->status : NULL;
}

static const char *
stage(const struct metrics_subject *s)
{
	return s->job->stage;
}

#define IN_BOOKS(count) (1 + offsetof(struct tally, count))

const struct metrics_family metrics_families[] = {
	{ "last_run_timestamp_seconds", "When the last run that ended began.", METRICS_BOTH, 1000, .value = last_run },
	{ "last_run_status", "1 for how the last run ended.", METRICS_BOTH, 1, .state = status,
	    .state_label = "status" },
	{ "last_run_exit_code", "Exit status of the last run.", METRICS_JOB, 1, .value = exit_code },
	{ "last_run_duration_seconds", "How long the last run took.", METRICS_BOTH, 1000, .value = duration },
	{ "last_run_mean_item_seconds", "How long the last run took for an item it received.", METRICS_BOTH, 1000000,
	    .value = mean_item },
	{ "last_run_received_items", "Items received in the last run.", METRICS_BOTH, 1, .book = IN_BOOKS(received) },
	{ "last_run_processed_items", "Items processed in the last run.", METRICS_BOTH, 1,
	    .book = IN_BOOKS(processed) },
	{ "last_run_duplicate_items", "Items received in the last run that were applied before.", METRICS_BOTH, 1,
	    .book = IN_BOOKS(duplicates) },
	{ "last_run_error_items", "Items that failed in the last run.", METRICS_BOTH, 1, .book = IN_BOOKS(errors) },
	{ "last_run_parked_items", "Items received in the last run and left alone, since they failed too often.",
	    METRICS_BOTH, 1, .book = IN_BOOKS(parked) },
	{ "last_run_acked_items", "Items acknowledged in the last run.", METRICS_BOTH, 1, .book = IN_BOOKS(acked) },
	{ "last_success_timestamp_seconds", "When the last run that did not fail began.", METRICS_BOTH, 1000,
	    .value = last_success },
	{ "consecutive_failures", "Runs in a row that failed.", METRICS_CLIENT, 1, .value = failures },
	{ "next_due_timestamp_seconds", "When it is due by its SendFrequency; absent without one.", METRICS_CLIENT,
	    1000, .value = next_due },
	{ "owed_items", "Items applied and not acknowledged, now.", METRICS_BOTH, 1, .count = count_owed },
	{ "parked_items", "Items left alone since they failed too often, now.", METRICS_BOTH, 1,
	    .count = count_parked },
	{ "failed_items", "Items that failed and will be tried again, now.", METRICS_BOTH, 1, .count = count_failed },
	{ "paused", "1: no run visits it until it is resumed.", METRICS_CLIENT, 1, .count = count_paused },
	{ "clients", "Clients that are configured.", METRICS_JOB, 1, .count = count_configured },
	{ "clients_failing", "Clients whose last run failed.", METRICS_JOB, 1, .count = count_failing },
	{ "clients_paused", "Clients that are paused.", METRICS_JOB, 1, .count = count_paused },
	{ "clients_unusable", "Clients whose entry cannot be used.", METRICS_JOB, 1, .count = count_unusable },
	{ "stage", "1 for the stage of its rollout.", METRICS_JOB, 1, .state = stage, .state_label = "stage" },
	{ "usable", "0: it is not installed, or its definition cannot be used.", METRICS_JOB, 1, .value = usable },
	{ "held", "1: it is on hold, and no run begins.", METRICS_JOB, 1, .value = held },
	{ "running", "1: a run is under way.", METRICS_JOB, 1, .value = running },
	{ "open_alerts", "Alerts that are open.", METRICS_JOB, 1, .value = open_alerts },
	{ .name = NULL },
};
