#include "check/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "base/near.h"
#include "check/tell.h"
#include "store/catalog.h"
#include "store/keys.h"

#define HOUR_MS INT64_C(3600000)
/* What is shown of a word that names no job. */
#define SHOWN 64

/* Of SQL_LIST_KEYS. */
enum { KEY_ID, KEY_JOBS, KEY_LABEL, KEY_CREATED, KEY_EXPIRES, KEY_REVOKED };

static int
take(void *arg, int n, const char *const *cells, struct err *e)
{
	struct keyring *k = arg;
	struct keyring_key *key;

	(void)n;
	/* A revoked one opens nothing, as it should be. */
	if (cells[KEY_REVOKED] != NULL)
		return 0;
	if ((key = array_room(k->at, k->n, &k->cap, sizeof(*key))) == NULL)
		return err_memory(e);
	k->at = key;
	key += k->n++;
	*key = (struct keyring_key){ strdup(cells[KEY_ID]), strdup(cells[KEY_JOBS]), strdup(cells[KEY_LABEL]), NULL };
	if (cells[KEY_EXPIRES] != NULL && (key->expires = strdup(cells[KEY_EXPIRES])) == NULL)
		return err_memory(e);
	return key->id != NULL && key->jobs != NULL && key->label != NULL ? 0 : err_memory(e);
}

int
keyring_load(struct check *c, struct err *e)
{
	return catalog_list(c->plan->db, SQL_LIST_KEYS, take, &c->keyring, e);
}

void
keyring_release(struct keyring *k)
{
	while (k->n > 0) {
		free(k->at[--k->n].id);
		free(k->at[k->n].jobs);
		free(k->at[k->n].label);
		free(k->at[k->n].expires);
	}
	free(k->at);
	*k = (struct keyring){ 0 };
}

/* As keys_check() has it. */
static bool
is_over(const struct check *c, const struct keyring_key *key)
{
	char now[CLOCK_TEXT];

	clock_text(c->plan->now_ms, now);
	return key->expires != NULL && strcmp(key->expires, now) <= 0;
}

bool
keyring_opens(const struct check *c, int64_t job_type, const char *name)
{
	size_t i;

	for (i = 0; i < c->keyring.n; i++)
		if (!is_over(c, &c->keyring.at[i]) && keys_open(c->keyring.at[i].jobs, job_type, name))
			return true;
	return false;
}

static void
check_expiry(struct check *c, struct subject *s, const struct keyring_key *key)
{
	int64_t at, left, days;

	if (key->expires == NULL)
		return;
	if (clock_parse(key->expires, &at) == -1) {
		tell_finding(c, s, CHECK_ERROR, "ExpiresAt", "key_expiry",
		    "%.40s is no UTC time such as 2026-11-23T07:00:00.000Z: revoke the key and make a new one",
		    key->expires);
		return;
	}
	left = (at - c->plan->now_ms) / HOUR_MS;
	days = left / 24;
	if (at <= c->plan->now_ms)
		tell_finding(c, s, CHECK_WARNING, "ExpiresAt", "key_expired",
		    "\"%s\" expired at %.19sZ: give its users a new one (jobrun key new), then jobrun key revoke %s",
		    key->label, key->expires, key->id);
	else if (days < BOUND_KEY_EXPIRES_DAYS)
		tell_finding(c, s, CHECK_WARNING, "ExpiresAt", "key_expires",
		    "\"%s\" expires in %lld %s%s, at %.19sZ: give its users a new one in time (jobrun key new)",
		    key->label, (long long)(days > 0 ? days : left), days > 0 ? "day" : "hour",
		    (days > 0 ? days : left) == 1 ? "" : "s", key->expires);
}

/* Every word must name a job that is there. */
static int
check_jobs(struct check *c, struct subject *s, const struct keyring_key *key, struct err *e)
{
	const char *jobs = key->jobs, *word, *near;
	char name[SHOWN + 1];
	size_t len, n = 0;

	for (; keys_word(&jobs, &word, &len); n++) {
		snprintf(name, sizeof(name), "%.*s", (int)(len < SHOWN ? len : SHOWN), word);
		if (strcmp(name, "*") == 0 || jobs_has(&c->jobs, name))
			continue;
		if (jobs_near(&c->jobs, name, &near, e) == -1)
			return -1;
		tell_finding(c, s, CHECK_WARNING, "Jobs", "no_such_job",
		    "it names %s, and there is no such job type%s%s", name,
		    near != NULL ? "; did you mean " : ": jobrun job list", near != NULL ? near : "");
	}
	if (n == 0)
		tell_finding(
		    c, s, CHECK_WARNING, "Jobs", "key_useless", "it opens no job: jobrun key revoke %s", key->id);
	return 0;
}

/* Does the job that is checked use it, were it not expired? */
static bool
is_asked_for(const struct check *c, const struct keyring_key *key)
{
	size_t i;

	for (i = 0; i < c->jobs.n; i++)
		if (c->jobs.at[i].type == c->plan->job_type)
			return keys_open(key->jobs, c->jobs.at[i].type, c->jobs.at[i].name);
	return true;
}

int
keyring_check(struct check *c, struct err *e)
{
	struct subject subject;
	size_t i;

	for (i = 0; i < c->keyring.n; i++) {
		if (!is_asked_for(c, &c->keyring.at[i]))
			continue;
		subject = (struct subject){ .kind = "key", .name = c->keyring.at[i].id };
		c->summary->keys++;
		check_expiry(c, &subject, &c->keyring.at[i]);
		if (check_jobs(c, &subject, &c->keyring.at[i], e) == -1)
			return -1;
		tell_well(c, &subject, "it is valid");
	}
	return 0;
}
