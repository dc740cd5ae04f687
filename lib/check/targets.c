#include "check/targets.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "check/tell.h"
#include "secret/ref.h"
#include "store/setting.h"

/* "Notify[12]" and its like. */
#define PATH_BYTES 64

/* Where it is kept, and whether what is kept there is a URL that may be asked. 0 or -1. */
static int
check_url(struct check *c, struct subject *s, const char *path, const struct notify_target *t, struct err *e)
{
	struct err why = ERR_INIT;
	size_t told = s->told;
	struct buf url;
	int ret;

	if (secret_ref_check(t->url, NULL) == 0 && looked_secret(c, s, path, t->url, e) == -1)
		return -1;
	if (s->told > told)
		return 0;
	buf_init(&url, BOUND_URL);
	ret = notify_target_url(t, &url, &why);
	buf_wipe(&url);
	if (ret == 0)
		return 0;
	if (why.kind != ERR_CONFIG) {
		*e = why;
		return -1;
	}
	tell_finding(c, s, CHECK_ERROR, path, why.code, "%s", why.text);
	return 0;
}

/* path: where the target stands. */
static int
check_target(struct check *c, struct subject *s, const char *path, const struct notify_target *t, struct err *e)
{
	char key[PATH_BYTES + sizeof(".Command[0]")];

	if (t->command != NULL) {
		snprintf(key, sizeof(key), "%s.Command[0]", path);
		if (faccessat(AT_FDCWD, t->command[0], X_OK, AT_EACCESS) == -1)
			tell_finding(
			    c, s, CHECK_ERROR, key, "command", "%s cannot be run by this user: %m", t->command[0]);
		return 0;
	}
	snprintf(key, sizeof(key), "%s.Url", path);
	return check_url(c, s, key, t, e) == -1 ? -1
	                                        : looked_settings(c, s, path, &t->settings, LEVEL_DEFAULT, true, e);
}

static int
check_targets(struct check *c, struct subject *s, const struct notify_config *config, struct err *e)
{
	char path[PATH_BYTES];
	size_t i;

	for (i = 0; i < config->n; i++) {
		/* A target's name begins with its place. */
		snprintf(
		    path, sizeof(path), "%.*s", (int)strcspn(config->targets[i].name, " "), config->targets[i].name);
		if (check_target(c, s, path, &config->targets[i], e) == -1)
			return -1;
	}
	return 0;
}

int
targets_of_job(struct check *c, struct subject *s, const struct job *job, struct err *e)
{
	if (check_targets(c, s, &job->notify.config, e) == -1)
		return -1;
	return job->ping.url != NULL ? check_target(c, s, "Ping", &job->ping, e) : 0;
}

int
targets_for_all(struct check *c, struct err *e)
{
	struct subject s = { .kind = "notify" };
	struct notify_config config;
	struct faults faults = { 0 };
	struct err why = ERR_INIT;
	char *text;
	int ret = setting_get(c->plan->db, SETTING_NOTIFY, &text, e);

	if (ret != 0)
		return ret == -1 ? -1 : 0;
	if (notify_config_parse_all(&config, text, strlen(text), &faults, &why) == -1 && why.kind != ERR_CONFIG) {
		*e = why;
		ret = -1;
	} else {
		tell_faults(c, &s, &faults);
		ret = check_targets(c, &s, &config, e);
	}
	faults_release(&faults);
	notify_config_release(&config);
	free(text);
	if (ret == 0)
		tell_well(c, &s, "those who are told of alerts can be told");
	return ret;
}
