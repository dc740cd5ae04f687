/*
 * What `watch` looks for: what did not happen, or takes too long. Judged by
 * pure functions; times are UTC ms, durations ms.
 */
#ifndef RUN_WATCH_H
#define RUN_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "run/overview.h"
#include "store/alerts.h"

#define WATCH_NEVER INT64_MAX
#define WATCH_MINUTE INT64_C(60000)
#define WATCH_DAY (24 * 60 * WATCH_MINUTE)

/* What is usual is judged by at most so many runs. */
#define WATCH_USUAL 20

/* The middle of values, which it sorts; 0 of none. Of an even number the lower one. */
int64_t watch_median(int64_t *values, size_t n);

/*
 * From when on a client is overdue. since: its last success, or its first visit if it never had one; -1: neither.
 * frequency: its SendFrequency, minutes. grace: --grace; -1: a quarter of the frequency, at least five minutes.
 */
int64_t watch_overdue_from(int64_t since, int64_t frequency, int64_t grace);

/*
 * From which duration on a run is far slower than usual: three times the median of the durations, which it sorts,
 * and at least ten minutes; of fewer than three nothing is known.
 */
int64_t watch_slow_from(int64_t *durations, size_t n);

/*
 * How long a job may go without a run: twice the shortest SendFrequency of its clients, or, with 0 (one of them goes by
 * every run), twice the median distance of its starts, the newest first; at least five minutes. A day when
 * neither is known.
 */
int64_t watch_silence(int64_t shortest_frequency, const int64_t *starts, size_t n);

struct finding {
	const char *kind;                     /* ALERT_OVERDUE and others: a literal */
	const struct overview_job *job;       /* borrowed from the overview */
	const struct overview_client *client; /* the same; NULL: the finding is the job's own */
	int64_t since;
	char *what, *advice; /* owned: what is wrong, since when; what to do. Each a line */
};

/* Zero-initialise. */
struct watch {
	struct overview overview;
	struct finding *findings; /* job by job, the job's own before its clients', and kind by kind */
	size_t n, cap;
	struct alert_list changed; /* by watch_keep(): the alerts with a change */
};
void watch_release(struct watch *w);

/* Looks at this job type, or with 0 at all. 0 or -1. */
int watch_look(struct watch *w, struct db *db, int64_t job_type, int64_t grace, int64_t now_ms, struct err *e);

/*
 * Opens, reminds and resolves alerts by what was found, as after a run. Takes the write lock only if something changed.
 * 0 or -1.
 */
int watch_keep(struct watch *w, struct db *db, int64_t now_ms, struct err *e);

#endif
