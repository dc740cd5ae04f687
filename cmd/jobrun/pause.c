#include <stdio.h>
#include <unistd.h>

#include "app.h"
#include "base/clock.h"
#include "client_find.h"
#include "file.h"
#include "store/holds.h"

int
verb_client_pause(struct app *app, int *status, struct err *e)
{
	struct client_find find = { 0 };
	char now[CLOCK_TEXT];
	struct hold hold = { .client = app->words[1], .held_at = now, .user_id = getuid() };
	int existed, ret = -1;

	(void)status;
	if (reason_option(app, &hold.reason, e) == -1 || db_begin(&app->db, e) == -1 ||
	    client_find_words(app, &find, e) == -1)
		goto out;
	hold.job_type = find.job_type;
	hold.group = find.group;
	clock_text(clock_utc_ms(), now);
	if (holds_put(&app->db, &hold, &existed, e) == -1 || db_commit(&app->db, e) == -1)
		goto out;
	client_find_print(app, &find);
	if (existed)
		printf(" was paused already; it has the new reason now\n");
	else
		printf(" paused: no run visits it until it is resumed\n");
	ret = 0;
out:
	db_rollback(&app->db);
	client_find_release(&find);
	return ret;
}

int
verb_client_resume(struct app *app, int *status, struct err *e)
{
	struct client_find find = { 0 };
	int ret = -1;

	(void)status;
	if (client_find_words(app, &find, e) == 0 &&
	    (ret = holds_remove(&app->db, find.job_type, app->words[1], find.group, e)) != -1) {
		client_find_print(app, &find);
		printf(" %s\n",
		    ret == 0 ? "resumed: the next run visits it if it is due" : "was not paused; nothing changed");
	}
	client_find_release(&find);
	return ret == -1 ? -1 : 0;
}
