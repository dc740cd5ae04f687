#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/near.h"
#include "store/catalog.h"

struct names {
	char *at[BOUND_NEAR_JOBS];
	size_t n;
};

static int
take_name(void *arg, int n, const char *const *cells, struct err *e)
{
	struct names *names = arg;

	(void)n;
	if (names->n == BOUND_NEAR_JOBS)
		return 0;
	if ((names->at[names->n] = strdup(cells[1])) == NULL)
		return err_memory(e);
	names->n++;
	return 0;
}

int
find_job(struct app *app, const char *name, struct catalog_job *job, struct err *e)
{
	struct names names = { .n = 0 };
	const char *near;
	int found = catalog_job(&app->db, name, job, e);

	if (found != 1)
		return found;
	if (catalog_list(&app->db, SQL_LIST_JOBS, take_name, &names, e) == 0) {
		near = near_word(name, (const char *const *)names.at, names.n);
		err_set(e, ERR_USAGE, "no_such_job", "there is no job type %s%s%s; see jobrun job list", name,
		    near != NULL ? "; did you mean " : "", near != NULL ? near : "");
	}
	while (names.n > 0)
		free(names.at[--names.n]);
	return -1;
}

int
since_option(const struct app *app, int64_t fallback_s, int64_t *ms, struct err *e)
{
	const char *text = app->opt.value[OPT_SINCE];
	char whole[CLOCK_TEXT + 1];
	int64_t seconds = fallback_s;

	if (text == NULL || clock_duration(text, &seconds) == 0) {
		*ms = seconds > 0 ? clock_utc_ms() - seconds * 1000 : 0;
		return 0;
	}
	/* What is left out is the day's begin. */
	if (strlen(text) == strlen("2026-11-23"))
		snprintf(whole, sizeof(whole), "%sT00:00:00.000Z", text);
	else if (strlen(text) == strlen("2026-11-23T07:00:00Z"))
		snprintf(whole, sizeof(whole), "%.19s.000Z", text);
	else
		snprintf(whole, sizeof(whole), "%.24s", text);
	if (clock_parse(whole, ms) == 0)
		return 0;
	return err_set(e, ERR_USAGE, "usage",
	    "--since: give an age such as 2h or 7d, a day such as 2026-11-23, or a UTC time such as "
	    "2026-11-23T07:00:00Z");
}

int
job_word(const struct app *app, const char **word, struct err *e)
{
	const char *named = app->opt.value[OPT_JOB];

	if (*word != NULL && named != NULL)
		return err_set(e, ERR_USAGE, "usage", "give the job once: as a word or with --job");
	if (*word == NULL)
		*word = named;
	return 0;
}

int
job_option(struct app *app, const char *word, struct catalog_job *job, struct err *e)
{
	*job = (struct catalog_job){ 0 };
	if (job_word(app, &word, e) == -1)
		return -1;
	return word != NULL ? find_job(app, word, job, e) : 0;
}

int
reason_option(const struct app *app, const char **reason, struct err *e)
{
	const char *text = app->opt.value[OPT_REASON], *example = app->verb->examples;

	*reason = text;
	if (text == NULL || text[strspn(text, " \t\r\n")] == '\0')
		return err_set(e, ERR_USAGE, "usage", "--reason is missing: say why, for whoever looks next: %.*s",
		    (int)strcspn(example, "\n"), example);
	if (strlen(text) > BOUND_REASON)
		return err_set(e, ERR_USAGE, "usage", "--reason: %zu bytes are too long; give a line of at most %d",
		    strlen(text), BOUND_REASON);
	return 0;
}
