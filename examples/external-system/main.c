/*
 * An external system to run jobs against: HTTP on 127.0.0.1, for demos and tests.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cert.h"
#include "file.h"
#include "generate.h"
#include "options.h"
#include "server.h"
#include "service.h"

/* What is open while it serves, in the order it was opened. */
struct running {
	struct service service;
	struct server *server;
	char *cert, *key, *token; /* contents of the files that options name */
	bool store_open;
};

static int
fill_store(struct store *store, const struct options *o, struct err *e)
{
	int64_t added;
	size_t i;

	for (i = 0; i < o->generates; i++) {
		if (generate(store, o->generate[i], (uint64_t)o->seed, &added, e) == -1)
			return -1;
	}
	return 0;
}

static int
read_files(struct running *run, const struct options *o, struct err *e)
{
	if (o->token_file != NULL) {
		if ((run->token = file_read(o->token_file, e)) == NULL)
			return -1;
		run->token[strcspn(run->token, "\r\n")] = '\0';
		if (run->token[0] == '\0')
			return err_set(e, "%s: its first line is empty", o->token_file);
	}
	if (o->tls_cert != NULL &&
	    ((run->cert = file_read(o->tls_cert, e)) == NULL || (run->key = file_read(o->tls_key, e)) == NULL))
		return -1;
	if (o->log != NULL && (run->service.log = fopen(o->log, "ae")) == NULL)
		return err_sys(e, "open %s", o->log);
	return 0;
}

static int
start(struct running *run, const struct options *o, struct err *e)
{
	struct listening how = { .port = (uint16_t)o->port };
	uint16_t port;
	char text[16];
	int n;

	if (read_files(run, o, e) == -1 || store_open(&run->service.store, o->db, e) == -1)
		return -1;
	run->store_open = true;
	if (fill_store(&run->service.store, o, e) == -1)
		return -1;
	how.cert = run->cert;
	how.key = run->key;
	how.token = run->token;
	if ((run->server = server_start(&run->service, &how, &port, e)) == NULL)
		return -1;
	n = snprintf(text, sizeof(text), "%u\n", (unsigned)port);
	return o->port_file == NULL ? 0 : file_replace(o->port_file, text, (size_t)n, e);
}

static void
stop(struct running *run)
{
	server_stop(run->server);
	if (run->store_open)
		store_close(&run->service.store);
	faults_release(&run->service.faults);
	if (run->service.log != NULL)
		fclose(run->service.log);
	free(run->cert);
	free(run->key);
	free(run->token);
}

/* Until it is told to end, or has run long enough. */
static void
wait_for_end(const sigset_t *ends, time_t seconds)
{
	struct timespec now, left = { .tv_sec = seconds };
	time_t until;

	clock_gettime(CLOCK_MONOTONIC, &now);
	until = now.tv_sec + seconds;
	while (sigtimedwait(ends, NULL, &left) == -1 && errno == EINTR) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		left.tv_sec = until > now.tv_sec ? until - now.tv_sec : 0;
	}
}

int
main(int argc, char **argv)
{
	struct running run = { .server = NULL };
	struct options options;
	sigset_t ends;
	struct err e;
	int status = EX_OK;

	if (options_parse(&options, argc, argv, &e) == -1)
		errx(EX_USAGE, "%s (see --help)", e.text);
	if (options.help) {
		options_help(stdout);
		return EX_OK;
	}
	if (options.make_cert != NULL) {
		if (cert_make(options.make_cert, &e) == -1)
			errx(EX_CANTCREAT, "%s", e.text);
		return EX_OK;
	}
	/* Blocked before any thread starts, so that the signals wait for wait_for_end. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	faults_init(&run.service.faults);
	if (start(&run, &options, &e) == 0) {
		wait_for_end(&ends, (time_t)options.max_time);
	} else {
		warnx("%s", e.text);
		status = EX_UNAVAILABLE;
	}
	stop(&run);
	return status;
}
