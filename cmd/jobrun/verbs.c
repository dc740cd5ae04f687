#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/near.h"

#define RUN_OPTIONS                                                                                               \
	(OPTION(OPT_DB) | OPTION(OPT_KEY) | OPTION(OPT_KEY_FILE) | OPTION(OPT_PARALLEL) | OPTION(OPT_CLIENT) |    \
	    OPTION(OPT_GROUP) | OPTION(OPT_DAYS) | OPTION(OPT_YEAR) | OPTION(OPT_DRY_RUN) | OPTION(OPT_FORCE) |   \
	    OPTION(OPT_WAIT) | OPTION(OPT_MAX_TIME) | OPTION(OPT_STRICT) | OPTION(OPT_JSON) | OPTION(OPT_QUIET) | \
	    OPTION(OPT_VERBOSE) | OPTION(OPT_LOG_FORMAT) | OPTION(OPT_PROGRESS) | OPTION(OPT_LIMIT) |             \
	    OPTION(OPT_METRICS_FILE) | OPTION(OPT_NO_SANDBOX))
#define DB OPTION(OPT_DB)
#define LIST (OPTION(OPT_DB) | OPTION(OPT_JSON))
#define CHOICE (LIST | OPTION(OPT_JOB) | OPTION(OPT_CLIENT) | OPTION(OPT_GROUP) | OPTION(OPT_SINCE) | OPTION(OPT_LIMIT))
#define TRIAL (OPTION(OPT_DB) | OPTION(OPT_SCHEMA))

