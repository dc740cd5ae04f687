/*
 * Which files a configuration names: what a sandbox must let its reader open.
 */
#ifndef CONFIG_FILES_H
#define CONFIG_FILES_H

#include <stddef.h>

#include "base/err.h"

/* path is borrowed. Return 0 to go on, -1 to stop with e. */
typedef int config_file_fn(void *arg, const char *path, struct err *e);

/*
 * Calls fn with the path of each secret (file:/path) and each CaFile in a definition or a client's entries, wherever in
 * it they stand. What is no JSON names none: whoever reads it in earnest says what is wrong. 0 or -1.
 */
int config_files(const char *text, size_t len, config_file_fn *fn, void *arg, struct err *e);

#endif
