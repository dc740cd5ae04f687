#include "sometimes.h"

#include <stdio.h>

static int64_t counts[DID_COUNT];

static const char *const names[DID_COUNT] = {
	[DID_RUN] = "runs",
	[DID_RETRY] = "requests tried again",
	[DID_WAIT_AS_ASKED] = "waits that Retry-After asked for",
	[DID_HALVE] = "acks halved by a 413",
	[DID_DRAIN_OWED] = "acks of what an earlier run owed",
	[DID_REPEAT_ACK] = "acks repeated after a lost answer",
	[DID_REFUSE_ACK] = "acks refused",
	[DID_DUPLICATE] = "duplicates",
	[DID_FAIL_ITEM] = "items failed",
	[DID_CURE] = "items that failed and were applied later",
	[DID_PARK] = "items parked",
	[DID_POISON] = "transactions ended by an item's rules",
	[DID_KEEP_OF_CUT] = "bodies cut off with whole items before the cut",
	[DID_REDIRECT] = "redirects",
	[DID_PAGE] = "further pages",
	[DID_VERSION] = "items come again in another version",
	[DID_FULL] = "full disks",
	[DID_IOERR_READ] = "reads failed",
	[DID_IOERR_WRITE] = "writes failed",
	[DID_IOERR_SYNC] = "syncs failed",
	[DID_BUSY] = "busy databases waited for",
	[DID_BUSY_TOO_LONG] = "databases busy for too long",
	[DID_CRASH] = "crashes",
	[DID_CRASH_AFTER_ACK] = "crashes between an ack and its mark",
	[DID_POWER_CUT] = "power cuts",
	[DID_CUT_IN_COMMIT] = "power cuts with writes not yet synced",
	[DID_HEAL] = "dead runs closed",
	[DID_SIGNAL] = "stops by a signal",
	[DID_TIME_OVER] = "stops by --max-time",
	[DID_CLOCK_JUMP] = "clocks set",
	[DID_NOT_DUE] = "clients not due",
	[DID_FILL_BATCH] = "answers of more than a batch holds",
	[DID_COMPARE] = "seeds compared with one client at a time",
};

void
sometimes(enum sometimes what)
{
	counts[what]++;
}

int64_t
sometimes_count(enum sometimes what)
{
	return counts[what];
}

bool
sometimes_report(void)
{
	bool all = true;
	int i;

	for (i = 0; i < DID_COUNT; i++) {
		printf("%-55s %lld%s\n", names[i], (long long)counts[i], counts[i] == 0 ? "   NEVER" : "");
		all = all && counts[i] > 0;
	}
	return all;
}
