/*
 * What is known to be wrong with libraries of certain versions, and what jobrun does about it.
 */
#ifndef REPORT_LIBRARIES_H
#define REPORT_LIBRARIES_H

#include <stddef.h>

struct libraries_fault {
	const char *library;      /* as `jobrun --version` calls it: "SQLite" */
	const char *from, *below; /* versions that have it; from NULL: all before, below NULL: all since */
	const char *but[2];       /* in older lines it is mended from these on: 3.44.6 stands for 3.44.6 up to 3.45 */
	const char *what;         /* what can go wrong */
	const char *about;        /* what jobrun does about it, or what remains to be done */
};

/*
 * The first fault of that library at that version ("3.40.1") behind the one given (NULL: from the start), or NULL.
 * Distributions mend without a new version number: a fault may be gone where this still names it.
 */
const struct libraries_fault *libraries_fault(
    const char *library, const char *version, const struct libraries_fault *after);

#endif
