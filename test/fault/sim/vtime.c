#include "vtime.h"

#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "rng.h"

static struct {
	int64_t mono_us, utc_off_us, drag_us;
	struct rng drag, chance;
} v;

void
vtime_begin(uint64_t seed, int64_t utc_ms, int64_t drag_us)
{
	v.mono_us = INT64_C(1000000000);
	v.utc_off_us = utc_ms * 1000 - v.mono_us;
	v.drag_us = drag_us;
	v.drag = rng_of(seed, 101, 0);
	v.chance = rng_of(seed, 102, 0);
}

void
vtime_pass_us(int64_t us)
{
	v.mono_us += us > 0 ? us : 0;
}

void
vtime_jump_ms(int64_t ms)
{
	v.utc_off_us += ms * 1000;
}

int64_t
vtime_mono_ms(void)
{
	return v.mono_us / 1000;
}

int64_t
vtime_utc_ms(void)
{
	return (v.mono_us + v.utc_off_us) / 1000;
}

/* Whoever looks lets at least a little pass, so that no loop that waits for the clock is endless. */
static void
look(void)
{
	vtime_pass_us(1 + (v.drag_us > 0 ? rng_below(&v.drag, v.drag_us) : 0));
}

int64_t __wrap_clock_mono_us(void);
int64_t __wrap_clock_mono_ms(void);
int64_t __wrap_clock_mono_tick_ms(void);
int64_t __wrap_clock_utc_ms(void);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);
uint32_t __wrap_arc4random(void);
pid_t __wrap_getpid(void);
int __wrap_gethostname(char *out, size_t n);
CURLMcode __wrap_curl_multi_poll(CURLM *multi, struct curl_waitfd *extra, unsigned n, int ms, int *ready);

int64_t
__wrap_clock_mono_us(void)
{
	look();
	return v.mono_us;
}

int64_t
__wrap_clock_mono_ms(void)
{
	look();
	return vtime_mono_ms();
}

/* Asked by the thousand while rules compute, which here takes no time. */
int64_t
__wrap_clock_mono_tick_ms(void)
{
	return vtime_mono_ms();
}

int64_t
__wrap_clock_utc_ms(void)
{
	look();
	return vtime_utc_ms();
}

int
__wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
	(void)left;
	vtime_pass_us(wanted->tv_sec * 1000000 + wanted->tv_nsec / 1000);
	return 0;
}

uint32_t
__wrap_arc4random(void)
{
	return (uint32_t)rng_next(&v.chance);
}

pid_t
__wrap_getpid(void)
{
	return 4711;
}

int
__wrap_gethostname(char *out, size_t n)
{
	strncpy(out, "sim", n);
	return 0;
}

CURLMcode
__wrap_curl_multi_poll(CURLM *multi, struct curl_waitfd *extra, unsigned n, int ms, int *ready)
{
	(void)multi;
	(void)extra;
	(void)n;
	(void)ready;
	vtime_pass_us((int64_t)ms * 1000);
	return CURLM_OK;
}
