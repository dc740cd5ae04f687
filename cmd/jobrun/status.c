#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "client_find.h"
#include "print.h"
#include "status_rows.h"
#include "words.h"

struct status {
	struct app *app;
	struct overview overview;
	int64_t now_ms;
	char **ids; /* --client; owned, one block */
	size_t n_ids;
	const char *group;         /* --group, or NULL */
	struct status_line *lines; /* owned: every job and client that is wanted */
	size_t n;
	int64_t counts[TROUBLE_COUNT]; /* of those clients */
};

/* Who asks for clients is not told of jobs. */
static bool
is_of_clients(const struct status *s)
{
	return s->n_ids > 0 || s->group != NULL;
}

static bool
is_wanted(const struct status *s, const struct overview_client *c)
{
	size_t i;

	if (s->group != NULL && strcmp(s->group, c->group) != 0)
		return false;
	for (i = 0; i < s->n_ids; i++)
		if (strcmp(s->ids[i], c->id) == 0)
			return true;
	return s->n_ids == 0;
}

/* Each id, and the group, must be known to one job at least: a typing error must not look like a healthy client. */
static int
check_ids(const struct status *s, struct err *e)
{
	size_t i, k;

	for (i = 0; i < s->n_ids; i++) {
		for (k = 0; k < s->n && (s->lines[k].client == NULL || strcmp(s->lines[k].client->id, s->ids[i]) != 0);
		     k++)
			continue;
		if (k == s->n)
			return err_set(e, ERR_USAGE, "no_such_client",
			    "--client: there is no client %s%s%s; see jobrun client list", s->ids[i],
			    s->group != NULL ? " in group " : "", s->group != NULL ? s->group : "");
	}
	if (s->group != NULL && s->n == 0)
		return err_set(e, ERR_USAGE, "no_such_client",
		    "--group: there is no client in group %s; see jobrun client list", s->group);
	return 0;
}

/* Every job, and behind it its clients. */
static int
list_all(struct status *s, struct err *e)
{
	const struct overview_job *job, *end = s->overview.jobs + s->overview.n;
	const struct overview_client *c;
	size_t room = 1;

	for (job = s->overview.jobs; job < end; job++)
		room += job->n + 1;
	if ((s->lines = calloc(room, sizeof(*s->lines))) == NULL)
		return err_memory(e);
	for (job = s->overview.jobs; job < end; job++) {
		if (!is_of_clients(s))
			s->lines[s->n++] = (struct status_line){ job, NULL, trouble_of_job(job) };
		for (c = job->clients; c < job->clients + job->n; c++) {
			if (!is_wanted(s, c))
				continue;
			s->lines[s->n] = (struct status_line){ job, c, trouble_of_client(job, c, s->now_ms) };
			s->counts[s->lines[s->n++].trouble]++;
		}
	}
	return check_ids(s, e);
}

/* The worst first: jobs before clients, then by trouble, the longest failing first, then as they are configured. */
static int
compare(const void *a, const void *b)
{
	const struct status_line *x = a, *y = b;

	if ((x->client == NULL) != (y->client == NULL))
		return x->client == NULL ? -1 : 1;
	if (x->trouble != y->trouble)
		return x->trouble < y->trouble ? -1 : 1;
	if (x->client != NULL && x->client->last.failures != y->client->last.failures)
		return x->client->last.failures > y->client->last.failures ? -1 : 1;
	return x->job != y->job ? (x->job < y->job ? -1 : 1) : x->client < y->client ? -1 : x->client > y->client;
}

/* The line of the job above says the rest. */
static bool
job_needs_words(enum trouble trouble)
{
	return trouble == TROUBLE_UNUSABLE || trouble == TROUBLE_CRASHED || trouble == TROUBLE_HELD;
}

static bool
is_shown(const struct status *s, const struct status_line *line)
{
	if (line->client == NULL)
		return job_needs_words(line->trouble);
	return is_of_clients(s) || s->app->opt.value[OPT_ALL] != NULL || trouble_matters(line->trouble);
}

/* "9,987". */
static void
put_count(int64_t n, char out[32])
{
	char plain[24];
	int len = snprintf(plain, sizeof(plain), "%" PRId64, n), i;

	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*out++ = ',';
		*out++ = plain[i];
	}
	*out = '\0';
}

