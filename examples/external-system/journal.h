/*
 * What was asked and answered, kept durably before the answer leaves, so that
 * a test can compare it with what the client believes. Called between
 * store_begin and its end, but for journal_line.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "record.h"
#include "store.h"

/* One request: a row of request_log. The texts belong to the request. */
struct entry {
	int64_t n; /* the row, once it is there */
	const char *method, *path, *query;
	const char *client; /* NULL: none was named */
	const char *auth;   /* how the client proved itself: "Bearer", "Basic", "X-Api-Key"; NULL: not at all */
	bool auth_ok;
	const char *key;   /* Idempotency-Key; NULL: none */
	const char *fault; /* the fault that met it; NULL: none */
	int status;        /* 0: no answer was sent */
	bool replay;
	int64_t bytes; /* of the answer's body; -1: not known yet */
};

/* Writes the row with what the request brings; fills n. 0, or -1. */
int journal_open(struct store *s, struct entry *entry, struct err *e);

/* Writes what it is answered with. 0, or -1. */
int journal_close(struct store *s, const struct entry *entry, struct err *e);

/* How long the body was that was streamed. 0, or -1. */
int journal_bytes(struct store *s, int64_t n, int64_t bytes, struct err *e);

/* One id of an acknowledgement, as it was written. 0, or -1. */
struct acknowledged {
	struct slice id;
	bool known, first, refused;
};
int journal_ack(struct store *s, const struct entry *entry, const struct scope *scope, const struct acknowledged *ack,
    struct err *e);

/* What was told to a hook. 0, or -1. */
int journal_hook(struct store *s, const struct entry *entry, struct slice body, struct err *e);

/*
 * The answer that was given under this key. 1: body and status are it; 0: the key is new;
 * 2: it was another request's; -1: failed. The hash tells requests apart.
 */
int journal_replay(struct store *s, const char *key, struct slice hash, int *status, struct buf *body, struct err *e);
int journal_keep(struct store *s, const char *key, struct slice hash, int status, struct slice body, struct err *e);

/* What is there: records, acked records, requests, acknowledged ids. 0, or -1. */
int journal_state(struct store *s, int64_t count[4], struct err *e);

/* The same for people: one line a request. */
void journal_line(FILE *log, const struct entry *entry);

#endif
