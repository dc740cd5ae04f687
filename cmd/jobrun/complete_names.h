/*
 * What may stand at a place of a command line, collected: from the tables of verbs and options, and the names that a
 * database knows.
 */
#ifndef CMD_COMPLETE_NAMES_H
#define CMD_COMPLETE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "app.h"

/* Zero-initialise what is not named. */
struct complete {
	struct app *app;
	const char *job;    /* named on the line, or NULL */
	const char *client; /* the same */
	const char *begins; /* candidates begin with this */
	struct complete_candidate {
		char *text, *about; /* owned */
	} * at;
	size_t n, cap;
	bool opened; /* the database was, or could not be */
};
void complete_release(struct complete *c);

/*
 * Adds a candidate if it begins as it should. A name is left out if a shell would have to quote it, or if it would be
 * read as an option; memory that is out ends the list.
 */
void complete_add(struct complete *c, const char *text, const char *about);
void complete_add_name(struct complete *c, const char *name, const char *about);

/* Sorts them, and drops what is there twice. */
void complete_sort(struct complete *c);

/* Adds what the database has of a kind: JOB, CLIENT, GROUP, RUN, KEYID, SYSTEM. False: there is no such kind. */
bool complete_from_database(struct complete *c, const char *kind);

#endif
