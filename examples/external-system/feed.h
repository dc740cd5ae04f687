/*
 * Records on their way out: read from the store in pieces, so that an answer
 * of any length needs the memory of one piece.
 */
#ifndef FEED_H
#define FEED_H

#include <sys/types.h>

#include "record.h"

struct feed;

/*
 * A feed of the scope's open records with seq in [from, end): prefix, the records with commas
 * between (or each with a newline behind, if lines), suffix. Copies all it is given but the
 * store, which must outlive it. NULL: no memory.
 */
struct feed *feed_new(struct store *s, const struct scope *scope, int64_t from, int64_t end, bool lines,
    const char *prefix, const char *suffix);
void feed_free(struct feed *f);

/* Up to max bytes of it: their number, 0 at its end, -1 if the store failed. */
ssize_t feed_read(struct feed *f, char *out, size_t max);

#endif
