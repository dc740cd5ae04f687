/*
 * How fast requests may follow each other at one origin: a pure table of when the next one may go.
 */
#ifndef HTTP_PACE_H
#define HTTP_PACE_H

#include <stdint.h>

#include <bsd/sys/tree.h>

#include "base/err.h"

struct pace_origin;
RB_HEAD(pace, pace_origin);

void pace_init(struct pace *pace);
void pace_release(struct pace *pace);

/* The entry of an origin, made if need be; lives as long as the table. NULL with e. */
struct pace_origin *pace_find(struct pace *pace, const char *origin, struct err *e);

/*
 * Takes the next free slot at so many requests a second: when the request may
 * go, now_us or later, on the same clock. The slot is taken for good.
 */
int64_t pace_slot(struct pace_origin *origin, double rate, int64_t now_us);

#endif
