/*
 * What the external system does with a request, apart from the wire.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdio.h>

#include "answer.h"
#include "faults.h"
#include "request.h"
#include "store.h"

struct service {
	struct store store;
	struct faults faults;
	FILE *log; /* a line a request; NULL: none */
};

/*
 * Carries the request out, with all it writes and its row in the journal committed, and fills the answer.
 * The request's entry says who asked, by then. Sets r->fault if one meets it.
 */
void service_answer(struct service *s, struct request *r, struct answer *a);

#endif
