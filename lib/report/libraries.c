#include "report/libraries.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct libraries_fault faults[] = {
	{ "SQLite", "3.7.0", "3.51.3", { "3.44.6", "3.50.7" },
	    "two programs that write and checkpoint at the same instant can corrupt the database (the WAL-reset bug)",
	    "jobrun writes by one connection; keep backups (jobrun backup), or use a SQLite that has it mended" },
	{ "libcurl", NULL, "8.12.0", { NULL, NULL }, "a Retry-After that lies in the past is read as a wrong wait",
	    "jobrun reads that header itself, and leaves a wait of over five minutes to the next run" },
	{ "libcurl", NULL, "8.20.0", { NULL, NULL },
	    "the limit on an answer's size does not hold for compressed answers", "jobrun counts the bytes itself" },
	{ "cJSON", NULL, "1.7.18", { NULL, NULL },
	    "reading crafted JSON can crash (CVE-2023-50471, CVE-2023-50472, CVE-2023-53154, CVE-2024-31755)",
	    "jobrun reads JSON by itself, and only writes it with cJSON" },
};

/* As dotted numbers, part by part; what is no number ends it: "8.5.0-DEV" is 8.5.0. */
static int
compare(const char *a, const char *b)
{
	unsigned long x, y;
	char *end;

	while (*a != '\0' || *b != '\0') {
		x = strtoul(a, &end, 10);
		a = end + (*end == '.');
		if (*end != '.')
			a = "";
		y = strtoul(b, &end, 10);
		b = end + (*end == '.');
		if (*end != '.')
			b = "";
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* Is it of that line of versions, and not older? 3.44.7 is, for 3.44.6; 3.45.0 is not. */
static bool
is_mended(const char *version, const char *since)
{
	size_t line;

	if (since == NULL || compare(version, since) < 0)
		return false;
	line = (size_t)(strrchr(since, '.') - since) + 1;
	return strncmp(version, since, line) == 0;
}

static bool
has(const struct libraries_fault *f, const char *version)
{
	if ((f->from != NULL && compare(version, f->from) < 0) || (f->below != NULL && compare(version, f->below) >= 0))
		return false;
	return !is_mended(version, f->but[0]) && !is_mended(version, f->but[1]);
}

const struct libraries_fault *
libraries_fault(const char *library, const char *version, const struct libraries_fault *after)
{
	const struct libraries_fault *f = after != NULL ? after + 1 : faults;

	for (; f < faults + sizeof(faults) / sizeof(faults[0]); f++)
		if (strcmp(f->library, library) == 0 && has(f, version))
			return f;
	return NULL;
}
