/*
 * An answer on the wire, with what faults do to it there.
 */
#ifndef REPLY_H
#define REPLY_H

#include <microhttpd.h>

#include "answer.h"
#include "request.h"

/*
 * Sends the answer as r->fault has it: late, cut, byte by byte, or not at all. Blocks for delays
 * until `stop` (a descriptor) becomes readable. Takes what it needs out of the answer; r must live until
 * the request is completed. MHD_NO: no answer, the connection is to be closed.
 */
enum MHD_Result reply_send(struct MHD_Connection *connection, struct request *r, struct answer *a, int stop);

#endif
