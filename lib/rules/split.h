/*
 * Rules text as SQLite's tokenizer sees it: where statements begin, what they
 * are called, and where in the file a thing stands.
 */
#ifndef RULES_SPLIT_H
#define RULES_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bounds.h"

/* Where a statement begins. */
struct split_head {
	size_t at;                      /* of its first word */
	size_t word_len;                /* that word's length; 0 if it begins with something else */
	char name[BOUND_RULE_NAME + 1]; /* its comment's first line; "" if there is none directly above it */
};

/*
 * The next statement at or behind from (the end of the one before). A comment
 * on the line where the one before ended is that one's. False: no more statements.
 */
bool split_next(const char *text, size_t len, size_t from, struct split_head *head);

/* Is there a block comment that never ends? SQLite lets it swallow the rest in silence. True: *at is where it opens. */
bool split_open_comment(const char *text, size_t len, size_t *at);

/* Is there a byte that is not valid UTF-8, or NUL? True: *at is its place. */
bool split_bad_text(const char *text, size_t len, size_t *at);

/* Where between from and to the parameter called name stands; NULL means "?". from if it does not. */
size_t split_parameter(const char *text, size_t from, size_t to, const char *name);

/* Line and column, both from 1, of an offset; columns count characters. */
void split_place(const char *text, size_t at, size_t *line, size_t *column);

#endif
