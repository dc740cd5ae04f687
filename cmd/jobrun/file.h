/*
 * Reading what an option or a word names.
 */
#ifndef CMD_FILE_H
#define CMD_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* The whole file ("-": standard input), up to out's ceiling. 0 or -1 (ERR_INPUT). */
int file_read(const char *path, struct buf *out, struct err *e);

#endif
