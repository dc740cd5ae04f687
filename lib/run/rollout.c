#include "run/rollout.h"

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "run/roster.h"
#include "store/runlog.h"

bool
rollout_is_clean(const struct rollout_cycle *cycle)
{
	return strcmp(cycle->status, "ok") == 0;
}

int
rollout_clean(const struct rollout_pilot *pilot)
{
	int clean = 0;

	while (clean < ROLLOUT_CLEAN && (size_t)clean < pilot->n && rollout_is_clean(&pilot->cycles[clean]))
		clean++;
	return clean;
}

enum rollout_state
rollout_state(const struct rollout_pilot *pilot)
{
	int clean = rollout_clean(pilot);

	if (pilot->paused != NULL)
		return ROLLOUT_PAUSED;
	if (clean == ROLLOUT_CLEAN)
		return ROLLOUT_READY;
	if (pilot->n == 0)
		return ROLLOUT_UNTRIED;
	return clean == 0 ? ROLLOUT_UNCLEAN : ROLLOUT_SHORT;
}

bool
rollout_may_advance(const struct rollout *rollout)
{
	size_t i;

	for (i = 0; i < rollout->n; i++)
		if (rollout_state(&rollout->pilots[i]) != ROLLOUT_READY)
			return false;
	return rollout->n > 0;
}

/* The roster's pilots, their names moved over. 0 or -1. */
static int
take_pilots(struct rollout *rollout, struct roster *roster, struct err *e)
{
	struct rollout_pilot *pilot;
	struct client *c;
	size_t i, n = 0;

	for (i = 0; i < roster->n; i++)
		n += roster->clients[i].enabled && roster->clients[i].pilot;
	if ((rollout->pilots = calloc(n + 1, sizeof(*rollout->pilots))) == NULL)
		return err_memory(e);
	for (i = 0; i < roster->n; i++) {
		c = &roster->clients[i];
		if (!c->enabled)
			continue;
		if (!c->pilot) {
			rollout->others++;
			continue;
		}
		pilot = &rollout->pilots[rollout->n++];
		pilot->id = c->id;
		pilot->group = c->group;
		c->id = c->group = NULL;
	}
	return 0;
}

static int
take_cycle(void *arg, const struct runlog_request *row, struct err *e)
{
	struct rollout_pilot *pilot = arg;
	struct rollout_cycle *cycle = &pilot->cycles[pilot->n++];

	(void)e;
	cycle->run = row->run;
	strlcpy(cycle->started_at, row->started_at, sizeof(cycle->started_at));
	strlcpy(cycle->status, row->status, sizeof(cycle->status));
	cycle->received = row->tally.received;
	cycle->processed = row->tally.processed;
	cycle->errors = row->tally.errors;
	return 0;
}

int
rollout_pilots(struct rollout *rollout, struct db *db, int64_t job_type, struct err *e)
{
	struct roster roster = { 0 };
	int ret = roster_all(&roster, db, job_type, e) == 0 ? take_pilots(rollout, &roster, e) : -1;

	roster_release(&roster);
	return ret;
}

int
rollout_read(struct rollout *rollout, struct db *db, const struct catalog_job *job, struct err *e)
{
	struct runlog_request client = { .job_type = job->type };
	struct rollout_pilot *pilot;
	const struct hold *hold;

	rollout->since = strcmp(job->installed_at, job->stage_at) > 0 ? job->installed_at : job->stage_at;
	if (rollout_pilots(rollout, db, job->type, e) == -1 || holds_load(&rollout->holds, db, job->type, e) == -1)
		return -1;
	for (pilot = rollout->pilots; pilot < rollout->pilots + rollout->n; pilot++) {
		client.client = pilot->id;
		client.group = pilot->group;
		hold = holds_find(&rollout->holds, pilot->id, pilot->group);
		pilot->paused = hold != NULL ? hold->reason : NULL;
		if (runlog_cycles(db, &client, rollout->since, ROLLOUT_CYCLES, take_cycle, pilot, e) == -1)
			return -1;
	}
	return 0;
}

void
rollout_release(struct rollout *rollout)
{
	size_t i;

	for (i = 0; i < rollout->n; i++) {
		free(rollout->pilots[i].id);
		free(rollout->pilots[i].group);
	}
	free(rollout->pilots);
	holds_release(&rollout->holds);
	*rollout = (struct rollout){ 0 };
}
