/*
 * Whole files, read and written.
 */
#ifndef BASE_DISK_H
#define BASE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends all that a file holds, up to out's ceiling. 0, or -1 (ERR_INPUT). */
int disk_read(const char *path, struct buf *out, struct err *e);
/* The same of what is open already; path is its name for messages. */
int disk_read_open(int fd, const char *path, struct buf *out, struct err *e);

/*
 * Writes a file whole. What is there already (a symbolic link itself, not what it names) is replaced at once if replace
 * says so, never half, also by two writers at a time; else it stays and that is ERR_INPUT. mode: whatever the umask; 0:
 * 0666 without the umask. 0 or -1 (ERR_INPUT).
 */
int disk_write(const char *path, const char *bytes, size_t len, bool replace, mode_t mode, struct err *e);

/* Syncs the folder that a file stands in: a name that is there now is there after a power cut. 0, or -1 and errno. */
int disk_sync_name(const char *path);

#endif
