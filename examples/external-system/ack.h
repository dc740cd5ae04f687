/*
 * Acknowledging: what the client has safely is forgotten here. Each is a
 * route_fn and writes one ack_log row an id.
 */
#ifndef ACK_H
#define ACK_H

#include "routes.h"

/* {"clientId":…,"groupId":…,"ids":[…]}: all of them; the answer lists those that are unknown or refused. */
route_fn ack_many;

/* The one that the path names; 404 if it is unknown, 409 if it is refused. */
route_fn ack_one;

#endif
