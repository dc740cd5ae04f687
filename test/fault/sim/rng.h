/*
 * Numbers that a seed brings back (splitmix64): the one source of all chance in the simulation.
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t at;
};

static inline uint64_t
rng_next(struct rng *r)
{
	uint64_t z = (r->at += 0x9e3779b97f4a7c15U);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

/* From 0 to n - 1. n is small beside 2^64, so that no value is favoured by much. */
static inline int64_t
rng_below(struct rng *r, int64_t n)
{
	return (int64_t)(rng_next(r) % (uint64_t)n);
}

/* Both ends are included. */
static inline int64_t
rng_between(struct rng *r, int64_t least, int64_t most)
{
	return least + rng_below(r, most - least + 1);
}

/* True so many times of a hundred. */
static inline bool
rng_percent(struct rng *r, int percent)
{
	return rng_below(r, 100) < percent;
}

/* One of its own for each purpose: what one part draws moves nothing in another. */
static inline struct rng
rng_of(uint64_t seed, uint64_t purpose, uint64_t part)
{
	struct rng r = { seed * 0xd6e8feb86659fd93U ^ purpose };

	r.at = rng_next(&r) ^ (part * 0xa0761d6478bd642fU);
	(void)rng_next(&r);
	return r;
}

#endif
