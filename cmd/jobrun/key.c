#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "app.h"
#include "base/clock.h"
#include "print.h"
#include "secret/key.h"
#include "store/catalog.h"
#include "store/keys.h"
#include "words.h"

/* Names must be installed, so that a typing error is found now and not by cron; numbers may come later. */
static int
check_jobs(struct app *app, const char *jobs, struct err *e)
{
	struct catalog_job job;
	char *copy, *rest, *name;
	int ret = 0;

	if (jobs == NULL || jobs[0] == '\0')
		return err_set(e, ERR_USAGE, "usage", "--jobs is missing: name the job types that the key opens, or *");
	if (strcmp(jobs, "*") == 0)
		return 0;
	if ((copy = rest = strdup(jobs)) == NULL)
		return err_memory(e);
	while (ret == 0 && (name = strsep(&rest, ",")) != NULL) {
		job = (struct catalog_job){ 0 };
		if (*name == '\0')
			ret = err_set(e, ERR_USAGE, "usage", "--jobs: a name is empty; give JOB or JOB,JOB");
		else if (strspn(name, "0123456789") != strlen(name))
			ret = find_job(app, name, &job, e);
		catalog_job_release(&job);
	}
	free(copy);
	return ret;
}

/*
 * A shell's > makes files that others can read, and then no run would take the key from there. One that another user's
 * shell has opened is not ours to narrow: no key is written to it. 0 or -1.
 */
static int
guard_stdout(struct err *e)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) == -1 || !S_ISREG(st.st_mode) || (st.st_mode & 077) == 0 ||
	    fchmod(STDOUT_FILENO, st.st_mode & 0700) == 0)
		return 0;
	return err_set(e, ERR_USAGE, "output",
	    "standard output is a file that is open to group or others (mode %04o) and cannot be made private by user "
	    "id %ld; no key was made: umask 077 and remove the file first, or redirect as its owner",
	    (unsigned)(st.st_mode & 07777), (long)geteuid());
}

/* The key alone on standard output: it is meant to be redirected into a file. Lost on the way, it is worth nothing. */
static int
hand_over(struct app *app, const char *key, int64_t id, struct err *e)
{
	int was_revoked;

	printf("%s\n", key);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	err_sys(e, ERR_DATABASE, "output", "cannot write the key to standard output");
	clearerr(stdout);
	if (keys_revoke(&app->db, id, &was_revoked, e) == 0)
		err_prefix(e, "key %" PRId64 " is revoked: ", id);
	return -1;
}

int
verb_key_new(struct app *app, int *status, struct err *e)
{
	const char *jobs = app->opt.value[OPT_JOBS], *ttl = app->opt.value[OPT_TTL], *label = app->opt.value[OPT_LABEL];
	unsigned char hash[KEY_HASH];
	char expires[CLOCK_TEXT];
	struct buf key;
	int64_t seconds = 0, id;
	int ret = -1;

	(void)status;
	buf_init(&key, 128);
	if (check_jobs(app, jobs, e) == -1)
		goto out;
	if (ttl != NULL && (clock_duration(ttl, &seconds) == -1 || seconds == 0)) {
		err_set(e, ERR_USAGE, "usage", "--ttl: give a time such as 90d, 12h or 30m");
		goto out;
	}
	clock_text(clock_utc_ms() + seconds * 1000, expires);
	if (guard_stdout(e) == -1 || key_make(&key, e) == -1)
		goto out;
	key_hash(key.at, key.len, hash);
	if (keys_add(&app->db, hash, jobs, label != NULL ? label : "", ttl != NULL ? expires : NULL, &id, e) == -1)
		goto out;
	if (hand_over(app, key.at, id, e) == -1)
		goto out;
	fprintf(stderr, "key %" PRId64 " made for %s, valid %s%s; it is shown this once\n", id, jobs,
	    ttl != NULL ? "until " : "until it is revoked", ttl != NULL ? expires : "");
	ret = 0;
out:
	buf_wipe(&key);
	return ret;
}

int
verb_key_list(struct app *app, int *status, struct err *e)
{
	static const struct table_column columns[] = { { "KeyId", 'j' }, { "Jobs", 't' }, { "Label", 't' },
		{ "CreatedAt", 'W' }, { "ExpiresAt", 'w' }, { "RevokedAt", 'w' }, { "LastUsedAt", 'A' }, { NULL, 0 } };
	struct table t = { .columns = columns, .empty = "no key was made yet: jobrun key new" };

	(void)status;
	if (catalog_list(&app->db, SQL_LIST_KEYS, table_take, &t, e) == -1) {
		table_release(&t);
		return -1;
	}
	return print_table(app, &t, e);
}

int
verb_key_revoke(struct app *app, int *status, struct err *e)
{
	const char *wrong;
	int64_t id = strtonum(app->words[0], 1, INT64_MAX, &wrong);
	int found, was_revoked;

	(void)status;
	if (wrong != NULL)
		return err_set(e, ERR_USAGE, "usage", "jobrun key revoke takes a KeyId, a number; see jobrun key list");
	if ((found = keys_revoke(&app->db, id, &was_revoked, e)) == -1)
		return -1;
	if (found == 1)
		return err_set(e, ERR_USAGE, "no_such_key", "there is no key %" PRId64 "; see jobrun key list", id);
	printf("key %" PRId64 ": %s\n", id, was_revoked ? "was revoked before; nothing changed" : "revoked");
	return 0;
}
