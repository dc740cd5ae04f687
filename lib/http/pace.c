#include "http/pace.h"

#include <stdlib.h>
#include <string.h>

struct pace_origin {
	RB_ENTRY(pace_origin) entry;
	char *name;
	int64_t next_us;
};

/* One request in ten years: a rate below it would overflow what it is added to. */
#define SPACING_MOST_US 315576000000000.0

static int
compare(struct pace_origin *a, struct pace_origin *b)
{
	return strcmp(a->name, b->name);
}

/* RB_GENERATE_STATIC of libbsd needs a macro that glibc does not have. */
RB_GENERATE_INTERNAL(pace, pace_origin, entry, compare, static __attribute__((unused)))

void
pace_init(struct pace *pace)
{
	RB_INIT(pace);
}

static void
origin_free(struct pace_origin *o)
{
	if (o == NULL)
		return;
	free(o->name);
	free(o);
}

void
pace_release(struct pace *pace)
{
	struct pace_origin *o;

	while ((o = RB_ROOT(pace)) != NULL) {
		/* clang-tidy does not follow how the root changes. */
		RB_REMOVE(pace, pace, o); /* NOLINT(clang-analyzer-unix.Malloc) */
		origin_free(o);
	}
}

struct pace_origin *
pace_find(struct pace *pace, const char *origin, struct err *e)
{
	struct pace_origin *o = NULL, *found;

	if ((o = calloc(1, sizeof(*o))) == NULL || (o->name = strdup(origin)) == NULL) {
		err_memory(e);
		origin_free(o);
		return NULL;
	}
	if ((found = RB_INSERT(pace, pace, o)) == NULL)
		return o;
	origin_free(o);
	return found;
}

int64_t
pace_slot(struct pace_origin *origin, double rate, int64_t now_us)
{
	double spacing = 1e6 / rate;
	int64_t slot = origin->next_us > now_us ? origin->next_us : now_us;

	origin->next_us = slot + (int64_t)(spacing < SPACING_MOST_US ? spacing : SPACING_MOST_US);
	return slot;
}
