#include "store/dbfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db.h"
#include "store/schema.h"

/* https://www.sqlite.org/fileformat2.html#the_database_header */
#define HEADER_BYTES 100
#define HEADER_MAGIC "SQLite format 3" /* with its NUL */
#define HEADER_VERSION_AT 60
#define HEADER_APPLICATION_AT 68

/* Four bytes, most significant first: a signed number, as PRAGMA shows it. */
static int64_t
read_int32(const unsigned char *at)
{
	return (int32_t)((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3]);
}

/* Is there a file of SQLite's beside it, with this suffix? */
static bool
has_beside(const struct dbfile *f, sqlite3_vfs *vfs, const char *suffix)
{
	char *beside;
	int there = 0;

	if (asprintf(&beside, "%s%s", f->path, suffix) == -1)
		return false;
	if (vfs->xAccess(vfs, beside, SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK)
		there = 0;
	free(beside);
	return there != 0;
}

static int
read_header(struct dbfile *f, sqlite3_vfs *vfs, sqlite3_file *file, struct err *e)
{
	unsigned char header[HEADER_BYTES] = { 0 };
	int rc = file->pMethods->xRead(file, header, sizeof(header), 0);

	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return err_set(e, ERR_DATABASE, "database", "cannot read %s (SQLite %d): check its disk", f->path, rc);
	if (rc != SQLITE_OK || memcmp(header, HEADER_MAGIC, sizeof(HEADER_MAGIC)) != 0) {
		/* Torn, when the power went while it was made: SQLite mends it as it opens it, and then judges. */
		if (has_beside(f, vfs, "-journal"))
			return 0;
		return err_set(
		    e, ERR_CONFIG, "database", "%s is no SQLite database: name another file with --db", f->path);
	}
	f->application_id = read_int32(header + HEADER_APPLICATION_AT);
	f->version = read_int32(header + HEADER_VERSION_AT);
	return 0;
}

/*
 * Reads the header through SQLite's own file layer: closing a descriptor of
 * ours would drop every POSIX lock that this process has on the file.
 */
static int
open_and_read(struct dbfile *f, sqlite3_vfs *vfs, struct err *e)
{
	const char *name = sqlite3_create_filename(f->path, "", "", 0, NULL);
	sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
	int ret = -1, rc = SQLITE_NOMEM, flags;

	if (name != NULL && file != NULL)
		rc = vfs->xOpen(vfs, name, file, SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READONLY, &flags);
	if (rc != SQLITE_OK) {
		if (rc == SQLITE_NOMEM)
			err_memory(e);
		else
			err_sys(e, ERR_INPUT, "database", "cannot open %s", f->path);
		goto out;
	}
	ret = read_header(f, vfs, file, e);
out:
	if (file != NULL && file->pMethods != NULL)
		file->pMethods->xClose(file);
	free(file);
	sqlite3_free_filename((char *)name);
	return ret;
}

static int
resolve(struct dbfile *f, const char *path, struct err *e)
{
	struct stat st;

	if ((f->path = realpath(path, NULL)) == NULL && errno == ENOENT)
		return err_set(e, ERR_INPUT, "no_database", "there is no database at %s: jobrun init creates it", path);
	if (f->path == NULL || stat(f->path, &st) == -1)
		return err_sys(e, ERR_INPUT, "database", "cannot open the database %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(
		    e, ERR_INPUT, "database", "%s is no regular file, so no database: name another with --db", f->path);
	/* Under each name SQLite would keep a write-ahead log of its own, and neither would know of the other. */
	if (st.st_nlink > 1)
		return err_set(e, ERR_INPUT, "database",
		    "%s has %lu names (hard links), and a database must have one: remove the others", f->path,
		    (unsigned long)st.st_nlink);
	if (faccessat(AT_FDCWD, f->path, R_OK, AT_EACCESS) == -1)
		return err_sys(e, ERR_INPUT, "database", "cannot read the database %s", f->path);
	f->empty = st.st_size == 0;
	return 0;
}

/*
 * SQLite takes what stands beside a database under these names for its own, reads it and writes into it. In a folder
 * that others can write too it may be a link to another file, or a log that undoes what was committed.
 */
static int
judge_beside(const struct dbfile *f, struct err *e)
{
	static const char *const suffixes[] = { "-wal", "-shm", "-journal" };
	struct stat db, st;
	char *path;
	size_t i;
	int got;

	if (stat(f->path, &db) == -1)
		return err_sys(e, ERR_INPUT, "database", "cannot open the database %s", f->path);
	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (asprintf(&path, "%s%s", f->path, suffixes[i]) == -1)
			return err_memory(e);
		got = lstat(path, &st);
		free(path);
		if (got == -1)
			continue;
		/* A database that others may write is theirs, too: what they made beside it is as good as ours. */
		if (S_ISREG(st.st_mode) && st.st_nlink <= 1 &&
		    (st.st_uid == db.st_uid || st.st_uid == geteuid() || st.st_uid == 0 || (db.st_mode & 022) != 0))
			continue;
		return err_set(e, ERR_INPUT, "database",
		    "%s%s is no file of SQLite's (a link, no regular file, or another user's): remove it", f->path,
		    suffixes[i]);
	}
	return 0;
}

