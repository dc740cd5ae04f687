/*
 * A job's clients: each entry, and what comes of it together with its job and its system.
 */
#ifndef CHECK_CLIENTS_H
#define CHECK_CLIENTS_H

#include "check/inside.h"

/* j->row.name is NULL for a job type that is not installed; s is the job itself. 0 or -1. */
int clients_check(struct check *c, struct subject *s, struct jobs_row *j, struct err *e);

#endif
