/*
 * How to speak to an external system: the keys of APP_EXTERNAL_SYSTEM, which
 * may also stand in a job or in a client's entry. What is nearer wins, key by key.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/faults.h"
#include "json/value.h"

enum auth_kind { AUTH_NONE, AUTH_BEARER, AUTH_BASIC, AUTH_HEADER };

/* Where a value was written; the nearest wins. */
enum settings_level { LEVEL_DEFAULT, LEVEL_SYSTEM, LEVEL_JOB, LEVEL_CLIENT };

struct settings_header {
	char *name, *value;
};

/* All strings are owned. */
struct settings {
	char *base_url; /* NULL: none yet. Checked: http(s), a host, no user, query or fragment; no slash at its end */
	struct {
		enum auth_kind kind;
		char *name;   /* AUTH_BASIC: the user. AUTH_HEADER: the header */
		char *secret; /* the REF, never the secret */
		enum settings_level level;
		char *origin; /* of the base_url that stood where Auth was written, or NULL if none stood yet */
	} auth;
	struct settings_header *headers;
	size_t n_headers;
	int64_t timeout_ms, connect_timeout_ms;
	int retries;
	double rate_limit; /* requests a second; 0: none */
	size_t max_item_bytes;
	char *ca_file, *proxy;
	bool allow_http;
};

/* The defaults of the contract: nothing named, 30 s, 10 s, 4 retries, 4 MiB. */
void settings_init(struct settings *s);
void settings_release(struct settings *s);

/* A deep copy: 0, or -1 no memory (to is then initialised and empty). */
int settings_copy(struct settings *to, const struct settings *from, struct err *e);

/*
 * Takes the settings among the members of a JSON object (system, job or
 * client entry) over what is there. Other keys are left to the caller. 0, or
 * -1 (ERR_CONFIG) naming the key by its path below where, for instance
 * "client 7: Auth.Bearer: …", and what it should be.
 * Headers are merged by name, case-insensitively.
 */
int settings_apply(struct settings *s, const struct json_members *members, enum settings_level level, const char *where,
    struct err *e);

/* Is this one of the keys above? For the caller's check for unknown keys. */
bool settings_is_key(const char *name, size_t len);

/* Names of the keys, for hints; *n is their count. */
const char *const *settings_keys(size_t *n);

/*
 * The last check, when all levels are in: a base URL is there, http only for
 * loopback or with AllowHttp, and Auth is not taken along to another origin
 * than the one it was written for. 0 or -1 (ERR_CONFIG), faults, unless NULL, then being all of it.
 */
int settings_check(const struct settings *s, const char *where, struct faults *faults, struct err *e);

/*
 * Checks a system's definition (APP_EXTERNAL_SYSTEM.Definition) as `system
 * set` does: an object, no unknown key, each value usable. 0 or -1.
 */
int settings_check_system(const char *name, const char *text, size_t len, struct err *e);
/*
 * The same, and keeps what it says: 0 and *s, to be released, or -1. With faults, unless NULL, it notes all of them,
 * and *s is, also on -1, what could be read.
 */
int settings_read_system(
    struct settings *s, const char *name, const char *text, size_t len, struct faults *faults, struct err *e);

#endif
