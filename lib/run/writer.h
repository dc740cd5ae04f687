/*
 * The one writer. What all visits bring is gathered and committed in one go:
 * items with their ledger rows, acks that were answered, errors, request rows.
 * Nothing is told to anyone, counted or acknowledged before its commit.
 */
#ifndef RUN_WRITER_H
#define RUN_WRITER_H

#include <stdbool.h>

#include "base/err.h"
#include "json/value.h"
#include "run/notes.h"

struct run;
struct visit;
struct writer;

/* NULL with e. In a dry run it rolls back where it would commit. */
struct writer *writer_new(struct run *run, struct err *e);
void writer_free(struct writer *w);

/*
 * Takes an item over (copies it); index is its place in the answer, from 1.
 * A full batch is committed on the spot. When writer_commit() has dropped items, so are those that follow. 0, or -1
 * with e: the database failed, or the run had ended before.
 */
int writer_item(struct writer *w, struct visit *v, struct json_value item, uint64_t index, struct err *e);

/* An exception row for the next commit; all is copied. 0 or -1 (no memory). */
int writer_note(struct writer *w, struct visit *v, const struct writer_note *note, struct err *e);

/* The same for an entry of the configuration that never became a visit. */
int writer_bad(struct writer *w, const char *client, const char *group, const char *message, struct err *e);

/* Is there anything that waits for a commit, and is worth one? */
bool writer_waiting(const struct writer *w);

/*
 * How long the next commit is yet to wait, in milliseconds; 0: it may begin. The network may be driven meanwhile. The
 * lock is left to others now and then; and what comes within more_ms (0: nothing will) is gathered for a while, so that
 * one sync serves many clients.
 */
int64_t writer_wait(const struct writer *w, int64_t more_ms);

/*
 * Commits all that waits, in transactions that hold the write lock no longer
 * than BOUND_BATCH_HOLD_MS (one item's own rules excepted), and with it marks the answered acks of
 * every visit, and writes the request rows of those that are done. When the run is told to end it ends the
 * transaction under way, drops the items that still wait, and marks their visits stopped. 0 or -1 with e, as above.
 */
int writer_commit(struct writer *w, struct err *e);

/* A dry run: tells what would have changed, table by table. */
void writer_tell_changes(const struct writer *w);

#endif
