#include "config/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/disk.h"

void
folder_release(struct folder *f)
{
	buf_release(&f->definition);
	buf_release(&f->rules);
	job_release(&f->job);
	free(f->rules_path);
}

int
folder_read(struct folder *f, const char *dir, struct err *e)
{
	char *path = NULL;
	int ret = -1;

	*f = (struct folder){ .rules_path = NULL };
	buf_init(&f->definition, BOUND_CONFIG_BYTES);
	buf_init(&f->rules, BOUND_RULES_BYTES);
	if (asprintf(&path, "%s/job.json", dir) == -1) {
		path = NULL;
		err_memory(e);
		goto out;
	}
	if (disk_read(path, &f->definition, e) == -1)
		goto out;
	if (job_parse(&f->job, buf_text(&f->definition), f->definition.len, e) == -1) {
		/* What is wrong with the JSON itself names the file already. */
		err_prefix(e, strncmp(e->text, "job.json: ", strlen("job.json: ")) == 0 ? "%s/" : "%s/job.json: ", dir);
		goto out;
	}
	if (asprintf(&f->rules_path, "%s/%s", dir, f->job.rules) == -1) {
		f->rules_path = NULL;
		err_memory(e);
		goto out;
	}
	ret = disk_read(f->rules_path, &f->rules, e);
out:
	free(path);
	if (ret == -1)
		folder_release(f);
	return ret;
}
