/*
 * The simulation: seed after seed, a world of its own (world.h), runs in it with all that can go wrong, then runs with
 * nothing wrong until all is done; what must hold is looked at after each. One seed always goes the same way.
 *
 *   test_sim [--from N] [--seeds N] [--seconds N] [--all-paths]
 *   test_sim --seed N      one, and what came of it
 *
 * --all-paths: fails also if a rare path was never taken. Exit status 1: a seed failed; the first ones are told.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "checks.h"
#include "http/engine.h"
#include "sometimes.h"
#include "vtime.h"
#include "world.h"

/* Seeds that are told before it gives up. */
#define TOLD 5
/* Every so many seeds: one client at a time against many. */
#define COMPARED 5
/* Every so many: twice, and the same must happen. */
#define REPEATED 20

#define HOUR_MS INT64_C(3600000)

struct sim {
	struct powervfs vfs;
	struct disk *base;
	struct world *w;
	bool loud;
};

/* What goes wrong in a run of about so many steps. */
static struct fate
draw_fate(struct rng *r, int64_t steps)
{
	struct fate f = { 0 };
	int64_t most = steps > 30 ? steps : 30;

	if (rng_percent(r, 35)) {
		f.crash_at = rng_between(r, 1, most);
		f.power = rng_percent(r, 60);
	}
	if (rng_percent(r, 20)) {
		f.fail_at = rng_between(r, 1, most);
		f.fail_most = rng_percent(r, 50) ? 1 : rng_percent(r, 50) ? rng_between(r, 2, 6) : INT64_C(1) << 40;
		f.fail_full = rng_percent(r, 50);
	}
	if (rng_percent(r, 5))
		f.fail_read_at = rng_between(r, 1, 120);
	if (rng_percent(r, 10)) {
		f.busy_at = rng_between(r, 1, most);
		f.busy_ms = rng_between(r, 1, rng_percent(r, 70) ? 20000 : 90000);
	}
	if (rng_percent(r, 12))
		f.signal_at = rng_between(r, 1, most);
	if (rng_percent(r, 15)) {
		f.jump_at = rng_between(r, 1, most);
		f.jump_ms = (rng_percent(r, 50) ? HOUR_MS : 8766 * HOUR_MS) * rng_between(r, -9, 9);
	}
	return f;
}

/* Runs with faults, then runs without until all is done. */
static void
phase(struct sim *sim, struct rng *r, bool faults)
{
	static const struct fate none = { 0 };
	int n = faults ? (int)rng_between(r, 0, 5) : 0, patience = sim->w->scheme.max_attempts + 8;
	struct world *w = sim->w;
	struct fate fate;

	w->es.calm = false;
	while (n-- > 0 && w->trouble[0] == '\0') {
		fate = draw_fate(r, w->steps);
		world_run(w, &fate);
		vtime_pass_us(rng_below(r, 20 * HOUR_MS) * 1000);
	}
	w->es.calm = faults;
	do {
		/* Beyond the longest SendFrequency. */
		vtime_pass_us(11 * HOUR_MS * 1000);
		world_run(w, &none);
	} while (w->trouble[0] == '\0' && (w->left[0] != '\0' || w->summary.skipped > 0) && patience-- > 0);
	if (w->left[0] != '\0' && faults)
		world_trouble(w, "it never comes to an end: %s", w->left);
}

static void
live(struct sim *sim, uint64_t seed, bool faults, int parallel)
{
	struct rng r = rng_of(seed, 5, 0);
	struct world *w = sim->w;

	world_begin(w, &sim->vfs, sim->base, seed);
	if (parallel > 0)
		w->parallel = parallel;
	w->force = !faults;
	phase(sim, &r, faults);
	if (w->scheme.two_phases && w->trouble[0] == '\0') {
		w->es.late = true;
		phase(sim, &r, faults);
	}
}

