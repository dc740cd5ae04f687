/*
 * Files as a disk holds them: what was synced, and what was only written since. A power cut keeps the first and does
 * with the second what it likes: lost, kept, torn (sectors of a write, not the whole) or out of order; a file whose
 * folder was not synced may never have been, and one that was deleted may be there again.
 */
#ifndef SIM_POWERDISK_H
#define SIM_POWERDISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rng.h"

/* What a disk writes in one piece. */
#define DISK_SECTOR 512

struct disk;
struct disk_file;

/* Never NULL: a test that has no memory ends. */
struct disk *disk_new(void);
void disk_free(struct disk *disk);

/* The same files in the same state, what is not synced included: the disk after the death of a process. */
struct disk *disk_clone(const struct disk *disk);

/* The power goes: only what was synced is certain. Files that were open must not be used any more. */
void disk_cut(struct disk *disk, struct rng *rng);

/* All is synced. */
void disk_settle(struct disk *disk);

/* The file, NULL if there is none and create is false. Valid as long as the disk. *made: it is new. */
struct disk_file *disk_open(struct disk *disk, const char *name, bool create, bool *made);
bool disk_has(const struct disk *disk, const char *name);
/* The name goes; whoever has the file open keeps it. False: there is none. */
bool disk_delete(struct disk *disk, const char *name);
void disk_sync_folder(struct disk *disk);

int64_t disk_size(const struct disk_file *f);
/* How many bytes were there to be read. */
size_t disk_read(const struct disk_file *f, void *out, size_t n, int64_t at);
void disk_write(struct disk_file *f, const void *bytes, size_t n, int64_t at);
void disk_truncate(struct disk_file *f, int64_t size);
void disk_sync(struct disk_file *f);

/* Writes and truncations that were not synced, of all files. */
size_t disk_unsynced(const struct disk *disk);

#endif
