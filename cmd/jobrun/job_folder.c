#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bsd/string.h>

#include "app.h"
#include "base/bounds.h"
#include "base/disk.h"
#include "config/job.h"
#include "json/value.h"
#include "print.h"
#include "store/catalog.h"
#include "template.h"
#include "words.h"

/* "SyncCompletedRecords" to "sync-completed-records", "HL7Import" to "hl7-import". 0 or -1. */
static int
add_kebab(struct buf *b, const char *name)
{
	size_t i;
	bool begins;

	for (i = 0; name[i] != '\0'; i++) {
		/* A word begins at a capital that does not follow one, or that begins a word in small letters. */
		begins = i > 0 && isupper((unsigned char)name[i]) && isalnum((unsigned char)name[i - 1]) &&
		    (!isupper((unsigned char)name[i - 1]) || islower((unsigned char)name[i + 1]));
		if ((begins && buf_addc(b, '-') == -1) ||
		    buf_addc(b, name[i] == '_' ? '-' : (char)tolower((unsigned char)name[i])) == -1)
			return -1;
	}
	return 0;
}

/* The folder: as given, or by the job's name. 0 or -1. */
static int
choose_folder(const struct app *app, const char *name, struct buf *dir, struct err *e)
{
	int ret = app->n_words > 1 ? buf_adds(dir, app->words[1]) : add_kebab(dir, name);

	if (ret == -1 && dir->short_of_memory)
		return err_memory(e);
	if (ret == -1)
		return err_set(e, ERR_USAGE, "usage", "the folder's name is too long");
	return dir->len > 0 ? 0 : err_set(e, ERR_USAGE, "usage", "the folder's name is empty");
}

/* All folders above the path's last slash that are not there yet. What cannot be made shows when the file is. */
static void
make_parents(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0777);
		*slash = '/';
	}
}

/* DIR/NAME, with the folders it needs, which must not be there yet. 0 or -1. */
static int
write_file(const char *dir, const char *name, const char *text, size_t len, struct err *e)
{
	char *path = NULL;
	int ret;

	if (asprintf(&path, "%s/%s", dir, name) == -1)
		return err_memory(e);
	make_parents(path);
	ret = disk_write(path, text, len, false, 0, e);
	free(path);
	return ret;
}

/* *type: 1 if there is no database to ask. 1 asked; 0 there was none; -1. */
static int
choose_type(struct app *app, int64_t *type, struct err *e)
{
	*type = 1;
	if (app->db_path[0] != '\0' && db_open(&app->db, app->db_path, e) == 0)
		return catalog_free_type(&app->db, type, e) == -1 ? -1 : 1;
	if (app->db_named)
		return -1;
	err_clear(e);
	return 0;
}

/* A folder of a name that is taken could never be installed. 0 or -1. */
static int
refuse_taken(struct app *app, const char *name, struct err *e)
{
	struct catalog_job job;
	int found = catalog_job(&app->db, name, &job, e);

	if (found != 0)
		return found == 1 ? 0 : -1;
	err_set(e, ERR_USAGE, "job_taken",
	    "%s is installed already, as job type %" PRId64
	    ": give the job another name, or take its folder out with jobrun job export %s",
	    job.name, job.type, job.name);
	catalog_job_release(&job);
	return -1;
}

/* Appends text with each of what replaced by with. 0 or -1. */
static int
add_replaced(struct buf *b, const char *text, const char *what, const char *with)
{
	const char *found;

	for (; (found = strstr(text, what)) != NULL; text = found + strlen(what))
		if (buf_add(b, text, (size_t)(found - text)) == -1 || buf_adds(b, with) == -1)
			return -1;
	return buf_adds(b, text);
}

/* The definition under this name and number, which must be one that a job may have. 0 or -1. */
static int
make_definition(const char *name, int64_t type, struct buf *out, struct err *e)
{
	char number[48];
	struct buf named, quoted;
	struct job job;
	int ret = -1;

	buf_init(&named, BOUND_CONFIG_BYTES);
	buf_init(&quoted, BOUND_CONFIG_BYTES);
	snprintf(number, sizeof(number), "\"JobType\": %" PRId64 ",", type);
	if (json_quote(&quoted, name, strlen(name)) == -1 ||
	    add_replaced(&named, template_files[0].text, "\"" TEMPLATE_NAME "\"", quoted.at) == -1 ||
	    add_replaced(out, named.at, TEMPLATE_TYPE, number) == -1) {
		err_memory(e);
		goto out;
	}
	if (job_parse(&job, out->at, out->len, e) == -1) {
		/* The template is right: the name is not. */
		if (e->kind == ERR_CONFIG)
			e->kind = ERR_USAGE;
		goto out;
	}
	job_release(&job);
	if (verb_find(name) != NULL || verb_is_family(name))
		err_set(e, ERR_USAGE, "usage", "%s is a verb of jobrun's: give the job another name", name);
	else
		ret = 0;
out:
	buf_release(&named);
	buf_release(&quoted);
	return ret;
}

