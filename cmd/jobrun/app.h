/*
 * What main() gives a verb, and what the verbs share.
 */
#ifndef CMD_APP_H
#define CMD_APP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "log.h"
#include "options.h"
#include "store/db.h"

/* An open database has a path. MAY_USE_DB: the path, or "" when nobody names one and there is no default either. */
enum { NEEDS_NOTHING = 0, NEEDS_DB_PATH = 1, NEEDS_DB = 3, MAY_USE_DB = 4 };

struct app {
	struct options opt;
	struct log log;
	struct db db;       /* open if the verb needs it */
	char db_path[4096]; /* of verbs that need one: from --db, JOBRUN_DB or the default */
	bool db_named;      /* and not the default */
	mode_t umask;       /* of whoever called us, for files that are theirs; ours is 077 */
	char **words;       /* behind the verb, and its second word */
	int n_words;
	const struct verb *verb;
	struct launcher *launcher; /* starts what Notify names, of a run in its sandbox; NULL: nobody else needs to */
};

/* Where a verb stands in the help for all. */
enum verb_group { GROUP_RUN, GROUP_SEE, GROUP_MEND, GROUP_WRITE, GROUP_CONFIGURE, GROUP_LIVE, GROUP_COUNT };

/* A row of the table of verbs. run() returns 0, with an exit status of the verb's own in *status, or -1 with e. */
struct verb {
	const char *name; /* "init", "job install" */
	enum verb_group group;
	int (*run)(struct app *app, int *status, struct err *e);
	unsigned needs;
	uint64_t options; /* beside those for all */
	int least_words, most_words;
	const char *words;    /* for the synopsis */
	const char *line;     /* what it does, in a line */
	const char *examples; /* each on a line of its own; one that begins with blanks goes on; NULL: none */
};

/* The table; ends with a NULL name. */
extern const struct verb verbs[];
const struct verb *verb_find(const char *name);
/* Is it the first word of verbs of two, such as "job"? */
bool verb_is_family(const char *word);
/* ERR_USAGE with a hint; second may be NULL. Returns -1. */
int verb_unknown(const char *first, const char *second, struct err *e);
/* A verb that a mistyped word may have meant, or NULL. */
const char *verb_near(const char *word);

/* Exit status of an error, after sysexits(3). */
int exit_status(enum err_kind kind);

/* Becomes a signal's number when the process is to end tidily. */
extern volatile sig_atomic_t app_signal;

int verb_run(struct app *app, int *status, struct err *e);
int verb_init(struct app *app, int *status, struct err *e);
int verb_help(struct app *app, int *status, struct err *e);
int verb_job_install(struct app *app, int *status, struct err *e);
int verb_job_list(struct app *app, int *status, struct err *e);
int verb_job_show(struct app *app, int *status, struct err *e);
int verb_system_set(struct app *app, int *status, struct err *e);
int verb_system_list(struct app *app, int *status, struct err *e);
int verb_system_show(struct app *app, int *status, struct err *e);
int verb_client_list(struct app *app, int *status, struct err *e);
int verb_client_add(struct app *app, int *status, struct err *e);
int verb_client_enable(struct app *app, int *status, struct err *e);
int verb_client_disable(struct app *app, int *status, struct err *e);
int verb_client_remove(struct app *app, int *status, struct err *e);
int verb_key_new(struct app *app, int *status, struct err *e);
int verb_key_list(struct app *app, int *status, struct err *e);
int verb_key_revoke(struct app *app, int *status, struct err *e);

int verb_status(struct app *app, int *status, struct err *e);
int verb_runs(struct app *app, int *status, struct err *e);
int verb_errors(struct app *app, int *status, struct err *e);
int verb_items_list(struct app *app, int *status, struct err *e);
int verb_items_show(struct app *app, int *status, struct err *e);
int verb_items_retry(struct app *app, int *status, struct err *e);
int verb_alerts(struct app *app, int *status, struct err *e);
int verb_watch(struct app *app, int *status, struct err *e);
int verb_check(struct app *app, int *status, struct err *e);
int verb_hold(struct app *app, int *status, struct err *e);
int verb_release(struct app *app, int *status, struct err *e);
int verb_rollout(struct app *app, int *status, struct err *e);
int verb_job_new(struct app *app, int *status, struct err *e);
int verb_job_test(struct app *app, int *status, struct err *e);
int verb_job_export(struct app *app, int *status, struct err *e);
int verb_client_pause(struct app *app, int *status, struct err *e);
int verb_client_resume(struct app *app, int *status, struct err *e);
int verb_notify_set(struct app *app, int *status, struct err *e);
int verb_notify_show(struct app *app, int *status, struct err *e);
int verb_notify_remove(struct app *app, int *status, struct err *e);
int verb_notify_test(struct app *app, int *status, struct err *e);
int verb_metrics(struct app *app, int *status, struct err *e);
int verb_prune(struct app *app, int *status, struct err *e);
int verb_backup(struct app *app, int *status, struct err *e);
int verb_complete(struct app *app, int *status, struct err *e);

/* Help for all, for a family of verbs, or for one verb, on standard output. */
void help_all(void);
void help_family(const char *family);
void help_verb(const struct verb *verb);
void help_version(void);

#endif
