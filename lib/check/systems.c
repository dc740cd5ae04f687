#include "check/systems.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/near.h"
#include "check/tell.h"
#include "store/catalog.h"

static int
take(void *arg, int n, const char *const *cells, struct err *e)
{
	struct systems *s = arg;
	struct system_row *row = array_room(s->at, s->n, &s->cap, sizeof(*row));

	(void)n;
	if (row == NULL)
		return err_memory(e);
	s->at = row;
	row += s->n++;
	*row = (struct system_row){ strdup(cells[0]), strdup(cells[1]), false };
	return row->name != NULL && row->definition != NULL ? 0 : err_memory(e);
}

int
systems_load(struct check *c, struct err *e)
{
	return catalog_list(c->plan->db, SQL_LIST_SYSTEMS, take, &c->systems, e);
}

void
systems_release(struct systems *s)
{
	while (s->n > 0) {
		free(s->at[--s->n].name);
		free(s->at[s->n].definition);
	}
	free(s->at);
	*s = (struct systems){ 0 };
}

static int
compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct system_row *)row)->name);
}

size_t
systems_find(const struct systems *s, const char *name)
{
	const struct system_row *row = s->n > 0 ? bsearch(name, s->at, s->n, sizeof(*s->at), compare) : NULL;

	return row != NULL ? (size_t)(row - s->at) : s->n;
}

int
systems_near(const struct systems *s, const char *name, const char **near, struct err *e)
{
	const char **names = calloc(s->n + 1, sizeof(*names));
	size_t i;

	if (names == NULL)
		return err_memory(e);
	for (i = 0; i < s->n; i++)
		names[i] = s->at[i].name;
	*near = near_word(name, names, s->n);
	free(names);
	return 0;
}

static int
check_one(struct check *c, const struct system_row *row, struct err *e)
{
	struct subject subject = { .kind = "system", .name = row->name };
	struct faults faults = { 0 };
	struct err why = ERR_INIT;
	struct settings s;
	int ret;

	c->summary->systems++;
	if (settings_read_system(&s, row->name, row->definition, strlen(row->definition), &faults, &why) == -1 &&
	    why.kind != ERR_CONFIG) {
		*e = why;
		ret = -1;
	} else {
		tell_faults(c, &subject, &faults);
		ret = looked_settings(c, &subject, "", &s, LEVEL_SYSTEM, true, e);
	}
	faults_release(&faults);
	settings_release(&s);
	if (ret == -1)
		return -1;
	if (!row->used && !c->blind)
		tell_finding(c, &subject, CHECK_WARNING, "", "unused", "no job and no client names it as its System");
	tell_well(c, &subject, "its definition and its secrets can be used");
	return 0;
}

int
systems_check(struct check *c, struct err *e)
{
	size_t i;

	for (i = 0; i < c->systems.n; i++)
		if ((c->plan->job_type == 0 || c->systems.at[i].used) && check_one(c, &c->systems.at[i], e) == -1)
			return -1;
	return 0;
}
