/*
 * Who is meant: a job type and one of its configured clients, as a verb's words name them.
 */
#ifndef CMD_CLIENT_FIND_H
#define CMD_CLIENT_FIND_H

#include <stdint.h>

#include "app.h"

/* Zero-initialise; all strings are owned. */
struct client_find {
	int64_t job_type;
	char *job;          /* its name; NULL: not installed, clients may be configured before */
	char *group;        /* of the client that was found */
	int64_t row, index; /* where he stands: APP_JOB_CONFIG.Id, and his place in its array */
};
void client_find_release(struct client_find *find);

/* A job type by name or number: 0 and *find's first two; -1, as find_job. A number need not be installed. */
int client_find_job(struct app *app, const char *word, struct client_find *find, struct err *e);

/*
 * The job type's client with this id; group NULL: in whatever group. 0; 1 there
 * is none, and e says why as closely as can be; -1, also: he is in several
 * groups. To change his entry: in the same transaction, so that nobody moves it meanwhile.
 */
int client_find(struct app *app, const char *id, const char *group, struct client_find *find, struct err *e);

/* Both, for the words JOB CLIENT [GROUP]: 0 or -1. */
int client_find_words(struct app *app, struct client_find *find, struct err *e);

/* Who is meant, on standard output: "JOB: client C, group G"; by the job's name, whatever word named it. */
void client_find_print(const struct app *app, const struct client_find *find, const char *client, const char *group);

#endif
