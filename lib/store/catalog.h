/*
 * What is configured: external systems, job types and their clients' rows.
 * Strings handed out are owned by the caller (free), unless said otherwise.
 */
#ifndef STORE_CATALOG_H
#define STORE_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

/* 0 and *definition; 1 there is none; -1. */
int catalog_system(struct db *db, const char *name, char **definition, struct err *e);
/* Inserts or replaces: 0 *existed is 1 if it was there and differed, 2 if it was the same; -1. */
int catalog_system_set(struct db *db, const char *name, const char *definition, int *existed, struct err *e);

struct catalog_job {
	int64_t type, version;
	char *name, *definition, *rules, *stage, *installed_at;
	char *stage_at;   /* when the stage was entered */
	char *stage_note; /* by whom it was advanced against the rule, or NULL */
};
void catalog_job_release(struct catalog_job *job);

/* By name or number ("1"): 0; 1 there is none; -1. */
int catalog_job(struct db *db, const char *job, struct catalog_job *out, struct err *e);

/* The lowest number from 1 on that no job type has, installed or only configured. 0 or -1. */
int catalog_free_type(struct db *db, int64_t *type, struct err *e);

/*
 * Stores a job type: *version is the new version, or the old one with
 * *changed 0 when definition and rules are as before. Refuses (ERR_CONFIG) a
 * number or a name that another job type has. stage: where a new one begins,
 * NULL 'full'; one that is there keeps its own. installed_at NULL: now. Joins
 * an open transaction, else has one of its own.
 */
int catalog_job_install(struct db *db, const struct catalog_job *job, int64_t *version, int *changed, struct err *e);

/* Is it at stage pilot, so that only clients that say so run? */
bool catalog_is_pilot(const struct catalog_job *job);
/* Moves an installed job type to a stage; note NULL: by the rule. 0 or -1. */
int catalog_stage(struct db *db, int64_t job_type, const char *stage, const char *at, const char *note, struct err *e);
/*
 * The same for where it begins, once more: as long as no client of it was ever
 * visited, and nobody advanced it against the rule. 0 and *changed: was it moved?; -1.
 */
int catalog_stage_anew(struct db *db, int64_t job_type, const char *stage, const char *at, int *changed, struct err *e);

/* One row of APP_JOB_CONFIG; borrowed, valid during the call. Return 0 to go on, -1 to stop with e. */
struct catalog_row {
	int64_t id;
	const char *route, *configuration, *user;
	size_t configuration_len;
};
typedef int catalog_row_fn(void *arg, const struct catalog_row *row, struct err *e);
/* Every row of a job type, by Id. *rows counts them. */
int catalog_rows(struct db *db, int64_t job_type, catalog_row_fn *fn, void *arg, int64_t *rows, struct err *e);

/* `client add`: a row of its own; route "" for none; entry is a JSON object, checked by the caller. 0 or -1. */
int catalog_client_add(
    struct db *db, int64_t job_type, const char *route, const char *entry, int64_t user, struct err *e);
/*
 * Both change the entry at index (from 0) of that row, and leave the digits
 * and escapes of all else as written; blanks between go. 0, or -1: ERR_CONFIG
 * there is no such row or entry, or its JSON is broken. Two people at once
 * would count differently: find the index inside the same transaction.
 */
/* `client enable|disable`: sets Enabled of the entry, which must be an object. */
int catalog_client_enable(struct db *db, int64_t row, int64_t index, int enabled, struct err *e);
/* `client remove`: cuts the entry; a row whose array is empty then goes too. */
int catalog_client_remove(struct db *db, int64_t row, int64_t index, struct err *e);

/* Lists for the verbs: the named query's rows as text cells; NULL cells are NULL. Return 0 to go on. */
typedef int catalog_cells_fn(void *arg, int n, const char *const *cells, struct err *e);
/*
 * SQL_LIST_SYSTEMS (Name, Definition), SQL_LIST_JOBS (JobType, Name, Version, Stage, InstalledAt, why it is on hold),
 * SQL_LIST_KEYS, SQL_LIST_CONFIGURED (JobType, Name or NULL: each job type that has clients), SQL_LIST_HOLDS (JobType,
 * Name or number, ClientId and GroupId as in APP_HOLD and in the order of strcmp(), Reason).
 */
int catalog_list(struct db *db, enum sql_id list, catalog_cells_fn *fn, void *arg, struct err *e);

#endif
