/*
 * Small reproducible randomness: not for secrets.
 */
#ifndef DRAW_H
#define DRAW_H

#include <stddef.h>
#include <stdint.h>

struct draw {
	uint64_t state;
};

/* A sequence of its own for each (seed, kind, client, n). */
struct draw draw_from(uint64_t seed, const char *kind, int64_t client, int64_t n);

/* 0 to below - 1; below is at least 1. */
uint64_t draw_below(struct draw *d, uint64_t below);

#endif
