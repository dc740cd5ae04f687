#include "fixture.h"

#include <unistd.h>

struct server server;

static struct {
	const struct route *routes;
	size_t n;
} script;

void
fixture_routes(const struct route *routes, size_t n)
{
	script.routes = routes;
	script.n = n;
}

int
fixture_begin(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	/* Whatever hangs, ends. */
	alarm(110);
	server_begin(&server, script.routes, script.n);
	return engine_global(&e);
}

int
fixture_end(void **state)
{
	(void)state;
	server_end(&server);
	return 0;
}

int
fixture_engine(void **state)
{
	struct err e = ERR_INIT;

	server_clear(&server);
	*state = engine_new("jobrun-test/1", &e);
	return *state != NULL ? 0 : -1;
}

int
fixture_engine_end(void **state)
{
	engine_free(*state);
	return 0;
}

void
fixture_step(struct engine *engine, int64_t wait_ms)
{
	struct err e = ERR_INIT;

	assert_int_equal(engine_step(engine, wait_ms, &e), 0);
}
