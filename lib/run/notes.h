/*
 * Exception rows that wait for the writer's next commit.
 */
#ifndef RUN_NOTES_H
#define RUN_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/err.h"
#include "store/db.h"

struct note;
STAILQ_HEAD(notes, note);

/* The client's own error, or, with item, of that item. */
struct writer_note {
	const char *stage; /* a literal */
	const struct err *why;
	const char *item; /* NULL: the client's own */
	size_t item_len;
	int64_t attempt;
};

void notes_init(struct notes *notes);

/* Copies it, stamped with this moment. 0 or -1 (no memory). */
int notes_add(
    struct notes *notes, const char *client, const char *group, const struct writer_note *from, struct err *e);
bool notes_empty(const struct notes *notes);

/*
 * Writes the first of them, at most so many, in the caller's transaction; they
 * stay, for another try, until notes_drop(). 1: there are more behind those; 0; -1.
 */
int notes_write(const struct notes *notes, size_t most, struct db *db, int64_t run, int64_t job_type, struct err *e);
/* The first of them, at most so many. */
void notes_drop(struct notes *notes, size_t most);

#endif
