/*
 * One client: its settings over those of its system and its job, and its requests, rendered as a run renders them.
 */
#ifndef CHECK_CLIENT_H
#define CHECK_CLIENT_H

#include "base/buf.h"
#include "check/inside.h"
#include "config/client.h"

/* What all clients of the job at one system begin with. */
struct client_base {
	enum { BASE_UNREAD, BASE_READ, BASE_BAD } state; /* bad: the system or the job has faults, told there */
	struct settings settings;
	struct faults refused; /* why they cannot be used without anything of the client's own */
	bool told;             /* that was */
};

/* A job's clients while they are checked; buffers and bases are kept from one to the next. */
struct client_checker {
	struct check *check;
	struct subject *job_subject;
	const struct jobs_row *job;
	struct json_members members; /* of the job's definition */
	struct client_base *bases;   /* one for each system, and one for none */
	struct settings bare;        /* what a client's own are laid over if what they belong to has faults */
	char **unknown;              /* keys that were asked about already */
	size_t n_unknown;
	struct buf url, body, key;
};

int client_checker_init(
    struct client_checker *k, struct check *c, struct subject *job_subject, const struct jobs_row *job, struct err *e);
void client_checker_release(struct client_checker *k);

/* probe: it is one that a probe may stand for. 0 or -1. */
int client_check(struct client_checker *k, struct subject *s, const struct client *c, bool probe, struct err *e);

/* Of an entry that cannot be read: its unknown keys alone, each told below that path. 0 or -1. */
int client_check_keys(
    struct client_checker *k, struct subject *s, const char *below, struct json_value entry, struct err *e);

#endif
