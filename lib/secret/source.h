/*
 * Where a secret is read from: one line of text, in a file that is its
 * holder's alone, on standard input, or at hand already. No message ever holds any of it.
 */
#ifndef SECRET_SOURCE_H
#define SECRET_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* How messages call it ("key file /etc/jobrun/key"), and what they are. Borrowed. */
struct source {
	const char *name, *code;
	enum err_kind unreadable; /* the system says no */
	enum err_kind refused;    /* we do */
	bool guarded;             /* by systemd: its owner and mode are not looked at */
};

/*
 * The first line of a file, which must be a regular one (symbolic links are
 * followed, and what they lead to is judged), of this user's or root's, and
 * closed to group and others. LF and CRLF end a line; blanks at its end do
 * not count. All three: 0 and *out holds the text (initialised by the caller, with room for
 * BOUND_SECRET_BYTES; what was in it is wiped), or -1: also when it is empty, over
 * BOUND_SECRET_BYTES or has a control character in it.
 */
int source_file(const struct source *s, const char *path, struct buf *out, struct err *e);

/* The first line of standard input, whatever that is. */
int source_stdin(const struct source *s, struct buf *out, struct err *e);

/* A text as a whole. */
int source_text(const struct source *s, const char *text, size_t len, struct buf *out, struct err *e);

#endif
