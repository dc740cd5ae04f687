/*
 * A job's definition: job.json, read and checked.
 */
#ifndef CONFIG_JOB_H
#define CONFIG_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "config/faults.h"
#include "config/notify.h"
#include "config/settings.h"
#include "http/pages.h"
#include "json/pointer.h"
#include "json/value.h"
#include "stream/stream.h"

struct job_pages {
	struct pages_plan plan;      /* its param and limit are the two below */
	struct json_pointer pointer; /* PAGES_NEXT, PAGES_CURSOR: where in the answer */
	char *param, *limit;
};

struct job_query {
	char *name, *value; /* value is a template */
};

struct job {
	int64_t type;
	char *name, *description, *system; /* system: NULL if none is named */
	char *text;                        /* the definition, comments blanked; the values below point into it */
	struct json_value root;
	struct {
		char *method, *path; /* path is a template */
		struct job_query *query;
		size_t n_query;
		struct json_value body; /* JSON_ABSENT: none */
		enum stream_format format;
		struct json_pointer items, item_id, item_version;
		bool has_version;
		struct job_pages pages;
	} fetch;
	char *rules; /* file name */
	struct {
		bool wanted; /* false: "Ack": null */
		char *method, *path;
		struct json_value body;
		int64_t batch;
		struct json_pointer rejected;
		bool has_rejected;
	} ack;
	int64_t parallel, max_attempts, rule_timeout_ms;
	struct {
		int64_t consecutive_failures;
		double min_processed_ratio;
		int64_t remind_after; /* minutes; 0: never */
	} alerts;
	struct {
		bool given; /* it stands in for the one for all; with n 0, "Notify": null, nobody is told */
		struct notify_config config;
	} notify;
	struct notify_target ping; /* url NULL: none */
};

/*
 * Reads a definition. Unknown keys are refused with a hint; every message
 * begins with the key's path ("Fetch.Pages.Next: …"). 0 or -1 (ERR_CONFIG);
 * on -1 nothing is left to release. Its settings keys are checked, and kept in root.
 */
int job_parse(struct job *job, const char *text, size_t len, struct err *e);
/*
 * The same for who wants to hear of every fault: all are noted in faults, and on -1, too, the job is what could be
 * read, to be released; what could not is NULL or its default.
 */
int job_parse_all(struct job *job, const char *text, size_t len, struct faults *faults, struct err *e);
/* For whom a definition that is wrong is not the matter: 1; 0: it is; -1: no memory, it may well be right. */
int job_try(struct job *job, const char *text, size_t len, struct err *e);
void job_release(struct job *job);

#endif
