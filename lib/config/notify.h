/*
 * Who is told of alerts ("Notify", in a job or for all) and who hears of runs ("Ping", in a job).
 */
#ifndef CONFIG_NOTIFY_H
#define CONFIG_NOTIFY_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "config/faults.h"
#include "config/settings.h"
#include "json/value.h"

enum notify_format { NOTIFY_JSON, NOTIFY_SLACK, NOTIFY_ALERTMANAGER };

/* One target: a URL to POST to, or a command that gets the alerts on standard input. All is owned. */
struct notify_target {
	char *name;  /* for messages: "Notify[1] (https://host)", "Notify (env:NAME)"; never more of a URL than that */
	char *shown; /* what stands there in brackets */
	char *url;   /* literal http(s) URL, or a REF (env:, file:, cred:) to one; NULL: a command */
	char **command; /* absolute path and arguments, ends with NULL; NULL: a URL */
	enum notify_format format;
	struct settings
	    settings; /* Auth, Headers, Timeout, ConnectTimeout, CaFile, Proxy, AllowHttp; of a command: Timeout */
};

/* Zero-initialise. */
struct notify_config {
	struct notify_target *targets;
	size_t n;
};

struct field;

/*
 * Reads "Notify", an object or an array of objects: f's value. f's name begins every path ("Notify[1].Url: …"). 0 or
 * -1 (ERR_CONFIG); on -1 nothing is left to release, unless f has faults: those targets are there then that are fine.
 */
int notify_config_read(struct notify_config *c, const struct field *f, struct err *e);
void notify_config_release(struct notify_config *c);

/* The text of `notify set`: strict JSON, then as above. */
int notify_config_parse(struct notify_config *c, const char *text, size_t len, struct err *e);
/* The same for who wants to hear of every fault; release c also on -1. */
int notify_config_parse_all(
    struct notify_config *c, const char *text, size_t len, struct faults *faults, struct err *e);

/* Reads "Ping", a string or an object with Url, as one target with a URL. As above; on -1 nothing is left. */
int notify_ping_read(struct notify_target *t, const struct field *f, struct err *e);
void notify_target_release(struct notify_target *t);

/*
 * Appends the URL itself: as it is written, or read from where its REF says and then checked like a written one. out
 * has room for BOUND_URL; wipe it. 0 or -1 (ERR_CONFIG), which never repeats it.
 */
int notify_target_url(const struct notify_target *t, struct buf *out, struct err *e);

#endif
