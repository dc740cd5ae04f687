/*
 * One request, from its first byte to the end of its answer.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "faults.h"
#include "journal.h"
#include "params.h"
#include "record.h"

struct request {
	char *path, *query; /* as they came, still encoded */
	char *key;          /* Idempotency-Key, NULL if none */
	bool begun;         /* its headers were seen */
	struct params params;
	struct buf body;
	struct slice json;   /* the body, if it is a JSON object; else at is NULL */
	struct scope scope;  /* who it is about, once it is parsed */
	struct slice rest;   /* of the path, where its route takes one */
	struct entry entry;  /* its row in the journal */
	struct fault *fault; /* what meets it, NULL if nothing; given back by its owner */
	int64_t sent;        /* bytes of the answer's body that were handed to the network */
};

/* A request for this URI, from its request line. NULL: no memory. */
struct request *request_new(const char *uri);
void request_free(struct request *r);

/* Takes another part of the body in; one that is too long is only marked. */
void request_body(struct request *r, const char *bytes, size_t n);

/* A test's own request, outside what an external system would have: no key, no faults, no journal. */
bool request_is_control(const struct request *r);

/*
 * Once all of it is there: its parameters from query and body, and whom it names.
 * 0, or -1 and what is wrong with it. What could be read is set in either case.
 */
int request_parse(struct request *r, struct err *e);

#endif