const struct verb verbs[] = {
	{ "run", GROUP_RUN, verb_run, NEEDS_DB, RUN_OPTIONS, 1, 1, "JOB",
	    "run a job over its clients; the word run may be left out",
	    "jobrun SyncCompletedRecords --key-file /etc/jobrun/key\n"
	    "jobrun SyncCompletedRecords --key-file /etc/jobrun/key --client 7 --force -v\n"
	    "jobrun SyncCompletedRecords --key-file /etc/jobrun/key --dry-run" },
	{ "status", GROUP_SEE, verb_status, NEEDS_DB,
	    LIST | OPTION(OPT_JOB) | OPTION(OPT_CLIENT) | OPTION(OPT_GROUP) | OPTION(OPT_ALL), 0, 1, "[JOB]",
	    "how every job and client stands, what is wrong on top",
	    "jobrun status\njobrun status SyncCompletedRecords --all\njobrun status --json | jq '.[] | select(.Problem)'" },
	{ "runs", GROUP_SEE, verb_runs, NEEDS_DB, CHOICE, 0, 1, "[RUN]", "list past runs, or one run client by client",
	    "jobrun runs --since 24h\njobrun runs --job SyncCompletedRecords --client 7\njobrun runs 4711" },
	{ "errors", GROUP_SEE, verb_errors, NEEDS_DB, CHOICE | OPTION(OPT_ALL), 0, 1, "[RUN]", "what failed, by cause",
	    "jobrun errors\njobrun errors --since 2h --job SyncCompletedRecords\njobrun errors 4711 --all" },
	{ "items list", GROUP_SEE, verb_items_list, NEEDS_DB, CHOICE | OPTION(OPT_STATE), 0, 1, "[JOB]",
	    "list the items that need a person: failed and parked",
	    "jobrun items list\njobrun items list SyncCompletedRecords --state parked" },
	{ "items show", GROUP_SEE, verb_items_show, NEEDS_DB, LIST | OPTION(OPT_GROUP), 3, 3, "JOB CLIENT ITEM",
	    "an item's whole history", "jobrun items show SyncCompletedRecords 7 104" },
	{ "items retry", GROUP_MEND, verb_items_retry, NEEDS_DB, DB | OPTION(OPT_GROUP), 1, 3, "JOB [CLIENT] [ITEM]",
	    "let failed and parked items be tried anew",
	    "jobrun items retry SyncCompletedRecords 7\njobrun items retry SyncCompletedRecords 7 104" },
	{ "alerts", GROUP_SEE, verb_alerts, NEEDS_DB, CHOICE | OPTION(OPT_ALL), 0, 0, "", "list open alerts",
	    "jobrun alerts\njobrun alerts --all --since 7d" },
	{ "watch", GROUP_SEE, verb_watch, NEEDS_DB, LIST | OPTION(OPT_JOB) | OPTION(OPT_GRACE) | OPTION(OPT_QUIET), 0,
	    0, "", "look for what did not happen; for a crontab line of its own",
	    "jobrun watch\njobrun watch --grace 30m" },
	{ "check", GROUP_SEE, verb_check, NEEDS_DB, LIST | OPTION(OPT_JOB) | OPTION(OPT_PROBE), 0, 1, "[JOB]",
	    "check all configuration, without network unless --probe",
	    "jobrun check\njobrun check SyncCompletedRecords --probe" },
	{ "hold", GROUP_MEND, verb_hold, NEEDS_DB, DB | OPTION(OPT_REASON), 1, 1, "JOB",
	    "let no new run of a job begin",
	    "jobrun hold SyncCompletedRecords --reason 'platform migration until noon'" },
	{ "release", GROUP_MEND, verb_release, NEEDS_DB, DB, 1, 1, "JOB", "let a job run again",
	    "jobrun release SyncCompletedRecords" },
	{ "rollout", GROUP_RUN, verb_rollout, NEEDS_DB, LIST | OPTION(OPT_ADVANCE) | OPTION(OPT_FORCE), 1, 1, "JOB",
	    "show the pilots' cycles, or advance to all clients",
	    "jobrun rollout SyncCompletedRecords\njobrun rollout SyncCompletedRecords --advance" },
	{ "init", GROUP_CONFIGURE, verb_init, NEEDS_DB_PATH, DB, 0, 0, "",
	    "create the database, or bring it up to this version",
	    "jobrun init\njobrun init --db /srv/clinic/platform.db" },
	{ "job new", GROUP_WRITE, verb_job_new, MAY_USE_DB, DB, 1, 2, "NAME [DIR]",
	    "make a job's folder that installs and passes as it is",
	    "jobrun job new SyncExams\njobrun job new SyncExams jobs/sync-exams" },
	{ "job test", GROUP_WRITE, verb_job_test, MAY_USE_DB, TRIAL | OPTION(OPT_UPDATE), 1, 2, "DIR [CASE]",
	    "run a job's tests on a scratch copy of the platform's tables, without network",
	    "jobrun job test sync-exams\njobrun job test sync-exams --schema platform.sql\njobrun job test sync-exams one-bad-record --update" },
	{ "job install", GROUP_WRITE, verb_job_install, NEEDS_DB, DB | OPTION(OPT_NO_TEST), 1, 1, "DIR",
	    "check and test a job's folder, and store it", "jobrun job install examples/jobs/sync-completed-records" },
	{ "job export", GROUP_WRITE, verb_job_export, NEEDS_DB, DB, 1, 2, "JOB [DIR]",
	    "write an installed job back into a folder",
	    "jobrun job export SyncCompletedRecords\njobrun job export SyncCompletedRecords /tmp/as-installed" },
	{ "job list", GROUP_WRITE, verb_job_list, NEEDS_DB, LIST, 0, 0, "", "list the installed job types",
	    "jobrun job list --json" },
	{ "job show", GROUP_WRITE, verb_job_show, NEEDS_DB, LIST, 1, 1, "JOB", "show a job's definition and rules",
	    "jobrun job show SyncCompletedRecords" },
	{ "system set", GROUP_CONFIGURE, verb_system_set, NEEDS_DB, DB, 2, 2, "NAME FILE",
	    "define an external system from a JSON file; - is standard input",
	    "jobrun system set ris ris.json\n"
	    "echo '{\"BaseUrl\": \"https://ris.example\", \"Auth\": {\"Bearer\": \"cred:ris\"}}' |\n"
	    "    jobrun system set ris -" },
	{ "system list", GROUP_CONFIGURE, verb_system_list, NEEDS_DB, LIST, 0, 0, "", "list the external systems",
	    "jobrun system list" },
	{ "system show", GROUP_CONFIGURE, verb_system_show, NEEDS_DB, LIST, 1, 1, "NAME",
	    "show an external system's definition", "jobrun system show ris" },
	{ "client list", GROUP_CONFIGURE, verb_client_list, NEEDS_DB, LIST | OPTION(OPT_JOB), 0, 1, "[JOB]",
	    "list the clients of a job, or of all", "jobrun client list SyncCompletedRecords" },
	{ "client add", GROUP_CONFIGURE, verb_client_add, NEEDS_DB, DB | OPTION(OPT_ROUTE) | OPTION(OPT_USER), 2, 2,
	    "JOB JSON", "add a client",
	    "jobrun client add SyncCompletedRecords '{\"ClientId\": 1, \"GroupId\": 10}'\n"
	    "jobrun client add SyncCompletedRecords \\\n"
	    "    '{\"ClientId\": 2, \"Route\": \"/api/records\", \"Days\": 30}'" },
	{ "client enable", GROUP_CONFIGURE, verb_client_enable, NEEDS_DB, DB, 2, 3, "JOB CLIENT [GROUP]",
	    "switch a client on", "jobrun client enable SyncCompletedRecords 1 10" },
	{ "client disable", GROUP_CONFIGURE, verb_client_disable, NEEDS_DB, DB, 2, 3, "JOB CLIENT [GROUP]",
	    "switch a client off", "jobrun client disable SyncCompletedRecords 1 10" },
	{ "client remove", GROUP_CONFIGURE, verb_client_remove, NEEDS_DB, DB, 2, 3, "JOB CLIENT [GROUP]",
	    "remove a client from the configuration", "jobrun client remove SyncCompletedRecords 1 10" },
	{ "client pause", GROUP_MEND, verb_client_pause, NEEDS_DB, DB | OPTION(OPT_REASON), 2, 3, "JOB CLIENT [GROUP]",
	    "leave a client out until it is resumed",
	    "jobrun client pause SyncCompletedRecords 7 --reason 'their server moves'" },
	{ "client resume", GROUP_MEND, verb_client_resume, NEEDS_DB, DB, 2, 3, "JOB CLIENT [GROUP]",
	    "visit a paused client again", "jobrun client resume SyncCompletedRecords 7" },
	{ "notify set", GROUP_CONFIGURE, verb_notify_set, NEEDS_DB, DB, 1, 1, "FILE",
	    "who is told of alerts, for all jobs, from a JSON file; - is standard input",
	    "jobrun notify set notify.json\n"
	    "echo '{\"Url\": \"file:/etc/jobrun/slack.url\", \"Format\": \"slack\"}' |\n"
	    "    jobrun notify set -" },
	{ "notify show", GROUP_CONFIGURE, verb_notify_show, NEEDS_DB, LIST, 0, 0, "", "show who is told of alerts",
	    "jobrun notify show" },
	{ "notify remove", GROUP_CONFIGURE, verb_notify_remove, NEEDS_DB, DB, 0, 0, "",
	    "tell nobody, but for jobs that say whom", "jobrun notify remove" },
	{ "notify test", GROUP_CONFIGURE, verb_notify_test, NEEDS_DB, DB, 0, 1, "[JOB]",
	    "send a test alert to all who would be told",
	    "jobrun notify test\njobrun notify test SyncCompletedRecords" },
	{ "key new", GROUP_CONFIGURE, verb_key_new, NEEDS_DB,
	    DB | OPTION(OPT_JOBS) | OPTION(OPT_LABEL) | OPTION(OPT_TTL), 0, 0, "", "make a job key and print it, once",
	    "jobrun key new --jobs SyncCompletedRecords --label cron --ttl 90d \\\n"
	    "    > /etc/jobrun/key\n"
	    "jobrun key new --jobs '*' --label 'on call' --ttl 12h" },
	{ "key list", GROUP_CONFIGURE, verb_key_list, NEEDS_DB, LIST, 0, 0, "", "list the keys, without the keys",
	    "jobrun key list" },
	{ "key revoke", GROUP_CONFIGURE, verb_key_revoke, NEEDS_DB, DB, 1, 1, "KEYID", "make a key worthless at once",
	    "jobrun key revoke 3" },
	{ "metrics", GROUP_LIVE, verb_metrics, NEEDS_DB, DB | OPTION(OPT_JOB), 0, 0, "",
	    "print metrics as Prometheus reads them",
	    "jobrun metrics\njobrun metrics > /var/lib/prometheus/node-exporter/jobrun.prom" },
	{ "prune", GROUP_LIVE, verb_prune, NEEDS_DB, DB | OPTION(OPT_KEEP) | OPTION(OPT_DRY_RUN), 0, 0, "",
	    "delete old logs and old acknowledged items, never what is owed",
	    "jobrun prune --keep 90d\njobrun prune --keep 90d --dry-run" },
	{ "backup", GROUP_LIVE, verb_backup, NEEDS_DB, DB, 1, 1, "FILE", "copy the database while it is in use",
	    "jobrun backup /var/backups/jobrun-$(date +%F).db" },
	{ "complete", GROUP_LIVE, verb_complete, MAY_USE_DB, DB, 0, 1000000, "[--] WORD...",
	    "what may stand next on a command line, for shells' completion",
	    "jobrun complete -- jobrun client pause ''" },
	{ "help", GROUP_LIVE, verb_help, NEEDS_NOTHING, 0, 0, 2, "[VERB]", "this, or a verb's own help",
	    "jobrun help key new" },
	{ .name = NULL },
};

