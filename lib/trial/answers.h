/*
 * A case's files in the external system's stead: pages to fetches in the order in which they are asked for, and an
 * answer to acks.
 */
#ifndef TRIAL_ANSWERS_H
#define TRIAL_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/job.h"
#include "http/offline.h"
#include "trial/account.h"

struct answers {
	const char *folder; /* the case's */
	const struct job *job;
	struct account *account; /* is told of every request */
	struct offline offline;  /* for the run */
	size_t pages;            /* fetches so far */
	bool acked;
	struct buf body;
	char link[48];
	struct err why; /* what is wrong with the files; kind ERR_NONE: nothing so far */
};

/* All but offline and why are borrowed. It must not move while a run asks it. */
void answers_init(struct answers *a, const char *folder, const struct job *job, struct account *account);
void answers_release(struct answers *a);

/* When the run has ended: 0, or -1 with why: a file was missing, is no JSON, or was never asked for. */
int answers_end(struct answers *a, struct err *e);

#endif
