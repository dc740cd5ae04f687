/*
 * What a rule may do. The sandbox is laid around a connection once and stands
 * open until it is entered: jobrun's own statements are free, a rule's are not.
 */
#ifndef RULES_SANDBOX_H
#define RULES_SANDBOX_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SANDBOX_LIMITS 6

struct guard;

/* Its address is the authorizer's argument: it must not move between init and release. */
struct sandbox {
	sqlite3 *handle;
	bool on;
	bool expired;        /* the deadline was seen to be past since sandbox_enter */
	int64_t deadline_ms; /* of clock_mono_ms() */
	char why[200];       /* the first thing refused since sandbox_enter; "" none */
	int outside[SANDBOX_LIMITS];
	int64_t heap_hard, heap_soft;
	struct guard *guard; /* the connection's own */
};

/*
 * Lays it around the connection. One at a time: a connection has one
 * authorizer. Call it outside a transaction; statements that are there already are prepared anew at
 * their next step. 0, or -1 (ERR_DATABASE, or no memory).
 */
int sandbox_init(struct sandbox *s, sqlite3 *handle, struct err *e);

/* Takes it away, before the connection is closed. */
void sandbox_release(struct sandbox *s);

/*
 * Between these two, statements are prepared and stepped under the rules' law: what they may name, how
 * large a value, how much memory, and until when. Afterwards expired and why tell what was stopped.
 */
void sandbox_enter(struct sandbox *s, int64_t deadline_ms);
void sandbox_leave(struct sandbox *s);

/*
 * Memory ran out within: by the rules' own bound? Else it is the machine's, which is no fault of the item's. Call it
 * before sandbox_leave().
 */
bool sandbox_heap_full(void);

/* Is the deadline past? SQLite itself only looks between its steps, and one step may be long. */
bool sandbox_late(struct sandbox *s);

/*
 * May a statement that begins with this word be a rule? NULL: yes; else why
 * not. The authorizer cannot say it of all: VACUUM and EXPLAIN are no actions of its own.
 */
const char *sandbox_refuses(const char *word, size_t len);

#endif
