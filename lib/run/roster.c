#include "run/roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/near.h"
#include "run/verdict.h"
#include "store/runlog.h"

struct reading {
	struct roster *roster;
	const struct run_request *request;
};

/* Grows an array by doubling: 0 or -1. */
static int
make_room(void **at, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 16 : *cap * 2;
	void *grown;

	if (n < *cap)
		return 0;
	if ((grown = reallocarray(*at, more, size)) == NULL)
		return -1;
	*at = grown;
	*cap = more;
	return 0;
}

static int
take_client(void *arg, struct client *c, struct err *e)
{
	struct roster *roster = ((struct reading *)arg)->roster;

	if (make_room((void **)&roster->clients, roster->n, &roster->cap, sizeof(*roster->clients)) == -1) {
		client_release(c);
		return err_memory(e);
	}
	roster->clients[roster->n++] = *c;
	return 0;
}

static int
add_bad(struct roster *roster, const char *id, const char *group, const char *message, struct err *e)
{
	struct roster_bad *bad;

	if (make_room((void **)&roster->bad, roster->n_bad, &roster->cap_bad, sizeof(*roster->bad)) == -1)
		return err_memory(e);
	bad = &roster->bad[roster->n_bad++];
	bad->id = strdup(id);
	bad->group = strdup(group);
	bad->message = strdup(message);
	return bad->id == NULL || bad->group == NULL || bad->message == NULL ? err_memory(e) : 0;
}

static int
take_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	return add_bad(((struct reading *)arg)->roster, id, group, why->text, e);
}

static int
take_row(void *arg, const struct catalog_row *row, struct err *e)
{
	struct client_sink sink = { .client = take_client, .bad = take_bad, .arg = arg };

	return client_read_row(row->id, row->route, row->user, row->configuration, row->configuration_len, &sink, e);
}

static int
compare(const void *a, const void *b)
{
	const struct client *x = *(const struct client *const *)a, *y = *(const struct client *const *)b;
	int order = strcmp(x->id, y->id);

	if (order == 0)
		order = strcmp(x->group, y->group);
	/* As configured, so that the first one is the one that counts. */
	return order != 0 ? order : x < y ? -1 : x > y;
}

/* Marks every client that stands in the configuration a second time, by emptying it. */
static int
drop_twice(struct roster *roster, struct err *e)
{
	struct client **sorted = calloc(roster->n + 1, sizeof(struct client *)), *first;
	struct err why = ERR_INIT;
	size_t i;
	int ret = -1;

	if (sorted == NULL)
		return err_memory(e);
	for (i = 0; i < roster->n; i++)
		sorted[i] = &roster->clients[i];
	qsort(sorted, roster->n, sizeof(struct client *), compare);
	for (i = 1, first = sorted[0]; i < roster->n; i++) {
		if (strcmp(first->id, sorted[i]->id) != 0 || strcmp(first->group, sorted[i]->group) != 0) {
			first = sorted[i];
			continue;
		}
		err_set(&why, ERR_CONFIG, "client_twice",
		    "client %s, group %s is configured twice (configuration rows %lld and %lld): remove one", first->id,
		    first->group, (long long)first->row, (long long)sorted[i]->row);
		if (add_bad(roster, first->id, first->group, why.text, e) == -1)
			goto out;
		sorted[i]->enabled = false;
		/* Not counted, not visited: as if it were not there. */
		sorted[i]->id[0] = '\0';
	}
	ret = 0;
out:
	free(sorted);
	return ret;
}

static bool
wanted(const struct run_request *request, const char *id, const char *group)
{
	size_t i;

	if (request->group != NULL && strcmp(request->group, group) != 0)
		return false;
	for (i = 0; i < request->n_clients; i++)
		if (strcmp(request->clients[i], id) == 0)
			return true;
	return request->n_clients == 0;
}

/* An entry that cannot be used is there all the same, and is told as what it is. */
static bool
is_bad(const struct roster *roster, const char *id)
{
	size_t i;

	for (i = 0; i < roster->n_bad && strcmp(roster->bad[i].id, id) != 0; i++)
		continue;
	return i < roster->n_bad;
}

