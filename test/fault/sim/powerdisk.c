#include "powerdisk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a file, now or as synced. */
struct image {
	unsigned char *at;
	size_t len, cap;
};

/* A write, or with bytes NULL a truncation to the size `at`. */
struct change {
	int64_t at;
	size_t len;
	unsigned char *bytes;
};

struct disk_file {
	struct disk_file *next;
	char *name;
	struct image now, synced;
	struct change *changes; /* since the last sync */
	size_t n_changes, cap;
	bool linked, linked_synced; /* does its name lead to it, now and after a power cut? */
};

struct disk {
	struct disk_file *files; /* those that are deleted included */
};

static void *
must(void *memory)
{
	if (memory == NULL) {
		fprintf(stderr, "no memory\n");
		abort();
	}
	return memory;
}

struct disk *
disk_new(void)
{
	return must(calloc(1, sizeof(struct disk)));
}

static void
forget_changes(struct disk_file *f)
{
	size_t i;

	for (i = 0; i < f->n_changes; i++)
		free(f->changes[i].bytes);
	f->n_changes = 0;
}

void
disk_free(struct disk *disk)
{
	struct disk_file *f;

	if (disk == NULL)
		return;
	while ((f = disk->files) != NULL) {
		disk->files = f->next;
		forget_changes(f);
		free(f->changes);
		free(f->now.at);
		free(f->synced.at);
		free(f->name);
		free(f);
	}
	free(disk);
}

/* Grown by zeros, or cut. */
static void
image_size(struct image *image, size_t len)
{
	if (len > image->cap) {
		image->cap = len * 2;
		image->at = must(realloc(image->at, image->cap));
	}
	if (len > image->len)
		memset(image->at + image->len, 0, len - image->len);
	image->len = len;
}

static void
image_put(struct image *image, const unsigned char *bytes, size_t n, size_t at)
{
	if (n == 0)
		return;
	if (at + n > image->len)
		image_size(image, at + n);
	memcpy(image->at + at, bytes, n);
}

static void
image_copy(struct image *to, const struct image *from)
{
	image_size(to, from->len);
	if (from->len > 0)
		memcpy(to->at, from->at, from->len);
}

static void
image_change(struct image *image, const struct change *c)
{
	if (c->bytes == NULL)
		image_size(image, (size_t)c->at);
	else
		image_put(image, c->bytes, c->len, (size_t)c->at);
}

static struct change *
add_change(struct disk_file *f, int64_t at, const void *bytes, size_t len)
{
	struct change *c;

	if (f->n_changes == f->cap) {
		f->cap = f->cap * 2 + 16;
		f->changes = must(reallocarray(f->changes, f->cap, sizeof(*f->changes)));
	}
	c = &f->changes[f->n_changes++];
	*c = (struct change){ .at = at, .len = len };
	if (bytes != NULL) {
		c->bytes = must(malloc(len + 1));
		memcpy(c->bytes, bytes, len);
	}
	return c;
}

static struct disk_file *
add_file(struct disk *disk, const char *name)
{
	struct disk_file *f = must(calloc(1, sizeof(*f)));

	f->name = must(strdup(name));
	f->next = disk->files;
	disk->files = f;
	return f;
}

struct disk *
disk_clone(const struct disk *disk)
{
	struct disk *copy = disk_new();
	const struct disk_file *from;
	struct disk_file *f;
	size_t i;

	for (from = disk->files; from != NULL; from = from->next) {
		if (!from->linked && !from->linked_synced)
			continue;
		f = add_file(copy, from->name);
		image_copy(&f->now, &from->now);
		image_copy(&f->synced, &from->synced);
		for (i = 0; i < from->n_changes; i++)
			(void)add_change(f, from->changes[i].at, from->changes[i].bytes, from->changes[i].len);
		f->linked = from->linked;
		f->linked_synced = from->linked_synced;
	}
	return copy;
}

/* What of one file's unsynced changes arrived. */
enum fate { FATE_LOST, FATE_KEPT, FATE_MIXED };

/* Sectors of a write, each for itself; what never arrived behind the synced end is zeros, or whatever stood there. */
static void
tear(struct image *image, const struct change *c, bool garbage, struct rng *rng)
{
	size_t done, n, at = (size_t)c->at;

	for (done = 0; done < c->len; done += n) {
		n = DISK_SECTOR - (at + done) % DISK_SECTOR;
		if (n > c->len - done)
			n = c->len - done;
		if (rng_percent(rng, 50)) {
			image_put(image, c->bytes + done, n, at + done);
		} else if (garbage && at + done + n > image->len) {
			image_size(image, at + done + n);
			memset(image->at + at + done, (int)rng_below(rng, 256), n);
		}
	}
}

