/*
 * The records that the external system holds, and what became of them.
 * Everything here is called between store_enter or store_begin and its end.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

/* "records", "appointments", "cancellations": the one of that name, NULL if there is none. */
const char *record_kind(struct slice name);

/* Whose records. client NULL: of every client (acknowledging only); group NULL: of every group. */
struct scope {
	const char *kind, *client, *group;
};

/*
 * Keeps a record byte for byte; its id is its first top-level "id", if it has one.
 * number tells generated records apart (0: posted). 1: kept, 0: that number is there already, -1: failed.
 */
int record_put(struct store *s, const struct scope *scope, int64_t number, struct slice body, struct err *e);

/* The number that the next record will be past: the end of "all there is now". 0, or -1. */
int record_end(struct store *s, int64_t *seq, struct err *e);

/* The open record that is `offset` places behind the first one past `after`. 1: *seq is it, 0: there is none, -1. */
int record_at(struct store *s, const struct scope *scope, int64_t after, int64_t offset, int64_t *seq, struct err *e);

/*
 * Appends open records with seq in [*from, end) to out until it is a piece long, each behind `between`
 * (but the first of all, if *first) and before `after`. Moves *from on; *from == end: that was all. 0, or -1.
 */
struct piece {
	int64_t from, end;
	const char *between, *after;
	bool first;
};
int record_piece(struct store *s, const struct scope *scope, struct piece *piece, struct buf *out, struct err *e);

/* Is there a record of that id key (scan_id_key)? 2: yes, and open; 1: yes, acknowledged; 0: no; -1: failed. */
int record_known(struct store *s, const struct scope *scope, struct slice key, struct err *e);

/*
 * Forgets the open records of that id key: *known says whether there ever was one,
 * *first whether one was open until now. 0, or -1.
 */
int record_ack(struct store *s, const struct scope *scope, struct slice key, bool *known, bool *first, struct err *e);

#endif
