#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/clock.h"
#include "client_find.h"
#include "store/holds.h"
#include "words.h"

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
	client_find_print(app, &find, app->words[1], find.group);
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

/* A search among the job type's pauses, in a group or in any. */
struct search {
	const char *client, *group; /* group NULL: any */
	char *found;                /* owned: the group of the one that was found */
};

static int
look_at(void *arg, const struct hold *hold, struct err *e)
{
	struct search *search = arg;

	if (strcmp(hold->client, search->client) != 0 ||
	    (search->group != NULL && strcmp(hold->group, search->group) != 0))
		return 0;
	if (search->found != NULL)
		return err_set(e, ERR_USAGE, "usage", "client %s is paused in several groups: name the GROUP, too",
		    search->client);
	search->found = strdup(hold->group);
	return search->found != NULL ? 0 : err_memory(e);
}

/* A pause outlives its client's entry: only where there is none it matters who is configured. */
int
verb_client_resume(struct app *app, int *status, struct err *e)
{
	struct search search = { .client = app->words[1], .group = app->n_words > 2 ? app->words[2] : NULL };
	struct client_find find = { 0 };
	int ret = -1;

	(void)status;
	if (client_find_job(app, app->words[0], &find, e) == -1 ||
	    holds_read(&app->db, find.job_type, look_at, &search, e) == -1)
		goto out;
	if (search.found == NULL) {
		if (client_find(app, search.client, search.group, &find, e) != 0)
			goto out;
	} else if (holds_remove(&app->db, find.job_type, search.client, search.found, e) == -1) {
		goto out;
	}
	client_find_print(app, &find, search.client, search.found != NULL ? search.found : find.group);
	printf(" %s\n",
	    search.found != NULL ? "resumed: the next run visits it if it is due" : "was not paused; nothing changed");
	ret = 0;
out:
	free(search.found);
	client_find_release(&find);
	return ret;
}
