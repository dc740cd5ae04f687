/*
 * Errors by cause: how often, when, at which clients of how many, and whether it still is so.
 */
#ifndef REPORT_CAUSES_H
#define REPORT_CAUSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "report/cause.h"
#include "store/errlog.h"

/* The ids of so many clients are shown. */
#define CAUSES_NAMED 3

struct causes_client;

struct cause {
	int64_t job_type;
	char *job; /* owned; NULL: not installed */
	char *stage, *code, *text;
	int64_t count;
	char first[CLOCK_TEXT], last[CLOCK_TEXT];
	bool open;                                 /* some client's newest visit had it */
	size_t hit;                                /* clients */
	size_t visited;                            /* of so many of its job type; known after causes_sorted() */
	bool more;                                 /* there was no room to count all of them */
	struct causes_client *named[CAUSES_NAMED]; /* the first of them */
};

struct causes;

/* NULL with e. */
struct causes *causes_new(struct err *e);
void causes_free(struct causes *causes);

/* Says who was visited. 0 or -1. */
int causes_visit(struct causes *causes, const struct errlog_visit *visit, struct err *e);
/* Counts one error; before that, all visits. 0 or -1 (no memory). */
int causes_add(struct causes *causes, const struct errlog_row *row, struct err *e);

/*
 * Open ones first, then by their count, then the last one first: *n pointers, owned by causes. Those who are hit
 * count as visited, whatever the visits say. NULL with e.
 */
struct cause *const *causes_sorted(struct causes *causes, size_t *n, struct err *e);
/* Errors whose causes were too many to keep apart. */
int64_t causes_others(const struct causes *causes);

/*
 * Appends where it happened: "client 7 only, of 120", "3 of 120: 4, 7, 9", "40 of 120
 * clients", "all 120 clients". chosen: only some clients were looked at, so that nothing can be said of the rest:
 * "client 7", "40 clients". After causes_sorted(). 0, or -1 b is full.
 */
int causes_where(const struct cause *cause, bool chosen, struct buf *b);
/* Appends the ids of up to CAUSES_NAMED clients as a JSON array. 0, or -1 b is full. */
int causes_clients(const struct cause *cause, struct buf *b);

#endif
