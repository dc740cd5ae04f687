#include "trial/cases.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bounds.h"
#include "base/near.h"

static int
add(struct cases *cases, const char *name)
{
	char **grown;
	size_t cap;

	if (cases->n == cases->cap) {
		cap = cases->cap == 0 ? 16 : cases->cap * 2;
		if ((grown = reallocarray(cases->names, cap, sizeof(*grown))) == NULL)
			return -1;
		cases->names = grown;
		cases->cap = cap;
	}
	if ((cases->names[cases->n] = strdup(name)) == NULL)
		return -1;
	cases->n++;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All folders in it. 0 or -1. */
static int
read_folder(struct cases *cases, DIR *dir, const char *path, struct err *e)
{
	struct dirent *entry;
	struct stat st;

	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || fstatat(dirfd(dir), entry->d_name, &st, 0) == -1 || !S_ISDIR(st.st_mode))
			continue;
		if (cases->n == BOUND_TRIAL_CASES)
			return err_set(e, ERR_CONFIG, "trial", "%s holds more than %d cases", path, BOUND_TRIAL_CASES);
		if (add(cases, entry->d_name) == -1)
			return err_memory(e);
	}
	if (cases->n > 0)
		qsort(cases->names, cases->n, sizeof(*cases->names), compare);
	return 0;
}

int
cases_list(struct cases *cases, const char *dir, struct err *e)
{
	char *path = NULL;
	DIR *open;
	int ret = -1;

	*cases = (struct cases){ 0 };
	if (asprintf(&path, "%s/test", dir) == -1)
		return err_memory(e);
	if ((open = opendir(path)) == NULL) {
		ret = errno == ENOENT ? 0 : err_sys(e, ERR_INPUT, "input", "cannot read %s", path);
	} else {
		ret = read_folder(cases, open, path, e);
		closedir(open);
	}
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
	if (sscanf(name, "answer-%4zu.%n", &page, &used) == 1 && page >= 2 && used > 0 &&
	    (strcmp(name + used, "json") == 0 || strcmp(name + used, "ndjson") == 0))
		return NULL;
	return near_word(name, words, n);
}

int
cases_check(const char *folder, struct err *e)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	const char *near;
	int ret = 0;

	if (dir == NULL)
		return err_sys(e, ERR_INPUT, "input", "cannot read %s", folder);
	while (ret == 0 && (entry = readdir(dir)) != NULL) {
		/* What editors leave behind is nobody's spelling. */
		if (entry->d_name[0] == '.' || strchr(entry->d_name, '~') != NULL)
			continue;
		if ((near = near_name(entry->d_name)) != NULL)
			ret = err_set(e, ERR_CONFIG, "trial", "%s/%s is no file of a case; did you mean %s?", folder,
			    entry->d_name, near);
	}
	closedir(dir);
	return ret;
}
