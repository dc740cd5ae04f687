/*
 * Which ids of an ack the external system refused, read from its answer.
 */
#ifndef RUN_REFUSED_H
#define RUN_REFUSED_H

#include <stdbool.h>

#include "json/pointer.h"
#include "store/ledger.h"

/*
 * Sets refused[i] for each item of the batch whose id stands in the array at
 * the pointer; a system that writes numbers as strings, or the other way
 * round, is understood. An absent array refuses nothing; ids that were not
 * sent are passed over. 0, or -1 with "ack_unreadable": the answer is no JSON,
 * or what stands there is no array of ids, so that the ack's fate is unknown.
 */
int refused_read(const struct json_pointer *where, const char *answer, size_t len, const struct ledger_owed *batch,
    bool *refused, struct err *e);

#endif
