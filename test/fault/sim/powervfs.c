#include "powervfs.h"

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "powershm.h"
#include "vtime.h"

#define PATH_MOST 512
/* WAL_WRITE_LOCK of wal.c: who has it, writes. */
#define WRITE_LOCK 0

struct power_file {
	sqlite3_file base; /* first: SQLite hands us this */
	struct powervfs *vfs;
	struct disk_file *file;
	struct power_shm *shm; /* of a database */
	struct power_claim claim;
	bool syncs_folder, goes; /* goes: deleted when closed */
	char *name;
};

static struct power_file *
power_file(sqlite3_file *f)
{
	return (struct power_file *)(void *)f;
}

static struct powervfs *
power_vfs(sqlite3_vfs *vfs)
{
	return (struct powervfs *)(void *)vfs;
}

static int
step(struct powervfs *vfs, enum power_op op)
{
	return vfs->step != NULL ? vfs->step(vfs->arg, op) : SQLITE_OK;
}

static int
on_unlock(sqlite3_file *file, int level)
{
	struct power_file *f = power_file(file);

	powershm_unlock(f->shm, &f->claim, level);
	return SQLITE_OK;
}

static int
on_close(sqlite3_file *file)
{
	struct power_file *f = power_file(file);

	if (f->shm != NULL) {
		powershm_unlock(f->shm, &f->claim, SQLITE_LOCK_NONE);
		powershm_put(&f->vfs->shm, f->shm);
	}
	if (f->goes)
		disk_delete(f->vfs->disk, f->name);
	f->vfs->open_files--;
	free(f->name);
	return SQLITE_OK;
}

static int
on_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
	struct power_file *f = power_file(file);
	int rc = step(f->vfs, POWER_READ);
	size_t got;

	if (rc != SQLITE_OK)
		return rc;
	got = disk_read(f->file, out, (size_t)n, at);
	if (got == (size_t)n)
		return SQLITE_OK;
	memset((char *)out + got, 0, (size_t)n - got);
	return SQLITE_IOERR_SHORT_READ;
}

static int
on_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
	struct power_file *f = power_file(file);
	int rc = step(f->vfs, POWER_WRITE);

	if (rc == SQLITE_OK)
		disk_write(f->file, bytes, (size_t)n, at);
	return rc;
}

static int
on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct power_file *f = power_file(file);
	int rc = step(f->vfs, POWER_TRUNCATE);

	if (rc == SQLITE_OK)
		disk_truncate(f->file, size);
	return rc;
}

/* As SQLite's unix layer has it: the first sync of a journal or log that was made syncs its folder, too. */
static int
on_sync(sqlite3_file *file, int flags)
{
	struct power_file *f = power_file(file);
	int rc = step(f->vfs, POWER_SYNC);

	(void)flags;
	if (rc != SQLITE_OK || f->vfs->lies)
		return rc;
	disk_sync(f->file);
	if (f->syncs_folder)
		disk_sync_folder(f->vfs->disk);
	f->syncs_folder = false;
	return SQLITE_OK;
}

static int
on_size(sqlite3_file *file, sqlite3_int64 *size)
{
	*size = disk_size(power_file(file)->file);
	return SQLITE_OK;
}

static int
on_lock(sqlite3_file *file, int level)
{
	struct power_file *f = power_file(file);

	return powershm_lock(f->shm, &f->claim, level) ? SQLITE_OK : SQLITE_BUSY;
}

static int
on_check_reserved(sqlite3_file *file, int *out)
{
	*out = powershm_is_reserved(power_file(file)->shm);
	return SQLITE_OK;
}

static int
on_control(sqlite3_file *file, int op, void *arg)
{
	(void)file;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int
on_sector(sqlite3_file *file)
{
	(void)file;
	return 4096;
}

/* As the unix layer: bytes beside those that are written stay as they are. */
static int
on_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
on_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
	return powershm_region(power_file(file)->shm, region, (size_t)size, extend, out) ? SQLITE_OK : SQLITE_NOMEM;
}

static int
on_shm_lock(sqlite3_file *file, int from, int n, int flags)
{
	struct power_file *f = power_file(file);
	bool exclusive = flags & SQLITE_SHM_EXCLUSIVE;
	int rc;

	if (flags & SQLITE_SHM_UNLOCK) {
		powershm_release(f->shm, &f->claim, from, n);
		return SQLITE_OK;
	}
	if (exclusive && from == WRITE_LOCK && (rc = step(f->vfs, POWER_LOCK)) != SQLITE_OK)
		return rc;
	return powershm_take(f->shm, &f->claim, from, n, exclusive) ? SQLITE_OK : SQLITE_BUSY;
}

