/*
 * What is wrong with a job or a client, if anything: one word to sort and colour by, and one phrase. Pure functions of
 * the overview.
 */
#ifndef RUN_TROUBLE_H
#define RUN_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/overview.h"

/* The worst first. Of several things that are wrong with one client the first one of these is told. */
enum trouble {
	TROUBLE_UNUSABLE, /* its entry, or its definition, cannot be used */
	TROUBLE_CRASHED,  /* a job's: the process of its last run is gone */
	TROUBLE_FAILED,   /* the last visit, or run, failed */
	TROUBLE_OVERDUE,  /* due for longer than `watch` forgives */
	TROUBLE_OWED,     /* applied items that the last visit could not acknowledge */
	TROUBLE_DEGRADED, /* below the ratio, or acks were refused */
	TROUBLE_STOPPED,  /* ended by a signal or --max-time before its work was done */
	TROUBLE_PARKED,   /* items wait for a person */
	TROUBLE_ALERTS,   /* a job's: alerts are open, and nothing worse is known */
	TROUBLE_HELD,     /* a job's: no new run may begin */
	TROUBLE_PAUSED,
	TROUBLE_NEW,  /* never visited, or never run */
	TROUBLE_GONE, /* not configured any more, but items of it are owed or parked */
	/* What is as somebody wants it. */
	TROUBLE_RUNNING, /* a job's */
	TROUBLE_WAITING, /* for the rollout: the job is at stage pilot, and this is no pilot */
	TROUBLE_DISABLED,
	TROUBLE_REMOVED, /* not configured any more, and nothing of it is left to do */
	TROUBLE_NONE,
	TROUBLE_COUNT
};

/* "failed"; "ok" for none. Static. */
const char *trouble_name(enum trouble trouble);
/* Does a person have to know of it, unasked? */
bool trouble_matters(enum trouble trouble);

enum trouble trouble_of_client(const struct overview_job *job, const struct overview_client *c, int64_t now_ms);
enum trouble trouble_of_job(const struct overview_job *job);

/*
 * Appends the phrase, such as "failed 3 times in a row: 503 from the external system"; nothing for what does not
 * matter. Text from outside stands in it unescaped. 0, or -1 b is full.
 */
int trouble_say_client(const struct overview_job *job, const struct overview_client *c, int64_t now_ms, struct buf *b);
int trouble_say_job(const struct overview_job *job, int64_t now_ms, struct buf *b);

#endif
