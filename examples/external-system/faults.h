/*
 * Faults that a test orders: what goes wrong, for which requests, how often.
 * Safe to use from many threads at once.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "answer.h"
#include "buf.h"
#include "err.h"

enum fault_kind {
	FAULT_STATUS,
	FAULT_BODY,
	FAULT_REDIRECT,
	FAULT_RESET,
	FAULT_HANG,
	FAULT_RAW,
	FAULT_DELAY,
	FAULT_HEADER,
	FAULT_CUT,
	FAULT_CUT_EOF,
	FAULT_DRIP,
	FAULT_DROP,
	FAULT_INSTEAD,
	FAULT_REJECT
};

struct fault {
	enum fault_kind kind;
	bool executes;                           /* the request is carried out, and the fault meets its answer */
	const char *name;                        /* the kind's, static */
	char *path, *method, *client, *location; /* NULL: not given */
	char *body;                              /* may hold NULs; body_len counts */
	size_t body_len;
	int64_t status, delay_ms, at_byte, length, every_ms; /* length -1, every_ms 0: not given */
	int64_t times, skip;                                 /* times 0: for ever */
	int64_t seen, hits;
	struct slice headers, ids; /* JSON, in text; NULL: not given */
	char *text;                /* the JSON it was ordered with */
	int users;
	TAILQ_ENTRY(fault) link;
};

struct faults {
	TAILQ_HEAD(, fault) list;
	pthread_mutex_t lock;
};

void faults_init(struct faults *fs);
void faults_release(struct faults *fs);

/* Adds the one that this JSON object describes. 0, or -1 and why it cannot be used. */
int faults_add(struct faults *fs, struct slice text, struct err *e);

void faults_clear(struct faults *fs);

/* Appends a JSON array: each fault as it was given, how many requests it matched and how many it met. */
void faults_list(struct faults *fs, struct buf *out);

/*
 * The first fault that meets this request, or NULL. One that still skips counts the request and
 * lets the next have it. Give it back with fault_leave; it outlives faults_clear until then.
 */
struct fault *faults_take(struct faults *fs, const char *method, const char *path, const char *client);
void fault_leave(struct faults *fs, struct fault *f);

/* Did the fault order this id (a key of scan_id_key) to be rejected? */
bool fault_rejects(const struct fault *f, struct slice key);

/* Adds the fault's headers. 0, or -1 if one cannot be a header. */
int fault_headers(const struct fault *f, struct answer *a);

#endif
