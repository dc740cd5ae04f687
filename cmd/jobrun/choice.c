#include "choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "words.h"

int
choice_read(struct app *app, const char *word, int64_t since_s, int64_t limit, struct choice *choice, struct err *e)
{
	int64_t since_ms;

	*choice = (struct choice){ .group = app->opt.value[OPT_GROUP] };
	if (since_option(app, since_s, &since_ms, e) == -1 ||
	    options_number(&app->opt, OPT_LIMIT, 1, BOUND_LISTED, limit, &choice->limit, e) == -1 ||
	    options_list(&app->opt, OPT_CLIENT, &choice->clients, &choice->n_clients, e) == -1 ||
	    job_option(app, word, &choice->job, e) == -1)
		return -1;
	if (since_ms == 0)
		return 0;
	clock_text(since_ms, choice->since);
	snprintf(choice->since_words, sizeof(choice->since_words), " since %.10s %.8s UTC", choice->since,
	    choice->since + strlen("2026-11-16T"));
	return 0;
}

void
choice_release(struct choice *choice)
{
	catalog_job_release(&choice->job);
	free(choice->clients);
	*choice = (struct choice){ .limit = 0 };
}
