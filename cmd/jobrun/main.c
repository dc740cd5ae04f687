#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bsd/string.h>
#include <bsd/unistd.h>

#include "app.h"

volatile sig_atomic_t app_signal;

/* The first signal asks for a tidy end; the second does not ask. The lock dies with us, and the next run heals. */
static void
on_signal(int number)
{
	if (app_signal != 0)
		_exit(128 + number);
	app_signal = number;
}

static void
catch_signals(void)
{
	static const int tidy[] = { SIGTERM, SIGINT, SIGHUP, SIGXCPU };
	struct sigaction action = { .sa_handler = on_signal }, old;
	sigset_t none;
	size_t i;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (i = 0; i < sizeof(tidy) / sizeof(tidy[0]); i++) {
		/* nohup has SIGHUP ignored for us: leave it so. */
		if (sigaction(tidy[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN && tidy[i] == SIGHUP)
			continue;
		sigaction(tidy[i], &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	/* A file that grows past its limit is an error of that write, not our end. */
	sigaction(SIGXFSZ, &action, NULL);
	/* Ignored, as some callers leave it, no command's exit status could be known. */
	action.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &action, NULL);
}

/* No file that we open may become anyone's standard output. */
static void
open_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd != -1)
		close(fd);
}

/* Nothing of ours is to be found in a core file, and nothing of the caller's is to steer us. Returns the old umask. */
static mode_t
harden(void)
{
	static const char *const steering[] = { "SSLKEYLOGFILE", "SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy",
		"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "CURL_HOME",
		"CURL_CA_BUNDLE", "SQLITE_TMPDIR", "OPENSSL_CONF" };
	struct rlimit none = { 0, 0 };
	size_t i;

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	for (i = 0; i < sizeof(steering) / sizeof(steering[0]); i++)
		unsetenv(steering[i]);
	return umask(077);
}

/* Where the database is when nobody says: 0 or -1. */
static int
default_db(struct app *app, struct err *e)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME"), *folder, *tail;

	if (geteuid() == 0) {
		folder = "/var/lib";
		tail = "";
	} else if (state != NULL && state[0] == '/') {
		folder = state;
		tail = "";
	} else if (home != NULL && home[0] == '/') {
		folder = home;
		tail = "/.local/state";
	} else {
		return err_set(
		    e, ERR_USAGE, "usage", "there is no home directory to look for a database in: give --db FILE");
	}
	if ((size_t)snprintf(app->db_path, sizeof(app->db_path), "%s%s/jobrun/jobrun.db", folder, tail) >=
	    sizeof(app->db_path))
		return err_set(e, ERR_USAGE, "usage", "the home directory's name is too long: give --db FILE");
	return 0;
}

/* --db, JOBRUN_DB or the default. 0 or -1. */
static int
find_db(struct app *app, struct err *e)
{
	const char *given = app->opt.value[OPT_DB], *from = "--db";

	if (given == NULL) {
		given = getenv("JOBRUN_DB");
		from = "JOBRUN_DB";
	}
	app->db_named = given != NULL;
	if (given == NULL)
		return default_db(app, e);
	/* Also in the environment: what was to be filled in there is not the default. */
	if (given[0] == '\0')
		return err_set(e, ERR_USAGE, "usage", "%s: the file's name is empty%s", from,
		    from[0] == '-' ? "" : "; name the database, or unset it for the default");
	if (strlcpy(app->db_path, given, sizeof(app->db_path)) >= sizeof(app->db_path))
		return err_set(e, ERR_USAGE, "usage", "%s: the file's name is longer than %zu bytes", from,
		    sizeof(app->db_path) - 1);
	return 0;
}

