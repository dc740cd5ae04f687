/*
 * A sandbox of the kernel's, landlock(7), around this process: from confine_enter() on it opens no file but those that
 * were allowed, executes none, and listens on no TCP port, whatever its code is made to do. Connections to others and
 * files that are open already are not touched. Nothing takes it away again; children inherit it.
 */
#ifndef CONFINE_CONFINE_H
#define CONFINE_CONFINE_H

#include <stdbool.h>

#include "base/err.h"

enum confine_use {
	CONFINE_READ,  /* read the file, or list and read all below the folder */
	CONFINE_WRITE, /* that, and write the file, or make, write, rename and remove files below the folder */
};

struct confine {
	int fd; /* of the rules so far; -1: none */
	/* What this kernel has: 1 files; 2 renames between folders; 3 truncation; 4 TCP; 5 devices; 6 signals. */
	int abi;
	const char *why; /* static words: why there is none */
};

/*
 * Begins one. signals: may it send signals to processes outside? 0; 1: this kernel has none, or whoever started us
 * forbids to use it (why says which; no fault); -1.
 */
int confine_begin(struct confine *c, bool signals, struct err *e);

/* Allows what the path leads to now, links followed. What is not there is not allowed, and no fault. 0 or -1. */
int confine_allow(struct confine *c, const char *path, enum confine_use use, struct err *e);

/* Closes it, and gives up for good what set-user-id programs could add. 0 or -1. */
int confine_enter(struct confine *c, struct err *e);

/* Of one that was begun, entered or not. */
void confine_release(struct confine *c);

#endif
