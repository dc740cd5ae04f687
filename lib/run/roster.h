/*
 * Who is to be visited: the job's configured clients, less those that are
 * switched off, filtered out or not due.
 */
#ifndef RUN_ROSTER_H
#define RUN_ROSTER_H

#include <stdint.h>

#include "config/client.h"
#include "run/run.h"

/* An entry that cannot be used: an exception of its own, and the others run. */
struct roster_bad {
	char *id, *group, *message;
};

/* Zero-initialise. */
struct roster {
	struct client *clients;
	size_t n, cap;
	struct roster_bad *bad;
	size_t n_bad, cap_bad;
	int64_t rows;       /* of APP_JOB_CONFIG */
	int64_t configured; /* entries that could be read, the disabled ones counted */
	int64_t skipped;    /* not due */
};

/*
 * 0; or -1: ERR_USAGE, --client or --group names nobody (with a hint), or the
 * database failed. A client that is configured twice is taken once; the second is bad.
 */
int roster_read(struct roster *roster, const struct run_request *request, int64_t now_ms, struct err *e);
void roster_release(struct roster *roster);

#endif