/* Writes the template's other files. 0 or -1. */
static int
write_template(const char *dir, const char *name, struct err *e)
{
	const struct template_file *file;
	struct buf text;
	int ret = 0;

	buf_init(&text, BOUND_RULES_BYTES);
	for (file = template_files + 1; file->path != NULL && ret == 0; file++) {
		buf_clear(&text);
		ret = add_replaced(&text, file->text, TEMPLATE_NAME, name) == -1
		    ? err_memory(e)
		    : write_file(dir, file->path, buf_text(&text), text.len, e);
	}
	buf_release(&text);
	return ret;
}

static int
make_folder(struct buf *dir, struct err *e)
{
	make_parents(dir->at);
	if (mkdir(dir->at, 0777) == 0)
		return 0;
	if (errno == EEXIST)
		return err_set(
		    e, ERR_INPUT, "output", "%s is there already; nothing was changed: name another folder", dir->at);
	return err_sys(e, ERR_INPUT, "output", "cannot make the folder %s", dir->at);
}

/* A file that was made in the folder at, and the folders on its way. There may be no memory left to do it with. */
static void
take_back(int at, const char *name)
{
	char path[PATH_MAX], *slash;

	if (strlcpy(path, name, sizeof(path)) >= sizeof(path))
		return;
	(void)unlinkat(at, path, 0);
	while ((slash = strrchr(path, '/')) != NULL) {
		*slash = '\0';
		(void)unlinkat(at, path, AT_REMOVEDIR);
	}
}

/* What was made of a new folder that could not be made whole. */
static void
take_back_new(const char *dir)
{
	const struct template_file *file;
	int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (file = template_files; at != -1 && file->path != NULL; file++)
		take_back(at, file->path);
	if (at != -1)
		close(at);
	(void)rmdir(dir);
}

/* Of a job that could not be written whole: neither file was there before. */
static void
take_back_export(const char *dir, const char *rules, bool made_folder)
{
	int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (at != -1) {
		take_back(at, rules);
		take_back(at, "job.json");
		close(at);
	}
	if (made_folder)
		(void)rmdir(dir);
}

int
verb_job_new(struct app *app, int *status, struct err *e)
{
	const char *name = app->words[0];
	struct buf dir, definition;
	int64_t type;
	int asked, ret = -1;
	mode_t ours = umask(app->umask);

	(void)status;
	buf_init(&dir, sizeof(app->db_path));
	buf_init(&definition, BOUND_CONFIG_BYTES);
	if ((asked = choose_type(app, &type, e)) == -1 || make_definition(name, type, &definition, e) == -1 ||
	    (asked && refuse_taken(app, name, e) == -1) || choose_folder(app, name, &dir, e) == -1 ||
	    make_folder(&dir, e) == -1)
		goto out;
	if (write_file(dir.at, template_files[0].path, definition.at, definition.len, e) == -1 ||
	    write_template(dir.at, name, e) == -1) {
		take_back_new(dir.at);
		goto out;
	}
	print_text(dir.at);
	printf(": job %s (%" PRId64 "%s) made; next: jobrun job test ", name, type,
	    asked ? "" : ", there being no database to ask for a free number");
	print_text(dir.at);
	printf("\n");
	ret = 0;
out:
	umask(ours);
	buf_release(&dir);
	buf_release(&definition);
	return ret;
}

/* 0, or -1: it is there already. */
static int
refuse_file(const char *dir, const char *name, struct err *e)
{
	char *path = NULL;
	int ret = 0;

	if (asprintf(&path, "%s/%s", dir, name) == -1)
		return err_memory(e);
	if (access(path, F_OK) == 0)
		ret = err_set(
		    e, ERR_INPUT, "output", "%s is there already; nothing was written: name another folder", path);
	free(path);
	return ret;
}

int
verb_job_export(struct app *app, int *status, struct err *e)
{
	struct catalog_job row = { 0 };
	struct job job = { 0 };
	struct buf dir;
	mode_t ours = umask(app->umask);
	bool made_folder;
	int ret = -1;

	(void)status;
	buf_init(&dir, sizeof(app->db_path));
	if (find_job(app, app->words[0], &row, e) == -1 || choose_folder(app, row.name, &dir, e) == -1)
		goto out;
	if (job_parse(&job, row.definition, strlen(row.definition), e) == -1) {
		err_prefix(e, "job %s: ", row.name);
		goto out;
	}
	if (refuse_file(dir.at, "job.json", e) == -1 || refuse_file(dir.at, job.rules, e) == -1)
		goto out;
	made_folder = access(dir.at, F_OK) == -1;
	if (write_file(dir.at, "job.json", row.definition, strlen(row.definition), e) == -1 ||
	    write_file(dir.at, job.rules, row.rules, strlen(row.rules), e) == -1) {
		take_back_export(dir.at, job.rules, made_folder);
		goto out;
	}
	print_text(dir.at);
	printf(": job.json and ");
	print_text(job.rules);
	printf(" of job %s (%" PRId64 "), version %" PRId64 ", written\n", row.name, row.type, row.version);
	ret = 0;
out:
	umask(ours);
	job_release(&job);
	catalog_job_release(&row);
	buf_release(&dir);
	return ret;
}
