/*
 * The sandbox of a run (confine/confine.h): what a run needs to open, and nothing else.
 */
#ifndef CMD_CONFINED_H
#define CMD_CONFINED_H

#include "app.h"
#include "config/notify.h"
#include "launcher.h"
#include "store/catalog.h"

/* Zero-initialise, but for the launcher's fd, which is -1. */
struct confined {
	struct notify_config notify;
	struct launcher launcher; /* only if Notify names a command */
	char told[100];           /* for the log: what holds the run in, or why nothing does */
};

/*
 * Closes the sandbox around this process, if the options and the kernel let it. Call it when all that is to be opened
 * is known. From here on these can be opened: the database's folder and that of --metrics-file to read and write; the
 * files that the configuration names, systemd's credentials, certificates, and what the C library looks names up in, to
 * read. 0 or -1; release it in either case.
 */
int confined_enter(struct confined *c, struct app *app, const struct catalog_job *job, struct err *e);

/* After the last command was started. */
void confined_release(struct confined *c);

#endif
