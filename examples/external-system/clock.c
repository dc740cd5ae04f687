#include "clock.h"

#include <stdio.h>
#include <time.h>

void
clock_now(char out[CLOCK_TEXT])
{
	struct timespec now;
	struct tm tm;
	char day[CLOCK_TEXT];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, CLOCK_TEXT, "%.19s.%03dZ", day, (int)(now.tv_nsec / 1000000));
}

void
clock_text(int64_t seconds, char out[CLOCK_TEXT])
{
	time_t at = (time_t)seconds;
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
