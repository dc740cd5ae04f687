/*
 * What the modules of this room share while a run is under way; nobody else includes it.
 */
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "base/err.h"
#include "config/client.h"
#include "config/job.h"
#include "config/request.h"
#include "http/engine.h"
#include "http/pages.h"
#include "rules/rules.h"
#include "run/event.h"
#include "run/heal.h"
#include "run/roster.h"
#include "run/run.h"
#include "store/ledger.h"
#include "stream/stream.h"

/* A client's visit goes through these in order; each is one thing to do with the external system. */
enum visit_state {
	VISIT_OWED,  /* acknowledge what an earlier run left */
	VISIT_FETCH, /* page by page */
	VISIT_ACK,   /* acknowledge what this fetch brought */
	VISIT_DONE,  /* its request log row is to be written */
	VISIT_GONE,  /* and is: the visit may be freed */
};

struct visit {
	TAILQ_ENTRY(visit) entry;
	struct run *run;
	const struct client *client;
	struct client_view view;
	struct ledger_client who;
	struct request_auth auth;
	enum visit_state state;
	struct transfer *transfer; /* the request under way, or NULL */
	size_t uncommitted;        /* items of this visit that the writer still holds */
	bool written;              /* the writer's open transaction holds its acks or its request row */

	struct {
		struct stream *stream;
		struct pages pages;
		struct buf captured, body;
		bool over;
	} fetch;

	struct {
		struct ledger_owed batch;         /* what the request under way names */
		bool *refused;                    /* by the system, one for each of batch */
		struct buf last_id, last_version; /* the last key of the batch before: where the next begins */
		bool last_quoted, begun;          /* begun: there is such a key */
		bool over;                        /* no more acks in this pass: all are named, or one failed */
		bool given_up;                    /* no more acks in this visit: one failed, and would again */
		struct buf body, answer;
		int64_t most;             /* items a request; halved by a 413 */
		struct ledger_owed marks; /* acknowledged, to be marked with the next commits */
		size_t marked;            /* so many of them are */
		int64_t marks_since;      /* when the first of them was answered */
	} ack;

	struct {
		int64_t n;
		struct buf ids; /* the first of them, as words */
		bool cut;
	} would_ack; /* in a dry run */

	struct tally tally;
	int64_t begun_mono_ms, begun_utc_ms;
	int64_t requests, bytes, shown, hidden;
	long http_status;
	bool failed, reached, stopped, acks_refused;
	bool turned_away; /* nobody reaches its host, so that a request of its was not made */
	struct err why;   /* of the first failure */
};
TAILQ_HEAD(visit_list, visit);

struct run {
	const struct run_request *request;
	struct job job;
	struct rules *rules;
	struct roster roster;
	struct engine *engine;
	struct writer *writer;
	struct visit_list visits;
	size_t n_visits, next_client;
	size_t parallel; /* requests that may be under way at once */
	struct heal healed;
	int64_t id, begun_mono_ms, begun_utc_ms;
	int64_t stop_at_ms; /* 0; else when even acks are given up */
	bool log_told;      /* that the database's log grows */
	struct run_summary *summary;
	struct err fatal; /* kind ERR_NONE: none. What ends the whole run */
};

/* Remembers the first thing that ends the whole run. Returns -1. */
int run_fatal(struct run *run, const struct err *why);

/* Tells the caller. */
void run_tell(const struct run *run, const struct event *ev);

/* A signal came, or --max-time is over: the loop will see it in its next turn. */
bool run_told_to_end(const struct run *run);

/* It has seen it: no new work is to be taken. */
bool run_stopping(const struct run *run);

#endif