/* Who was not shown, in a line: "9,987 clients are well, 3 are disabled; --all shows them". */
static void
print_rest(const struct status *s, int64_t hidden)
{
	const struct {
		int64_t n;
		const char *one, *many;
	} parts[] = {
		{ hidden, "more is not well", "more are not well" },
		{ s->counts[TROUBLE_NONE], "client is well", "clients are well" },
		{ s->counts[TROUBLE_WAITING], "waits for the rollout", "wait for the rollout" },
		{ s->counts[TROUBLE_DISABLED], "is disabled", "are disabled" },
		{ s->counts[TROUBLE_REMOVED], "is not configured any more", "are not configured any more" },
	};
	const char *before = "\n";
	char count[32];
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].n == 0)
			continue;
		put_count(parts[i].n, count);
		printf("%s%s %s", before, count, parts[i].n == 1 ? parts[i].one : parts[i].many);
		before = ", ";
	}
	if (before[0] == ',')
		printf("; --all shows them\n");
}

static int
print_clients(struct status *s, struct err *e)
{
	bool all = s->app->opt.value[OPT_ALL] != NULL || is_of_clients(s);
	struct table t = { .columns = status_columns,
		.view = s->overview.n == 1 ? status_of_clients + 1 : status_of_clients };
	int64_t shown = 0, hidden = 0;
	size_t i;

	qsort(s->lines, s->n, sizeof(*s->lines), compare);
	for (i = 0; i < s->n; i++) {
		if (!is_shown(s, &s->lines[i]))
			continue;
		if (!all && shown == BOUND_SHOWN_CLIENTS) {
			hidden++;
			continue;
		}
		shown++;
		status_add(s->app, &t, &s->lines[i], s->now_ms);
	}
	if (shown > 0) {
		printf("%s", is_of_clients(s) ? "" : "\n");
		if (print_table(s->app, &t, e) == -1)
			return -1;
	}
	if (!is_of_clients(s) && s->n == s->overview.n)
		printf("\nno client is configured: jobrun client add\n");
	else if (!all)
		print_rest(s, hidden);
	return 0;
}

static int
print_people(struct status *s, struct err *e)
{
	struct table t = { .columns = status_columns,
		.view = status_of_jobs,
		.empty = "no job type is installed yet: jobrun job install DIR" };
	const struct overview_job *job;

	if (is_of_clients(s))
		return print_clients(s, e);
	for (job = s->overview.jobs; job < s->overview.jobs + s->overview.n; job++)
		status_add(s->app, &t, &(struct status_line){ job, NULL, trouble_of_job(job) }, s->now_ms);
	if (print_table(s->app, &t, e) == -1)
		return -1;
	return s->overview.n > 0 ? print_clients(s, e) : 0;
}

static int
print_json(struct status *s, struct err *e)
{
	struct table t = { .columns = status_columns };
	size_t i;

	for (i = 0; i < s->n; i++)
		status_add(s->app, &t, &s->lines[i], s->now_ms);
	return print_table(s->app, &t, e);
}

/* Reads how all stands, or one job: one that has clients and is not installed is named by its number. */
static int
look(struct status *s, struct err *e)
{
	struct app *app = s->app;
	const char *word = app->n_words > 0 ? app->words[0] : NULL;
	struct client_find find = { 0 };
	int64_t type;

	if (job_word(app, &word, e) == -1)
		return -1;
	if (word != NULL && client_find_job(app, word, &find, e) == -1)
		return -1;
	type = find.job_type;
	client_find_release(&find);
	if (overview_read(&s->overview, &app->db, type, s->now_ms, e) == -1)
		return -1;
	if (word != NULL && s->overview.n == 0)
		return err_set(e, ERR_USAGE, "no_such_job", "there is no job type %s; see jobrun job list", word);
	return 0;
}

int
verb_status(struct app *app, int *status, struct err *e)
{
	struct status s = { .app = app, .group = app->opt.value[OPT_GROUP], .now_ms = clock_utc_ms() };
	int ret = -1;

	(void)status;
	if (options_list(&app->opt, OPT_CLIENT, &s.ids, &s.n_ids, e) == 0 && look(&s, e) == 0 && list_all(&s, e) == 0)
		ret = app->opt.value[OPT_JSON] != NULL ? print_json(&s, e) : print_people(&s, e);
	overview_release(&s.overview);
	free(s.lines);
	free(s.ids);
	return ret;
}
