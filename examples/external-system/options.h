/*
 * The command line.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>
#include <stdio.h>

#include "bounds.h"
#include "err.h"

/* The texts point into argv; NULL: not given. */
struct options {
	const char *db, *port_file, *log, *token_file, *tls_cert, *tls_key, *make_cert;
	const char *generate[BOUND_SPECS];
	size_t generates;
	int64_t port, seed, max_time;
	int64_t help; /* 1: only show the help */
};

/* Sets the defaults and reads argv. 0, or -1 and what is wrong with it. */
int options_parse(struct options *o, int argc, char **argv, struct err *e);

void options_help(FILE *out);

#endif
