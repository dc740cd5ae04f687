/*
 * Small files, read and written whole.
 */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

#include "err.h"

/* The file's text with a NUL behind it, owned by the caller; NULL: it cannot be read, or is over BOUND_FILE. */
char *file_read(const char *path, struct err *e);

/* Puts a file of mode 0600 there in one step: a reader sees all of it or none. 0, or -1 and nothing is there. */
int file_replace(const char *path, const char *bytes, size_t n, struct err *e);

#endif
