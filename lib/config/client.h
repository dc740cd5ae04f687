/*
 * A job's clients: the arrays of APP_JOB_CONFIG, entry by entry.
 */
#ifndef CONFIG_CLIENT_H
#define CONFIG_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "config/job.h"
#include "config/settings.h"
#include "config/template.h"
#include "json/value.h"

/* One entry, its keys checked; small, since a job may have 100,000. All strings are owned. */
struct client {
	char *id, *group;   /* as text: integers by their digits, strings by their characters; group "0" if absent */
	char *text;         /* the entry as it is written */
	char *route;        /* the entry's Route, else the row's; NULL if both are empty */
	char *system;       /* the entry's own System; NULL: the job's */
	char *user;         /* the row's CreatedByUserId, as text */
	int64_t row, index; /* APP_JOB_CONFIG.Id, and its place in that row's array */
	int64_t send_frequency; /* minutes; 0: always due */
	bool enabled, pilot;
};

/* Where to put what is read. */
struct client_sink {
	/* Takes the client over, also to release it. 0, or -1 to stop. */
	int (*client)(void *arg, struct client *c, struct err *e);
	/* One entry that cannot be used; id and group are "" if even they are not known. why->text begins with where. */
	int (*bad)(void *arg, const char *id, const char *group, const struct err *why, struct err *e);
	void *arg;
};

/*
 * Reads one row's array. An entry that cannot be used goes to sink->bad, and
 * so does a Configuration that is no array, once. A client given twice in
 * several rows or in one is not this module's: see the caller. 0, or -1 when the sink says
 * so or memory is out.
 */
int client_read_row(int64_t row, const char *route, const char *user, const char *configuration, size_t len,
    const struct client_sink *sink, struct err *e);
/* Where the reading of a row is. */
struct client_place {
	int64_t index;           /* in the array; -1: it is about the whole row */
	struct json_value entry; /* with an index: what stands there, of any kind; borrowed during the sink's call */
};

/*
 * The same for whoever says himself where something stands: *place is set before each call of the sink, why->text
 * begins with the key, and sink->bad is called for each of an entry's faults, one after the other.
 */
int client_read_entries(int64_t row, const char *route, const char *user, const char *configuration, size_t len,
    const struct client_sink *sink, struct client_place *place, struct err *e);
void client_release(struct client *c);

/* The keys of an entry that mean something by themselves, those of settings aside; *n is their count. */
const char *const *client_keys(size_t *n);

/* Checks the entry given to `client add`, as client_read_row does: 0 and *out filled, or -1 (ERR_CONFIG). */
int client_parse(
    struct client *out, int64_t row, const char *route, const char *user, const char *text, size_t len, struct err *e);

/* What stands in for a client's own keys in this run; each -1: not given. */
struct client_override {
	int64_t days, year;
};

/*
 * A client made ready for its visit: its members, and the settings of system,
 * job and client laid over each other.
 */
struct client_view {
	const struct client *client;
	struct json_members members;
	struct settings settings;
	struct client_override override;
	char *extra; /* owned: JSON texts of the keys that are not written in the entry (Route, GroupId, Days, Year) */
	struct json_value route, group, days, year;
};

/*
 * What all of a job's clients at one system begin with: its settings, and over them the job's. name and definition
 * are the system's; NULL: there is none. 0, or -1 (ERR_CONFIG), *out then being empty.
 */
int client_settings(
    struct settings *out, const struct job *job, const char *name, const char *definition, struct err *e);

/* A view over settings that client_settings() made, which are copied. 0 or -1. */
int client_view_over(struct client_view *v, const struct client *c, const struct settings *settings,
    const struct client_override *override, struct err *e);
/* Both in one. system is the Definition of the system that the client's or the job's System names, or NULL. */
int client_view_init(struct client_view *v, const struct client *c, const struct job *job, const char *system,
    const struct client_override *override, struct err *e);
void client_view_release(struct client_view *v);

/* A client's value by key, for templates and rules: overrides, then the entry, then defaults. */
struct json_value client_view_get(const struct client_view *v, const char *name, size_t len);

#endif
