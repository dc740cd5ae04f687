/*
 * What only a dry run does. Its batches are rolled back one by one, so that no
 * other program waits for it: this remembers what they did, and tells what a real run would have changed.
 */
#ifndef RUN_DRYRUN_H
#define RUN_DRYRUN_H

#include <stdbool.h>

#include "run/apply.h"
#include "run/state.h"

struct dryrun;

/* NULL with e. */
struct dryrun *dryrun_new(struct run *run, struct err *e);
void dryrun_free(struct dryrun *d);

/* For struct apply: borrowed. */
struct changes *dryrun_changes(struct dryrun *d);

/* The transaction that was rolled back counts, or does not: it will be tried again. */
void dryrun_settle(struct dryrun *d);
void dryrun_forget(struct dryrun *d);

/*
 * An item of a transaction that counts, in order: remembers it, and tells its
 * rows while there are items to be shown. owes: a real run would have to acknowledge it. 0 or -1: the database failed.
 */
int dryrun_item(
    struct dryrun *d, struct visit *v, struct json_value text, enum apply_verdict verdict, bool owes, struct err *e);

/* A visit ends: tells what it would have acknowledged. */
void dryrun_tell_visit(const struct visit *v);

/* The run ends: tells the totals, table by table. */
void dryrun_tell(const struct dryrun *d);

#endif
