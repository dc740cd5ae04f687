#include "run/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "base/near.h"
#include "run/verdict.h"
#include "store/runlog.h"

static int
take_client(void *arg, struct client *c, struct err *e)
{
	struct roster *roster = arg;
	struct client *grown = array_room(roster->clients, roster->n, &roster->cap, sizeof(*grown));

	if (grown == NULL) {
		client_release(c);
		return err_memory(e);
	}
	roster->clients = grown;
	grown[roster->n++] = *c;
	return 0;
}

/* Adds a note with a copy of each text to a list that grows. */
static int
add_note(struct roster_note **list, size_t *n, size_t *cap, const char *id, const char *group, const char *message,
    struct err *e)
{
	struct roster_note *note;

	if ((note = array_room(*list, *n, cap, sizeof(*note))) == NULL)
		return err_memory(e);
	*list = note;
	note += (*n)++;
	note->id = strdup(id);
	note->group = strdup(group);
	note->message = strdup(message);
	note->twice = false;
	return note->id == NULL || note->group == NULL || note->message == NULL ? err_memory(e) : 0;
}

static int
take_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	struct roster *roster = arg;

	return add_note(&roster->bad, &roster->n_bad, &roster->cap_bad, id, group, why->text, e);
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

/* Lets go of those that were marked, in the order in which they are configured. */
static void
close_up(struct roster *roster)
{
	size_t i, kept = 0;

	for (i = 0; i < roster->n; i++) {
		if (roster->clients[i].id[0] != '\0')
			roster->clients[kept++] = roster->clients[i];
		else
			client_release(&roster->clients[i]);
	}
	roster->n = kept;
}

/* Whoever stands in the configuration a second time is bad there, and otherwise as if he were not. */
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
		if (take_bad(roster, first->id, first->group, &why, e) == -1)
			goto out;
		roster->bad[roster->n_bad - 1].twice = true;
		sorted[i]->id[0] = '\0';
	}
	close_up(roster);
	ret = 0;
out:
	free(sorted);
	return ret;
}

int
roster_all(struct roster *roster, struct db *db, int64_t job_type, struct err *e)
{
	if (catalog_rows(db, job_type, take_row, roster, &roster->rows, e) == -1)
		return -1;
	return roster->n > 0 ? drop_twice(roster, e) : 0;
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

/* 0 or -1. */
static int
leave_paused(struct roster *roster, const struct run_request *request, const struct hold *hold, struct err *e)
{
	char *message;
	int ret;

	roster->skipped++;
	roster->skipped_paused++;
	if (asprintf(&message, "paused since %s: %.*s; jobrun client resume %s %s %s", hold->held_at, BOUND_REASON,
	        hold->reason, request->job->name, hold->client, hold->group) == -1)
		return err_memory(e);
	ret = add_note(&roster->paused, &roster->n_paused, &roster->cap_paused, hold->client, hold->group, message, e);
	free(message);
	return ret;
}

/* Left out by the rollout; who is named is told why. 0 or -1. */
static int
hold_back(struct roster *roster, const struct run_request *request, const struct client *c, struct err *e)
{
	roster->skipped++;
	roster->held_back++;
	if (request->n_clients == 0)
		return 0;
	return add_note(&roster->refused, &roster->n_refused, &roster->cap_refused, c->id, c->group,
	    "not visited: the job is at stage pilot, and this is no pilot; --force visits it all the same", e);
}

/* 1: visit it; 0: do not; -1. */
static int
judge(struct roster *roster, const struct run_request *request, const struct client *c, int64_t now_ms, struct err *e)
{
	const struct hold *pause;
	int64_t last = -1;

	if (!wanted(request, c->id, c->group))
		return 0;
	roster->configured++;
	if (!c->enabled) {
		roster->off++;
		return 0;
	}
	if ((pause = holds_find(&roster->holds, c->id, c->group)) != NULL)
		return leave_paused(roster, request, pause, e);
	if (request->force)
		return 1;
	if (!c->pilot && catalog_is_pilot(request->job))
		return hold_back(roster, request, c, e);
	if (c->send_frequency == 0)
		return 1;
	if (runlog_last_success(request->db, request->job->type, c->id, c->group, &last, e) == -1)
		return -1;
	if (verdict_due(now_ms, last, c->send_frequency))
		return 1;
	roster->skipped++;
	return 0;
}

static void
note_release(struct roster_note *note)
{
	free(note->id);
	free(note->group);
	free(note->message);
}

static void
notes_release(struct roster_note *notes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		note_release(&notes[i]);
	free(notes);
}

/* Keeps those who are to be visited, in the order in which they are configured. */
static int
keep_wanted(struct roster *roster, const struct run_request *request, int64_t now_ms, struct err *e)
{
	size_t i, kept = 0;
	int verdict = 0;

	for (i = 0; i < roster->n && verdict != -1; i++) {
		roster->pilots += roster->clients[i].enabled && roster->clients[i].pilot;
		verdict = judge(roster, request, &roster->clients[i], now_ms, e);
		if (verdict == 0)
			roster->clients[i].id[0] = '\0';
	}
	close_up(roster);
	for (i = 0, kept = 0; i < roster->n_bad; i++) {
		if (wanted(request, roster->bad[i].id, roster->bad[i].group))
			roster->bad[kept++] = roster->bad[i];
		else
			note_release(&roster->bad[i]);
	}
	roster->n_bad = kept;
	return verdict == -1 ? -1 : 0;
}

int
roster_read(struct roster *roster, const struct run_request *request, int64_t now_ms, struct err *e)
{
	if (roster_all(roster, request->db, request->job->type, e) == -1 || check_filter(roster, request, e) == -1 ||
	    holds_load(&roster->holds, request->db, request->job->type, e) == -1)
		return -1;
	return keep_wanted(roster, request, now_ms, e);
}

void
roster_release(struct roster *roster)
{
	size_t i;

	for (i = 0; i < roster->n; i++)
		client_release(&roster->clients[i]);
	notes_release(roster->bad, roster->n_bad);
	notes_release(roster->paused, roster->n_paused);
	notes_release(roster->refused, roster->n_refused);
	holds_release(&roster->holds);
	free(roster->clients);
	*roster = (struct roster){ 0 };
}
