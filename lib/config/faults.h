/*
 * All that is wrong with a definition, for who wants to hear more than the first of it.
 */
#ifndef CONFIG_FAULTS_H
#define CONFIG_FAULTS_H

#include <stddef.h>

#include "base/err.h"

/* Zero-initialise. Past BOUND_FAULTS the last one says that there are more. */
struct faults {
	struct err *at;
	size_t n, cap;
};

/* Adds a copy. 0, or -1 no memory. */
int faults_add(struct faults *faults, const struct err *why);
void faults_release(struct faults *faults);

#endif
