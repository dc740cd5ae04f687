#include "draw.h"

/* SplitMix64 (Steele, Lea, Flood 2014): every state is a good one, so a hash may be the seed. */
static uint64_t
next(struct draw *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct draw
draw_from(uint64_t seed, const char *kind, int64_t client, int64_t n)
{
	struct draw d = { seed };

	for (; *kind != '\0'; kind++)
		d.state = next(&d) ^ (unsigned char)*kind;
	d.state = next(&d) ^ (uint64_t)client;
	d.state = next(&d) ^ (uint64_t)n;
	return d;
}

uint64_t
draw_below(struct draw *d, uint64_t below)
{
	/* The bias of a remainder of 64 bits does not matter for names. */
	return next(d) % below;
}