static void
cut_file(struct disk_file *f, struct rng *rng)
{
	enum fate fate = (enum fate)rng_below(rng, 5) < FATE_MIXED ? (enum fate)rng_below(rng, 2) : FATE_MIXED;
	bool garbage = rng_percent(rng, 30), reordered = rng_percent(rng, 30);
	int lost = (int)rng_between(rng, 5, 70), torn = (int)rng_between(rng, 0, 25), drawn;
	struct image *image = &f->synced;
	struct change swap;
	size_t i, k;

	for (i = f->n_changes; reordered && i > 1; i--) {
		k = (size_t)rng_below(rng, (int64_t)i);
		swap = f->changes[k];
		f->changes[k] = f->changes[i - 1];
		f->changes[i - 1] = swap;
	}
	for (i = 0; i < f->n_changes; i++) {
		drawn = (int)rng_below(rng, 100);
		if (fate == FATE_LOST || (fate == FATE_MIXED && drawn < lost))
			continue;
		if (fate == FATE_MIXED && drawn < lost + torn && f->changes[i].bytes != NULL)
			tear(image, &f->changes[i], garbage, rng);
		else
			image_change(image, &f->changes[i]);
	}
	forget_changes(f);
	image_copy(&f->now, image);
}

/* A name leads to what it led to before or after the folder's unsynced changes. */
static void
cut_names(struct disk *disk, struct rng *rng)
{
	struct disk_file *f, *other;
	bool after;

	for (f = disk->files; f != NULL; f = f->next) {
		if (f->linked == f->linked_synced)
			continue;
		after = rng_percent(rng, 50);
		for (other = f; other != NULL; other = other->next)
			if (strcmp(other->name, f->name) == 0)
				other->linked = other->linked_synced = after ? other->linked : other->linked_synced;
	}
}

void
disk_cut(struct disk *disk, struct rng *rng)
{
	struct disk_file *f;

	for (f = disk->files; f != NULL; f = f->next)
		cut_file(f, rng);
	cut_names(disk, rng);
}

void
disk_settle(struct disk *disk)
{
	struct disk_file *f;

	for (f = disk->files; f != NULL; f = f->next)
		disk_sync(f);
	disk_sync_folder(disk);
}

static struct disk_file *
find(const struct disk *disk, const char *name)
{
	struct disk_file *f;

	for (f = disk->files; f != NULL; f = f->next)
		if (f->linked && strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

struct disk_file *
disk_open(struct disk *disk, const char *name, bool create, bool *made)
{
	struct disk_file *f = find(disk, name);

	*made = f == NULL && create;
	if (!*made)
		return f;
	f = add_file(disk, name);
	f->linked = true;
	return f;
}

bool
disk_has(const struct disk *disk, const char *name)
{
	return find(disk, name) != NULL;
}

bool
disk_delete(struct disk *disk, const char *name)
{
	struct disk_file *f = find(disk, name);

	if (f == NULL)
		return false;
	f->linked = false;
	return true;
}

void
disk_sync_folder(struct disk *disk)
{
	struct disk_file *f;

	for (f = disk->files; f != NULL; f = f->next)
		f->linked_synced = f->linked;
}

int64_t
disk_size(const struct disk_file *f)
{
	return (int64_t)f->now.len;
}

size_t
disk_read(const struct disk_file *f, void *out, size_t n, int64_t at)
{
	size_t from = (size_t)at;

	if (from >= f->now.len)
		return 0;
	if (n > f->now.len - from)
		n = f->now.len - from;
	memcpy(out, f->now.at + from, n);
	return n;
}

void
disk_write(struct disk_file *f, const void *bytes, size_t n, int64_t at)
{
	image_change(&f->now, add_change(f, at, bytes, n));
}

void
disk_truncate(struct disk_file *f, int64_t size)
{
	image_change(&f->now, add_change(f, size, NULL, 0));
}

void
disk_sync(struct disk_file *f)
{
	size_t i;

	for (i = 0; i < f->n_changes; i++)
		image_change(&f->synced, &f->changes[i]);
	forget_changes(f);
}

size_t
disk_unsynced(const struct disk *disk)
{
	const struct disk_file *f;
	size_t n = 0;

	for (f = disk->files; f != NULL; f = f->next)
		n += f->n_changes;
	return n;
}
