#include "confined.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "base/bounds.h"
#include "config/files.h"
#include "confine/confine.h"
#include "notify/notify.h"
#include "store/setting.h"

/* What libc, libcurl and OpenSSL read by themselves, and may read for the first time in the midst of a run. */
static const char *const readable[] = {
	/* Certificates, without the keys in /etc/ssl/private. */
	"/etc/ssl/certs",
	"/etc/ssl/openssl.cnf",
	"/usr/lib/ssl",
	"/usr/share/ca-certificates",
	"/usr/local/share/ca-certificates",
	/* Names of hosts and services, and the modules that look them up. */
	"/etc/resolv.conf",
	"/etc/hosts",
	"/etc/host.conf",
	"/etc/hostname",
	"/etc/nsswitch.conf",
	"/etc/gai.conf",
	"/etc/services",
	"/etc/protocols",
	"/etc/ld.so.cache",
	"/lib",
	"/lib64",
	"/usr/lib",
	"/usr/lib64",
	"/usr/local/lib",
	"/etc/localtime",
	"/usr/share/zoneinfo",
	"/dev/urandom",
	"/dev/random",
	/* Its own: what it knows anyway. */
	"/proc/self",
};

/* The folder that a file is in, or will be. */
static int
allow_folder(struct confine *box, const char *file, struct err *e)
{
	const char *slash = strrchr(file, '/');
	char *folder;
	int ret;

	if (slash == NULL)
		return confine_allow(box, ".", CONFINE_WRITE, e);
	if ((folder = strndup(file, slash == file ? 1 : (size_t)(slash - file))) == NULL)
		return err_memory(e);
	ret = confine_allow(box, folder, CONFINE_WRITE, e);
	free(folder);
	return ret;
}

/* What the resolver's file is a link to is written anew, under the same name, whenever the network changes. */
static int
allow_resolver(struct confine *box, struct err *e)
{
	char *path = realpath("/etc/resolv.conf", NULL), *slash;
	int ret = 0;

	if (path != NULL && strncmp(path, "/run/", 5) == 0 && (slash = strrchr(path + 5, '/')) != NULL) {
		*slash = '\0';
		ret = confine_allow(box, path, CONFINE_READ, e);
	}
	free(path);
	return ret;
}

static int
on_file(void *arg, const char *path, struct err *e)
{
	return confine_allow(arg, path, CONFINE_READ, e);
}

static int
on_system(void *arg, int n, const char *const *cells, struct err *e)
{
	return n < 2 || cells[1] == NULL ? 0 : config_files(cells[1], strlen(cells[1]), on_file, arg, e);
}

static int
on_row(void *arg, const struct catalog_row *row, struct err *e)
{
	return config_files(row->configuration, row->configuration_len, on_file, arg, e);
}

/* The files that the configuration names: its secrets and certificates. */
static int
allow_configured(struct confine *box, struct app *app, const struct catalog_job *job, struct err *e)
{
	char *notify = NULL;
	int64_t rows;
	int ret = -1;

	if (catalog_list(&app->db, SQL_LIST_SYSTEMS, on_system, box, e) == -1 ||
	    config_files(job->definition, strlen(job->definition), on_file, box, e) == -1 ||
	    catalog_rows(&app->db, job->type, on_row, box, &rows, e) == -1 ||
	    setting_get(&app->db, SETTING_NOTIFY, &notify, e) == -1)
		goto out;
	ret = notify != NULL ? config_files(notify, strlen(notify), on_file, box, e) : 0;
out:
	free(notify);
	return ret;
}

static int
allow_all(struct confine *box, struct app *app, const struct catalog_job *job, struct err *e)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY"), *metrics = app->opt.value[OPT_METRICS_FILE];
	size_t i;

	for (i = 0; i < sizeof(readable) / sizeof(readable[0]); i++)
		if (confine_allow(box, readable[i], CONFINE_READ, e) == -1)
			return -1;
#ifdef JOBRUN_COUNTS_DIR
	/* A build that counts which lines run writes its counts beside its objects. */
	if (confine_allow(box, JOBRUN_COUNTS_DIR, CONFINE_WRITE, e) == -1)
		return -1;
#endif
	if (confine_allow(box, "/dev/null", CONFINE_WRITE, e) == -1 || allow_resolver(box, e) == -1 ||
	    allow_folder(box, app->db.path, e) == -1)
		return -1;
	if (metrics != NULL && allow_folder(box, metrics, e) == -1)
		return -1;
	if (credentials != NULL && credentials[0] == '/' && confine_allow(box, credentials, CONFINE_READ, e) == -1)
		return -1;
	return allow_configured(box, app, job, e);
}

/* Before the sandbox closes: nothing can be executed inside. */
static int
begin_launcher(struct confined *c, struct app *app, const struct catalog_job *job, struct err *e)
{
	struct err ignored = ERR_INIT;

	/* Who cannot be read is not told either; telling them says why. */
	if (notify_targets(&app->db, job->type, &c->notify, &ignored) == -1 || !launcher_is_needed(&c->notify))
		return 0;
	if (launcher_begin(&c->launcher, &c->notify, e) == -1)
		return -1;
	app->launcher = &c->launcher;
	return 0;
}

int
confined_enter(struct confined *c, struct app *app, const struct catalog_job *job, struct err *e)
{
	struct confine box = { .fd = -1 };
	int got, ret = -1;

	if ((app->opt.given & OPTION(OPT_NO_SANDBOX)) != 0) {
		strlcpy(c->told, "no sandbox (--no-sandbox)", sizeof(c->told));
		return 0;
	}
	if (app->opt.value[OPT_DRY_RUN] == NULL && begin_launcher(c, app, job, e) == -1)
		return -1;
	if ((got = confine_begin(&box, app->launcher != NULL, e)) == 1) {
		snprintf(c->told, sizeof(c->told), "no sandbox: %s", box.why);
		ret = 0;
	}
	if (got == 0 && allow_all(&box, app, job, e) == 0 && confine_enter(&box, e) == 0) {
		snprintf(c->told, sizeof(c->told), "in a sandbox (Landlock, ABI %d)", box.abi);
		ret = 0;
	}
	confine_release(&box);
	return ret == 0 ? 0 : err_prefix(e, "the sandbox does not close: ");
}

void
confined_release(struct confined *c)
{
	launcher_end(&c->launcher);
	notify_config_release(&c->notify);
}
