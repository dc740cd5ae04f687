#include "http/retry.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "base/bounds.h"

/* Beyond any wait that is obeyed, and far from overflow in milliseconds. */
#define SECONDS_MOST 1000000000LL

static bool
is_passing(const struct retry_attempt *a)
{
	switch (a->outcome) {
	case OUTCOME_CONNECT:
	case OUTCOME_TIMEOUT:
	case OUTCOME_BROKEN:
		return true;
	case OUTCOME_ANSWER:
		return a->status == 408 || a->status == 425 || a->status == 429 ||
		    (a->status >= 500 && a->status <= 599);
	default:
		return false;
	}
}

/* Full jitter: it spreads clients that failed together better than a wait with a little noise. */
static int64_t
backoff(int made, uint32_t random)
{
	int64_t most = BOUND_BACKOFF_BASE_MS;
	int i;

	for (i = 1; i < made && most < BOUND_BACKOFF_MOST_MS; i++)
		most *= 2;
	if (most > BOUND_BACKOFF_MOST_MS)
		most = BOUND_BACKOFF_MOST_MS;
	return (int64_t)(((uint64_t)random * (uint64_t)(most + 1)) >> 32);
}

struct retry_decision
retry_decide(const struct retry_attempt *a)
{
	struct retry_decision d = { .again = false };

	if (!is_passing(a))
		return d;
	if (a->made > a->retries) {
		snprintf(d.why_not, sizeof(d.why_not), "gave up after %d attempt%s", a->made, a->made == 1 ? "" : "s");
		return d;
	}
	if (a->outcome == OUTCOME_ANSWER && a->retry_after_ms > BOUND_RETRY_AFTER_MS) {
		snprintf(d.why_not, sizeof(d.why_not), "asks to wait %lld s, left to the next run",
		    (long long)(a->retry_after_ms / 1000));
		return d;
	}
	d.again = true;
	d.wait_ms =
	    a->outcome == OUTCOME_ANSWER && a->retry_after_ms > 0 ? a->retry_after_ms : backoff(a->made, a->random);
	return d;
}

/* delay-seconds, digits alone: -1 if it is anything else. */
static int64_t
seconds(const char *text, size_t len)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (!isdigit((unsigned char)text[i]))
			return -1;
		if (n < SECONDS_MOST)
			n = n * 10 + (text[i] - '0');
	}
	return n < SECONDS_MOST ? n : SECONDS_MOST;
}

int64_t
retry_after(const char *value, int64_t now_utc_ms)
{
	size_t len;
	int64_t n;
	time_t at;

	if (value == NULL)
		return -1;
	value += strspn(value, " \t");
	len = strlen(value);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	if (len == 0)
		return -1;
	if ((n = seconds(value, len)) >= 0)
		return n * 1000;
	/* All three forms of an HTTP date begin with a day's name; curl_getdate() takes much else besides. */
	if (!isalpha((unsigned char)value[0]) || strchr(value, ':') == NULL ||
	    (at = curl_getdate(value, NULL)) == (time_t)-1)
		return -1;
	if ((int64_t)at > now_utc_ms / 1000 + SECONDS_MOST)
		return SECONDS_MOST * 1000;
	n = (int64_t)at * 1000 - now_utc_ms;
	return n > 0 ? n : 0;
}
