/*
 * What a seed draws, and nothing that happens: a job type, its clients, the external system's items and habits.
 */
#ifndef SIM_SCHEME_H
#define SIM_SCHEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/pages.h"

#define SCHEME_CLIENTS 6
#define SCHEME_ITEMS 1600
#define SCHEME_JOB 1

enum item_kind {
	ITEM_GOOD,
	ITEM_CURED,      /* rejected when it is first offered, later good */
	ITEM_REJECTED,   /* by a rule that returns a row */
	ITEM_CONSTRAINT, /* by one that fails */
	ITEM_POISON,     /* its rules end the whole transaction */
	ITEM_KEY_TWICE,  /* in doubt, but its id is not */
	ITEM_NO_ID,      /* from here on: no row of the ledger can hold it */
	ITEM_BAD_ID,
	ITEM_NO_OBJECT,
};

struct scheme_item {
	int64_t key; /* the model's own name of it, from 1 */
	size_t client;
	enum item_kind kind;
	char token[64], id[48]; /* as JSON and as the ledger has it */
	bool quoted;
	char version[16]; /* "": none */
	bool late;        /* offered only in the second phase */
	bool twice;       /* stands twice in its page */
	int cure;         /* CURED: so many offers are rejected */
	int refusals;     /* so many of its acks the external system refuses; -1: all */
	int pad;          /* bytes of ballast */
};

struct scheme {
	uint64_t seed;
	size_t n_clients, n_items;
	struct {
		char id[40], group[24];
		int64_t send_frequency;
	} clients[SCHEME_CLIENTS];
	struct scheme_item items[SCHEME_ITEMS];
	enum pages_kind pages;
	int64_t page_size, batch, most_ids; /* most_ids: an ack of more is too large (413); 0: none is */
	bool ndjson, wrapped, acks, rejected, id_in_path, sticky, versions, two_phases;
	int max_attempts, retries, parallel, rate;
	int fault_percent; /* of attempts */
	int64_t drag_us, most_ms, utc_ms;
};

void scheme_draw(struct scheme *p, uint64_t seed);

/* Can the ledger hold it? */
bool scheme_has_row(const struct scheme_item *item);
/* Must it come to be applied, whatever happens? */
bool scheme_is_good(const struct scheme_item *item);

/* job.json, and one client's entry. */
void scheme_definition(const struct scheme *p, struct buf *out);
void scheme_client(const struct scheme *p, size_t client, struct buf *out);

extern const char scheme_rules[];
/* The platform's tables. */
extern const char scheme_platform[];

#endif
