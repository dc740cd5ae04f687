/*
 * The command line: one table of options for all verbs, matched whole.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum option_id {
	OPT_DB,
	OPT_KEY,
	OPT_KEY_FILE,
	OPT_PARALLEL,
	OPT_CLIENT,
	OPT_GROUP,
	OPT_DAYS,
	OPT_YEAR,
	OPT_DRY_RUN,
	OPT_FORCE,
	OPT_WAIT,
	OPT_MAX_TIME,
	OPT_STRICT,
	OPT_JSON,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_LOG_FORMAT,
	OPT_PROGRESS,
	OPT_COLOR,
	OPT_JOBS,
	OPT_LABEL,
	OPT_TTL,
	OPT_ROUTE,
	OPT_USER,
	OPT_SINCE,
	OPT_LIMIT,
	OPT_JOB,
	OPT_STATE,
	OPT_ALL,
	OPT_REASON,
	OPT_ADVANCE,
	OPT_PROBE,
	OPT_METRICS_FILE,
	OPT_NO_SANDBOX,
	OPT_KEEP,
	OPT_GRACE,
	OPT_NO_TEST,
	OPT_SCHEMA,
	OPT_UPDATE,
	OPT_HELP,
	OPT_VERSION,
	OPT_COUNT
};

/* A set of options: what a verb takes. */
#define OPTION(id) (UINT64_C(1) << (id))
#define OPTIONS_EVERYWHERE (OPTION(OPT_HELP) | OPTION(OPT_VERSION) | OPTION(OPT_COLOR))

struct options {
	const char *value[OPT_COUNT]; /* "" for a flag that is given; NULL: not given. Owned by argv, but for the key */
	uint64_t given;
	int verbosity; /* -q -1, -v 1, -vv 2 */
	char *key;     /* owned: --key's value; in argv it is blanked. Wipe it */
	char **words;  /* owned: what is no option, in order */
	int n_words;
};

/*
 * Reads argv. --key's value is overwritten in argv at once, whatever else is
 * wrong. 0 or -1 (ERR_USAGE): unknown option (with a hint), a value missing or
 * too much. Never repeats a value.
 */
int options_parse(struct options *o, int argc, char **argv, struct err *e);
void options_release(struct options *o);

/* Is all that was given among these? 0 or -1 (ERR_USAGE) naming the first that is not. */
int options_allow(const struct options *o, uint64_t allowed, const char *verb, struct err *e);

/* A number within bounds: 0 and *out (fallback if not given), or -1 (ERR_USAGE). */
int options_number(const struct options *o, enum option_id id, int64_t least, int64_t most, int64_t fallback,
    int64_t *out, struct err *e);

/* One of some words: its index, fallback if not given, -1 (ERR_USAGE) with a hint. words ends with NULL. */
int options_word(const struct options *o, enum option_id id, const char *const *words, int fallback, struct err *e);

/*
 * An option's value cut at its commas: 0, *n pieces and *pieces, one block of memory that is the caller's (NULL: not
 * given); or -1 (ERR_USAGE): a piece is empty.
 */
int options_list(const struct options *o, enum option_id id, char ***pieces, size_t *n, struct err *e);

/* The option that a word of a command line gives: "--job", "--job=x", "-j", "-vj4"; its id, or -1. */
int options_find(const char *word);
/* Does its value stand in the next word? */
bool options_wants_next(const char *word);

/* For help: "-j, --parallel N" and what it means. */
const char *options_form(enum option_id id);
const char *options_meaning(enum option_id id);

#endif
