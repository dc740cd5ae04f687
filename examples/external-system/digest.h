/*
 * SHA-256, and its one comparison.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include "buf.h"

#define DIGEST_BYTES 32

/* Of these parts, one after the other. False: the library has no SHA-256. */
bool digest_of(const struct slice *part, size_t parts, unsigned char digest[DIGEST_BYTES]);

/* Are two secrets the same? Takes as long for any two of the same lengths, wherever they differ. */
bool digest_same_secret(const char *a, const char *b);

#endif
