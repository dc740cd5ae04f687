#include "powershm.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define LOCKS SQLITE_SHM_NLOCK
#define REGIONS 64

struct power_shm {
	struct power_shm *next;
	char *name;
	int users;
	void *region[REGIONS];
	int shared[LOCKS], exclusive[LOCKS];
	/* Those of the file itself. */
	int readers;
	bool reserved, taken;
};

struct power_shm *
powershm_get(struct power_shm **all, const char *name)
{
	struct power_shm *shm;

	for (shm = *all; shm != NULL; shm = shm->next)
		if (strcmp(shm->name, name) == 0)
			break;
	if (shm == NULL) {
		if ((shm = calloc(1, sizeof(*shm))) == NULL || (shm->name = strdup(name)) == NULL)
			abort();
		shm->next = *all;
		*all = shm;
	}
	shm->users++;
	return shm;
}

void
powershm_put(struct power_shm **all, struct power_shm *shm)
{
	size_t i;

	if (--shm->users > 0)
		return;
	while (*all != shm)
		all = &(*all)->next;
	*all = shm->next;
	for (i = 0; i < REGIONS; i++)
		free(shm->region[i]);
	free(shm->name);
	free(shm);
}

bool
powershm_lock(struct power_shm *shm, struct power_claim *claim, int level)
{
	if (level > SQLITE_LOCK_NONE && claim->level == SQLITE_LOCK_NONE) {
		if (shm->taken)
			return false;
		shm->readers++;
		claim->level = SQLITE_LOCK_SHARED;
	}
	if (level >= SQLITE_LOCK_RESERVED && claim->level < SQLITE_LOCK_RESERVED) {
		if (shm->reserved)
			return false;
		shm->reserved = true;
		claim->level = SQLITE_LOCK_RESERVED;
	}
	if (level == SQLITE_LOCK_EXCLUSIVE && claim->level < SQLITE_LOCK_EXCLUSIVE) {
		if (shm->readers > 1)
			return false;
		shm->taken = true;
		claim->level = SQLITE_LOCK_EXCLUSIVE;
	}
	return true;
}

void
powershm_unlock(struct power_shm *shm, struct power_claim *claim, int level)
{
	if (claim->level == SQLITE_LOCK_EXCLUSIVE && level < SQLITE_LOCK_EXCLUSIVE)
		shm->taken = false;
	if (claim->level >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED)
		shm->reserved = false;
	if (claim->level > SQLITE_LOCK_NONE && level == SQLITE_LOCK_NONE)
		shm->readers--;
	if (level < claim->level)
		claim->level = level;
}

bool
powershm_is_reserved(const struct power_shm *shm)
{
	return shm->reserved;
}

bool
powershm_region(struct power_shm *shm, int region, size_t size, bool make, void volatile **out)
{
	*out = NULL;
	if (region >= REGIONS)
		return false;
	if (shm->region[region] == NULL && make && (shm->region[region] = calloc(1, size)) == NULL)
		return false;
	*out = shm->region[region];
	return true;
}

bool
powershm_take(struct power_shm *shm, struct power_claim *claim, int from, int n, bool exclusive)
{
	int i;

	for (i = from; i < from + n; i++)
		if (!(claim->held & 1U << i) && (shm->exclusive[i] || (exclusive && shm->shared[i] > 0)))
			return false;
	for (i = from; i < from + n; i++) {
		if (claim->held & 1U << i)
			continue;
		claim->held |= 1U << i;
		if (exclusive) {
			claim->held_exclusive |= 1U << i;
			shm->exclusive[i] = 1;
		} else {
			shm->shared[i]++;
		}
	}
	return true;
}

void
powershm_release(struct power_shm *shm, struct power_claim *claim, int from, int n)
{
	unsigned bit;
	int i;

	for (i = from; i < from + n; i++) {
		bit = 1U << i;
		if (claim->held_exclusive & bit)
			shm->exclusive[i] = 0;
		else if (claim->held & bit)
			shm->shared[i]--;
		claim->held &= ~bit;
		claim->held_exclusive &= ~bit;
	}
}
