/*
 * A job's folder: job.json and the rules file beside it.
 */
#ifndef CONFIG_FOLDER_H
#define CONFIG_FOLDER_H

#include "base/buf.h"
#include "base/err.h"
#include "config/job.h"

struct folder {
	struct buf definition, rules; /* as they are written */
	struct job job;
	char *rules_path; /* owned: for messages */
};

/*
 * Reads both, and checks the definition; the rules are not looked into. 0, or -1: ERR_INPUT a file cannot be read,
 * ERR_CONFIG with "DIR/job.json: KEY: …"; then nothing is left to release.
 */
int folder_read(struct folder *f, const char *dir, struct err *e);
void folder_release(struct folder *f);

#endif
