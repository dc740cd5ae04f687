/*
 * One request for each way of speaking to an external system: a client's own fetch, its first page, and nothing else.
 */
#ifndef CHECK_PROBE_H
#define CHECK_PROBE_H

#include <stddef.h>
#include <sys/queue.h>

#include "base/err.h"
#include "config/client.h"

struct check;
struct jobs_row;
struct probe;
TAILQ_HEAD(probe_list, probe);

struct probes {
	struct probe_list list; /* in the order of the configuration */
	struct probe *next;     /* the first that was not sent yet, or NULL */
	struct engine *engine;
	size_t n_running;
};

void probes_init(struct probes *all);
void probes_release(struct probes *all);

/* Keeps the fetch of this client, unless another of the job speaks to the same origin in the same way. 0 or -1. */
int probes_add(struct check *c, const struct jobs_row *job, const struct client_view *v, struct err *e);

/* Sends all that were kept, many at once, and tells what came of each. 0; 1 a signal ended it; -1. */
int probes_run(struct check *c, struct err *e);

#endif
