/*
 * References to secrets, and nothing but references, stand in configurations:
 * env:NAME, file:/path, cred:NAME (a file in $CREDENTIALS_DIRECTORY).
 */
#ifndef SECRET_REF_H
#define SECRET_REF_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* Is ref of one of the three forms? 0, or -1 (ERR_CONFIG); the text never repeats what may be a secret. */
int secret_ref_check(const char *ref, struct err *e);

/*
 * Is this process where what it names can be? cred: is known to the service alone that systemd gave the credentials
 * to, and says nothing anywhere else. ref is valid.
 */
bool secret_ref_is_here(const char *ref);

/*
 * Reads what it names: the first line of a file, or a variable. 0 and *out filled (initialised
 * by the caller with room for BOUND_SECRET_BYTES; wipe it), or -1 (ERR_CONFIG): absent, empty, over
 * BOUND_SECRET_BYTES, with a control character in it, or a file that group or
 * others may read, is no regular file, or is owned by someone else than this user or root
 * (the credentials directory is systemd's to guard: only the type is checked there).
 */
int secret_ref_read(const char *ref, struct buf *out, struct err *e);

#endif