const struct verb *
verb_find(const char *name)
{
	const struct verb *v;

	for (v = verbs; v->name != NULL; v++)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

bool
verb_is_family(const char *word)
{
	const struct verb *v;
	size_t len = strlen(word);

	for (v = verbs; v->name != NULL; v++)
		if (strncmp(v->name, word, len) == 0 && v->name[len] == ' ')
			return true;
	return false;
}

/*
 * The second words of a family, or, with NULL, the first words of all; words has room for the table. Shells call
 * complete: nobody mistypes it, and a job may be called much like it.
 */
static size_t
list_words(const char *family, const char **words)
{
	const struct verb *v;
	size_t n = 0, len = family != NULL ? strlen(family) : 0;

	for (v = verbs; v->name != NULL; v++) {
		if (v->run == verb_complete)
			continue;
		if (family == NULL)
			words[n++] = v->name;
		else if (strncmp(v->name, family, len) == 0 && v->name[len] == ' ')
			words[n++] = v->name + len + 1;
	}
	return n;
}

const char *
verb_near(const char *word)
{
	const char *words[sizeof(verbs) / sizeof(verbs[0])];

	return near_word(word, words, list_words(NULL, words));
}

int
verb_unknown(const char *first, const char *second, struct err *e)
{
	const char *words[sizeof(verbs) / sizeof(verbs[0])], *near = NULL;
	char all[200] = "";
	size_t n = list_words(first, words), i, at = 0;

	for (i = 0; i < n && at < sizeof(all); i++)
		at += (size_t)snprintf(all + at, sizeof(all) - at, "%s%s", i > 0 ? ", " : "", words[i]);
	if (second == NULL)
		return err_set(e, ERR_USAGE, "usage", "jobrun %s needs one of: %s", first, all);
	if ((near = near_word(second, words, n)) != NULL)
		return err_set(e, ERR_USAGE, "usage", "there is no jobrun %s %s; did you mean jobrun %s %s?", first,
		    second, first, near);
	return err_set(e, ERR_USAGE, "usage", "there is no jobrun %s %s; there are: %s", first, second, all);
}