/* The network's faults alone: what they do to a client must not depend on how many go beside it. */
static void
compare(struct sim *sim, uint64_t seed, char *trouble, size_t size)
{
	static const int parallel[] = { 1, 2, 3, 64 };
	uint64_t digest[4];
	size_t i;

	for (i = 0; i < 4 && trouble[0] == '\0'; i++) {
		live(sim, seed, false, parallel[i]);
		digest[i] = checks_digest(sim->w);
		snprintf(trouble, size, "%s", sim->w->trouble);
		/* --max-time ends a run where it stands. */
		if (sim->w->scheme.most_ms > 0)
			digest[i] = 0;
		world_end(sim->w);
		if (trouble[0] == '\0' && digest[i] != digest[0])
			snprintf(trouble, size, "%d clients at once come to another result than one", parallel[i]);
	}
	sometimes(DID_COMPARE);
}

/* True: all is well. */
static bool
try(struct sim *sim, uint64_t seed)
{
	char trouble[sizeof(sim->w->trouble)] = "";
	uint64_t trace;
	bool few;

	live(sim, seed, true, 0);
	snprintf(trouble, sizeof(trouble), "%s", sim->w->trouble);
	trace = sim->w->trace;
	few = sim->w->scheme.n_items < 200;
	if (sim->loud)
		printf("seed %" PRIu64 ": trace %016" PRIx64 ", %zu clients, %zu items, parallel %d\n", seed, trace,
		    sim->w->scheme.n_clients, sim->w->scheme.n_items, sim->w->parallel);
	world_end(sim->w);
	if (trouble[0] == '\0' && seed % COMPARED == 0 && few)
		compare(sim, seed, trouble, sizeof(trouble));
	if (trouble[0] == '\0' && seed % REPEATED == 0) {
		live(sim, seed, true, 0);
		if (sim->w->trace != trace)
			snprintf(trouble, sizeof(trouble), "it goes another way the second time");
		world_end(sim->w);
	}
	if (trouble[0] == '\0')
		return true;
	printf("seed %" PRIu64 ": %s\n    again: test_sim --seed %" PRIu64 "\n", seed, trouble, seed);
	fflush(stdout);
	return false;
}

static int64_t
seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static int
usage(void)
{
	fputs("usage: test_sim [--from N] [--seeds N] [--seconds N] [--all-paths] | --seed N\n", stderr);
	return 64;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "from", 1, NULL, 'f' }, { "seeds", 1, NULL, 'n' },
		{ "seconds", 1, NULL, 't' }, { "seed", 1, NULL, 's' }, { "all-paths", 0, NULL, 'a' }, { 0 } };
	struct sim sim = { .w = malloc(sizeof(*sim.w)) };
	uint64_t from = 1, seeds = 100, i;
	int64_t most = INT64_MAX / 2, begun = seconds_now();
	bool all_paths = false, paths = true;
	struct err e = ERR_INIT;
	int option, failed = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f') {
			from = strtoull(optarg, NULL, 10);
		} else if (option == 'n') {
			seeds = strtoull(optarg, NULL, 10);
		} else if (option == 't') {
			most = strtoll(optarg, NULL, 10);
		} else if (option == 'a') {
			all_paths = true;
		} else if (option == 's') {
			from = strtoull(optarg, NULL, 10);
			seeds = 1;
			sim.loud = true;
		} else {
			return usage();
		}
	}
	if (sim.w == NULL || engine_global(&e) == -1 || powervfs_register(&sim.vfs) != SQLITE_OK)
		return 70;
	sim.base = world_base(&sim.vfs);
	for (i = 0; i < seeds && failed < TOLD && seconds_now() - begun < most; i++)
		failed += !try(&sim, from + i);
	if (all_paths)
		paths = sometimes_report();
	printf("%" PRIu64 " seeds, %lld runs, %d failed\n", i, (long long)sometimes_count(DID_RUN), failed);
	world_base_free(sim.base);
	powervfs_unregister(&sim.vfs);
	free(sim.w);
	return failed > 0 || !paths;
}
