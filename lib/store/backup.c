#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bsd/string.h>

#include "base/bounds.h"
#include "base/disk.h"
#include "store/health.h"

struct target {
	char *folder; /* owned; resolved */
	char *path;   /* owned: the file to be */
	char *part;   /* owned: where it grows, beside it */
	int fd;       /* of part; closed after SQLite's own, since closing it drops every lock on the file */
	bool made;    /* part is there */
	struct db copy;
};

void
backup_release(struct backup *b)
{
	free(b->path);
	*b = (struct backup){ 0 };
}

/* jobrun.db, jobrun.db-wal, jobrun.db.job7.lock and the like. */
static bool
is_of_database(const char *path, const char *db_path)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	size_t len = strlen(db_path), i;

	if (strncmp(path, db_path, len) != 0)
		return false;
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
		if (strcmp(path + len, tails[i]) == 0)
			return true;
	return strncmp(path + len, ".job", 4) == 0;
}

/* Where the file is to be, its folder resolved: 0 or -1. */
static int
find_target(struct target *t, const char *path, const char *db_path, struct err *e)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
	struct stat st;

	if (folder == NULL)
		return err_memory(e);
	t->folder = realpath(folder, NULL);
	free(folder);
	if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return err_set(e, ERR_INPUT, "backup", "%s is no file's name: give one that is not there yet", path);
	if (t->folder == NULL)
		return err_sys(e, ERR_INPUT, "backup", "cannot write %s", path);
	if (asprintf(&t->path, "%s/%s", strcmp(t->folder, "/") == 0 ? "" : t->folder, name) == -1) {
		t->path = NULL;
		return err_memory(e);
	}
	if (is_of_database(t->path, db_path))
		return err_set(
		    e, ERR_INPUT, "backup", "%s is a name that the database uses itself: give another", path);
	if (lstat(t->path, &st) == 0)
		return err_set(e, ERR_INPUT, "backup",
		    "%s is there already, and no backup is written over: give another name, such as one with the date",
		    path);
	return 0;
}

/* An empty file of ours, by a name that nobody could have put something under before. */
static int
make_part(struct target *t, struct err *e)
{
	if (asprintf(&t->part, "%s.tmp.XXXXXX", t->path) == -1) {
		t->part = NULL;
		err_memory(e);
		return -1;
	}
	if ((t->fd = mkostemp(t->part, O_CLOEXEC)) == -1)
		return err_sys(e, ERR_INPUT, "backup", "cannot write %s", t->path);
	t->made = true;
	return 0;
}

static int
open_part(struct target *t, struct err *e)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;

	if ((t->copy.path = strdup(t->part)) == NULL)
		return err_memory(e);
	if (sqlite3_open_v2(t->part, &t->copy.handle, flags, NULL) != SQLITE_OK ||
	    sqlite3_extended_result_codes(t->copy.handle, 1) != SQLITE_OK ||
	    sqlite3_exec(t->copy.handle, sql_text(SQL_BACKUP_SETUP), NULL, NULL, NULL) != SQLITE_OK)
		return db_err(&t->copy, e, sql_what(SQL_BACKUP_SETUP));
	return 0;
}

/*
 * Page by page, inside a read transaction of the source: what others commit meanwhile is not in it. Without that,
 * SQLite would begin anew at each commit of another connection, for ever beside a busy writer.
 */
static int
copy_pages(struct target *t, struct db *db, const volatile sig_atomic_t *signal, struct err *e)
{
	sqlite3_backup *copying;
	sqlite3_stmt *st;
	int rc = SQLITE_OK;

	if (db_begin_read(db, e) == -1 || (st = db_stmt(db, SQL_USER_VERSION, e)) == NULL || db_run(db, st, e) == -1)
		return -1;
	if ((copying = sqlite3_backup_init(t->copy.handle, "main", db->handle, "main")) == NULL)
		return db_err(&t->copy, e, "copying");
	while (rc == SQLITE_OK && *signal == 0)
		rc = sqlite3_backup_step(copying, BOUND_BACKUP_PAGES);
	if (sqlite3_backup_finish(copying) != SQLITE_OK)
		return db_err(&t->copy, e, "copying");
	return rc == SQLITE_DONE ? 0 : 1;
}