/* Each id that an option names must be configured: a typing error must not look like a quiet day. */
static int
check_filter(const struct roster *roster, const struct run_request *request, struct err *e)
{
	const char **ids = calloc(roster->n + 1, sizeof(*ids)), *near;
	size_t i, k;
	int ret = 0;

	if (ids == NULL)
		return err_memory(e);
	for (k = 0; k < roster->n; k++)
		ids[k] = roster->clients[k].id;
	for (i = 0; i < request->n_clients && ret == 0; i++) {
		for (k = 0; k < roster->n && strcmp(ids[k], request->clients[i]) != 0; k++)
			continue;
		if (k < roster->n || is_bad(roster, request->clients[i]))
			continue;
		near = near_word(request->clients[i], ids, roster->n < 10000 ? roster->n : 10000);
		ret = err_set(e, ERR_USAGE, "no_such_client", "--client: %s has no client %s%s%s", request->job->name,
		    request->clients[i], near != NULL ? "; did you mean " : "", near != NULL ? near : "");
	}
	for (k = 0; k < roster->n && ret == 0; k++)
		if (wanted(request, roster->clients[k].id, roster->clients[k].group))
			break;
	for (i = 0; i < roster->n_bad && !wanted(request, roster->bad[i].id, roster->bad[i].group); i++)
		continue;
	if (ret == 0 && k == roster->n && i == roster->n_bad && (request->n_clients > 0 || request->group != NULL))
		ret = err_set(e, ERR_USAGE, "no_such_client", "--group: %s has no such client in group %s",
		    request->job->name, request->group != NULL ? request->group : "");
	free(ids);
	return ret;
}

/* 1: visit it; 0: do not; -1. */
static int
judge(struct roster *roster, const struct run_request *request, const struct client *c, int64_t now_ms, struct err *e)
{
	int64_t last = -1;

	if (c->id[0] == '\0' || !wanted(request, c->id, c->group))
		return 0;
	roster->configured++;
	if (!c->enabled)
		return 0;
	if (request->force || c->send_frequency == 0)
		return 1;
	if (runlog_last_success(request->db, request->job->type, c->id, c->group, &last, e) == -1)
		return -1;
	if (verdict_due(now_ms, last, c->send_frequency))
		return 1;
	roster->skipped++;
	return 0;
}

static void
bad_release(struct roster_bad *bad)
{
	free(bad->id);
	free(bad->group);
	free(bad->message);
}

/* Keeps those who are to be visited, in the order in which they are configured. */
static int
keep_wanted(struct roster *roster, const struct run_request *request, int64_t now_ms, struct err *e)
{
	size_t i, kept = 0, all = roster->n;
	int verdict = 0;

	for (i = 0; i < all; i++) {
		if (verdict != -1)
			verdict = judge(roster, request, &roster->clients[i], now_ms, e);
		if (verdict == 1)
			roster->clients[kept++] = roster->clients[i];
		else
			client_release(&roster->clients[i]);
	}
	roster->n = kept;
	for (i = 0, kept = 0; i < roster->n_bad; i++) {
		if (wanted(request, roster->bad[i].id, roster->bad[i].group))
			roster->bad[kept++] = roster->bad[i];
		else
			bad_release(&roster->bad[i]);
	}
	roster->n_bad = kept;
	return verdict == -1 ? -1 : 0;
}

int
roster_read(struct roster *roster, const struct run_request *request, int64_t now_ms, struct err *e)
{
	struct reading reading = { roster, request };

	if (catalog_rows(request->db, request->job->type, take_row, &reading, &roster->rows, e) == -1 ||
	    (roster->n > 0 && drop_twice(roster, e) == -1) || check_filter(roster, request, e) == -1)
		return -1;
	return keep_wanted(roster, request, now_ms, e);
}

void
roster_release(struct roster *roster)
{
	size_t i;

	for (i = 0; i < roster->n; i++)
		client_release(&roster->clients[i]);
	for (i = 0; i < roster->n_bad; i++)
		bad_release(&roster->bad[i]);
	free(roster->clients);
	free(roster->bad);
	*roster = (struct roster){ 0 };
}