static void
on_shm_barrier(sqlite3_file *file)
{
	(void)file;
}

static int
on_shm_unmap(sqlite3_file *file, int remove)
{
	struct power_file *f = power_file(file);

	(void)remove;
	powershm_release(f->shm, &f->claim, 0, SQLITE_SHM_NLOCK);
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check_reserved,
	.xFileControl = on_control,
	.xSectorSize = on_sector,
	.xDeviceCharacteristics = on_traits,
	.xShmMap = on_shm_map,
	.xShmLock = on_shm_lock,
	.xShmBarrier = on_shm_barrier,
	.xShmUnmap = on_shm_unmap,
};

/* One folder is enough: files are known by their last name. */
static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
on_open(sqlite3_vfs *base, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	struct powervfs *vfs = power_vfs(base);
	struct power_file *f = power_file(file);
	bool create = flags & SQLITE_OPEN_CREATE, made;
	int rc = create ? step(vfs, POWER_OPEN) : SQLITE_OK;

	memset(f, 0, sizeof(*f));
	if (rc != SQLITE_OK || name == NULL)
		return rc != SQLITE_OK ? rc : SQLITE_CANTOPEN;
	name = last_name(name);
	if ((f->file = disk_open(vfs->disk, name, create, &made)) == NULL)
		return SQLITE_CANTOPEN;
	f->vfs = vfs;
	f->syncs_folder = made && (flags & (SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL));
	f->goes = flags & SQLITE_OPEN_DELETEONCLOSE;
	f->name = strdup(name);
	if (flags & SQLITE_OPEN_MAIN_DB)
		f->shm = powershm_get(&vfs->shm, name);
	vfs->open_files++;
	if (out_flags != NULL)
		*out_flags = flags;
	f->base.pMethods = &methods;
	return SQLITE_OK;
}

static int
on_delete(sqlite3_vfs *base, const char *name, int sync_folder)
{
	struct powervfs *vfs = power_vfs(base);
	int rc = step(vfs, POWER_DELETE);

	if (rc != SQLITE_OK)
		return rc;
	if (!disk_delete(vfs->disk, last_name(name)))
		return SQLITE_IOERR_DELETE_NOENT;
	if (sync_folder && !vfs->lies)
		disk_sync_folder(vfs->disk);
	return SQLITE_OK;
}

static int
on_access(sqlite3_vfs *base, const char *name, int flags, int *out)
{
	(void)flags;
	*out = disk_has(power_vfs(base)->disk, last_name(name));
	return SQLITE_OK;
}

static int
on_full_name(sqlite3_vfs *base, const char *name, int n, char *out)
{
	(void)base;
	return strlcpy(out, last_name(name), (size_t)n) < (size_t)n ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int
on_randomness(sqlite3_vfs *base, int n, char *out)
{
	int i;

	for (i = 0; i < n; i++)
		out[i] = (char)rng_next(&power_vfs(base)->random);
	return n;
}

static int
on_sleep(sqlite3_vfs *base, int us)
{
	(void)base;
	vtime_pass_us(us);
	return us;
}

/* Julian days in milliseconds, as SQLite counts. */
static int
on_time(sqlite3_vfs *base, sqlite3_int64 *out)
{
	(void)base;
	*out = vtime_utc_ms() + INT64_C(210866760000000);
	return SQLITE_OK;
}

static int
on_error(sqlite3_vfs *base, int n, char *out)
{
	(void)base;
	(void)n;
	(void)out;
	return 0;
}

int __wrap_disk_sync_name(const char *path);

/* jobrun's own: of the folder that is the disk. */
int
__wrap_disk_sync_name(const char *path)
{
	struct powervfs *vfs = power_vfs(sqlite3_vfs_find(NULL));

	(void)path;
	if (step(vfs, POWER_SYNC) != SQLITE_OK)
		return -1;
	if (!vfs->lies)
		disk_sync_folder(vfs->disk);
	return 0;
}

int
powervfs_register(struct powervfs *vfs)
{
	*vfs = (struct powervfs){ .base = {
		                      .iVersion = 2,
		                      .szOsFile = sizeof(struct power_file),
		                      .mxPathname = PATH_MOST,
		                      .zName = "power",
		                      .xOpen = on_open,
		                      .xDelete = on_delete,
		                      .xAccess = on_access,
		                      .xFullPathname = on_full_name,
		                      .xRandomness = on_randomness,
		                      .xSleep = on_sleep,
		                      .xGetLastError = on_error,
		                      .xCurrentTimeInt64 = on_time,
		                  } };
	return sqlite3_vfs_register(&vfs->base, 1);
}

void
powervfs_unregister(struct powervfs *vfs)
{
	sqlite3_vfs_unregister(&vfs->base);
}
