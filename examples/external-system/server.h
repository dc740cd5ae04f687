/*
 * The HTTP server: loopback only, one thread a connection, so that a fault
 * that waits holds up nobody else.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdint.h>

#include "err.h"
#include "service.h"

struct server;

/* What it listens with; the texts must outlive the server. */
struct listening {
	uint16_t port;          /* 0: any that is free */
	const char *cert, *key; /* PEM; NULL: plain HTTP */
	const char *token;      /* what clients prove themselves with; NULL: nobody has to */
};

/* Listens and serves until it is stopped; the service must outlive it. *port is where. NULL: err says why. */
struct server *server_start(struct service *service, const struct listening *how, uint16_t *port, struct err *e);

/* Ends what is under way, waits for its threads, and frees it. NULL is fine. */
void server_stop(struct server *s);

#endif
