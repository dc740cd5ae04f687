/*
 * Every ceiling in one place, each with its reason.
 */
#ifndef BOUNDS_H
#define BOUNDS_H

/* A request's body: 100,000 records posted at once are some 30 MB. */
#define BOUND_BODY (128U * 1024 * 1024)
/* An answer that is built in memory; records are streamed and do not count. */
#define BOUND_ANSWER (64U * 1024 * 1024)
/* One turn of the stream reads records until it has this much; one large record may pass it. */
#define BOUND_PIECE (64U * 1024)
/* Nesting of JSON that is checked; deeper records can be posted with raw=1. */
#define BOUND_DEPTH 512
/* Parameters of one request, query and body together. */
#define BOUND_PARAMS 64
/* Headers that one answer adds. */
#define BOUND_HEADERS 16

/* Page sizes: a client that asks for more than the most gets the most, as real systems do it. */
#define BOUND_PAGE_DEFAULT 500
#define BOUND_PAGE_MOST 1000

/* Connections at once: 1,024 clients in flight and the control requests beside them. */
#define BOUND_CONNECTIONS 1100
/* A connection's thread needs little; the 8 MB default would ask for 8 GB of address space. */
#define BOUND_STACK (512U * 1024)

/* A certificate, a key or a token file. */
#define BOUND_FILE (64U * 1024)

/* One --generate: numbers up to here, so that client * 1000000 + n never meets another client's. */
#define BOUND_NUMBER 999999
/* Clients up to here, so that no good id reaches the ids kept for unknown records. */
#define BOUND_CLIENT 899998
#define BOUND_SPECS 1024

/* Waits that a fault may ask for: no longer than a server lives. */
#define BOUND_WAIT_MS 86400000
#define BOUND_MAX_TIME 86400

/* How long another program may keep the database busy. */
#define BOUND_BUSY_MS 30000

#endif
