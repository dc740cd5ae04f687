/*
 * The cause in an error's message: what is left of it once ids, numbers and
 * quoted texts are taken out, so that messages alike but for those are one. A pure function.
 */
#ifndef REPORT_CAUSE_H
#define REPORT_CAUSE_H

#include <stddef.h>

#include "base/bounds.h"

/* Room for a cause, its ellipsis and its NUL. */
#define CAUSE_TEXT (BOUND_CAUSE + 4)

/* Whose message it is. Borrowed; an id may be NULL. */
struct cause_of {
	const char *code; /* of a rule's message the rule's name stays as it is */
	const char *client, *group, *item;
	size_t item_len;
};

/*
 * Numbers, times and what is made of digits become #; ids (the message's own,
 * UUIDs, hex, words with digits in them), quoted texts, an answer's excerpt
 * and a URL's query become …; several in a row become one. Left as they are: the HTTP status
 * of an answer, a URL's host and port, a rule's name, and names with a digit or two at most in them, such as utf8,
 * v2 or address_1. Looks at the first BOUND_MESSAGE bytes; cut at a character's border, with "…", after BOUND_CAUSE.
 */
void cause_text(const char *message, const struct cause_of *of, char out[CAUSE_TEXT]);

#endif
