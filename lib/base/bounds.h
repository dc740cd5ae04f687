/*
 * Every ceiling in one place, each with its reason. A bound that a user may
 * set has its default here too.
 */
#ifndef BASE_BOUNDS_H
#define BASE_BOUNDS_H

/* Nesting of a JSON document: what cJSON accepts too, far beyond any real record. */
#define BOUND_JSON_DEPTH 1000

/* An envelope's member name; longer ones cannot be named by a pointer and are only skipped. */
#define BOUND_JSON_NAME 4096

/* A next-page URL or a cursor in an answer: what common servers accept as a request line. */
#define BOUND_CAPTURE 8192

/* Default of MaxItemBytes: a record with a report's text in it fits, a file does not. */
#define BOUND_ITEM_BYTES (4U * 1024 * 1024)
/* Most that MaxItemBytes may say: an item is held whole, and bound into SQLite whole. */
#define BOUND_ITEM_BYTES_MOST (64U * 1024 * 1024)

/* An item's id or version: both stand in the ledger's key. */
#define BOUND_ITEM_ID 1000

/* What an answer may hold between its items: an envelope is small, a flood is not an envelope. */
#define BOUND_ENVELOPE_BYTES (16U * 1024 * 1024)

/* A job.json, a system's definition or a client's entry. */
#define BOUND_CONFIG_BYTES (1024U * 1024)
/* A whole APP_JOB_CONFIG array: 100,000 clients of some 300 bytes each, twice over. */
#define BOUND_CLIENTS_BYTES (64U * 1024 * 1024)
/* rules.sql: a file that a person reads in minutes. */
#define BOUND_RULES_BYTES (256U * 1024)
#define BOUND_RULES_STATEMENTS 100
/* Different parameters in one rules file: far more than a record has fields that one reads. */
#define BOUND_RULES_PARAMETERS 1000
/* A rule's name in messages: the rest of the line is the reason's. */
#define BOUND_RULE_NAME 80
/* A value that a rule reads or builds: the largest item, in a row with other columns. */
#define BOUND_RULE_VALUE (BOUND_ITEM_BYTES_MOST + 1024U * 1024)
/* SQLite's memory while a rule runs: the largest item three times over, and the caches. */
#define BOUND_RULE_HEAP (256U * 1024 * 1024)

/* A secret, a key, or one line of a key file. */
#define BOUND_SECRET_BYTES 8192

/* Headers of an external system: what common servers accept in one request. */
#define BOUND_HEADERS 100

/* A rendered URL, and a rendered request body (an ack of 10,000 long ids). */
#define BOUND_URL 16384
#define BOUND_REQUEST_BODY (16U * 1024 * 1024)

/* The answer to an ack is read whole, for its rejected ids. */
#define BOUND_ACK_ANSWER (4U * 1024 * 1024)
#define BOUND_ACK_BATCH 10000

/* Pages of one fetch: a server that pages for ever is stopped here. */
#define BOUND_PAGES 1000000
#define BOUND_REDIRECTS 5

/* An answer's headers: eight times what common servers send at the most. */
#define BOUND_HEADER_BYTES (64 * 1024)
/* How much of an error's body is read for its first line. */
#define BOUND_ERROR_EXCERPT 2048
/* A body slower than this, over a whole Timeout, is no longer coming. */
#define BOUND_SLOWEST_BYTES 64
/* libcurl's receive buffer, one for each transfer under way. */
#define BOUND_RECEIVE_BUFFER (64 * 1024)

/* Clients in flight at once. */
#define BOUND_PARALLEL 1024
#define BOUND_PARALLEL_DEFAULT 6

/* One group commit: items and bytes held in memory, time the write lock is held. */
#define BOUND_BATCH_ITEMS 1000
#define BOUND_BATCH_BYTES (512U * 1024)
/* Half of the 100 ms promised to the platform: the rest is for the commit's sync. */
#define BOUND_BATCH_HOLD_MS 50
/*
 * How long the write lock is left alone after that, at most. SQLite's wait for a busy database looks every 25 ms at
 * first: without a rest, a platform's program could find the lock taken each time it looks, as long as a run lasts.
 */
#define BOUND_BATCH_REST_MS 25
/* Rows of acks or errors in one of its transactions: some milliseconds of work, on top of the items'. */
#define BOUND_BATCH_ROWS 1000

/* How long a busy database is waited for. */
#define BOUND_BUSY_MS 30000

/* Item errors shown on standard error for one client; the rest are counted. */
#define BOUND_SHOWN_ERRORS 10

/* A message kept in a table or shown: long enough to mend by, short enough for a line. */
#define BOUND_MESSAGE 1000

/* Retry-After: longer than this and the next scheduled run is the better retry. */
#define BOUND_RETRY_AFTER_MS 300000
/* Exponential back-off with full jitter: from BASE doubling to MOST. */
#define BOUND_BACKOFF_BASE_MS 500
#define BOUND_BACKOFF_MOST_MS 30000

/* After a signal or --max-time, how long acks of committed items may still take. */
#define BOUND_STOP_GRACE_MS 10000

#endif
