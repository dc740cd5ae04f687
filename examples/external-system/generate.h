/*
 * Fills the store with generated records.
 */
#ifndef GENERATE_H
#define GENERATE_H

#include <stdint.h>

#include "store.h"

/*
 * Adds what the spec ("kind=records,client=1,group=10,count=5000,…") asks for and is not there yet,
 * acknowledged or not; *added counts it. 0, or -1 and nothing was added.
 */
int generate(struct store *s, const char *spec, uint64_t seed, int64_t *added, struct err *e);

#endif
