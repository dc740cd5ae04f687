/*
 * A rollout: a job type's pilots, how their visits went since the stage began
 * or the installed version changed, and whether it may go to all clients.
 */
#ifndef RUN_ROLLOUT_H
#define RUN_ROLLOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "store/catalog.h"
#include "store/holds.h"

/* So many cycles in a row, the newest, must be clean: their visits ended ok, not degraded, failed or stopped. */
#define ROLLOUT_CLEAN 2
/* Shown of each pilot: those that count, and enough before them to see what went on. */
#define ROLLOUT_CYCLES 10

struct rollout_cycle {
	int64_t run;
	char started_at[CLOCK_TEXT], status[16];
	int64_t received, processed, errors;
};

/* A client that says "Pilot": true and is switched on; id and group are owned. */
struct rollout_pilot {
	char *id, *group;
	const char *paused;                          /* the reason, or NULL */
	struct rollout_cycle cycles[ROLLOUT_CYCLES]; /* the newest first */
	size_t n;
};

enum rollout_state {
	ROLLOUT_READY,
	ROLLOUT_PAUSED,
	ROLLOUT_UNTRIED, /* no cycle yet */
	ROLLOUT_UNCLEAN, /* the newest cycle is none to go on with */
	ROLLOUT_SHORT,   /* clean, but not often enough in a row */
};

/* Pure: did it end ok; how many of the newest did in a row, ROLLOUT_CLEAN at the most; what that makes of the pilot. */
bool rollout_is_clean(const struct rollout_cycle *cycle);
int rollout_clean(const struct rollout_pilot *pilot);
enum rollout_state rollout_state(const struct rollout_pilot *pilot);

/* Zero-initialise. */
struct rollout {
	struct rollout_pilot *pilots; /* as configured */
	size_t n;
	struct hold_list holds; /* the reasons' owner */
	int64_t others;         /* clients that are switched on, and no pilots */
	const char *since;      /* cycles count from then: of the job's own texts */
};

/* The pilots alone, without pauses and cycles; since is not set. 0 or -1. */
int rollout_pilots(struct rollout *rollout, struct db *db, int64_t job_type, struct err *e);
/* Reads all as of one moment, if the caller holds a transaction. job is to outlive it. 0 or -1. */
int rollout_read(struct rollout *rollout, struct db *db, const struct catalog_job *job, struct err *e);
void rollout_release(struct rollout *rollout);

/* Pure: may it go to all? There is a pilot, and each is ready. */
bool rollout_may_advance(const struct rollout *rollout);

#endif
