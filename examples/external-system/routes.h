/*
 * Which path does what.
 */
#ifndef ROUTES_H
#define ROUTES_H

#include "service.h"

/*
 * Carries a request out and fills the answer, a refusal included. 0; -1: it failed, the answer is void.
 * Runs inside a transaction of the store that its caller ends, but for those of control.h.
 */
typedef int route_fn(struct service *s, struct request *r, struct answer *a, struct err *e);

struct route {
	const char *path;    /* behind "/api/KIND", or the whole path of a control request or a hook */
	bool takes_rest;     /* more of the path follows it */
	bool keyed;          /* an Idempotency-Key makes it happen once */
	const char *methods; /* "GET, POST" */
	route_fn *serve;
};

/* The request's route, or NULL and the answer says why: no such path, or not with this method. Sets kind and rest. */
const struct route *route_find(struct request *r, struct answer *a);

#endif
