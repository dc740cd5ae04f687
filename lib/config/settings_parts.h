/*
 * Between the files of settings, and for notify.c, which reads the same keys: not for other modules.
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

/* settings_apply() for members of the object at; messages begin with its path. */
int settings_apply_at(struct settings *s, const struct field *at, const struct json_members *members,
    enum settings_level level, struct err *e);

/* Parts of settings_check(): the URL, named by f, is no plain http that is refused; Auth's header is sent once. */
int settings_check_url(const struct settings *s, const struct field *f, const char *url, struct err *e);
int settings_check_headers(const struct settings *s, const struct field *auth, struct err *e);

#endif
