/*
 * A fault from the JSON that orders it.
 */
#ifndef FAULT_PARSE_H
#define FAULT_PARSE_H

#include "faults.h"

/* A new fault, owned by the caller until it is in a list, or NULL and why not. */
struct fault *fault_parse(struct slice text, struct err *e);

void fault_free(struct fault *f);

#endif
