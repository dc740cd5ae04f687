#include "check/database.h"

#include <stdio.h>

#include "base/bounds.h"
#include "check/tell.h"

#define MIB (1024 * 1024)

void
database_judge(struct check *c, const struct health *h, const char *path)
{
	struct subject s = { .kind = "database" };
	char well[200];

	if (h->damage != NULL)
		tell_finding(c, &s, CHECK_ERROR, "", "integrity",
		    "%.600s: keep a copy of %.300s and of its -wal file, then restore a backup", h->damage, path);
	if (h->orphans > 0)
		tell_finding(c, &s, CHECK_WARNING, "", "foreign_keys",
		    "%lld rows of APP_REQUEST_LOG and APP_EXCEPTION_LOG name a run that is gone: a program removed rows with "
		    "foreign keys off; they can go too",
		    (long long)h->orphans);
	if (!h->wal)
		tell_finding(c, &s, CHECK_ERROR, "", "journal_mode",
		    "it has no write-ahead log any more: some program switched it off while this one looked on");
	if ((h->mode & 077) != 0)
		tell_finding(c, &s, CHECK_WARNING, "", "file_mode",
		    "%s is open to group or others (mode %04o), and it holds records: chmod 600, unless that is wanted",
		    path, h->mode);
	if (h->free_bytes < BOUND_DISK_LOW)
		tell_finding(c, &s, CHECK_WARNING, "", "disk_low",
		    "%lld MiB are free on the disk of %s: make room before a run ends for want of it",
		    (long long)(h->free_bytes / MIB), path);
	c->summary->integrity_skipped = !h->looked;
	snprintf(well, sizeof(well), "schema version %lld, write-ahead log, %lld MiB free; integrity %s",
	    (long long)h->version, (long long)(h->free_bytes / MIB),
	    h->looked ? "checked" : "not checked, since the file is large");
	tell_well(c, &s, well);
}

int
database_check(struct check *c, struct err *e)
{
	struct health h;

	if (health_read(&h, c->plan->db, BOUND_CHECK_DATABASE, e) == -1)
		return -1;
	database_judge(c, &h, c->plan->db->path);
	health_release(&h);
	return 0;
}
