#include "config/faults.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/bounds.h"

int
faults_add(struct faults *faults, const struct err *why)
{
	struct err *at;

	if (faults->n > BOUND_FAULTS)
		return 0;
	if ((at = array_room(faults->at, faults->n, &faults->cap, sizeof(*at))) == NULL)
		return -1;
	faults->at = at;
	at += faults->n++;
	*at = *why;
	if (faults->n > BOUND_FAULTS)
		err_set(at, why->kind, why->code, "there is more that is wrong; mend these %d first", BOUND_FAULTS);
	return 0;
}

void
faults_release(struct faults *faults)
{
	free(faults->at);
	*faults = (struct faults){ 0 };
}
