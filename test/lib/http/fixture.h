/* A test program beside a scripted server: what its main() needs, and an engine for each test that wants one. */
#ifndef TEST_HTTP_FIXTURE_H
#define TEST_HTTP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/engine.h"
#include "server.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Runs from fixture_begin() to fixture_end(). */
extern struct server server;

/* Called first: what the server answers; borrowed. */
void fixture_routes(const struct route *routes, size_t n);

/* cmocka's set-up and tear-down of the whole group. */
int fixture_begin(void **state);
int fixture_end(void **state);

/* The same of one test: *state is an engine, and the server has forgotten all. A test may free it and set NULL. */
int fixture_engine(void **state);
int fixture_engine_end(void **state);

#define ENGINE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_engine, fixture_engine_end)

/* One step, which must succeed. */
void fixture_step(struct engine *engine, int64_t wait_ms);

#endif
