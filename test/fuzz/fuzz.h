/*
 * What the fuzz targets share. Each is a function of some bytes that must come back whatever they are, and aborts when
 * what it promises does not hold. Built with JOBRUN_FUZZ it is libFuzzer's; else replay.c feeds it its corpus.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define CHECK(what)                                                                        \
	do {                                                                               \
		if (!(what)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
			abort();                                                           \
		}                                                                          \
	} while (0)

/* A NUL-terminated copy of what may have no NUL in it; NULL: it has one. Owned. */
static inline char *
fuzz_text(const uint8_t *bytes, size_t n)
{
	char *text = malloc(n + 1);
	size_t i;

	CHECK(text != NULL);
	for (i = 0; i < n; i++) {
		text[i] = (char)bytes[i];
		if (bytes[i] == '\0') {
			free(text);
			return NULL;
		}
	}
	text[n] = '\0';
	return text;
}

#endif
