#include "run/rest.h"

#include "base/bounds.h"

void
rest_init(struct rest *r, int64_t now)
{
	*r = (struct rest){ .free_since = now, .rested = now };
}

/* When the next rest is to begin. */
static int64_t
due(const struct rest *r, int64_t now)
{
	return r->rested + (now < r->beside_until ? BOUND_REST_BESIDE_MS : BOUND_REST_ALONE_MS);
}

int64_t
rest_left(const struct rest *r, int64_t now)
{
	int64_t left = BOUND_REST_MS - (now - r->free_since);

	return left > 0 && due(r, now) - now < BOUND_REST_NEAR_MS ? left : 0;
}

void
rest_begun(struct rest *r, int64_t now, int64_t version)
{
	if (now - r->free_since >= BOUND_REST_MS)
		r->rested = now;
	if (r->version != 0 && version != r->version)
		r->beside_until = now + BOUND_REST_SEEN_MS;
	r->version = version;
}

bool
rest_is_due(const struct rest *r, int64_t now)
{
	return now >= due(r, now);
}

void
rest_ended(struct rest *r, int64_t now)
{
	r->free_since = now;
}
