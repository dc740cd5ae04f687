/*
 * What of the logs and the ledger a list is to show: --job, --client, --group, --since, --limit.
 */
#ifndef CMD_CHOICE_H
#define CMD_CHOICE_H

#include "app.h"
#include "base/clock.h"
#include "store/catalog.h"

struct choice {
	struct catalog_job job; /* type 0: none was named */
	char **clients;         /* owned, one block */
	size_t n_clients;
	const char *group;      /* NULL: not given */
	char since[CLOCK_TEXT]; /* "": since ever */
	char since_words[40];   /* " since 2026-11-16 07:00:00 UTC", or "" */
	int64_t limit;
};

/*
 * word: a job that stands as a word, or NULL. since_s: how many seconds back, if --since is not given; 0: since
 * ever. limit: if --limit is not given. 0 or -1; release it in either case.
 */
int choice_read(
    struct app *app, const char *word, int64_t since_s, int64_t limit, struct choice *choice, struct err *e);
void choice_release(struct choice *choice);

#endif
