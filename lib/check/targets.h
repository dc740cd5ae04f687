/*
 * Who is told of alerts and of runs: Notify and Ping.
 */
#ifndef CHECK_TARGETS_H
#define CHECK_TARGETS_H

#include "base/err.h"
#include "config/job.h"

struct check;
struct subject;

/* Of a job; of all jobs. 0 or -1. */
int targets_of_job(struct check *c, struct subject *s, const struct job *job, struct err *e);
int targets_for_all(struct check *c, struct err *e);

#endif
