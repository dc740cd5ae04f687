/*
 * What all connections to one database share, on the heap: its locks, and a write-ahead log's index.
 */
#ifndef SIM_POWERSHM_H
#define SIM_POWERSHM_H

#include <stdbool.h>
#include <stddef.h>

struct power_shm;

/* What one connection holds of it. */
struct power_claim {
	int level; /* SQLITE_LOCK_… of the file */
	unsigned held, held_exclusive;
};

/* That of this database, made if it is new. */
struct power_shm *powershm_get(struct power_shm **all, const char *name);
/* The last one takes it along, as a -shm file is begun anew by the first. */
void powershm_put(struct power_shm **all, struct power_shm *shm);

/* True: done; false: others have it. */
bool powershm_lock(struct power_shm *shm, struct power_claim *claim, int level);
void powershm_unlock(struct power_shm *shm, struct power_claim *claim, int level);
bool powershm_is_reserved(const struct power_shm *shm);

/* *out: that piece of the index, NULL if there is none and it is not to be made. False: no memory. */
bool powershm_region(struct power_shm *shm, int region, size_t size, bool make, void volatile **out);
bool powershm_take(struct power_shm *shm, struct power_claim *claim, int from, int n, bool exclusive);
void powershm_release(struct power_shm *shm, struct power_claim *claim, int from, int n);

#endif
