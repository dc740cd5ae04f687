#include "failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

/* No test makes so many: a loop that does not end. */
#define MOST 10000

static struct {
	long made, fail_at; /* fail_at 0: none fails */
	bool for_good;
} memory;

/* The linker's own names for --wrap. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *at, size_t size);
void *__real_reallocarray(void *at, size_t n, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *at, size_t size);
void *__wrap_reallocarray(void *at, size_t n, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);

bool
failing_now(void)
{
	memory.made++;
	return memory.fail_at > 0 && (memory.for_good ? memory.made >= memory.fail_at : memory.made == memory.fail_at);
}

void *
__wrap_malloc(size_t size)
{
	return failing_now() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return failing_now() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *at, size_t size)
{
	return failing_now() ? NULL : __real_realloc(at, size);
}

void *
__wrap_reallocarray(void *at, size_t n, size_t size)
{
	return failing_now() ? NULL : __real_reallocarray(at, n, size);
}

char *
__wrap_strdup(const char *text)
{
	return failing_now() ? NULL : __real_strdup(text);
}

char *
__wrap_strndup(const char *text, size_t n)
{
	return failing_now() ? NULL : __real_strndup(text, n);
}

bool
failing_next(struct failing *f)
{
	if (f->nth > 0 && !f->failed) {
		if (f->for_good)
			return false;
		f->for_good = true;
		f->nth = 0;
	}
	f->nth += f->dense > 0 ? 1 + f->nth / f->dense : 1;
	if (f->nth > MOST)
		fail_msg("allocation %ld still fails", f->nth);
	return true;
}

void
failing_begin(const struct failing *f)
{
	memory.made = 0;
	memory.fail_at = f->nth;
	memory.for_good = f->for_good;
}

void
failing_end(struct failing *f)
{
	f->failed = memory.fail_at > 0 && memory.made >= memory.fail_at;
	memory.fail_at = 0;
}

static sqlite3_mem_methods plain;
static bool sqlite_is_spared;

static void *
sqlite_malloc(int size)
{
	return !sqlite_is_spared && failing_now() ? NULL : plain.xMalloc(size);
}

static void *
sqlite_realloc(void *at, int size)
{
	return !sqlite_is_spared && failing_now() ? NULL : plain.xRealloc(at, size);
}

void
failing_sqlite(void)
{
	sqlite3_mem_methods failing;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain);
	failing = plain;
	failing.xMalloc = sqlite_malloc;
	failing.xRealloc = sqlite_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &failing);
}

void
failing_spare_sqlite(bool spared)
{
	sqlite_is_spared = spared;
}
