/*
 * The job keys: which jobs they open, and for how long.
 */
#ifndef CHECK_KEYRING_H
#define CHECK_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct check;

/* One that is not revoked; owned. */
struct keyring_key {
	char *id, *jobs, *label, *expires;
};

struct keyring {
	struct keyring_key *at;
	size_t n, cap;
};

int keyring_load(struct check *c, struct err *e);
void keyring_release(struct keyring *k);

/* Does a key that is valid now open the job? */
bool keyring_opens(const struct check *c, int64_t job_type, const char *name);

/* Checks all of them; of a check of one job, those that open it. 0 or -1. */
int keyring_check(struct check *c, struct err *e);

#endif
