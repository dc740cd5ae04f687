#include "trial/cases.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bounds.h"
#include "base/near.h"

/* Hidden files are nobody's, and what editors leave behind is no one's spelling. */
static int
is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strchr(entry->d_name, '~') == NULL;
}

/* Takes the names of those that are folders. 0 or -1. */
static int
take_folders(struct cases *cases, const char *path, struct dirent *const *entries, size_t n, struct err *e)
{
	char *folder;
	struct stat st;
	bool is_folder;
	size_t i;

	if (n > BOUND_TRIAL_CASES)
		return err_set(e, ERR_CONFIG, "trial", "%s holds more than %d cases", path, BOUND_TRIAL_CASES);
	if ((cases->names = calloc(n + 1, sizeof(*cases->names))) == NULL)
		return err_memory(e);
	for (i = 0; i < n; i++) {
		if (asprintf(&folder, "%s/%s", path, entries[i]->d_name) == -1)
			return err_memory(e);
		is_folder = stat(folder, &st) == 0 && S_ISDIR(st.st_mode);
		free(folder);
		if (!is_folder)
			continue;
		if ((cases->names[cases->n] = strdup(entries[i]->d_name)) == NULL)
			return err_memory(e);
		cases->n++;
	}
	return 0;
}

static void
free_entries(struct dirent **entries, int n)
{
	while (n > 0)
		free(entries[--n]);
	free(entries);
}

int
cases_list(struct cases *cases, const char *dir, struct err *e)
{
	struct dirent **entries = NULL;
	char *path = NULL;
	int n, ret;

	*cases = (struct cases){ 0 };
	if (asprintf(&path, "%s/test", dir) == -1)
		return err_memory(e);
	if ((n = scandir(path, &entries, is_shown, alphasort)) == -1)
		ret = errno == ENOENT ? 0 : err_sys(e, ERR_INPUT, "input", "cannot read %s", path);
	else
		ret = take_folders(cases, path, entries, (size_t)n, e);
	free_entries(entries, n);
	free(path);
	if (ret == -1)
		cases_release(cases);
	return ret;
}

void
cases_release(struct cases *cases)
{
	while (cases->n > 0)
		free(cases->names[--cases->n]);
	free(cases->names);
	*cases = (struct cases){ 0 };
}

/* A word of what a case is made of, answer-2.json and its like among them. */
static const char *
near_name(const char *name)
{
	static const char *const words[] = { "answer.json", "answer.ndjson", "client.json", "before.sql", "ack.json",
		"after.sql", "after.txt", "answer-2.json", "answer-2.ndjson" };
	size_t i, n = sizeof(words) / sizeof(words[0]), page;
	int used = 0;

	for (i = 0; i < n; i++)
		if (strcmp(name, words[i]) == 0)
			return NULL;
	if (sscanf(name, "answer-%4zu.%n", &page, &used) == 1 && used > 0 &&
	    (strcmp(name + used, "json") == 0 || strcmp(name + used, "ndjson") == 0))
		return page >= 2 ? NULL : words[0];
	return near_word(name, words, n);
}

int
cases_check(const char *folder, struct err *e)
{
	struct dirent **entries = NULL;
	const char *near = NULL;
	int n = scandir(folder, &entries, is_shown, alphasort), i, ret = 0;

	if (n == -1)
		return err_sys(e, ERR_INPUT, "input", "cannot read %s", folder);
	for (i = 0; i < n && near == NULL; i++)
		if ((near = near_name(entries[i]->d_name)) != NULL)
			ret = err_set(e, ERR_CONFIG, "trial", "%s/%s is no file of a case; did you mean %s?", folder,
			    entries[i]->d_name, near);
	free_entries(entries, n);
	return ret;
}
