/*
 * The external system, and the network to it: answers jobrun's requests (http/offline.h) by the scheme, with the faults
 * that the seed draws for each attempt of each client, whatever the others do. What it was told stays: no crash of
 * jobrun's takes it back. It also judges: a request that must never be made is told as trouble.
 */
#ifndef SIM_EXTSYS_H
#define SIM_EXTSYS_H

#include "http/offline.h"
#include "scheme.h"
#include "rng.h"

struct extsys {
	const struct scheme *scheme;
	struct {
		int offers, acks; /* how often it was offered, and its ack taken */
		int refusals;     /* how often its ack may yet be refused; -1: always */
		bool acked;
	} items[SCHEME_ITEMS];
	struct {
		int64_t attempts; /* all so far: what the next one's fault is drawn by */
		int tries;        /* of the request under way */
		bool fetch_over;  /* it was told no, in this run */
		bool redirected;  /* the next one is this one again */
		bool lost;        /* an ack was taken whose answer was lost */
		bool excused;     /* its visit may fail: it was told a final no, or was not heard in any of its tries */
		bool fetched, acking;  /* has sent such requests, in this run */
		int64_t owed;          /* items that the ledger had as applied alone when this run began */
		int64_t not_before_ms; /* Retry-After */
		uint64_t too_large;    /* an ack that was answered 413, in the same way */
		uint64_t last;         /* the request before, as a number; 0: it is over */
		char link[100], location[100], retry_after[24];
	} clients[SCHEME_CLIENTS];
	bool calm;             /* no faults */
	int64_t stopped_at_ms; /* a signal came to jobrun then; 0: none */
	bool late;             /* the second phase */
	/* Of this run: items that were handed over, ids whose acks were answered, and attempts that went wrong. */
	int64_t served, acked, faults;
	/* A step is about to be made, or was: -1, the process is gone. */
	int (*step)(void *arg, const char *what);
	void *arg;
	struct buf body;
	char trouble[400]; /* "": none */
	struct offline offline;
};

void extsys_init(struct extsys *es, const struct scheme *scheme);
void extsys_release(struct extsys *es);
void extsys_begin_run(struct extsys *es);

/* Is it among what a fetch is answered with now? */
bool extsys_offers(const struct extsys *es, size_t item);

#endif
