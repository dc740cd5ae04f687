/*
 * What to make of a client and of a run: pure functions.
 */
#ifndef RUN_VERDICT_H
#define RUN_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "run/run.h"
#include "store/runlog.h"

/*
 * Is a client due? last_ms: when its last successful run began, -1 never;
 * frequency: minutes, 0 always. cron starts a run now some moments early, now
 * late: a hundredth of the frequency, at most 30 s, is forgiven, else an hourly client on an hourly
 * crontab would be skipped every other hour.
 */
bool verdict_due(int64_t now_ms, int64_t last_ms, int64_t frequency);

/* From when on it is due by that rule, UTC ms; 0: always. */
int64_t verdict_due_at(int64_t last_ms, int64_t frequency);

/* How many items were tried: parked and duplicate ones were not. */
int64_t verdict_tried(const struct tally *t);

/* processed of what was tried. 1 when nothing was. */
double verdict_ratio(const struct tally *t);

enum client_end { CLIENT_OK, CLIENT_DEGRADED, CLIENT_FAILED, CLIENT_STOPPED };

struct client_outcome {
	bool failed, stopped, acks_refused;
	struct tally tally;
	double least_ratio; /* Alerts.MinProcessedRatio */
};
enum client_end verdict_client(const struct client_outcome *c);
const char *verdict_client_name(enum client_end end);

/* "ok", "degraded", "failed", "stopped" for the run, from its counts. */
const char *verdict_run(const struct run_summary *s);

#endif
