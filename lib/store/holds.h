/*
 * Jobs on hold and clients paused: APP_HOLD.
 */
#ifndef STORE_HOLDS_H
#define STORE_HOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

/* A job's own hold has client and group "". user_id: who gave the reason. */
struct hold {
	int64_t job_type;
	const char *client, *group, *reason, *held_at;
	int64_t user_id;
};

/*
 * Inserts, or changes the reason and its user (HeldAt stays): 0 and *existed;
 * -1. In a transaction of the caller's, or two at once may both read that there was none.
 */
int holds_put(struct db *db, const struct hold *hold, int *existed, struct err *e);
/* 0 it is gone; 1 there was none; -1. */
int holds_remove(struct db *db, int64_t job_type, const char *client, const char *group, struct err *e);

/* Return 0 to go on, -1 to stop with e. */
typedef int holds_fn(void *arg, const struct hold *hold, struct err *e);
/* All of a job type, its own (client "") first. Borrowed, valid during the call. */
int holds_read(struct db *db, int64_t job_type, holds_fn *fn, void *arg, struct err *e);

/* The same, copied: sorted by client and group. Zero-initialise; all strings are the list's. */
struct hold_list {
	struct hold *at;
	size_t n, cap;
};
int holds_load(struct hold_list *list, struct db *db, int64_t job_type, struct err *e);
/* Or NULL. */
const struct hold *holds_find(const struct hold_list *list, const char *client, const char *group);
void holds_release(struct hold_list *list);

#endif
