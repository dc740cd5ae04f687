/*
 * A request's parameters, from its query and from a JSON body alike.
 */
#ifndef PARAMS_H
#define PARAMS_H

#include <stdint.h>

#include "bounds.h"
#include "buf.h"
#include "err.h"

struct params {
	struct param {
		char *name, *value; /* owned, decoded */
	} at[BOUND_PARAMS];
	size_t n;
};

/* Adds those of "a=1&b=2". 0, or -1: too many, a NUL in one, a broken escape. */
int params_add_query(struct params *p, const char *query, struct err *e);

/* Adds an object's strings, numbers and words; arrays, objects and null are no parameters. 0, or -1 as above. */
int params_add_json(struct params *p, struct slice object, struct err *e);

/* The first of that name, so that the query wins over the body; NULL if there is none. Lives as long as p. */
const char *params_get(const struct params *p, const char *name);

/* A number with a default: 0, or -1 if it is there and is none, or outside the limits. */
int params_number(const struct params *p, const char *name, int64_t least, int64_t most, int64_t *value, struct err *e);

/* Appends "a=1&b=2&" for all but the one named, for the link to a next page. */
void params_write(const struct params *p, const char *but, struct buf *out);

void params_release(struct params *p);

/* Appends the characters that percent-encoded text stands for; plus: '+' is a blank. 0, or -1 for a broken escape. */
int percent_decode(struct slice text, bool plus, struct buf *out);

void percent_encode(const char *text, struct buf *out);

#endif
