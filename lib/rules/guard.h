/*
 * SQLite's functions whose time grows with the product of two texts: trim('aaa…', 'bbb…a') of a megabyte each takes
 * hours, and SQLite looks at no clock inside a function. Each is replaced by one that asks first, and then lets the
 * original, on a connection of its own, give the very same answer.
 */
#ifndef RULES_GUARD_H
#define RULES_GUARD_H

#include <sqlite3.h>

#include "base/err.h"

struct sandbox;
struct guard;

/*
 * Puts them in place on a connection on which no statement is active, for as long as that is open: SQLite cannot give
 * its own ones back. While the sandbox is on, they ask. The guard is the connection's: NULL with e if it fails.
 */
struct guard *guard_new(struct sandbox *sandbox, sqlite3 *handle, struct err *e);

/* The sandbox is gone: nobody is asked any more. guard may be NULL. */
void guard_forget(struct guard *guard);

#endif
