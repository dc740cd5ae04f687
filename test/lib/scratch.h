/*
 * A folder of its own for each test, and the headers that such a test needs. Rooms put into it what they need:
 * secret/scratch.h, store/scratch.h.
 */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>
#include <unistd.h>

#include <bsd/string.h>
#include <cmocka.h>

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

#define SCRATCH_FOLDER 64 /* room for its path */

/* An empty folder. 0 or -1. */
static inline int
scratch_make(char folder[SCRATCH_FOLDER])
{
	strlcpy(folder, "/tmp/jobrun-test-XXXXXX", SCRATCH_FOLDER);
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static inline int
scratch_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

/* With all that is in it; no symbolic link is followed. */
static inline void
scratch_remove(const char *folder)
{
	nftw(folder, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
