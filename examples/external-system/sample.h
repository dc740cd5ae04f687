/*
 * Realistic records, drawn so that the same seed and spec give the same bytes.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stdint.h>

#include "buf.h"

/* What to generate: records number first to first + count - 1 of a client. */
struct spec {
	const char *kind; /* of record_kind */
	int64_t client;
	char group[64];
	int64_t count, bad, first, days;
};

/*
 * Is number n a bad one, and the how-many-th, from 1? 0: it is good. The k-th bad one stands at
 * position ceil(k * count / bad), so that they are spread evenly.
 */
int64_t sample_bad(const struct spec *spec, int64_t n);

/* Appends record number n as JSON. */
void sample_write(const struct spec *spec, uint64_t seed, int64_t n, struct buf *out);

#endif
