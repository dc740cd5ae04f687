#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bsd/stdlib.h>

#define MS_LEAST (-62167219200000) /* 0000-01-01T00:00:00.000Z */
#define MS_MOST 253402300799999    /* 9999-12-31T23:59:59.999Z */
#define TEN_YEARS_S (3653LL * 86400)

static int64_t
read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t
clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

int64_t
clock_mono_tick_ms(void)
{
	return read_us(CLOCK_MONOTONIC_COARSE) / 1000;
}

int64_t
clock_utc_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000;
}

void
clock_text(int64_t utc_ms, char out[CLOCK_TEXT])
{
	struct tm tm;
	time_t seconds;
	char text[80];
	int64_t ms;

	if (utc_ms < MS_LEAST)
		utc_ms = MS_LEAST;
	if (utc_ms > MS_MOST)
		utc_ms = MS_MOST;
	ms = utc_ms % 1000;
	if (ms < 0)
		ms += 1000;
	seconds = (time_t)((utc_ms - ms) / 1000);
	gmtime_r(&seconds, &tm);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
	    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)ms);
	memcpy(out, text, CLOCK_TEXT - 1);
	out[CLOCK_TEXT - 1] = '\0';
}

static int
number_at(const char *digits, int n)
{
	int value = 0;

	while (n-- > 0)
		value = 10 * value + (*digits++ - '0');
	return value;
}

/* By hand: lists of many thousands of clients hold as many times, and sscanf() took a tenth of all that it took. */
int
clock_parse(const char *text, int64_t *utc_ms)
{
	static const char form[] = "0000-00-00T00:00:00.000Z";
	struct tm tm, read;
	size_t i;

	for (i = 0; i < sizeof(form); i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return -1;
	read = (struct tm){
		.tm_year = number_at(text, 4) - 1900,
		.tm_mon = number_at(text + 5, 2) - 1,
		.tm_mday = number_at(text + 8, 2),
		.tm_hour = number_at(text + 11, 2),
		.tm_min = number_at(text + 14, 2),
		.tm_sec = number_at(text + 17, 2),
	};
	tm = read;
	*utc_ms = (int64_t)timegm(&tm) * 1000 + number_at(text + 20, 3);
	/* What there is not, such as 31 February, comes back as another. */
	return tm.tm_mon == read.tm_mon && tm.tm_mday == read.tm_mday && tm.tm_hour == read.tm_hour &&
	        tm.tm_min == read.tm_min && tm.tm_sec == read.tm_sec
	    ? 0
	    : -1;
}

int
clock_duration(const char *text, int64_t *seconds)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char digits[24];
	size_t len = strlen(text), i;
	int64_t scale = 1;
	const char *wrong;

	if (len == 0 || len >= sizeof(digits) || text[0] < '0' || text[0] > '9')
		return -1;
	memcpy(digits, text, len + 1);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text[len - 1] == units[i].unit) {
			scale = units[i].seconds;
			digits[len - 1] = '\0';
		}
	}
	*seconds = strtonum(digits, 0, TEN_YEARS_S / scale, &wrong) * scale;
	return wrong == NULL ? 0 : -1;
}

void
clock_span(int64_t ms, char out[CLOCK_SPAN])
{
	int64_t s = ms / 1000;

	if (s < 120)
		snprintf(out, CLOCK_SPAN, "%lld s", (long long)s);
	else if (s < 120 * 60)
		snprintf(out, CLOCK_SPAN, "%lld min", (long long)(s / 60));
	else if (s < 48 * 3600)
		snprintf(out, CLOCK_SPAN, "%lld h", (long long)(s / 3600));
	else
		snprintf(out, CLOCK_SPAN, "%lld d", (long long)(s / 86400));
}
