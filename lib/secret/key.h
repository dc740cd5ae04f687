/*
 * The job key: made, read from where its holder keeps it, and hashed.
 */
#ifndef SECRET_KEY_H
#define SECRET_KEY_H

#include "base/buf.h"
#include "base/err.h"

#define KEY_HASH 32

/*
 * A new key: "jobrun_" and 43 characters of base64url, 256 random bits
 * (arc4random). out is initialised by the caller; wipe it. 0 or -1.
 */
int key_make(struct buf *out, struct err *e);

/* SHA-256 (FIPS 180-4, libmd). */
void key_hash(const char *key, size_t len, unsigned char hash[KEY_HASH]);

/* What the command line gave; NULL: not given. */
struct key_source {
	const char *key;      /* --key */
	const char *key_file; /* --key-file; "-" is standard input */
};

/*
 * Finds the key: --key, --key-file, JOBRUN_KEY, JOBRUN_KEY_FILE, then jobrun.key in
 * $CREDENTIALS_DIRECTORY. The first that is named counts; an empty variable names none.
 * 0 and *out (initialised by the caller with room for BOUND_SECRET_BYTES; wipe it); 1 none is named; -1:
 * ERR_INPUT the file cannot be read; ERR_KEY it is readable by group or others (says the chmod),
 * no regular file, someone else's, or the key is empty, too long or no line of text (of systemd's
 * credentials only the type is checked). JOBRUN_KEY is wiped from the environment, used or not.
 */
int key_find(const struct key_source *source, struct buf *out, struct err *e);

#endif
