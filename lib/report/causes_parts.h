/*
 * What causes.c and causes_where.c share.
 */
#ifndef REPORT_CAUSES_PARTS_H
#define REPORT_CAUSES_PARTS_H

#include <bsd/sys/tree.h>

#include "report/causes.h"

struct causes_client {
	RB_ENTRY(causes_client) entry;
	int64_t job_type, run; /* run: of his newest visit; 0: none is known */
	char *id, *group;      /* owned */
	size_t number;         /* which of a cause's bits he is */
	bool twice;            /* the job has the same id in another group, too; known of those that are named */
};

#endif
