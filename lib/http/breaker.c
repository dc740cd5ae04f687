#include "http/breaker.h"

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "base/bounds.h"

void
breaker_init(struct breaker *b)
{
	*b = (struct breaker){ .state = BREAKER_CLOSED, .streak = 1, .from_ms = INT64_MIN };
}

static bool
had_a_turn(const struct breaker *b, const struct breaker_turn *turn)
{
	return turn->missed_in == b->streak;
}

static bool
is_probe(const struct breaker *b, const struct breaker_turn *turn)
{
	return turn->probe_in == b->streak;
}

bool
breaker_is_shut(const struct breaker *b, const struct breaker_turn *turn)
{
	return b->state == BREAKER_OPEN || (b->state == BREAKER_DOUBTED && had_a_turn(b, turn));
}

bool
breaker_ask(struct breaker *b, struct breaker_turn *turn, int64_t now_ms)
{
	if (!breaker_is_shut(b, turn) || is_probe(b, turn))
		return true;
	if (b->state == BREAKER_DOUBTED || b->probing || now_ms < b->probe_at_ms)
		return false;
	b->probing = true;
	turn->probe_in = b->streak;
	return true;
}

static bool
open(struct breaker *b, int64_t now_ms)
{
	bool just = b->state != BREAKER_OPEN;

	b->state = BREAKER_OPEN;
	b->probe_at_ms = now_ms + BOUND_BREAKER_PROBE_MS;
	return just;
}

/* Is it enough for the next state? It counts a request once, and none for its attempts before the doubt. */
static bool
is_enough(struct breaker *b, struct breaker_turn *turn, int64_t begun_ms, int64_t patience_ms, int64_t now_ms)
{
	if (b->state == BREAKER_DOUBTED && (had_a_turn(b, turn) || begun_ms < b->from_ms)) {
		turn->missed_in = b->streak;
		return false;
	}
	if (begun_ms < b->from_ms)
		begun_ms = b->from_ms;
	if (b->missed == 0)
		b->counted_ms = begun_ms;
	if (begun_ms < b->counted_ms)
		b->counted_ms = begun_ms;
	if (!had_a_turn(b, turn))
		b->missed++;
	turn->missed_in = b->streak;
	if (b->state == BREAKER_CLOSED)
		b->since_ms = b->counted_ms;
	return b->missed >= BOUND_BREAKER_VISITS && now_ms - b->counted_ms >= patience_ms;
}

bool
breaker_missed(struct breaker *b, struct breaker_turn *turn, enum breaker_miss miss, int64_t begun_ms,
    int64_t patience_ms, int64_t now_ms)
{
	bool probe = is_probe(b, turn);

	breaker_left(b, turn);
	if (b->state == BREAKER_OPEN) {
		turn->missed_in = b->streak;
		return probe && open(b, now_ms);
	}
	if (!is_enough(b, turn, begun_ms, patience_ms, now_ms))
		return false;
	if (miss == BREAKER_UNCONNECTED || b->state == BREAKER_DOUBTED)
		return open(b, now_ms);
	b->state = BREAKER_DOUBTED;
	b->missed = 0;
	b->from_ms = now_ms;
	return false;
}

bool
breaker_reached(struct breaker *b, struct breaker_turn *turn, int64_t now_ms)
{
	bool was_open = b->state == BREAKER_OPEN;

	breaker_left(b, turn);
	b->state = BREAKER_CLOSED;
	b->probing = false;
	b->streak++;
	b->missed = 0;
	b->from_ms = now_ms;
	return was_open;
}

void
breaker_left(struct breaker *b, struct breaker_turn *turn)
{
	if (is_probe(b, turn))
		b->probing = false;
	turn->probe_in = 0;
}

static int
compare(struct breaker_origin *a, struct breaker_origin *b)
{
	return strcmp(a->name, b->name);
}

/* RB_GENERATE_STATIC of libbsd needs a macro that glibc does not have. */
RB_GENERATE_INTERNAL(breakers, breaker_origin, entry, compare, static __attribute__((unused)))

void
breakers_init(struct breakers *breakers)
{
	RB_INIT(breakers);
}

static void
origin_free(struct breaker_origin *o)
{
	if (o == NULL)
		return;
	free(o->name);
	free(o->last);
	free(o);
}

void
breakers_release(struct breakers *breakers)
{
	struct breaker_origin *o;

	while ((o = RB_ROOT(breakers)) != NULL) {
		/* clang-tidy does not follow how the root changes. */
		RB_REMOVE(breakers, breakers, o); /* NOLINT(clang-analyzer-unix.Malloc) */
		origin_free(o);
	}
}

/* A blank ends the origin: what stands behind it may hold a proxy's password, and is never shown. */
static char *
name_of(const char *origin, const char *proxy)
{
	size_t size = strlen(origin) + 1 + (proxy != NULL ? strlen(proxy) : 0) + 1;
	char *name = malloc(size);

	if (name == NULL)
		return NULL;
	strlcpy(name, origin, size);
	if (proxy != NULL) {
		strlcat(name, " ", size);
		strlcat(name, proxy, size);
	}
	return name;
}

struct breaker_origin *
breakers_find(struct breakers *breakers, const char *origin, const char *proxy, struct err *e)
{
	struct breaker_origin *o = NULL, *found;

	if ((o = calloc(1, sizeof(*o))) == NULL || (o->name = name_of(origin, proxy)) == NULL) {
		err_memory(e);
		origin_free(o);
		return NULL;
	}
	breaker_init(&o->breaker);
	if ((found = RB_INSERT(breakers, breakers, o)) == NULL)
		return o;
	origin_free(o);
	return found;
}
