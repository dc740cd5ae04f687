/*
 * Who is paused and which jobs are on hold, of those that a verb has shown: nobody should look for a fault where
 * somebody said why nothing happens.
 */
#ifndef CMD_HELD_H
#define CMD_HELD_H

#include <stddef.h>
#include <stdint.h>

#include "app.h"

struct held_one;

/* Zero-initialise. */
struct held {
	struct held_one *at; /* owned; by job type, client and group */
	size_t n, cap;
};

/* Reads what is held; with --json, where rows are for programs, nothing. 0 or -1; release it in either case. */
int held_read(struct held *held, struct app *app, struct err *e);
void held_release(struct held *held);

/* The verb shows this client of this job type, or with client NULL or "" the job itself. */
void held_see(struct held *held, int64_t job_type, const char *client, const char *group);
/* All that is held of the job type is to be told; but not this client, of whom it is told already. */
void held_see_all(struct held *held, int64_t job_type);
void held_told(struct held *held, int64_t job_type, const char *client, const char *group);

/* A line on standard output for each of those that were seen, with the reason; of many, some and a count. 0 or -1. */
int held_print(const struct held *held, struct err *e);

#endif
