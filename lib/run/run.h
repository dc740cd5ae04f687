/*
 * One run of a job type over its clients: the story that everything else serves.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/client.h"
#include "http/offline.h"
#include "run/event.h"
#include "store/alerts.h"
#include "store/catalog.h"
#include "store/db.h"

#define RUN_OFFLINE_URL "https://system.invalid"

/* What is asked for. All is borrowed. */
struct run_request {
	struct db *db;
	const struct catalog_job *job;
	int64_t key_id, user_id;
	int parallel;               /* 0: the job's own */
	const char *const *clients; /* --client: ids; n_clients 0: all */
	size_t n_clients;
	const char *group;               /* --group, or NULL */
	struct client_override override; /* --days, --year; -1: not given */
	bool dry_run, force;
	int64_t show_items;                  /* of a dry run: the rows of so many items are told */
	int64_t max_time_ms;                 /* 0: none */
	const volatile sig_atomic_t *signal; /* becomes a signal's number when the run is to end tidily */
	const char *agent;                   /* User-Agent */
	void *room;                          /* of the job's lock; NULL: none, see run/suspect.h */
	/*
	 * Answers in the network's stead; NULL: the network. Then no system need be there, no secret is read, and
	 * a client without a base URL is at RUN_OFFLINE_URL.
	 */
	const struct offline *offline;
	int64_t now_ms; /* what $now says; 0: the time */
	struct event_sink events;
};

/* How it ended. */
struct run_summary {
	int64_t run;        /* 0 in a dry run */
	const char *status; /* ok, degraded, failed, stopped */
	int64_t clients, failed_clients, degraded_clients, stopped_clients, skipped;
	int64_t ran_clients,
	    unreachable_clients; /* those that had a request to make, and those of them that got no answer */
	struct tally tally;
	int64_t duration_ms;
	int signal;               /* ended by this signal; 0: by none */
	bool out_of_time;         /* --max-time ended it before its work was done */
	struct alert_list alerts; /* the job's: those that are open, and those that were just resolved */
};
void run_summary_release(struct run_summary *s);

/* Asked for the exit status before the run's row is closed; why->kind is ERR_NONE if the run ended of itself. */
struct run_finish {
	int (*exit_code)(void *arg, const struct run_summary *s, const struct err *why);
	void *arg;
};

/*
 * Runs it, with the job's lock held by the caller (a dry run needs none). 0:
 * the run ended and *summary says how, failed clients included. -1: it could
 * not begin (definition, rules, filters: ERR_CONFIG, ERR_USAGE), or ended early
 * since the database failed or something is broken inside; its row says so, if one could still be written.
 * What was committed stays, and the next run goes on from there. The caller releases *summary in either case.
 */
int run_job(
    const struct run_request *request, const struct run_finish *finish, struct run_summary *summary, struct err *e);

#endif
