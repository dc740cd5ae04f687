#include "store/health.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static int
read_file(struct health *h, const char *path, struct err *e)
{
	struct statvfs fs;
	struct stat st;

	if (stat(path, &st) == -1 || statvfs(path, &fs) == -1)
		return err_sys(e, ERR_DATABASE, "database", "cannot look at %s", path);
	h->mode = st.st_mode & 07777;
	h->bytes = st.st_size;
	h->free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	return 0;
}

/* The first row's only column, as a text in *out (owned; NULL: there is no row). 0 or -1. */
static int
read_value(struct db *db, enum sql_id id, char **out, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);
	const char *text;
	bool null;
	int got;

	*out = NULL;
	if (st == NULL || (got = db_step(db, st, e)) == -1)
		return -1;
	/* A number wants memory to be read as text, and without it is none any more. */
	null = got == 0 || sqlite3_column_type(st, 0) == SQLITE_NULL;
	text = got == 1 ? (const char *)sqlite3_column_text(st, 0) : NULL;
	if (text == NULL && !null)
		got = err_memory(e);
	else
		got = text != NULL && (*out = strdup(text)) == NULL ? err_memory(e) : 0;
	sqlite3_reset(st);
	return got;
}

static int
read_number(struct db *db, enum sql_id id, int64_t *out, struct err *e)
{
	char *text;

	if (read_value(db, id, &text, e) == -1)
		return -1;
	*out = text != NULL ? strtoll(text, NULL, 10) : 0;
	free(text);
	return 0;
}

/* A page that there was no memory for is told like one that is broken: "unable to get the page. error code=7". */
static bool
is_no_memory(const char *damage)
{
	static const char code[] = "error code=";
	const char *at = strstr(damage, code);
	long rc = at != NULL ? strtol(at + sizeof(code) - 1, NULL, 10) : 0;

	return rc == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM;
}

/* Some damage is told by a row, some by the statement's failure. */
static int
look_through(struct health *h, struct db *db, struct err *e)
{
	struct err why = ERR_INIT;

	if (read_value(db, SQL_HEALTH_QUICK_CHECK, &h->damage, &why) == -1) {
		if (why.kind != ERR_DATABASE) {
			*e = why;
			return -1;
		}
		return (h->damage = strdup(why.text)) == NULL ? err_memory(e) : 0;
	}
	if (h->damage == NULL)
		return 0;
	if (is_no_memory(h->damage))
		return err_memory(e);
	if (strcmp(h->damage, "ok") != 0)
		return 0;
	free(h->damage);
	h->damage = NULL;
	return read_number(db, SQL_HEALTH_ORPHANS, &h->orphans, e);
}

int
health_read(struct health *h, struct db *db, int64_t most, struct err *e)
{
	char *mode = NULL;
	int ret = -1;

	*h = (struct health){ 0 };
	if (read_file(h, db->path, e) == -1 || read_number(db, SQL_USER_VERSION, &h->version, e) == -1 ||
	    read_value(db, SQL_JOURNAL_MODE, &mode, e) == -1)
		goto out;
	h->wal = mode != NULL && strcmp(mode, "wal") == 0;
	h->looked = h->bytes <= most;
	if (h->looked && look_through(h, db, e) == -1)
		goto out;
	ret = 0;
out:
	free(mode);
	if (ret == -1)
		health_release(h);
	return ret;
}

void
health_release(struct health *h)
{
	free(h->damage);
	*h = (struct health){ 0 };
}
