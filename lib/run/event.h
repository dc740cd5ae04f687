/*
 * What a run tells as it goes. The run never prints: whoever called it turns
 * events into log lines, and escapes what came from outside.
 */
#ifndef RUN_EVENT_H
#define RUN_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "store/runlog.h"

enum event_kind {
	EVENT_SANDBOX,    /* message: what holds this run in, or why nothing does */
	EVENT_RUN_BEGIN,  /* run, job, clients (n) */
	EVENT_RUN_HEALED, /* n runs were found dead and marked crashed */
	EVENT_NOTHING,    /* message: why there is nothing to do, as it should be */
	EVENT_WARNING,    /* message: worth a person's time, but nothing failed */
	EVENT_UNTOLD,     /* message: a warning that somebody who watches over the runs is left in the dark */
	EVENT_SKIPPED,    /* message: why this client, or n of them, is not visited */
	EVENT_CLIENT_BEGIN,
	EVENT_RETRY,         /* stage, code, message; n: attempts made; duration_ms: the wait */
	EVENT_ITEM_FAILED,   /* item, stage, code, message, attempt */
	EVENT_ITEMS_HIDDEN,  /* n further failed items of this client */
	EVENT_CLIENT_FAILED, /* stage, code, message */
	EVENT_CLIENT_END,    /* status, tally, duration_ms, message or NULL */
	EVENT_HOST_DOWN,     /* message: which host nobody reaches, and since when */
	EVENT_HOST_UP,       /* message: which one answers again */
	EVENT_STOPPING,      /* message: why */
	EVENT_ITEM_CHANGES,  /* a dry run: item; n rows would change; message: if not all are told next, each by: */
	EVENT_ROW,           /* code: insert, update, delete; message: table, key and columns */
	EVENT_WOULD_ACK,     /* a dry run: n items, owed of them from before; message: first ids; code: cut */
	EVENT_ITEMS_UNTOLD,  /* a dry run: the rows of n further items were not shown */
	EVENT_CHANGE,  /* a dry run: message is a table, n rows of it would change, code: insert, update, delete */
	EVENT_ALERT,   /* status: opened, reminded, resolved; code: its kind; message; client '' for the job's own */
	EVENT_RUN_END, /* status, tally, clients (n), duration_ms */
};

/* Fields that do not fit a kind are NULL or 0. All is borrowed, valid during the call. */
struct event {
	enum event_kind kind;
	const char *client, *group;
	const char *item;
	size_t item_len;
	const char *stage, *code, *message, *status;
	int64_t run, attempt, n, owed, duration_ms;
	const struct tally *tally;
};

/* What became of one item, once it is committed. Borrowed, as above. */
struct ledger_key;
struct event_item {
	const char *item; /* as in struct event: its id, or "#3" */
	size_t item_len;
	const struct ledger_key *key; /* id_len 0: it has no usable id */
	const char *became;           /* applied, duplicate, failed, parked */
	const char *code, *message;   /* of a failed one, else NULL */
};

/* How far a run is: for a live line. */
struct event_progress {
	int64_t clients, clients_done, received, errors, elapsed_ms;
};

struct event_sink {
	void (*event)(void *arg, const struct event *ev);
	void (*progress)(void *arg, const struct event_progress *progress); /* may be NULL */
	void (*item)(void *arg, const struct event_item *item);             /* every item, in order; may be NULL */
	void *arg;
};

#endif
