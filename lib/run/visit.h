/*
 * One client's visit: owed acks, fetch, acks, request row; see enum visit_state.
 */
#ifndef RUN_VISIT_H
#define RUN_VISIT_H

#include <stdbool.h>

#include "http/engine.h"
#include "run/apply.h"
#include "run/state.h"

/* Makes ready and begins. A client that cannot be used fails by itself: NULL with e only when the run must end. */
struct visit *visit_new(struct run *run, const struct client *client, struct err *e);
void visit_free(struct visit *v);

/* Moves on to what comes next, if nothing is under way. 0 or -1: the database failed. */
int visit_advance(struct visit *v, struct err *e);

/* No new work: the fetch ends here, what is committed is still acknowledged. now: acks end, too. */
void visit_stop(struct visit *v, bool now);

/*
 * For the writer. Has it something to be written, which visit_write() writes and visit_settled() counts? And is that
 * worth a commit of its own?
 */
bool visit_has_writing(const struct visit *v);
bool visit_wants_writing(const struct visit *v);
/* 1: there is more, for the same transaction or another; 0; -1. */
int visit_write(struct visit *v, const char *now, struct err *e);
void visit_settled(struct visit *v);
void visit_item_settled(struct visit *v, enum apply_verdict verdict, const struct apply_failure *failure);

/* For fetch.c and ack.c. The visit fails, is told and noted; the first failure stays its message. */
void visit_fail(struct visit *v, const char *stage, const struct err *why);

/* Tells that an item failed, or counts it as hidden when enough of this client's were told. attempt 0: none counts. */
void visit_tell_item(
    struct visit *v, const char *stage, const char *item, size_t item_len, const struct err *why, int64_t attempt);

/* Starts a request with the client's settings and secret; extra: one more header, or NULL. 0 or -1 with e. */
int visit_request(struct visit *v, struct http_request *request, const struct http_sink *sink,
    const struct http_header *extra, struct err *e);

/* May it? Else its turn comes when another's request is over. */
bool visit_may_ask(const struct visit *v);

/* Takes an ended request's counts over. */
void visit_count(struct visit *v, const struct http_result *result);

/* Tells that a request will be tried again. */
void visit_retrying(struct visit *v, const char *stage, int made, int64_t wait_ms, const struct err *why);

#endif
