#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "items.h"
#include "print.h"
#include "store/catalog.h"
#include "store/items.h"
#include "words.h"

/* What the ledger says of one item's rows: how many wait for a retry already, and how the last other one stands. */
struct rows {
	int64_t n, waiting, run;
	bool acked;
};

static int
take_row(void *arg, const struct items_row *row, struct err *e)
{
	struct rows *rows = arg;

	(void)e;
	rows->n++;
	if (strcmp(row->state, "failed") == 0 || strcmp(row->state, "parked") == 0) {
		rows->waiting++;
	} else {
		rows->run = row->run;
		rows->acked = strcmp(row->state, "acked") == 0;
	}
	return 0;
}

/* One item: is there anything to retry? 0; -1, also: it is applied, or there is no such item. */
static int
check_item(struct app *app, const struct items_held *held, struct err *e)
{
	struct rows rows = { .n = 0 };

	if (items_of(&app->db, held->job_type, held->client, held->group, held->item, take_row, &rows, e) == -1)
		return -1;
	if (rows.n == 0)
		return item_unknown(app, held->job_type, held->client, held->item, e);
	if (rows.waiting > 0)
		return 0;
	return err_set(e, ERR_USAGE, "item_applied",
	    "item %s of client %s was applied in run %" PRId64 "%s: it is never applied twice", held->item,
	    held->client, rows.run, rows.acked ? " and is acknowledged" : "");
}

/* The client's group, if one item of it is meant; and is there such a client, such an item? 0 or -1. */
static int
check_words(struct app *app, struct items_held *held, char **group, struct err *e)
{
	int got;

	if (held->client == NULL)
		return 0;
	if (held->item == NULL)
		return item_client(app, held->job_type, held->client, e);
	if ((got = item_group(app, held->job_type, held->client, held->item, group, e)) != 0)
		return got == 1 ? item_unknown(app, held->job_type, held->client, held->item, e) : -1;
	held->group = *group;
	return check_item(app, held, e);
}

static void
print_words(const struct app *app, const char *job)
{
	const char *group = app->opt.value[OPT_GROUP];

	print_text(job);
	if (app->n_words > 1) {
		printf(", client ");
		print_text(app->words[1]);
	}
	if (group != NULL) {
		printf(", group ");
		print_text(group);
	}
	if (app->n_words > 2) {
		printf(", item ");
		print_text(app->words[2]);
	}
	printf(": ");
}

static void
print_result(const struct app *app, const char *job, int64_t n)
{
	const char *group = app->opt.value[OPT_GROUP];

	print_words(app, job);
	if (n == 0) {
		printf("nothing to change: nothing is parked, or failed since the last retry\n");
		return;
	}
	printf("%" PRId64 " item%s tried anew when the external system sends %s again; now: jobrun ", n,
	    n == 1 ? " is" : "s are", n == 1 ? "it" : "them");
	print_text(job);
	if (app->n_words > 1) {
		printf(" --client ");
		print_text(app->words[1]);
	}
	if (group != NULL) {
		printf(" --group ");
		print_text(group);
	}
	printf(" --force --key-file FILE\n");
}

int
verb_items_retry(struct app *app, int *status, struct err *e)
{
	struct items_held held = { .client = app->n_words > 1 ? app->words[1] : NULL,
		.group = app->opt.value[OPT_GROUP],
		.item = app->n_words > 2 ? app->words[2] : NULL };
	struct catalog_job job = { 0 };
	char *group = NULL;
	int64_t n = 0;
	int ret = -1;

	(void)status;
	if (find_job(app, app->words[0], &job, e) == -1)
		goto out;
	held.job_type = job.type;
	if (check_words(app, &held, &group, e) == -1 || items_retry(&app->db, &held, &n, e) == -1)
		goto out;
	print_result(app, job.name, n);
	ret = 0;
out:
	catalog_job_release(&job);
	free(group);
	return ret;
}
