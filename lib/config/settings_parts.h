/*
 * Between the files of settings: the keys that hold objects. Not for other modules.
 */
#ifndef CONFIG_SETTINGS_PARTS_H
#define CONFIG_SETTINGS_PARTS_H

#include "config/field.h"
#include "config/settings.h"

/* Readers of Auth and Headers; into is a struct settings. */
int settings_read_auth(void *into, const struct field *f, struct err *e);
int settings_read_headers(void *into, const struct field *f, struct err *e);

/* Sets a header, in place of one of that name. 0, or -1 no memory. */
int settings_add_header(struct settings *s, const char *name, const char *value);

/* The header of that name, in whatever case, or NULL. */
struct settings_header *settings_find_header(const struct settings *s, const char *name);

#endif
