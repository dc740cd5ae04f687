#include "held.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "print.h"
#include "report/wrap.h"
#include "store/catalog.h"

/* Two ids, a name, a reason, and the words between; each byte an escape. */
#define LINE_MOST (8U * BOUND_MESSAGE)
#define INDENT 2

struct held_one {
	int64_t job_type;
	char *job, *client, *group, *reason; /* client "": the job itself */
	bool seen;
};

static int
take(void *arg, int n, const char *const *cells, struct err *e)
{
	struct held *held = arg;
	struct held_one *one = array_room(held->at, held->n, &held->cap, sizeof(*one));

	(void)n;
	if (one == NULL)
		return err_memory(e);
	held->at = one;
	one += held->n++;
	*one = (struct held_one){
		.job_type = strtoll(cells[0], NULL, 10),
		.job = strdup(cells[1]),
		.client = strdup(cells[2]),
		.group = strdup(cells[3]),
		.reason = strdup(cells[4]),
	};
	return one->job != NULL && one->client != NULL && one->group != NULL && one->reason != NULL ? 0 : err_memory(e);
}

int
held_read(struct held *held, struct app *app, struct err *e)
{
	return app->opt.value[OPT_JSON] != NULL ? 0 : catalog_list(&app->db, SQL_LIST_HOLDS, take, held, e);
}

void
held_release(struct held *held)
{
	struct held_one *one;

	for (one = held->at; one < held->at + held->n; one++) {
		free(one->job);
		free(one->client);
		free(one->group);
		free(one->reason);
	}
	free(held->at);
	*held = (struct held){ 0 };
}

static int
compare_to(const struct held_one *one, int64_t job_type, const char *client, const char *group)
{
	int order;

	if (one->job_type != job_type)
		return one->job_type < job_type ? -1 : 1;
	order = strcmp(one->client, client);
	return order != 0 ? order : strcmp(one->group, group);
}

static void
mark(struct held *held, int64_t job_type, const char *client, const char *group, bool seen)
{
	size_t from = 0, to = held->n, middle;

	while (from < to) {
		middle = from + (to - from) / 2;
		if (compare_to(&held->at[middle], job_type, client, group) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from < held->n && compare_to(&held->at[from], job_type, client, group) == 0)
		held->at[from].seen = seen;
}

void
held_see(struct held *held, int64_t job_type, const char *client, const char *group)
{
	mark(held, job_type, "", "", true);
	if (client != NULL && group != NULL)
		mark(held, job_type, client, group, true);
}

void
held_see_all(struct held *held, int64_t job_type)
{
	struct held_one *one;

	for (one = held->at; one < held->at + held->n; one++)
		one->seen = one->seen || one->job_type == job_type;
}

void
held_told(struct held *held, int64_t job_type, const char *client, const char *group)
{
	mark(held, job_type, client, group, false);
}

static int
print_one(const struct held_one *one)
{
	struct buf line, wrapped;
	int ret = -1;

	buf_init(&line, LINE_MOST);
	buf_init(&wrapped, 2 * LINE_MOST);
	if ((one->client[0] == '\0' ? buf_addf(&line, "held: %s: %s", one->job, one->reason)
	                            : buf_addf(&line, "paused: client %s, group %s of %s: %s", one->client, one->group,
	                                  one->job, one->reason)) == 0 &&
	    wrap_text(&wrapped, line.at, 0, INDENT, stdout_width()) == 0) {
		puts(wrapped.at);
		ret = 0;
	}
	buf_release(&line);
	buf_release(&wrapped);
	return ret;
}

int
held_print(const struct held *held, struct err *e)
{
	const struct held_one *one;
	size_t seen = 0;

	for (one = held->at; one < held->at + held->n; one++)
		if (one->seen && seen++ < BOUND_SHOWN_HELD && print_one(one) == -1)
			return err_memory(e);
	if (seen > BOUND_SHOWN_HELD)
		printf("and %zu more are paused or held: jobrun status\n", seen - BOUND_SHOWN_HELD);
	return 0;
}