/* "job install" from two words, "init" from one, the main job from any other: how many words the name takes, or -1. */
static int
choose_verb(struct app *app, struct err *e)
{
	char name[64];

	if (app->opt.n_words == 0) {
		app->verb = verb_find("help");
		return 0;
	}
	app->verb = verb_find(app->opt.words[0]);
	if (app->verb != NULL)
		return 1;
	if (verb_is_family(app->opt.words[0])) {
		if (app->opt.n_words == 1)
			return verb_unknown(app->opt.words[0], NULL, e);
		strlcpy(name, app->opt.words[0], sizeof(name));
		strlcat(name, " ", sizeof(name));
		strlcat(name, app->opt.words[1], sizeof(name));
		app->verb = verb_find(name);
		return app->verb != NULL ? 2 : verb_unknown(app->opt.words[0], app->opt.words[1], e);
	}
	app->verb = verb_find("run");
	return 0;
}

static int
check_words(const struct app *app, struct err *e)
{
	const struct verb *verb = app->verb;

	if (app->n_words < verb->least_words)
		return err_set(e, ERR_USAGE, "usage", "usage: jobrun %s %s; see jobrun %s --help", verb->name,
		    verb->words, verb->name);
	if (app->n_words > verb->most_words)
		return err_set(e, ERR_USAGE, "usage", "too many words for jobrun %s: usage: jobrun %s%s%s", verb->name,
		    verb->name, verb->words[0] != '\0' ? " " : "", verb->words);
	return 0;
}

static int
dispatch(struct app *app, int argc, char **argv, int *status, struct err *e)
{
	int taken, parsed = options_parse(&app->opt, argc, argv, e);

	/* Also what is wrong with the options is told in the form that was asked for. */
	if (log_set_up(&app->log, &app->opt, parsed == -1 ? NULL : e) == -1 || parsed == -1)
		return -1;
	if ((app->opt.given & OPTION(OPT_VERSION)) != 0) {
		help_version();
		return 0;
	}
	if ((app->opt.given & OPTION(OPT_HELP)) != 0 && app->opt.n_words == 1 && verb_is_family(app->opt.words[0])) {
		help_family(app->opt.words[0]);
		return 0;
	}
	if ((taken = choose_verb(app, e)) == -1)
		return -1;
	if ((app->opt.given & OPTION(OPT_HELP)) != 0) {
		if (app->opt.n_words == 0)
			help_all();
		else
			help_verb(app->verb);
		return 0;
	}
	app->words = app->opt.words + taken;
	app->n_words = app->opt.n_words - taken;
	if (options_allow(&app->opt, app->verb->options | OPTIONS_EVERYWHERE, app->verb->name, e) == -1 ||
	    check_words(app, e) == -1)
		return -1;
	if ((app->verb->needs & (NEEDS_DB_PATH | MAY_USE_DB)) != 0 && find_db(app, e) == -1) {
		if ((app->verb->needs & MAY_USE_DB) == 0 || app->db_named)
			return -1;
		err_clear(e);
		app->db_path[0] = '\0';
	}
	if ((app->verb->needs & NEEDS_DB) == NEEDS_DB && db_open(&app->db, app->db_path, e) == -1)
		return -1;
	return app->verb->run(app, status, e);
}

/* Nobody reads it any more: that is no failure, and errno may tell of something later. */
static bool
reader_left(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

int
main(int argc, char **argv, char **envp)
{
	struct app app = { .log = { .verbosity = 0 } };
	struct err e = ERR_INIT;
	int status = 0;

	open_standard_files();
	/*
	 * From here on ps shows our title where the command line was, and a key on it is gone from there; so is the
	 * environment, as far as no variable of it was taken out before.
	 */
	setproctitle_init(argc, argv, envp);
	setproctitle("starting");
	app.umask = harden();
	catch_signals();
	db_one_thread();
	if (dispatch(&app, argc, argv, &status, &e) == -1) {
		log_error(&app.log, &e);
		status = exit_status(e.kind);
	}
	db_close(&app.db);
	options_release(&app.opt);
	if ((fflush(stdout) == EOF || ferror(stdout)) && !reader_left()) {
		fprintf(stderr, "jobrun: cannot write to standard output\n");
		if (status == 0)
			status = exit_status(ERR_DATABASE);
	}
	return status;
}
