/*
 * The power goes at each step of whole runs, and what was not synced is lost, kept, torn or out of order: what must
 * hold (checks.h) holds of the disk that is left, and the next runs finish the work.
 *
 *   test_power [--from SEED] [--states N] [--weak | --lies]
 *   test_power --seed SEED --step N --variant N     one state again
 *
 * --weak, with synchronous=NORMAL, and --lies, with a disk that syncs nothing, are tests of the test: they fail unless
 * what was acknowledged is found to be lost. Exit status 1: what must hold did not.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "checks.h"
#include "http/engine.h"
#include "vtime.h"
#include "world.h"

#define TOLD 5
/* Different ends of the same step. */
#define VARIANTS 3
/* Of one seed's runs, so that many are tried. */
#define STATES_A_SEED 120

struct power {
	struct powervfs vfs;
	struct disk *base;
	struct world *w;
	bool weak, lies;
	int64_t states, seeds, bad, again, healed_runs;
	char first[1200]; /* the first violation */
};

static const struct fate none = { 0 };

static void
begin(struct power *p, uint64_t seed)
{
	world_begin(p->w, &p->vfs, p->base, seed);
	/* The network's faults have a test of their own. */
	p->w->es.calm = true;
	/* An ack names no version: where two are offered at once, one still to come would be taken for applied. */
	p->w->es.late = !p->w->scheme.versions;
	p->w->weak = p->weak;
	p->w->force = true;
	p->vfs.lies = p->lies;
}

/* Runs until all is done. */
static void
finish(struct power *p)
{
	struct world *w = p->w;
	int patience = w->scheme.max_attempts + 8;

	do {
		vtime_pass_us(INT64_C(3600000000));
		world_run(w, &none);
		p->healed_runs++;
	} while (w->trouble[0] == '\0' && w->left[0] != '\0' && patience-- > 0);
	if (w->left[0] != '\0')
		world_trouble(w, "it never comes to an end: %s", w->left);
}

/* The power goes at this step, and one time in three once more while the next run heals that. */
static void
cut(struct power *p, uint64_t seed, int64_t step, int64_t variant)
{
	struct rng r = rng_of(seed, 6 + (uint64_t)step, (uint64_t)variant);
	struct fate fate = { .crash_at = step, .power = true };
	struct world *w = p->w;

	begin(p, seed);
	w->cut = rng_of(seed, 7 + (uint64_t)step, (uint64_t)variant);
	world_run(w, &fate);
	p->states++;
	if (w->trouble[0] == '\0' && rng_percent(&r, 33)) {
		fate.crash_at = rng_between(&r, 1, w->steps + 10);
		world_run(w, &fate);
		p->again += w->frozen;
		p->states += w->frozen;
	}
	if (w->trouble[0] == '\0')
		finish(p);
	if (w->trouble[0] != '\0') {
		p->bad++;
		if (p->first[0] == '\0')
			memcpy(p->first, w->trouble, sizeof(p->first));
		if (!p->weak && !p->lies && p->bad <= TOLD)
			printf("seed %" PRIu64 ", step %lld: %s\n    again: test_power --seed %" PRIu64
			       " --step %lld --variant %lld\n",
			    seed, (long long)step, w->trouble, seed, (long long)step, (long long)variant);
	}
	world_end(w);
}

/* How many steps the seed's first run takes, 0: nothing is to be done in it. */
static int64_t
count_steps(struct power *p, uint64_t seed)
{
	int64_t steps;

	begin(p, seed);
	world_run(p->w, &none);
	steps = p->w->scheme.n_items > 0 && p->w->scheme.n_items < 200 ? p->w->steps : 0;
	world_end(p->w);
	return steps;
}

static void
try_seed(struct power *p, uint64_t seed, int64_t most)
{
	struct rng r = rng_of(seed, 8, 0);
	int64_t steps = count_steps(p, seed), stride = steps * VARIANTS / STATES_A_SEED + 1, step, variant;

	p->seeds += steps > 0;
	for (step = rng_between(&r, 1, stride); step <= steps && p->states < most; step += stride)
		for (variant = 0; variant < VARIANTS && p->states < most; variant++)
			cut(p, seed, step, variant);
}

static int
verdict(const struct power *p)
{
	printf("%lld states of %lld seeds, %lld cut again while healing, %lld runs to heal them, %lld broken\n",
	    (long long)p->states, (long long)p->seeds, (long long)p->again, (long long)p->healed_runs,
	    (long long)p->bad);
	if (!p->weak && !p->lies)
		return p->bad > 0;
	printf("the first: %s\n", p->first[0] != '\0' ? p->first : "none: the test finds nothing");
	return p->bad == 0;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "from", 1, NULL, 'f' }, { "states", 1, NULL, 'n' },
		{ "weak", 0, NULL, 'w' }, { "lies", 0, NULL, 'l' }, { "seed", 1, NULL, 's' }, { "step", 1, NULL, 'k' },
		{ "variant", 1, NULL, 'v' }, { 0 } };
	struct power p = { .w = malloc(sizeof(*p.w)) };
	int64_t states = 300, step = 0, variant = 0;
	uint64_t seed = 1;
	struct err e = ERR_INIT;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f' || option == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'n')
			states = strtoll(optarg, NULL, 10);
		else if (option == 'k')
			step = strtoll(optarg, NULL, 10);
		else if (option == 'v')
			variant = strtoll(optarg, NULL, 10);
		else if (option == 'w')
			p.weak = true;
		else if (option == 'l')
			p.lies = true;
		else
			return 64;
	}
	if (p.w == NULL || engine_global(&e) == -1 || powervfs_register(&p.vfs) != SQLITE_OK)
		return 70;
	p.base = world_base(&p.vfs);
	if (step > 0)
		cut(&p, seed, step, variant);
	else
		for (; p.states < states && p.bad < TOLD * 4; seed++)
			try_seed(&p, seed, states);
	world_base_free(p.base);
	powervfs_unregister(&p.vfs);
	free(p.w);
	return verdict(&p);
}
