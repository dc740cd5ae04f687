/*
 * The external systems, and who uses them.
 */
#ifndef CHECK_SYSTEMS_H
#define CHECK_SYSTEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct check;

/* One of them; owned. */
struct system_row {
	char *name, *definition;
	bool used; /* by a job or a client */
};

/* Sorted by name. */
struct systems {
	struct system_row *at;
	size_t n, cap;
};

int systems_load(struct check *c, struct err *e);
void systems_release(struct systems *s);

/* Its index, or n if there is none of that name. */
size_t systems_find(const struct systems *s, const char *name);

/* The nearest name, or NULL; borrowed. 0 or -1 (no memory). */
int systems_near(const struct systems *s, const char *name, const char **near, struct err *e);

/* Checks all of them; of a check of one job, those that it uses. 0 or -1. */
int systems_check(struct check *c, struct err *e);

#endif
