/*
 * Who is told of alerts ("Notify", in a job or for all) and who hears of runs ("Ping", in a job).
 */
#ifndef CONFIG_NOTIFY_H
#define CONFIG_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "json/value.h"

enum notify_format { NOTIFY_JSON, NOTIFY_SLACK, NOTIFY_ALERTMANAGER };

/* One target: a URL to POST to, or a command that gets the alert on standard input. All is owned. */
struct notify_target {
	char *url;      /* literal http(s) URL, or a REF (env:, file:, cred:) to one; NULL: a command */
	char **command; /* absolute path and arguments, ends with NULL; NULL: a URL */
	enum notify_format format;
	struct settings settings; /* Auth, Headers, Timeout (10 s here), CaFile, Proxy, AllowHttp */
};

struct notify_config {
	struct notify_target *targets;
	size_t n;
};

/*
 * Reads an object, or an array of objects. where and path begin every message ("Notify[1].Url: …"). 0 or -1
 * (ERR_CONFIG); on -1 nothing is left to release.
 */
int notify_config_read(
    struct notify_config *c, struct json_value value, const char *where, const char *path, struct err *e);
void notify_config_release(struct notify_config *c);

/* The text of `notify set`: strict JSON, then as above. */
int notify_config_parse(struct notify_config *c, const char *text, size_t len, struct err *e);

#endif
