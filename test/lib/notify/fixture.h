/*
 * What the tests of this room share.
 */
#ifndef TEST_NOTIFY_FIXTURE_H
#define TEST_NOTIFY_FIXTURE_H

#include "../scratch.h"
#include "notify/notify.h"

static const struct notify_from the_from = { "1.2.3", "etl1", "/home/x", "C.UTF-8", NULL, NULL };

/* The texts of an alert are not const. */
#define TEXT(literal) ((char[]){ literal })

#define OPENED_AT "2026-11-23T07:00:00.000Z"
#define RESOLVED_AT "2026-11-23T09:00:00.000Z"

#define ALERT(change_, client_, message_)                                                                              \
	{                                                                                                              \
		.id = 12, .job_type = 1, .run = 55, .job = TEXT("Sync"), .client = TEXT(client_), .group = TEXT("10"), \
		.kind = TEXT(ALERT_FAILURES), .message = TEXT(message_), .opened_at = TEXT(OPENED_AT),                 \
		.reminded_at = TEXT(OPENED_AT), .change = change_                                                      \
	}

/* What the sink was told, a line for each call: "to: took it\n", "to: why\n". */
struct told {
	char text[4096];
	int calls;
};

static inline void
told_over(void *arg, const char *to, const struct err *why)
{
	struct told *told = arg;
	size_t at = strlen(told->text);

	told->calls++;
	snprintf(told->text + at, sizeof(told->text) - at, "%s: %s\n", to, why != NULL ? why->text : "took it");
}

#endif