/* What was copied says that it has a write-ahead log; then it is looked through, as a reader would see it. */
static int
finish_copy(struct target *t, struct err *e)
{
	struct health health;
	sqlite3_stmt *st = db_stmt(&t->copy, SQL_BACKUP_PLAIN, e);
	int ret = -1;

	if (st == NULL || db_run(&t->copy, st, e) == -1 || health_read(&health, &t->copy, INT64_MAX, e) == -1)
		return -1;
	if (health.wal)
		err_set(e, ERR_INTERNAL, "backup", "the copy still has a write-ahead log: please report this");
	else if (health.damage != NULL)
		err_set(e, ERR_DATABASE, "backup",
		    "the copy is damaged, and so is the database (%s): nothing was kept; see jobrun check",
		    health.damage);
	else
		ret = 0;
	health_release(&health);
	return ret;
}

/* Under its name at last, but not over anybody else's file. */
static int
put_in_place(struct target *t, struct backup *out, struct err *e)
{
	struct stat st;
	int rc;

	db_close(&t->copy);
	if (fsync(t->fd) == -1 || fstat(t->fd, &st) == -1)
		return err_sys(e, ERR_DATABASE, "backup", "cannot write %s", t->path);
	rc = renameat2(AT_FDCWD, t->part, AT_FDCWD, t->path, RENAME_NOREPLACE);
	/* Not every file system knows that flag: a link is refused, too, where a file is; and some know no links. */
	if (rc == -1 && (errno == EINVAL || errno == ENOSYS) && (rc = link(t->part, t->path)) == 0)
		(void)unlink(t->part);
	else if (rc == -1 && (errno == EPERM || errno == EOPNOTSUPP))
		rc = rename(t->part, t->path);
	if (rc == -1)
		return err_sys(e, ERR_DATABASE, "backup", "cannot put the copy in place as %s", t->path);
	t->made = false;
	out->bytes = st.st_size;
	out->path = t->path;
	t->path = NULL;
	return disk_sync_name(out->path) == -1
	    ? err_sys(e, ERR_DATABASE, "backup", "cannot sync the folder %s", t->folder)
	    : 0;
}

static void
release(struct target *t)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	char path[8192];
	size_t i;

	db_close(&t->copy);
	if (t->fd != -1)
		close(t->fd);
	for (i = 0; t->made && i < sizeof(tails) / sizeof(tails[0]); i++)
		if ((size_t)snprintf(path, sizeof(path), "%s%s", t->part, tails[i]) < sizeof(path))
			(void)unlink(path);
	free(t->folder);
	free(t->path);
	free(t->part);
}

static int
count_pages(struct db *db, int64_t *n, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_BACKUP_PAGES, e);

	if (st == NULL || db_step(db, st, e) != 1)
		return -1;
	*n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}

int
backup_write(struct db *db, const char *path, const volatile sig_atomic_t *signal, struct backup *out, struct err *e)
{
	struct target t = { .fd = -1 };
	int ret = -1;

	*out = (struct backup){ 0 };
	if (find_target(&t, path, db->path, e) == -1 || make_part(&t, e) == -1 || open_part(&t, e) == -1)
		goto out;
	ret = copy_pages(&t, db, signal, e);
	db_rollback(db);
	if (ret == 0 &&
	    (finish_copy(&t, e) == -1 || count_pages(&t.copy, &out->pages, e) == -1 || put_in_place(&t, out, e) == -1))
		ret = -1;
out:
	release(&t);
	if (ret != 0)
		backup_release(out);
	return ret;
}
