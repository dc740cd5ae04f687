#include <stdio.h>
#include <unistd.h>

#include "app.h"
#include "base/clock.h"
#include "print.h"
#include "store/catalog.h"
#include "store/holds.h"
#include "words.h"

int
verb_hold(struct app *app, int *status, struct err *e)
{
	struct catalog_job job = { 0 };
	char now[CLOCK_TEXT];
	struct hold hold = { .client = "", .group = "", .held_at = now, .user_id = getuid() };
	int existed, ret = -1;

	(void)status;
	if (reason_option(app, &hold.reason, e) == -1 || find_job(app, app->words[0], &job, e) == -1)
		goto out;
	hold.job_type = job.type;
	clock_text(clock_utc_ms(), now);
	if (db_begin(&app->db, e) == -1 || holds_put(&app->db, &hold, &existed, e) == -1 ||
	    db_commit(&app->db, e) == -1)
		goto out;
	print_text(job.name);
	if (existed)
		printf(": was on hold already; it has the new reason now\n");
	else
		printf(": on hold: no new run begins until it is released; one that is under way goes on\n");
	ret = 0;
out:
	db_rollback(&app->db);
	catalog_job_release(&job);
	return ret;
}

int
verb_release(struct app *app, int *status, struct err *e)
{
	struct catalog_job job = { 0 };
	int ret;

	(void)status;
	if (find_job(app, app->words[0], &job, e) == -1)
		return -1;
	ret = holds_remove(&app->db, job.type, "", "", e);
	if (ret != -1) {
		print_text(job.name);
		printf(": %s\n", ret == 0 ? "released: it may run again" : "was not on hold; nothing changed");
	}
	catalog_job_release(&job);
	return ret == -1 ? -1 : 0;
}
