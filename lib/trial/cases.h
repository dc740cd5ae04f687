/*
 * The cases of a job's tests as the folder has them.
 */
#ifndef TRIAL_CASES_H
#define TRIAL_CASES_H

#include <stddef.h>

#include "base/err.h"

struct cases {
	char **names; /* owned, in the order of strcmp() */
	size_t n;
};

/* The folders below DIR/test, hidden ones apart; none, if there is no DIR/test. 0 or -1. */
int cases_list(struct cases *cases, const char *dir, struct err *e);
void cases_release(struct cases *cases);

/* Does a file in a case's folder look like a misspelt one, which would be passed over? 0, or -1 saying which. */
int cases_check(const char *folder, struct err *e);

#endif
