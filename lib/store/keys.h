/*
 * Job keys: only their SHA-256 is kept. (The key's own form is lib/secret/key.h's.)
 */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

#define KEYS_HASH 32

/* jobs: "*", or names and numbers with commas between. expires: UTC text, or NULL for never. *id is the new KeyId. */
int keys_add(struct db *db, const unsigned char hash[KEYS_HASH], const char *jobs, const char *label,
    const char *expires, int64_t *id, struct err *e);

/* 0 and *was_revoked; 1 no such key; -1. */
int keys_revoke(struct db *db, int64_t id, int *was_revoked, struct err *e);

enum keys_verdict {
	KEYS_OK,        /* valid, and for this job */
	KEYS_OTHER_JOB, /* valid, but not for this job */
	KEYS_REFUSED,   /* wrong, expired or revoked */
};

/*
 * Looks a key up by its hash, comparing with every row in constant time.
 * job_type and job_name: what is asked for; name may be NULL (no such job: then KEYS_OK means
 * a valid key for whatever). now: UTC text. *id is set unless refused.
 */
int keys_check(struct db *db, const unsigned char hash[KEYS_HASH], int64_t job_type, const char *job_name,
    const char *now, enum keys_verdict *verdict, int64_t *id, struct err *e);

/*
 * The next word of a key's Jobs, such as "1, SyncCompletedRecords", without the blanks around it. False: there is no
 * more. *jobs moves on.
 */
bool keys_word(const char **jobs, const char **word, size_t *len);

/* Do these Jobs open the job type? By its number, its name or "*". */
bool keys_open(const char *jobs, int64_t job_type, const char *job_name);

/* Sets LastUsedAt. */
int keys_used(struct db *db, int64_t id, const char *now, struct err *e);

#endif
