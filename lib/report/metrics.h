/*
 * How everything stands, as Prometheus reads it (text format 0.0.4, no timestamps): for node_exporter's textfile
 * collector. Two levels, so that whoever has very many clients can keep the jobs' alone: jobrun_job_… has the label
 * job_name, jobrun_client_… has job_name, client and group. Not job: that is Prometheus' own label, of a target.
 */
#ifndef REPORT_METRICS_H
#define REPORT_METRICS_H

#include "base/buf.h"
#include "run/overview.h"
#include "store/alerts.h"

/* Zero-initialise; owned. */
struct metrics {
	struct overview overview;
	struct standing_run *finished; /* of each job whose last run is under way: the one before it; id 0: none */
	struct alert_list alerts;      /* the open ones */
};

/* job: a job type by its number, or 0 for all. 0 or -1; release it in either case. */
int metrics_read(struct metrics *m, struct db *db, int64_t job, int64_t now_ms, struct err *e);
void metrics_release(struct metrics *m);

/* What jobrun_build_info says. Borrowed. */
struct metrics_build {
	const char *version, *sqlite, *curl;
};

/* Appends the text: 0, or -1 b is full or there is no memory. */
int metrics_text(const struct metrics *m, const struct metrics_build *build, struct buf *b);

#endif
