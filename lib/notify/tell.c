#include "notify/notify.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "config/job.h"
#include "notify/body.h"
#include "notify/round.h"
#include "store/catalog.h"
#include "store/setting.h"

/* As far as Alertmanager is concerned an open alert is over when nobody reminds of it for twice as long as is usual. */
#define LASTS_LEAST_MS (INT64_C(2) * 86400 * 1000)
/* With "RemindAfter": 0 nobody ever does. */
#define LASTS_MOST_MS (INT64_C(365) * 86400 * 1000)

/* Those who are told the same: the targets of a job, or those for all. */
struct audience {
	struct notify_config config;
	struct alert_list alerts; /* the alerts are the caller's, the array is ours */
	int64_t lasts_ms;         /* how long they hold if nobody reminds */
};

struct audiences {
	struct audience *at; /* the first is the one for all, each other a job's */
	size_t n, cap;
};

static int64_t
lasts(int64_t remind_after_minutes)
{
	int64_t ms = 2 * remind_after_minutes * 60000;

	if (remind_after_minutes == 0)
		return LASTS_MOST_MS;
	return ms > LASTS_LEAST_MS ? ms : LASTS_LEAST_MS;
}

/* Where the words for what cannot even be tried go. */
static void
report(const struct notify_sink *sink, const struct err *why, size_t *told)
{
	sink->over(sink->arg, "Notify", why);
	++*told;
}

/* 0 and what the job itself says; 1: the one for all is its, also if the definition cannot be read; -1. */
static int
read_job(struct db *db, int64_t job_type, struct audience *own, struct err *e)
{
	struct catalog_job row = { 0 };
	struct job job;
	char number[24];
	int read, ret;

	snprintf(number, sizeof(number), "%lld", (long long)job_type);
	if ((ret = catalog_job(db, number, &row, e)) != 0)
		return ret;
	read = job_try(&job, row.definition, strlen(row.definition), e);
	ret = read == -1 ? -1 : 1;
	if (read == 1) {
		own->lasts_ms = lasts(job.alerts.remind_after);
		if (job.notify.given) {
			own->config = job.notify.config;
			job.notify.config = (struct notify_config){ 0 };
			ret = 0;
		}
		job_release(&job);
	}
	catalog_job_release(&row);
	return ret;
}

/* 0 and what is set for all, which may be nobody; -1. */
static int
read_all(struct db *db, struct notify_config *config, struct err *e)
{
	char *definition;
	int ret = setting_get(db, SETTING_NOTIFY, &definition, e);

	if (ret != 0)
		return ret == 1 ? 0 : -1;
	ret = notify_config_parse(config, definition, strlen(definition), e);
	free(definition);
	return ret;
}

int
notify_targets(struct db *db, int64_t job_type, struct notify_config *config, struct err *e)
{
	struct audience own = { .lasts_ms = 0 };
	int got = read_job(db, job_type, &own, e);

	*config = own.config;
	return got == 1 ? read_all(db, config, e) : got;
}

/* Gives the audience all alerts from the first on that are of that job type and not taken yet. 0 or -1: no memory. */
static int
take_alerts(struct audience *a, const struct alert_list *alerts, size_t first, bool *taken)
{
	int64_t job_type = alerts->at[first].job_type;
	struct alert *more;
	size_t i;

	for (i = first; i < alerts->n; i++) {
		if (taken[i] || alerts->at[i].change == NULL || alerts->at[i].job_type != job_type)
			continue;
		if ((more = array_room(a->alerts.at, a->alerts.n, &a->alerts.cap, sizeof(*more))) == NULL)
			return -1;
		a->alerts.at = more;
		more[a->alerts.n++] = alerts->at[i];
		taken[i] = true;
	}
	return 0;
}

static void
release(struct audience *a)
{
	notify_config_release(&a->config);
	free(a->alerts.at);
}

/* One more audience, taken over also on -1: no memory. */
static int
add_audience(struct audiences *audiences, struct audience *own)
{
	struct audience *more = array_room(audiences->at, audiences->n, &audiences->cap, sizeof(*more));

	if (more == NULL) {
		release(own);
		return -1;
	}
	audiences->at = more;
	more[audiences->n++] = *own;
	return 0;
}

/* Sorts the alerts by who is told. 0 or -1. */
static int
find_audiences(struct db *db, const struct alert_list *alerts, struct audiences *audiences, struct err *e)
{
	bool *taken = calloc(alerts->n + 1, sizeof(*taken));
	struct audience all = { .lasts_ms = LASTS_LEAST_MS }, own, *to;
	size_t i;
	int found = 0;

	if (taken == NULL || add_audience(audiences, &all) == -1)
		goto memory;
	for (i = 0; i < alerts->n && found != -1; i++) {
		if (taken[i] || alerts->at[i].change == NULL)
			continue;
		own = all;
		if ((found = read_job(db, alerts->at[i].job_type, &own, e)) == -1)
			break;
		if (found == 0 && add_audience(audiences, &own) == -1)
			goto memory;
		to = &audiences->at[found == 0 ? audiences->n - 1 : 0];
		if (own.lasts_ms > to->lasts_ms)
			to->lasts_ms = own.lasts_ms;
		if (take_alerts(to, alerts, i, taken) == -1)
			goto memory;
	}
	free(taken);
	return found == -1 ? -1 : 0;
memory:
	free(taken);
	return err_memory(e);
}

static void
add_deliveries(struct round *round, const struct audience *a)
{
	int64_t now_ms = clock_utc_ms();
	struct err e = ERR_INIT;
	struct delivery *d;
	size_t i;

	for (i = 0; i < a->config.n && a->alerts.n > 0; i++) {
		if ((d = round_add(round, &a->config.targets[i])) == NULL)
			continue;
		if ((d->target->url != NULL && notify_target_url(d->target, &d->url, &e) == -1) ||
		    body_write(d->target->format, &a->alerts, round->from, now_ms, a->lasts_ms, &d->text, &e) == -1)
			round_over(d, &e);
	}
}

size_t
notify_tell(
    struct db *db, const struct alert_list *alerts, const struct notify_from *from, const struct notify_sink *sink)
{
	struct audiences audiences = { 0 };
	struct err e = ERR_INIT;
	struct round round;
	size_t i, told = 0;

	if (find_audiences(db, alerts, &audiences, &e) == -1)
		report(sink, &e, &told);
	if (audiences.n > 0 && audiences.at[0].alerts.n > 0 && read_all(db, &audiences.at[0].config, &e) == -1)
		report(sink, &e, &told);
	if (round_init(&round, from, sink, &e) == -1) {
		report(sink, &e, &told);
	} else {
		for (i = 0; i < audiences.n; i++)
			add_deliveries(&round, &audiences.at[i]);
		round_go(&round, BOUND_NOTIFY_MS);
		told += round.n;
	}
	round_release(&round);
	for (i = 0; i < audiences.n; i++)
		release(&audiences.at[i]);
	free(audiences.at);
	return told;
}