int
dbfile_look(struct dbfile *f, const char *path, struct err *e)
{
	sqlite3_vfs *vfs;

	*f = (struct dbfile){ 0 };
	if (sqlite3_initialize() != SQLITE_OK || (vfs = sqlite3_vfs_find(NULL)) == NULL)
		return err_memory(e);
	if (resolve(f, path, e) == -1)
		goto fail;
	if (strlen(f->path) >= (size_t)vfs->mxPathname) {
		err_set(
		    e, ERR_INPUT, "database", "SQLite opens no path of %d bytes or more: %s", vfs->mxPathname, f->path);
		goto fail;
	}
	if (judge_beside(f, e) == -1 || (!f->empty && open_and_read(f, vfs, e) == -1))
		goto fail;
	f->log = has_beside(f, vfs, "-wal");
	return 0;
fail:
	dbfile_release(f);
	return -1;
}

void
dbfile_release(struct dbfile *f)
{
	free(f->path);
	*f = (struct dbfile){ 0 };
}

int
dbfile_judge(const char *path, int64_t application_id, int64_t version, struct err *e)
{
	if (application_id != 0 && application_id != DB_APPLICATION_ID)
		return err_set(e, ERR_CONFIG, "database",
		    "%s is another program's database (application_id %lld): name another file with --db", path,
		    (long long)application_id);
	if (application_id == DB_APPLICATION_ID && (version > schema_newest || version < 0))
		return err_set(e, ERR_CONFIG, "database_newer",
		    "%s has schema version %lld, and this jobrun knows up to %d: use the newer jobrun; nothing was changed",
		    path, (long long)version, schema_newest);
	return 0;
}

/* All folders above the last slash. What cannot be made shows when the file is. */
static int
make_folders(const char *path, struct err *e)
{
	char *folder = strdup(path), *slash = folder;

	if (folder == NULL)
		return err_memory(e);
	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (mkdir(folder, 0700) == -1 && errno != EEXIST && errno != EROFS && errno != EACCES) {
			err_sys(e, ERR_INPUT, "database", "cannot make the folder %s", folder);
			free(folder);
			return -1;
		}
		*slash = '/';
	}
	free(folder);
	return 0;
}

int
dbfile_make(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	if (path[0] == '\0')
		return err_set(e, ERR_INPUT, "database", "the database's path is empty");
	if (make_folders(path, e) == -1)
		return -1;
	/* Before SQLite: it would ask the umask for the mode. -wal and -shm take theirs from this file. */
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1 && errno == EEXIST) {
		if (stat(path, &st) == -1 && errno == ENOENT)
			return err_set(e, ERR_INPUT, "database", "%s is a symbolic link to nothing: remove it", path);
		return 0;
	}
	if (fd == -1)
		return err_sys(e, ERR_INPUT, "database", "cannot create the database %s", path);
	if (fchmod(fd, 0600) == -1) {
		err_sys(e, ERR_INPUT, "database", "cannot set the mode of %s", path);
		close(fd);
		return -1;
	}
	close(fd);
	return 0;
}
