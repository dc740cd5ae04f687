#include "signals.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number of "TERM" and its like, or 0. */
static int
number_of(const char *name, size_t len)
{
	const char *abbreviation;
	int number;

	for (number = 1; number < SIGRTMIN; number++)
		if ((abbreviation = sigabbrev_np(number)) != NULL && strlen(abbreviation) == len &&
		    strncmp(abbreviation, name, len) == 0)
			return number;
	return 0;
}

void
signals_at(const char *here)
{
	const char *wanted = getenv("JOBRUN_SIGNAL_AT"), *at;
	size_t len = strlen(here);

	if (wanted == NULL || strncmp(wanted, here, len) != 0 || wanted[len] != '=')
		return;
	fprintf(stderr, "raised: %s\n", wanted);
	for (at = wanted + len; *at != '\0'; at += len) {
		at++;
		len = strcspn(at, "+");
		raise(number_of(at, len));
	}
}
