#include "store/backup.h"

#include <stdio.h>

#include "app.h"
#include "print.h"

int
verb_backup(struct app *app, int *status, struct err *e)
{
	struct backup backup;
	int got = backup_write(&app->db, app->words[0], &app_signal, &backup, e);

	if (got == 1)
		*status = 128 + app_signal;
	if (got != 0)
		return got == 1 ? 0 : -1;
	print_text(backup.path);
	printf(": %lld pages, %.1f MiB, copied and checked\n", (long long)backup.pages,
	    (double)backup.bytes / (1024.0 * 1024.0));
	backup_release(&backup);
	return 0;
}
