/*
 * What the modules of this room share while a check is under way; nobody else includes it.
 */
#ifndef CHECK_INSIDE_H
#define CHECK_INSIDE_H

#include "check/check.h"
#include "check/keyring.h"
#include "check/looked.h"
#include "check/jobs.h"
#include "check/probe.h"
#include "check/systems.h"

struct check {
	const struct check_plan *plan;
	struct check_summary *summary;
	struct looked looked;
	struct systems systems;
	struct jobs jobs;
	struct keyring keyring;
	struct probes probes;
	bool blind; /* a job or an entry cannot be read: what it would name is not known */
};

/* What findings are about. All is borrowed. */
struct subject {
	const char *kind;           /* "system", "job", "key", "database", "notify" */
	const char *name;           /* NULL: there is but one */
	const char *client, *group; /* NULL: none */
	int64_t row;                /* of APP_JOB_CONFIG, where not even the client is known; 0: none */
	bool lenient;               /* it is switched off: what is wrong fails nothing, and is but a warning */
	size_t told;                /* findings so far that were no CHECK_OK */
};

#endif
